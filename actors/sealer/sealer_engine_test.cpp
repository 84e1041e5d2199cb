#include "actors/sealer/sealer_engine.hpp"

#include "actors/partition/partition_set.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/trie.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

/// A sealer and one partition that holds wallet 1 with 100 wei at block 0.
struct SealerFixture {
    PartitionEngine partition{0, 1, TableSeed{1, 2}};
    std::optional<SealerEngine> sealer;
    std::vector<AccountAnswer> answers;

    SealerFixture() {
        chain::Account account;
        account.balance = 100;
        const chain::Address address = wallet(1).address;
        partition.load(address, chain::crypto::keccak256(address), account);
        BOOST_TEST(!partition.finish_loading(0).has_value());
        SealerEngine::Roots roots;
        for (auto& [first, root] : partition.all_roots())
            roots[first] = root;
        chain::Header head;
        head.state_root = chain::trie::combine_roots(roots);
        sealer.emplace(1, head, chain::hash_header(head), roots);
    }
    /// Pays wallet 1 another wei and closes block `number`, which has so many transactions.
    void close(std::uint64_t number, std::size_t transactions = 0) {
        const chain::Address address = wallet(1).address;
        const std::uint64_t hash = partition.tables().accounts.hash(address);
        AccountRecord& record = *partition.open_state().find(hash, address);
        partition.open_state().touch(record, hash);
        record.balance += 1;
        auto content = std::make_shared<BlockContent>();
        content->env.number = number;
        content->transactions = transactions;
        sealer->on_closed(content);
    }
    void hash(std::uint64_t number) {
        for (PartitionSeal& seal : seal_block({&partition}, number))
            sealer->on_partition_seal(std::move(seal));
    }
    SealerEngine::Proof prove() {
        auto query = std::make_shared<Query>();
        query->address = wallet(1).address;
        query->with_proof = true;
        query->reply = [this](AccountAnswer answer) { answers.push_back(std::move(answer)); };
        return sealer->on_proof(query, partition.prove(query->address, {}));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sealer_engine)

BOOST_FIXTURE_TEST_CASE(blocks_come_in_order_and_link, SealerFixture) {
    close(1);
    BOOST_TEST(sealer->take_sealed() == nullptr);  // the partition has not answered
    hash(1);
    const auto first = sealer->take_sealed();
    BOOST_TEST_REQUIRE(first != nullptr);
    BOOST_TEST(sealer->take_sealed() == nullptr);
    close(2);
    hash(2);
    const auto second = sealer->take_sealed();
    BOOST_TEST_REQUIRE(second != nullptr);
    BOOST_TEST((second->block.header.parent_hash == first->hash));
    BOOST_TEST((second->block.header.state_root != first->block.header.state_root));
    BOOST_TEST(second->changes.size() == 1u);
    BOOST_TEST(second->changes[0].after.balance.low_u64() == 102u);
}

BOOST_FIXTURE_TEST_CASE(pieces_of_two_blocks_make_the_headers_of_whole_ones, SealerFixture) {
    const auto grow = [&](std::uint64_t number, std::uint8_t first, std::uint8_t count) {
        BlockPiece piece;
        piece.number = number;
        for (std::uint8_t i = first; i < first + count; ++i) {
            piece.transactions.push_back(chain::Bytes(40, i));
            piece.senders.push_back(wallet(1).address);
            piece.hashes.emplace_back();
            piece.receipts.push_back(
                {.success = true, .cumulative_gas_used = i * 21'000u, .logs = {{.data = {i}}}});
        }
        sealer->on_grown(piece);
    };
    grow(1, 1, 2);
    grow(1, 3, 1);
    close(1, 3);
    grow(2, 1, 1);  // the next block has begun
    hash(1);
    const auto first = sealer->take_sealed();
    BOOST_TEST_REQUIRE(first != nullptr);
    BOOST_TEST(first->block.transactions.size() == 3u);
    chain::execution::BlockEnv env;
    env.number = 1;
    env.parent_hash = first->block.header.parent_hash;
    BOOST_TEST(
        (first->block.header ==
         chain::execution::seal_header(
             env, first->block.header.state_root, first->block.transactions, first->receipts)));
    BOOST_TEST(first->block.header.gas_used == 63'000u);
    close(2, 1);
    hash(2);
    const auto second = sealer->take_sealed();
    BOOST_TEST_REQUIRE(second != nullptr);
    BOOST_TEST(second->block.header.gas_used == 21'000u);
    BOOST_TEST(second->receipts.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_proof_waits_until_its_block_is_stored, SealerFixture) {
    close(1);
    hash(1);
    BOOST_TEST((prove() == SealerEngine::Proof::kWaits));
    const auto sealed = sealer->take_sealed();
    BOOST_TEST(answers.empty());  // hashed, but nobody may know the block yet
    sealer->on_stored(1);
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    BOOST_TEST(answers[0].block_number == 1u);
    BOOST_TEST(answers[0].account.balance.low_u64() == 101u);
    BOOST_TEST((answers[0].state_root == sealed->block.header.state_root));
}

BOOST_FIXTURE_TEST_CASE(a_proof_is_of_the_block_its_partition_stood_at, SealerFixture) {
    auto query = std::make_shared<Query>();
    query->address = wallet(1).address;
    query->reply = [this](AccountAnswer answer) { answers.push_back(std::move(answer)); };
    const PartitionProof old = partition.prove(query->address, {});
    close(1);
    hash(1);
    static_cast<void>(sealer->take_sealed());
    sealer->on_stored(1);
    BOOST_TEST((sealer->on_proof(query, old) == SealerEngine::Proof::kAnswered));
    BOOST_TEST(answers.at(0).block_number == 0u);
    BOOST_TEST(answers[0].account.balance.low_u64() == 100u);
    const auto leaf = chain::trie::verify_proof(
        answers[0].state_root, chain::crypto::keccak256(query->address), answers[0].proof);
    BOOST_TEST(leaf.ok());
}

BOOST_FIXTURE_TEST_CASE(a_proof_that_is_too_old_is_asked_for_again, SealerFixture) {
    auto query = std::make_shared<Query>();
    query->address = wallet(1).address;
    const PartitionProof old = partition.prove(query->address, {});
    for (std::uint64_t number = 1; number <= SealerEngine::kRootsKept; ++number) {
        close(number);
        hash(number);
        static_cast<void>(sealer->take_sealed());
        sealer->on_stored(number);
    }
    BOOST_TEST((sealer->on_proof(query, old) == SealerEngine::Proof::kGone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
