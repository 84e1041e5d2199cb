// Storage of contracts over several partitions, before, while and after they get wide, against one
// plain trie each.
#include "actors/partition/partition_set.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "tests/support/fake_accounts.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;
using chain::Address;
using chain::Hash32;
using chain::Uint256;
using chain::state::Effect;
using chain::state::EffectKind;
using chain::state::Field;

constexpr TableSeed kSeed{5, 6};
constexpr std::size_t kContracts = 4;

Address contract(std::size_t index) {
    Address address;
    address.bytes[0] = static_cast<std::uint8_t>(17 * index);
    address.bytes[19] = 1;
    return address;
}

/// One block's slots as a plain map has them.
using Slots = std::map<Hash32, Uint256>;

struct Node {
    std::vector<std::unique_ptr<PartitionEngine>> engines;
    PartitionSet set;

    Node(std::uint32_t partitions, std::size_t wide_leaves) {
        for (std::uint32_t p = 0; p < partitions; ++p)
            engines.push_back(std::make_unique<PartitionEngine>(p, partitions, kSeed, wide_leaves));
        set = set_of(engines);
    }
    /// Keeps as little as it can of what is in `store`. @return whose root is wrong
    [[nodiscard]] std::optional<Address> page(const FakeAccounts& store, std::size_t whole_leaves) {
        PartitionEngine::Paging paging;
        paging.storage.whole_leaves = whole_leaves;
        for (PartitionEngine* engine : set) {
            engine->page(store, paging);
            engine->page_slots(store, paging);
        }
        std::vector<WideStorage> wide;
        if (const auto wrong = load_storage(set, store, store, wide)) return wrong;
        for (PartitionEngine* engine : set)
            for (const WideStorage& storage : wide)
                engine->storage().load_parts(storage.address, storage.bucket_depth);
        return finish_loading(set, 0);
    }
    void write(const Effect& effect) {
        const bool slot = effect.field == Field::kStorage;
        const std::uint64_t hash = slot ? slot_hash(effect.address, effect.slot, kSeed)
                                        : table_hash(effect.address, kSeed);
        OpenState& state =
            slot ? owner_of_slot(set, hash).open_state()
                 : owner_of(set, chain::crypto::keccak256(effect.address)[0]).open_state();
        state.reserve(1);
        state.apply(hash, effect, false);
    }
    void begin_round() {
        for (PartitionEngine* engine : set)
            engine->open_state().begin_round(0);
    }
    void begin_seal(std::uint64_t number) {
        const auto board =
            std::make_shared<SealBoard>(number, static_cast<std::uint32_t>(set.size()));
        for (PartitionEngine* engine : set)
            engine->begin_seal(board);
    }
    [[nodiscard]] bool sealing() const {
        return std::any_of(
            set.begin(), set.end(), [](const PartitionEngine* e) { return e->sealing(); });
    }
    [[nodiscard]] PartitionProof prove(const Address& address, std::span<const Hash32> slots) {
        PartitionProof proof =
            owner_of(set, chain::crypto::keccak256(address)[0]).prove(address, slots);
        while (const auto next = set.front()->next_to_prove(proof))
            BOOST_TEST_REQUIRE(set[*next]->prove_rest(proof));
        return proof;
    }
    [[nodiscard]] Hash32 root() const {
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        for (PartitionEngine* engine : set)
            for (auto& [first, root] : engine->all_roots())
                roots[first] = root;
        return chain::trie::combine_roots(roots);
    }
};

Hash32 root_of(const Slots& slots) {
    chain::trie::Trie trie;
    for (const auto& [slot, value] : slots)
        if (!value.is_zero()) trie.put(chain::crypto::keccak256(slot), chain::encode_slot(value));
    return trie.root();
}

struct World {
    std::mt19937_64 random;
    std::array<Slots, kContracts> slots;
    std::map<std::uint64_t, std::array<Slots, kContracts>> after;  // by block

    explicit World(std::uint64_t seed) : random(seed) {}

