#include "chain/trie/sub_trie.hpp"

#include "chain/trie/trie.hpp"
#include "chain/trie/trie_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace troupe::chain::trie {
namespace {

namespace data = boost::unit_test::data;
using model::Rng;

/// All sub-tries of a state beside a Trie over the same keys.
class State {
  public:
    void apply(const std::vector<TrieUpdate>& updates) {
        std::array<std::vector<TrieUpdate>, kSubTries> by_first_byte;
        for (const TrieUpdate& update : updates) {
            by_first_byte[update.key[0]].push_back(update);
            whole_.put(update.key, update.value);
            if (update.value.empty()) {
                keys_.erase(update.key);
            } else {
                keys_.insert(update.key);
            }
        }
        for (std::size_t i = 0; i < kSubTries; ++i) {
            const bool was_dirty = tries_[i].dirty();
            tries_[i].apply(by_first_byte[i]);
            if (by_first_byte[i].empty()) BOOST_REQUIRE(tries_[i].dirty() == was_dirty);
        }
    }

    /// Rehashes and compares with the Trie.
    void check_root() {
        std::vector<SubTrie*> pointers;
        std::size_t leaves = 0;
        for (SubTrie& trie : tries_) {
            pointers.push_back(&trie);
            leaves += trie.size();
        }
        SubTrie::rehash(pointers);
        for (std::size_t i = 0; i < kSubTries; ++i) {
            BOOST_REQUIRE(!tries_[i].dirty());
            roots_[i] = tries_[i].root();
        }
        BOOST_REQUIRE((combine_roots(roots_) == whole_.root()));
        BOOST_REQUIRE(leaves == keys_.size());
    }

    /// After check_root(): the two parts of the proof together are the Trie's proof.
    void check_proof(const Hash32& key) {
        const auto proof = joined(prove_top(roots_, key), tries_[key[0]].prove(key));
        BOOST_REQUIRE((proof == whole_.prove(key)));
        const auto found = verify_proof(whole_.root(), key, proof);
        BOOST_REQUIRE(found.ok());
        BOOST_REQUIRE(equal(*found, whole_.get(key)));
    }

    [[nodiscard]] const std::set<Hash32>& keys() const { return keys_; }
    [[nodiscard]] const SubTrie& trie(std::size_t first_byte) const { return tries_[first_byte]; }

