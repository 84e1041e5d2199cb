#include "actors/partition/partition_set.hpp"
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

PlacedEffect place(const chain::state::Effect& effect, std::uint32_t tx = 0) {
    const std::uint64_t hash = effect.field == chain::state::Field::kStorage
                                   ? slot_hash(effect.address, effect.slot, kSeed)
                                   : table_hash(effect.address, kSeed);
    return {.hash = hash, .tx = tx, .effect = effect};
}

PlacedEffect credit(const chain::Address& address, std::uint64_t amount) {
    chain::state::Effect effect;
    effect.kind = chain::state::EffectKind::kDelta;
    effect.address = address;
    effect.value = amount;
    return place(effect);
}

struct OnePartition {
    PartitionEngine engine{0, 1, kSeed};

    void load(std::uint8_t who, std::uint64_t balance, std::uint64_t nonce = 0) {
        chain::Account account;
        account.balance = balance;
        account.nonce = nonce;
        engine.load(address_of(who), chain::crypto::keccak256(address_of(who)), account);
    }
    /// One round.
    static void apply(PartitionEngine& to, const std::vector<PlacedEffect>& effects) {
        to.open_state().begin_round(0);
        to.open_state().reserve(effects.size());
        for (const PlacedEffect& placed : effects)
            to.open_state().apply(placed.hash, placed.effect, placed.delegated);
    }
    void apply(const std::vector<PlacedEffect>& effects) { apply(engine, effects); }
    void pay(std::uint8_t who, std::uint64_t amount) { apply({credit(address_of(who), amount)}); }
    PartitionSeal seal(std::uint64_t number) {
        return std::move(seal_block({&engine}, number).front());
    }
    chain::Hash32 root() {
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        for (auto& [first, root] : engine.all_roots())
            roots[first] = root;
        return chain::trie::combine_roots(roots);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(partition_engine)

BOOST_FIXTURE_TEST_CASE(a_round_taken_back_is_not_in_the_seal, OnePartition) {
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    const chain::Hash32 before = root();
    apply({credit(address_of(1), 60), credit(address_of(9), 60)});
    engine.open_state().roll_back();
    const PartitionSeal sealed = seal(1);
    BOOST_TEST(sealed.changes.empty());
    BOOST_TEST(sealed.roots.empty());
    BOOST_TEST((root() == before));
}

BOOST_FIXTURE_TEST_CASE(seal_gives_before_and_after_of_the_whole_block, OnePartition) {
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    pay(1, 10);
    apply({credit(address_of(1), 10), credit(address_of(2), 4)});
    engine.begin_seal(std::make_shared<SealBoard>(1, 1));
    // The next block's first round comes before the hashing is done: it is not in the seal.
    pay(1, 10);
    std::optional<PartitionSeal> sealed;
    while (!sealed)
        sealed = engine.seal_step().seal;
    BOOST_TEST_REQUIRE(sealed->changes.size() == 2u);
    BOOST_TEST((sealed->changes[0].address == address_of(1)));
    BOOST_TEST(sealed->changes[0].before.balance.low_u64() == 100u);
    BOOST_TEST(sealed->changes[0].after.balance.low_u64() == 120u);
    BOOST_TEST(sealed->changes[1].before.is_empty());
    const PartitionSeal second = seal(2);
    BOOST_TEST_REQUIRE(second.changes.size() == 1u);
    BOOST_TEST(second.changes[0].before.balance.low_u64() == 120u);
    BOOST_TEST(second.changes[0].after.balance.low_u64() == 130u);
}

BOOST_FIXTURE_TEST_CASE(long_seals_come_in_slices, OnePartition) {
    BOOST_TEST(!engine.finish_loading(0).has_value());
    std::vector<PlacedEffect> effects;
    for (std::uint32_t i = 0; i < 5'000; ++i) {
        chain::Address address = address_of(0);
        chain::store_be(address.data() + 4, i);
        effects.push_back(credit(address, 1));
    }
    apply(effects);
    engine.begin_seal(std::make_shared<SealBoard>(1, 1));
    int slices = 1;
    std::optional<PartitionSeal> sealed;
    while (!(sealed = engine.seal_step().seal))
        ++slices;
    BOOST_TEST(slices >= 4);  // of about kSliceUpdates = 1,000
    BOOST_TEST(sealed->changes.size() == 5'000u);
    BOOST_TEST(engine.tables().accounts.size() == 5'000u);
}

namespace {

constexpr std::uint8_t kSlotByte = 7;

chain::Hash32 slot_of(std::uint8_t last) {
    chain::Hash32 slot;
    slot.bytes[31] = last;
    return slot;
}

PlacedEffect write(chain::state::Field field, const chain::Uint256& value, std::uint8_t slot = 0) {
    chain::state::Effect effect;
    effect.kind = chain::state::EffectKind::kWrite;
    effect.field = field;
    effect.address = address_of(2);
    effect.slot = slot_of(slot);
    effect.value = value;
    return place(effect);
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
    load_slot({&engine}, address_of(2), slot_of(kSlotByte), chain::Uint256{6}, true);
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
    load_slot({&engine}, address_of(2), slot_of(kSlotByte), chain::Uint256{5}, true);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    pay(2, 5);
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
    engine.open_state().add_code(code);
    apply(
        {write(Field::kNonce, 1), write(Field::kCode, chain::uint256_from_be(code.hash)),
         write(Field::kStorage, 5, 1), write(Field::kStorage, 6, 2), write(Field::kStorage, 7, 1),
         write(Field::kStorage, 9, 3), write(Field::kStorage, 0, 3)});
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
    apply({write(Field::kStorage, 0, 1)});
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

namespace {

/// A round of one partition in which two executors speculated.
struct TwoShares {
    Round round;
    TwoShares() {
        round.speculations.resize(2);
        for (Speculation& speculation : round.speculations)
            speculation.by_partition.resize(1);
    }
    void add(
        std::size_t share, std::uint32_t tx, chain::state::EffectKind kind, std::uint64_t value) {
        chain::state::Effect effect;
        effect.kind = kind;
        effect.address = address_of(1);
        effect.value = value;
        Speculation& speculation = round.speculations[share];
        speculation.by_partition[0].push_back(
            static_cast<std::uint32_t>(speculation.effects.size()));
        speculation.effects.push_back(place(effect, tx));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(shares_are_merged_in_the_order_of_the_transactions, OnePartition) {
    using chain::state::EffectKind;
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    TwoShares shares;
    shares.add(0, 0, EffectKind::kDelta, 5);
    shares.add(1, 1, EffectKind::kRead, 105);  // sees the other executor's first, not its second
    shares.add(1, 1, EffectKind::kWrite, 7);
    shares.add(0, 2, EffectKind::kDelta, 1);
    shares.add(1, 3, EffectKind::kGuard, 8);
    engine.open_state().begin_round(0);
    BOOST_TEST(engine.validate(shares.round));
    BOOST_TEST(engine.open_state().holds(place(credit(address_of(1), 0).effect).hash, [] {
        chain::state::Effect effect = credit(address_of(1), 8).effect;
        effect.kind = EffectKind::kRead;
        return effect;
    }()));
}

BOOST_FIXTURE_TEST_CASE(a_value_that_was_not_there_breaks_the_round, OnePartition) {
    using chain::state::EffectKind;
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    TwoShares shares;
    shares.add(1, 0, EffectKind::kDelta, 5);
    shares.add(0, 1, EffectKind::kRead, 100);  // read before the other executor's delta
    engine.open_state().begin_round(0);
    BOOST_TEST(!engine.validate(shares.round));
    BOOST_TEST(shares.round.broken.load());
    engine.open_state().roll_back();
    shares.round.broken = true;  // another partition says so: nothing more is done here
    BOOST_TEST(!engine.validate(shares.round));
    BOOST_TEST(seal(1).changes.empty());
}

namespace {

/// Two shares of which each has run the transactions given, and nothing else yet: effects come with
/// add(), in order.
struct SharesWithTips : TwoShares {
    static constexpr std::uint8_t kVault = 9;

    SharesWithTips(std::vector<std::uint32_t> first, std::vector<std::uint32_t> second) {
        round.env.coinbase = address_of(kVault);
        round.results.resize(first.size() + second.size());
        round.speculations[0].txs = std::move(first);
        round.speculations[1].txs = std::move(second);
        for (Speculation& share : round.speculations)
            share.vault = {table_hash(address_of(kVault), kSeed), 0};
    }
    /// Ends the transaction that is next in its share.
    void end(std::size_t share, std::uint64_t tip) {
        Speculation& speculation = round.speculations[share];
        speculation.tips.push_back(tip);
        speculation.tips_sum += tip;
        speculation.ends.push_back(static_cast<std::uint32_t>(speculation.effects.size()));
        speculation.repeat_ends.push_back(static_cast<std::uint32_t>(speculation.repeats.size()));
    }
    void see_vault(std::size_t share, std::uint32_t tx, std::uint64_t value) {
        add(share, tx, chain::state::EffectKind::kRead, value);
        round.speculations[share].effects.back() = [&] {
            PlacedEffect read = credit(address_of(kVault), value);
            read.effect.kind = chain::state::EffectKind::kRead;
            read.tx = tx;
            return read;
        }();
        round.speculations[share].vault_seen = true;
    }
    void code(
        std::size_t share, std::uint32_t tx, chain::state::EffectKind kind, std::uint64_t of) {
        add(share, tx, kind, of);
        Speculation& speculation = round.speculations[share];
        speculation.effects.back().effect.field = chain::state::Field::kCode;
        if (kind == chain::state::EffectKind::kWrite) speculation.codes_written = true;
    }
};

std::uint64_t balance_of(PartitionEngine& engine, std::uint8_t last) {
    const chain::Address address = address_of(last);
    const AccountRecord* const record =
        engine.open_state().find(table_hash(address, kSeed), address);
    return record != nullptr ? record->balance.low_u64() : 0;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(tips_are_paid_to_a_vault_that_nobody_sees, OnePartition) {
    BOOST_TEST(!engine.finish_loading(0).has_value());
    SharesWithTips shares{{0, 2}, {1}};
    shares.end(0, 3);
    shares.end(1, 4);
    shares.end(0, 5);
    BOOST_TEST(shares.round.speculations[0].concerns(0));
    engine.open_state().begin_round(0);
    BOOST_TEST(engine.validate(shares.round));
    BOOST_TEST(balance_of(engine, SharesWithTips::kVault) == 3u + 4u + 5u);
    engine.open_state().roll_back();
    BOOST_TEST(balance_of(engine, SharesWithTips::kVault) == 0u);
}

BOOST_FIXTURE_TEST_CASE(who_sees_the_vault_sees_the_tips_before_it, OnePartition) {
    BOOST_TEST(!engine.finish_loading(0).has_value());
    // The second of the other share saw 3 + 4, which is so; neither its own tip nor the third one.
    for (const std::uint64_t seen : {7u, 4u, 12u}) {
        SharesWithTips shares{{0, 3}, {1, 2}};
        shares.end(0, 3);
        shares.end(1, 4);
        shares.see_vault(1, 2, seen);
        shares.end(1, 6);
        shares.end(0, 5);
        engine.open_state().begin_round(0);
        BOOST_TEST(engine.validate(shares.round) == (seen == 7));
        if (seen == 7) BOOST_TEST(balance_of(engine, SharesWithTips::kVault) == 18u);
        engine.open_state().roll_back();
    }
}

BOOST_FIXTURE_TEST_CASE(
    a_code_that_was_read_before_is_compared_again_if_one_changes, OnePartition) {
    using chain::state::EffectKind;
    load(1, 100);
    BOOST_TEST(!engine.finish_loading(0).has_value());
    const auto round_holds = [this](std::uint32_t first, std::uint32_t writer, std::uint32_t last) {
        SharesWithTips shares{{first, last}, {writer}};
        const chain::Uint256 empty = chain::uint256_from_be(chain::kEmptyCodeHash);
        shares.code(0, first, EffectKind::kRead, 0);
        shares.round.speculations[0].effects[0].effect.value = empty;
        shares.end(0, 0);
        shares.round.speculations[0].repeats.push_back(0);
        shares.end(0, 0);
        shares.code(1, writer, EffectKind::kWrite, 77);
        shares.end(1, 0);
        engine.open_state().begin_round(0);
        const bool held = engine.validate(shares.round);
        engine.open_state().roll_back();
        return held;
    };
    BOOST_TEST(round_holds(0, 2, 1));
    BOOST_TEST(!round_holds(0, 1, 2));
    BOOST_TEST(!round_holds(1, 0, 2));
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
            const chain::Address address = address_of(static_cast<std::uint8_t>(random() % 250));
            const std::uint64_t amount = random() % 9;
            const auto first = chain::crypto::keccak256(address)[0];
            OnePartition::apply(
                engines[partition_of(first, partitions)], {credit(address, amount)});
            model[address] += amount;
        }
        chain::trie::Trie trie;
        for (const auto& [address, balance] : model) {
            chain::Account account;
            account.balance = balance;
            if (balance > 0)
                trie.put(chain::crypto::keccak256(address), chain::encode_account(account));
        }
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        PartitionSet set;
        for (PartitionEngine& engine : engines)
            set.push_back(&engine);
        seal_block(set, block);
        for (PartitionEngine& engine : engines)
            for (auto& [first, root] : engine.all_roots())
                roots[first] = root;
        BOOST_TEST((chain::trie::combine_roots(roots) == trie.root()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