    void run_block(Node& node, std::uint64_t number) {
        node.begin_round();
        for (std::size_t c = 0; c < kContracts; ++c) {
            Effect effect;
            effect.kind = EffectKind::kWrite;
            effect.address = contract(c);
            effect.field = Field::kNonce;
            effect.value = 1;
            if (number == 1) node.write(effect);
            effect.field = Field::kStorage;
            const std::size_t changes = random() % 3 == 0 ? 0 : random() % 40;
            for (std::size_t i = 0; i < changes; ++i) {
                effect.slot = chain::to_be32(random() % (20 << c));
                effect.value = random() % 3 == 0 ? 0 : random() % 1'000;
                node.write(effect);
                slots[c][effect.slot] = effect.value;
            }
        }
        after[number] = slots;
        node.begin_seal(number);
    }

    void check(const PartitionSeal& seal) const {
        const auto& before = after.at(seal.block_number == 1 ? 1 : seal.block_number - 1);
        const auto& now = after.at(seal.block_number);
        for (const auto& change : seal.changes) {
            std::size_t c = 0;
            while (contract(c) != change.address)
                ++c;
            const Slots old = seal.block_number == 1 ? Slots{} : before[c];
            BOOST_TEST_REQUIRE((change.before.storage_root == root_of(old)));
            BOOST_TEST_REQUIRE((change.after.storage_root == root_of(now[c])));
            std::vector<chain::execution::SlotChange> expected;
            for (const auto& [slot, value] : now[c]) {
                const auto found = old.find(slot);
                const Uint256 was = found != old.end() ? found->second : Uint256{};
                if (was != value) expected.push_back({slot, was, value});
            }
            BOOST_TEST_REQUIRE((change.slots == expected));
        }
    }