  private:
    std::vector<SubTrie> tries_ = std::vector<SubTrie>(kSubTries);
    std::array<SubTrieRoot, kSubTries> roots_;
    Trie whole_;
    std::set<Hash32> keys_;
};

/// A key all of whose nibbles but `free_nibbles` random ones come from a fixed one: such keys share
/// beginnings and endings of every length.
Hash32 crowded_key(Rng& rng, std::size_t free_nibbles) {
    Hash32 key = crypto::keccak256(Bytes{1});
    for (std::size_t i = 0; i < free_nibbles; ++i) {
        // Depths 0 to 4, where the levels meet, and the last ones, where nodes get inlined.
        static constexpr std::uint8_t kDepths[] = {0, 1, 2, 3, 4, 17, 40, 62, 63};
        const std::size_t depth = kDepths[rng.below(std::size(kDepths))];
        const auto nibble = static_cast<std::uint8_t>(rng.below(4) * 5);
        std::uint8_t& byte = key.bytes[depth / 2];
        byte = static_cast<std::uint8_t>(
            depth % 2 == 0 ? (byte & 0xf) | nibble << 4 : (byte & 0xf0) | nibble);
    }
    return key;
}

Hash32 uniform_key(Rng& rng) {
    return crypto::keccak256(rng.bytes(8));
}

Bytes account_value(Rng& rng) {
    Account account;
    account.nonce = rng.next() >> rng.below(64);
    account.balance = Uint256{rng.next() >> rng.below(64)};
    if (rng.below(8) == 0) account.code_hash = uniform_key(rng);
    if (rng.below(8) == 0) account.storage_root = uniform_key(rng);
    return encode_account(account);
}

/// Of any length: from one byte, which is inlined at the last nibbles, to the longest.
Bytes any_value(Rng& rng) {
    switch (rng.below(4)) {
        case 0:
            return rng.bytes(1 + rng.below(4));
        case 1:
            return rng.bytes(1 + rng.below(kSubTrieValueBytesMax));
        default:
            return account_value(rng);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sub_trie)

BOOST_AUTO_TEST_CASE(a_state_without_accounts_has_the_empty_root) {
    State state;
    state.check_root();
    state.check_proof(Hash32{});
    BOOST_TEST((combine_roots(std::array<SubTrieRoot, kSubTries>{}) == kEmptyTrieRoot));
}

BOOST_AUTO_TEST_CASE(a_lone_account_is_a_leaf_of_the_whole_state) {
    Rng rng{1};
    State state;
    const Hash32 key = uniform_key(rng);
    state.apply({{key, account_value(rng)}});
    state.check_root();
    state.check_proof(key);
    BOOST_TEST((state.trie(key[0]).root().kind == SubTrieRoot::Kind::kLeaf));
    for (int i = 0; i < 50; ++i)
        state.check_proof(crowded_key(rng, 3));
    state.apply({{key, {}}});
    state.check_root();
    BOOST_TEST((state.trie(key[0]).root().kind == SubTrieRoot::Kind::kEmpty));
}

BOOST_AUTO_TEST_CASE(a_value_set_again_leaves_nothing_to_hash) {
    Rng rng{2};
    SubTrie trie;
    const TrieUpdate plain{uniform_key(rng), encode_account({.nonce = 1, .balance = Uint256{5}})};
    trie.apply({&plain, 1});
    BOOST_TEST(trie.dirty());
    SubTrie* const pointer = &trie;
    SubTrie::rehash({&pointer, 1});
    trie.apply({&plain, 1});
    BOOST_TEST(!trie.dirty());
    TrieUpdate absent{plain.key, {}};
    absent.key[31] ^= 1;
    trie.apply({&absent, 1});
    BOOST_TEST(!trie.dirty());
}

BOOST_DATA_TEST_CASE(
    crowded_keys_give_the_root_of_the_whole_trie_after_every_round, data::xrange(48u), seed) {
    Rng rng{seed};
    State state;
    const std::size_t free_nibbles = 1 + seed % 8;
    for (int round = 0; round < 40; ++round) {
        std::vector<TrieUpdate> updates;
        const std::size_t count = rng.below(12);
        for (std::size_t i = 0; i < count; ++i) {
            const Hash32 key = crowded_key(rng, free_nibbles);
            updates.push_back({key, rng.below(5) < 2 ? Bytes{} : any_value(rng)});
        }
        state.apply(updates);
        state.check_root();
        for (int i = 0; i < 5; ++i)
            state.check_proof(crowded_key(rng, free_nibbles));
    }
    std::vector<TrieUpdate> erased;
    for (const Hash32& key : state.keys())
        erased.push_back({key, {}});
    state.apply(erased);
    state.check_root();
    BOOST_TEST(state.keys().empty());
}

BOOST_DATA_TEST_CASE(
    uniform_keys_give_the_root_of_the_whole_trie, data::make({1u, 2u, 17u, 300u, 20'000u}), count) {
    Rng rng{count};
    State state;
    std::vector<Hash32> keys;
    for (std::size_t i = 0; i < count; ++i)
        keys.push_back(uniform_key(rng));
    for (int round = 0; round < 6; ++round) {
        std::vector<TrieUpdate> updates;
        for (std::size_t i = 0; i < count; ++i) {
            const Hash32& key = keys[rng.below(keys.size())];
            updates.push_back({key, round == 4 ? Bytes{} : any_value(rng)});
        }
        state.apply(updates);
        state.check_root();
        for (int i = 0; i < 20; ++i) {
            state.check_proof(keys[rng.below(keys.size())]);
            state.check_proof(uniform_key(rng));
        }
    }
}

BOOST_AUTO_TEST_CASE(moved_sub_tries_keep_their_content) {
    Rng rng{3};
    SubTrie trie;
    const TrieUpdate update{uniform_key(rng), account_value(rng)};
    trie.apply({&update, 1});
    SubTrie* pointer = &trie;
    SubTrie::rehash({&pointer, 1});
    const SubTrieRoot root = trie.root();
    const SubTrie moved = std::move(trie);
    BOOST_TEST((moved.root() == root));
    BOOST_TEST(moved.size() == 1u);
}

// Plain accounts keep 12 bytes of value instead of 80; 200 bytes an account is the goal.
BOOST_AUTO_TEST_CASE(an_account_takes_less_than_two_hundred_bytes_of_memory) {
    Rng rng{4};
    SubTrie trie;
    constexpr std::size_t kAccounts = 4'096;  // a 256th of a million
    for (std::size_t i = 0; i < kAccounts; ++i) {
        TrieUpdate update{uniform_key(rng), account_value(rng)};
        update.key[0] = 0;
        trie.apply({&update, 1});
    }
    BOOST_TEST(trie.size() == kAccounts);
    BOOST_TEST(trie.memory_bytes() / kAccounts < 200u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::trie
