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
    BOOST_TEST(!engine.finish_loading(0).has_value());
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
    BOOST_TEST(!engine.finish_loading(0).has_value());
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
    BOOST_TEST(!engine.finish_loading(0).has_value());
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
    BOOST_TEST(!engine.finish_loading(0).has_value());
    BOOST_TEST(engine.run(std::vector{credit(7, 0)}));
    BOOST_TEST(engine.table().size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(seal_gives_before_and_after_of_the_whole_block, OnePartition) {
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
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
    BOOST_TEST(!engine.finish_loading(0).has_value());
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

namespace {

constexpr std::uint8_t kSlotByte = 7;

chain::Hash32 slot_of(std::uint8_t last) {
    chain::Hash32 slot;
    slot.bytes[31] = last;
    return slot;
}

PlacedEffect write(chain::state::Field field, const chain::Uint256& value, std::uint8_t slot = 0) {
    PlacedEffect placed;
    placed.effect.kind = chain::state::EffectKind::kWrite;
    placed.effect.field = field;
    placed.effect.address = address_of(2);
    placed.effect.slot = slot_of(slot);
    placed.effect.value = value;
    placed.hash = table_hash(placed.effect.address, kSeed);
    return placed;
}

chain::Hash32 root_of(const std::map<std::uint8_t, std::uint64_t>& slots) {
    chain::trie::Trie trie;
    for (const auto& [slot, value] : slots)
        trie.put(chain::crypto::keccak256(slot_of(slot)), chain::encode_slot(value));
    return trie.root();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(storage_that_was_loaded_must_have_its_root, OnePartition) {
    chain::Account contract;
    contract.nonce = 1;
    contract.storage_root = root_of({{kSlotByte, 5}});
    engine.load(address_of(2), chain::crypto::keccak256(address_of(2)), contract);
    engine.load_slot(address_of(2), slot_of(kSlotByte), chain::Uint256{6});
    const auto wrong = engine.finish_loading(0);
    BOOST_TEST_REQUIRE(wrong.has_value());
    BOOST_TEST((*wrong == address_of(2)));
}

BOOST_FIXTURE_TEST_CASE(contracts_keep_their_code_and_storage, OnePartition) {
    chain::Account contract;
    contract.balance = 1;
    contract.nonce = 1;
    contract.storage_root = root_of({{kSlotByte, 5}});  // has storage, no code: transfers are fine
    engine.load(address_of(2), chain::crypto::keccak256(address_of(2)), contract);
    engine.load_slot(address_of(2), slot_of(kSlotByte), chain::Uint256{5});
    BOOST_TEST(!engine.finish_loading(0).has_value());
    BOOST_TEST(engine.run(std::vector{credit(2, 5)}));
    const PartitionSeal sealed = seal(1);
    BOOST_TEST_REQUIRE(sealed.changes.size() == 1u);
    BOOST_TEST((sealed.changes[0].after.storage_root == contract.storage_root));
    BOOST_TEST((sealed.changes[0].before.storage_root == contract.storage_root));
    BOOST_TEST(sealed.changes[0].after.balance.low_u64() == 6u);
}

BOOST_FIXTURE_TEST_CASE(slots_and_codes_are_in_the_seal_and_in_the_root, OnePartition) {
    using chain::state::Field;
    BOOST_TEST(!engine.finish_loading(0).has_value());
    const chain::execution::DeployedCode code{chain::crypto::keccak256(chain::Bytes{1}), {1}};
    engine.apply(
        std::vector{
            write(Field::kNonce, 1), write(Field::kCode, chain::uint256_from_be(code.hash)),
            write(Field::kStorage, 5, 1), write(Field::kStorage, 6, 2),
            write(Field::kStorage, 7, 1), write(Field::kStorage, 9, 3),
            write(Field::kStorage, 0, 3)},
        std::vector{code});
    BOOST_TEST((engine.tables().codes.find(code.hash).size() == 1u));
    PartitionSeal sealed = seal(1);
    BOOST_TEST_REQUIRE(sealed.changes.size() == 1u);
    chain::Account expected;
    expected.nonce = 1;
    expected.code_hash = code.hash;
    expected.storage_root = root_of({{1, 7}, {2, 6}});
    BOOST_TEST((sealed.changes[0].before == chain::Account{}));
    BOOST_TEST((sealed.changes[0].after == expected));
    const std::vector<chain::execution::SlotChange> slots{
        {slot_of(1), 0, 7}, {slot_of(2), 0, 6}};  // slot 3 is as it was
    BOOST_TEST((sealed.changes[0].slots == slots));
    chain::trie::Trie state;
    state.put(chain::crypto::keccak256(address_of(2)), chain::encode_account(expected));
    BOOST_TEST((root() == state.root()));

    // The next block clears one slot; nothing else of the account changes.
    engine.apply(std::vector{write(Field::kStorage, 0, 1)});
    sealed = seal(2);
    BOOST_TEST_REQUIRE(sealed.changes.size() == 1u);
    BOOST_TEST((sealed.changes[0].before == expected));
    BOOST_TEST((sealed.changes[0].after.storage_root == root_of({{2, 6}})));
    const PartitionProof proof = engine.prove(address_of(2), std::vector{slot_of(2), slot_of(1)});
    BOOST_TEST_REQUIRE(proof.slots.size() == 2u);
    BOOST_TEST((proof.slots[0].value == chain::Uint256{6}));
    for (const SlotProof& slot : proof.slots) {
        const auto leaf = chain::trie::verify_proof(
            root_of({{2, 6}}), chain::crypto::keccak256(slot.slot), slot.nodes);
        BOOST_TEST_REQUIRE(leaf.ok());
        BOOST_TEST((*leaf == (slot.value.is_zero() ? chain::Bytes{} : chain::encode_slot(6))));
    }
}

BOOST_FIXTURE_TEST_CASE(fees_reach_accounts_with_code, OnePartition) {
    BOOST_TEST(!engine.finish_loading(0).has_value());
    engine.apply(std::vector{write(chain::state::Field::kCode, 1)});
    BOOST_TEST(!engine.run(std::vector{credit(2, 5)}));
    Half fee = credit(2, 5);
    fee.minimum = 1;
    BOOST_TEST(engine.run(std::vector{fee}));
    BOOST_TEST(account(2).balance.low_u64() == 5u);
}

// Any partition count, any history of rounds and seals: the root is that of a plain trie.
BOOST_DATA_TEST_CASE(root_is_that_of_one_trie, data::make({1u, 3u, 64u, 256u}), partitions) {
    std::mt19937_64 random{partitions};
    std::vector<PartitionEngine> engines;
    for (std::uint32_t p = 0; p < partitions; ++p)
        engines.emplace_back(p, partitions, kSeed);
    for (PartitionEngine& engine : engines)
        BOOST_TEST(!engine.finish_loading(0).has_value());
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
