#include "actors/partition/partition_engine.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;

constexpr TableSeed kSeed{11, 22};

chain::Address address_of(std::uint8_t last) {
    chain::Address address;
    address.bytes[0] = 0xaa;
    address.bytes[19] = last;
    return address;
}

Half debit(std::uint8_t who, std::uint64_t nonce, std::uint64_t amount, std::uint64_t minimum) {
    Half half;
    half.address = address_of(who);
    half.hash = table_hash(half.address, kSeed);
    half.nonce = nonce;
    half.amount = amount;
    half.minimum = minimum;
    return half;
}

Half credit(std::uint8_t who, std::uint64_t amount) {
    Half half = debit(who, Half::kCredit, amount, 0);
    half.minimum = {};
    return half;
}

struct OnePartition {
    PartitionEngine engine{0, 1, kSeed};

    void load(std::uint8_t who, std::uint64_t balance, std::uint64_t nonce = 0) {
        chain::Account account;
        account.balance = balance;
        account.nonce = nonce;
        engine.load(address_of(who), chain::crypto::keccak256(address_of(who)), account);
    }
    chain::Account account(std::uint8_t who) const {
        const AccountTable& table = engine.table();
        const AccountRecord* record = table.find(table.hash(address_of(who)), address_of(who));
        return record != nullptr ? table.account(*record) : chain::Account{};
    }
    PartitionSeal seal(std::uint64_t number) {
        engine.begin_seal(number);
        for (;;) {
            if (auto seal = engine.seal_step()) return std::move(*seal);
        }
    }
    chain::Hash32 root() const {
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        for (auto& [first, root] : engine.all_roots())
            roots[first] = root;
        return chain::trie::combine_roots(roots);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(partition_engine)

BOOST_FIXTURE_TEST_CASE(halves_move_money_and_nonces_in_order, OnePartition) {
    load(1, 100);
    engine.finish_loading(0);
    // The second debit is covered only by the credit before it.
    const std::vector<Half> halves{debit(1, 0, 90, 95), credit(1, 50), debit(1, 1, 60, 60)};
    BOOST_TEST(engine.run(halves));
    BOOST_TEST(account(1).balance.is_zero());
    BOOST_TEST(account(1).nonce == 2u);
}

BOOST_FIXTURE_TEST_CASE(each_guard_fails_by_itself, OnePartition) {
    load(1, 100, 5);
    chain::Account contract;
    contract.balance = 1;
    contract.code_hash = chain::Hash32{};
    engine.load(address_of(2), chain::crypto::keccak256(address_of(2)), contract);
    engine.finish_loading(0);
    BOOST_TEST(!engine.run(std::vector{debit(1, 4, 1, 1)}));    // nonce too low
    BOOST_TEST(!engine.run(std::vector{debit(1, 6, 1, 1)}));    // nonce too high
    BOOST_TEST(!engine.run(std::vector{debit(1, 5, 1, 101)}));  // balance below the cost
    BOOST_TEST(!engine.run(std::vector{debit(3, 0, 0, 0)}));    // no such account
    BOOST_TEST(!engine.run(std::vector{debit(2, 0, 1, 1)}));    // EIP-3607
    BOOST_TEST(!engine.run(std::vector{credit(2, 1)}));         // needs the EVM
    BOOST_TEST(!engine.run(std::vector{credit(2, 0)}));
    BOOST_TEST(engine.run(std::vector{debit(1, 5, 1, 100)}));
}

BOOST_FIXTURE_TEST_CASE(roll_back_leaves_no_trace_even_in_the_seal, OnePartition) {
    load(1, 100);
    engine.finish_loading(0);
    const chain::Hash32 before = root();
    // The last half fails; what ran before it goes back, a fresh account included.
    const std::vector<Half> halves{debit(1, 0, 60, 60), credit(9, 60), debit(1, 1, 60, 60)};
    BOOST_TEST(!engine.run(halves));
    engine.roll_back(halves);
    BOOST_TEST(account(1).balance.low_u64() == 100u);
    BOOST_TEST(account(1).nonce == 0u);
    const PartitionSeal sealed = seal(1);
    BOOST_TEST(sealed.changes.empty());
    BOOST_TEST(sealed.roots.empty());
    BOOST_TEST((root() == before));
}

BOOST_FIXTURE_TEST_CASE(zero_credit_makes_no_account, OnePartition) {  // EIP-161
    engine.finish_loading(0);
    BOOST_TEST(engine.run(std::vector{credit(7, 0)}));
    BOOST_TEST(engine.table().size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(seal_gives_before_and_after_of_the_whole_block, OnePartition) {
    load(1, 100);
    engine.finish_loading(0);
    BOOST_TEST(engine.run(std::vector{debit(1, 0, 10, 10)}));
    BOOST_TEST(engine.run(std::vector{debit(1, 1, 10, 10), credit(2, 4)}));
    engine.begin_seal(1);
    // The next block's first round comes before the hashing is done: it is not in the seal.
    BOOST_TEST(engine.run(std::vector{debit(1, 2, 10, 10)}));
    std::optional<PartitionSeal> sealed;
    while (!sealed)
        sealed = engine.seal_step();
    BOOST_TEST_REQUIRE(sealed->changes.size() == 2u);
    BOOST_TEST((sealed->changes[0].address == address_of(1)));
    BOOST_TEST(sealed->changes[0].before.balance.low_u64() == 100u);
    BOOST_TEST(sealed->changes[0].after.balance.low_u64() == 80u);
    BOOST_TEST(sealed->changes[0].after.nonce == 2u);
    BOOST_TEST(sealed->changes[1].before.is_empty());
    const PartitionSeal second = seal(2);
    BOOST_TEST_REQUIRE(second.changes.size() == 1u);
    BOOST_TEST(second.changes[0].before.balance.low_u64() == 80u);
    BOOST_TEST(second.changes[0].after.balance.low_u64() == 70u);
}

BOOST_FIXTURE_TEST_CASE(long_seals_come_in_slices, OnePartition) {
    engine.finish_loading(0);
    std::vector<Half> halves;
    for (std::uint32_t i = 0; i < 5'000; ++i) {
        Half half = credit(0, 1);
        chain::store_be(half.address.data() + 4, i);
        half.hash = table_hash(half.address, kSeed);
        halves.push_back(half);
    }
    BOOST_TEST(engine.run(halves));
    engine.begin_seal(1);
    int slices = 1;
    std::optional<PartitionSeal> sealed;
    while (!(sealed = engine.seal_step()))
        ++slices;
    BOOST_TEST(slices >= 4);  // of about kSliceUpdates = 1,000
    BOOST_TEST(sealed->changes.size() == 5'000u);
    BOOST_TEST(engine.table().size() == 5'000u);
}

BOOST_FIXTURE_TEST_CASE(contracts_keep_their_code_and_storage, OnePartition) {
    chain::Account contract;
    contract.balance = 1;
    contract.nonce = 1;
    contract.storage_root = chain::Hash32{};  // has storage, no code: transfers are fine
    engine.load(address_of(2), chain::crypto::keccak256(address_of(2)), contract);
    engine.finish_loading(0);
    BOOST_TEST(engine.run(std::vector{credit(2, 5)}));
    const PartitionSeal sealed = seal(1);
    BOOST_TEST_REQUIRE(sealed.changes.size() == 1u);
    BOOST_TEST((sealed.changes[0].after.storage_root == contract.storage_root));
    BOOST_TEST(sealed.changes[0].after.balance.low_u64() == 6u);
}

// Any partition count, any history of rounds and seals: the root is that of a plain trie.
BOOST_DATA_TEST_CASE(root_is_that_of_one_trie, data::make({1u, 3u, 64u, 256u}), partitions) {
    std::mt19937_64 random{partitions};
    std::vector<PartitionEngine> engines;
    for (std::uint32_t p = 0; p < partitions; ++p)
        engines.emplace_back(p, partitions, kSeed);
    for (PartitionEngine& engine : engines)
        engine.finish_loading(0);
    std::map<chain::Address, std::uint64_t> model;
    for (std::uint64_t block = 1; block <= 3; ++block) {
        for (int i = 0; i < 200; ++i) {
            const Half half = credit(static_cast<std::uint8_t>(random() % 250), random() % 9);
            const auto first = chain::crypto::keccak256(half.address)[0];
            BOOST_TEST(engines[partition_of(first, partitions)].run(std::vector{half}));
            model[half.address] += half.amount.low_u64();
        }
        chain::trie::Trie trie;
        for (const auto& [address, balance] : model) {
            chain::Account account;
            account.balance = balance;
            if (balance > 0)
                trie.put(chain::crypto::keccak256(address), chain::encode_account(account));
        }
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        for (PartitionEngine& engine : engines) {
            engine.begin_seal(block);
            while (!engine.seal_step()) {
            }
            for (auto& [first, root] : engine.all_roots())
                roots[first] = root;
        }
        BOOST_TEST((chain::trie::combine_roots(roots) == trie.root()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