    void check_proofs(Node& node, std::uint64_t number) {
        for (std::size_t c = 0; c < kContracts; ++c) {
            std::vector<Hash32> asked;
            for (int i = 0; i < 6; ++i)
                asked.push_back(chain::to_be32(random() % (30 << c)));
            const PartitionProof proof = node.prove(contract(c), asked);
            BOOST_TEST_REQUIRE(proof.block_number == number);
            const Hash32 root = root_of(slots[c]);
            if (root == chain::kEmptyTrieRoot) continue;
            for (const SlotProof& slot : proof.slots) {
                const auto leaf = chain::trie::verify_proof(
                    root, chain::crypto::keccak256(slot.slot), slot.nodes);
                BOOST_TEST_REQUIRE(leaf.ok());
                const Uint256 value = slots[c][slot.slot];
                BOOST_TEST((slot.value == value));
                BOOST_TEST(
                    (*leaf == (value.is_zero() ? chain::Bytes{} : chain::encode_slot(value))));
            }
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(storage_tries)

// Blocks are closed while others are hashed; partitions go on in any order.
BOOST_DATA_TEST_CASE(roots_changes_and_proofs_are_those_of_plain_tries, data::xrange(60u), seed) {
    constexpr std::array<std::uint32_t, 5> kPartitions{1, 2, 7, 64, 256};
    const std::uint32_t partitions = kPartitions[seed % kPartitions.size()];
    const std::size_t wide_leaves = seed % 4 * 20;
    Node node{partitions, wide_leaves};
    World world{seed};
    BOOST_TEST(!finish_loading(node.set, 0).has_value());
    std::uint64_t number = 0;
    std::uint64_t seals = 0;
    while (number < 12 || node.sealing()) {
        if (number < 12 && (!node.sealing() || world.random() % 200 == 0))
            world.run_block(node, ++number);
        PartitionEngine& engine = *node.set[world.random() % partitions];
        if (engine.sealing()) {
            if (const auto seal = engine.seal_step().seal) {
                world.check(*seal);
                ++seals;
            }
        }
        if (!node.sealing()) world.check_proofs(node, number);
    }
    BOOST_TEST(seals == 12 * partitions);

    // The state loaded elsewhere, where other contracts are wide, has the same root.
    Node other{kPartitions[(seed + 1) % kPartitions.size()], 60 - wide_leaves};
    for (std::size_t c = 0; c < kContracts; ++c) {
        chain::Account account;
        account.nonce = 1;
        account.storage_root = root_of(world.slots[c]);
        const Hash32 key = chain::crypto::keccak256(contract(c));
        owner_of(other.set, key[0]).load(contract(c), key, account);
        for (const auto& [slot, value] : world.slots[c])
            if (!value.is_zero()) load_slot(other.set, contract(c), slot, value, true);
    }
    BOOST_TEST(!finish_loading(other.set, number).has_value());
    BOOST_TEST((other.root() == node.root()));
    world.check_proofs(other, number);
}

namespace {

/// What the blocks up to `number` did, and no more.
void put(FakeAccounts& store, const World& world, std::uint64_t number) {
    for (std::size_t c = 0; c < kContracts; ++c) {
        const Slots& slots = world.after.at(number)[c];
        chain::Account account;
        account.nonce = 1;
        account.storage_root = root_of(slots);
        store.put(contract(c), account);
        for (const auto& [slot, value] : slots)
            store.put_slot(contract(c), slot, value);
    }
    store.written = number;
}

}  // namespace

// As above, over a store that lags; nothing stays in memory that is not needed. Contracts get wide
// as they grow, are divided into buckets before, and are begun with again, as after a restart.
BOOST_DATA_TEST_CASE(
    paged_storage_has_the_roots_changes_and_proofs_of_plain_tries, data::xrange(60u), seed) {
    constexpr std::array<std::uint32_t, 5> kPartitions{1, 2, 7, 64, 256};
    const std::size_t wide_leaves = seed % 4 * 20;
    const std::size_t whole_leaves = seed / 4 % 3 * 5;
    FakeAccounts store;
    World world{seed};
    std::uint64_t number = 0;
    StoragePages::Counts counts;
    for (std::uint64_t start = 0; start < 3; ++start) {
        const std::uint32_t partitions = kPartitions[(seed + start) % kPartitions.size()];
        Node node{partitions, wide_leaves};
        BOOST_TEST_REQUIRE(!node.page(store, whole_leaves).has_value());
        const std::uint64_t last = number + 12;
        while (number < last || node.sealing()) {
            if (number < last && (!node.sealing() || world.random() % 200 == 0))
                world.run_block(node, ++number);
            PartitionEngine& engine = *node.set[world.random() % partitions];
            if (engine.sealing())
                if (const auto seal = engine.seal_step().seal) world.check(*seal);
            if (node.sealing()) continue;
            world.check_proofs(node, number);
            while (store.written < number && world.random() % 3 == 0)
                put(store, world, store.written + 1);
            world.check_proofs(node, number);  // lets go what is written
        }
        while (store.written < number)
            put(store, world, store.written + 1);
        for (PartitionEngine* engine : node.set) {
            counts.reads += engine->storage().page_counts().reads;
            counts.evicted += engine->storage().page_counts().evicted;
        }
    }
    BOOST_TEST(counts.reads > 0u);
    BOOST_TEST(counts.evicted > 0u);
}

// Far more leaves than buckets of the depth that it began with: they are divided anew.
BOOST_AUTO_TEST_CASE(a_wide_contract_that_grows_gets_smaller_buckets) {
    FakeAccounts store;
    Node node{2, 16};
    BOOST_TEST_REQUIRE(!node.page(store, 4).has_value());
    Slots slots;
    std::uint64_t number = 0;
    std::uint64_t written = 0;
    for (std::uint64_t begin = 0; begin < 240'000; begin += 24'000) {
        node.begin_round();
        Effect effect;
        effect.kind = EffectKind::kWrite;
        effect.field = Field::kNonce;
        effect.address = contract(1);
        effect.value = 1;
        if (begin == 0) node.write(effect);
        effect.field = Field::kStorage;
        for (std::uint64_t slot = begin; slot < begin + 24'000; ++slot) {
            effect.slot = chain::to_be32(slot);
            effect.value = 1 + slot;
            node.write(effect);
            slots[effect.slot] = effect.value;
        }
        const std::vector<PartitionSeal> seals = seal_block(node.set, ++number);
        Hash32 root;
        for (const PartitionSeal& seal : seals)
            for (const auto& change : seal.changes) {
                store.put(change.address, change.after);
                for (const auto& slot : change.slots)
                    store.put_slot(change.address, slot.slot, slot.after);
                root = change.after.storage_root;
            }
        store.written = ++written;
        if (begin % 96'000 == 0) BOOST_TEST_REQUIRE((root == root_of(slots)));
    }
    BOOST_TEST(node.set[0]->storage().is_wide(contract(1)));
    seal_block(node.set, ++number);  // all is written: all goes
    // 240,000 / 256 leaves a sub-trie are more than 48 for each of 16 buckets.
    std::vector<chain::trie::Bucket> buckets;
    node.set[0]->storage().part(contract(1), Hash32{}).evicted(buckets);
    BOOST_TEST(buckets.size() > 16u);
    // A start finds the same.
    Node other{3, 16};
    BOOST_TEST(!other.page(store, 4).has_value());
    BOOST_TEST((other.root() == node.root()));
}

BOOST_AUTO_TEST_CASE(paged_slots_that_do_not_give_their_root_are_found_at_the_start) {
    for (const std::uint64_t count : {3u, 40u, 400u}) {  // whole, by buckets, wide
        FakeAccounts store;
        Slots slots;
        for (std::uint64_t slot = 0; slot < count; ++slot)
            slots[chain::to_be32(slot)] = 1 + slot;
        chain::Account account;
        account.nonce = 1;
        account.storage_root = root_of(slots);
        store.put(contract(2), account);
        for (const auto& [slot, value] : slots)
            store.put_slot(contract(2), slot, value);
        Node right{3, 100};
        BOOST_TEST(!right.page(store, 10).has_value());
        store.put_slot(contract(2), chain::to_be32(2), 77);
        Node wrong{3, 100};
        const auto found = wrong.page(store, 10);
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST((*found == contract(2)));
    }
}

BOOST_AUTO_TEST_CASE(a_contract_gets_wide_by_a_block_that_changes_many_of_enough_leaves) {
    Node node{4, 100};
    BOOST_TEST(!finish_loading(node.set, 0).has_value());
    const auto write = [&node](std::uint64_t slots, std::uint64_t number) {
        node.begin_round();
        for (std::uint64_t slot = 0; slot < slots; ++slot) {
            Effect effect;
            effect.kind = EffectKind::kWrite;
            effect.field = Field::kStorage;
            effect.address = contract(1);
            effect.slot = chain::to_be32(slot);
            effect.value = number;
            node.write(effect);
        }
        seal_block(node.set, number);
    };
    const auto wide = [&node] {
        return std::count_if(node.set.begin(), node.set.end(), [](PartitionEngine* engine) {
            return engine->storage().is_wide(contract(1));
        });
    };
    write(100, 1);
    write(1, 2);
    BOOST_TEST(wide() == 0);  // a hundred are not more than a hundred
    write(101, 3);            // enough of both: the next block takes it along
    BOOST_TEST(wide() == 0);
    write(1, 4);
    BOOST_TEST(wide() == 4);
}

BOOST_AUTO_TEST_CASE(storage_that_was_loaded_wide_must_have_its_root_as_well) {
    Node node{3, 4};
    chain::Account account;
    account.nonce = 1;
    Slots slots;
    for (std::uint64_t slot = 0; slot < 100; ++slot)
        slots[chain::to_be32(slot)] = 1 + slot;
    account.storage_root = root_of(slots);
    const Hash32 key = chain::crypto::keccak256(contract(2));
    owner_of(node.set, key[0]).load(contract(2), key, account);
    slots[chain::to_be32(7)] = 1;  // not what the root says
    for (const auto& [slot, value] : slots)
        load_slot(node.set, contract(2), slot, value, true);
    BOOST_TEST(node.set.front()->storage().is_wide(contract(2)));
    const auto wrong = finish_loading(node.set, 0);
    BOOST_TEST_REQUIRE(wrong.has_value());
    BOOST_TEST((*wrong == contract(2)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
