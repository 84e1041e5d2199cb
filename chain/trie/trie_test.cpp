#include "chain/trie/trie.hpp"

#include "chain/base/hex.hpp"
#include "chain/trie/ordered_root.hpp"
#include "chain/trie/trie_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::chain::trie {
namespace {

namespace data = boost::unit_test::data;
using model::Pairs;
using model::Rng;
using model::root_of;

/// Few different keys of one to three bytes that share beginnings: splits and merges are frequent.
Bytes crowded_key(Rng& rng) {
    Bytes key = rng.bytes(1 + rng.below(3));
    for (auto& byte : key)
        byte &= 0x31;
    return key;
}

Bytes ordered_key(std::size_t index) {
    Bytes key;
    rlp::put_integer(key, index);
    return key;
}

/// The root that Trie gives to the keys RLP(0), RLP(1), ...
Hash32 root_by_insertion(const std::vector<Bytes>& values) {
    Trie trie;
    for (std::size_t i = 0; i < values.size(); ++i)
        trie.put(ordered_key(i), values[i]);
    return trie.root();
}

std::vector<Bytes> ordered_values(Rng& rng, std::size_t count, std::size_t size_max) {
    std::vector<Bytes> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(rng.bytes(1 + rng.below(size_max)));
    return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_trie)

BOOST_AUTO_TEST_CASE(an_empty_trie_has_the_hash_of_the_empty_string_as_root) {
    BOOST_TEST((Trie().root() == crypto::keccak256(Bytes{0x80})));
    BOOST_TEST((Trie().root() == kEmptyTrieRoot));
}

// The genesis of go-ethereum's trie_test.go (TestInsert), which no vector file repeats.
BOOST_AUTO_TEST_CASE(three_dogs_have_the_root_that_go_ethereum_gives_them) {
    const auto bytes = [](std::string_view text) { return Bytes(text.begin(), text.end()); };
    Trie trie;
    trie.put(bytes("doe"), bytes("reindeer"));
    trie.put(bytes("dog"), bytes("puppy"));
    trie.put(bytes("dogglesworth"), bytes("cat"));
    BOOST_TEST(
        to_hex(trie.root()) ==
        "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
}

BOOST_DATA_TEST_CASE(root_depends_on_content_and_not_on_history, data::xrange(48u), seed) {
    Rng rng{seed};
    Trie trie;
    Pairs pairs;
    for (int step = 0; step < 300; ++step) {
        const Bytes key = crowded_key(rng);
        // An empty value erases; longer values make nodes that are named by their hash.
        const Bytes value = rng.bytes(rng.below(3) * (1 + rng.below(seed % 4 == 0 ? 40 : 3)));
        trie.put(key, value);
        pairs[key] = value;
        BOOST_TEST(equal(trie.get(key), value));
        if (step % 10 == 0) BOOST_REQUIRE((trie.root() == root_of(pairs)));
    }
    BOOST_REQUIRE((trie.root() == root_of(pairs)));
    for (const auto& [key, value] : pairs)
        trie.erase(key);
    BOOST_TEST((trie.root() == kEmptyTrieRoot));
}

BOOST_DATA_TEST_CASE(neighbours_are_those_of_a_sorted_map, data::xrange(16u), seed) {
    Rng rng{seed};
    Trie trie;
    Pairs pairs;
    for (int i = 0; i < 30; ++i) {
        const Bytes key = crowded_key(rng);
        trie.put(key, key);
        pairs[key] = key;
    }
    for (int i = 0; i < 200; ++i) {
        const Bytes key = crowded_key(rng);
        const auto above = pairs.upper_bound(key);
        const auto from = pairs.lower_bound(key);
        const auto next = trie.next_key(key);
        const auto previous = trie.previous_key(key);
        BOOST_REQUIRE(next.has_value() == (above != pairs.end()));
        if (next) BOOST_TEST((*next == above->first));
        BOOST_REQUIRE(previous.has_value() == (from != pairs.begin()));
        if (previous) BOOST_TEST((*previous == std::prev(from)->first));
    }
}

BOOST_DATA_TEST_CASE(proofs_show_what_is_there_and_what_is_not, data::xrange(24u), seed) {
    Rng rng{seed};
    Trie trie;
    Pairs pairs;
    for (std::size_t i = 0; i < 1 + 4 * seed; ++i) {
        const Bytes key = crowded_key(rng);
        const Bytes value = rng.bytes(1 + rng.below(60));
        trie.put(key, value);
        pairs[key] = value;
    }
    const Hash32 root = trie.root();
    for (int i = 0; i < 100; ++i) {
        const Bytes key = crowded_key(rng);
        const auto found = verify_proof(root, key, trie.prove(key));
        BOOST_REQUIRE(found.ok());
        const auto expected = pairs.find(key);
        BOOST_TEST((*found == (expected == pairs.end() ? Bytes{} : expected->second)));
    }
}

BOOST_DATA_TEST_CASE(a_proof_with_any_byte_flipped_is_refused, data::xrange(6u), seed) {
    Rng rng{seed};
    Trie trie;
    for (int i = 0; i < 60; ++i)
        trie.put(crowded_key(rng), rng.bytes(1 + rng.below(40)));
    const Hash32 root = trie.root();
    for (int i = 0; i < 10; ++i) {
        const Bytes key = crowded_key(rng);
        auto proof = trie.prove(key);
        for (Bytes& node : proof) {
            for (auto& byte : node) {
                const auto bit = static_cast<std::uint8_t>(1u << rng.below(8));
                byte ^= bit;
                BOOST_TEST(!verify_proof(root, key, proof).ok());
                byte ^= bit;
            }
        }
        BOOST_TEST(verify_proof(root, key, proof).ok());
        proof.push_back(proof.back());
        BOOST_TEST((verify_proof(root, key, proof).error() == Error::kProofInvalid));
        proof.pop_back();
        proof.pop_back();
        BOOST_TEST((verify_proof(root, key, proof).error() == Error::kProofIncomplete));
    }
}

BOOST_AUTO_TEST_CASE(nothing_proves_the_absence_of_a_key_in_an_empty_trie) {
    BOOST_TEST(verify_proof(kEmptyTrieRoot, Bytes{1}, {})->empty());
    BOOST_TEST(verify_proof(kEmptyTrieRoot, Bytes{1}, std::vector<Bytes>{{0x80}})->empty());
    BOOST_TEST(!verify_proof(kEmptyTrieRoot, Bytes{1}, std::vector<Bytes>{{0xc0}}).ok());
}

// Each node is hashed correctly, so only its form can be refused.
BOOST_AUTO_TEST_CASE(malformed_nodes_are_refused_although_their_hash_fits) {
    for (const char* text : {
             "0x83646f67",    // a string
             "0xc0",          // no items
             "0xc22001c0",    // bytes behind the node
             "0xc3200102",    // three items
             "0xc24001",      // hex-prefix flag 4
             "0xc22101",      // an even path with a nibble in the flag byte
             "0xc22080",      // a leaf without a value
             "0xc300c22001",  // an extension without a path
             "0xc21180",      // an extension to nothing
             "0xc21105",      // a reference of one byte
             "0xc3118180",    // a reference of one byte
             "0xc3118120",    // not the canonical form of 0x20
             "0xc2c020",      // a path that is a list
         }) {
        BOOST_TEST_CONTEXT(text) {
            const auto node = from_hex(text);
            BOOST_REQUIRE(node.ok());
            const auto answer =
                verify_proof(crypto::keccak256(*node), Bytes{0x12}, std::vector<Bytes>{*node});
            BOOST_REQUIRE(!answer.ok());
            BOOST_TEST((answer.error() == Error::kTrieNodeMalformed));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ordered)

BOOST_AUTO_TEST_CASE(no_values_have_the_empty_root) {
    BOOST_TEST((ordered_root(std::span<const Bytes>{}) == kEmptyTrieRoot));
}

BOOST_AUTO_TEST_CASE(one_short_value_is_a_leaf_that_is_hashed_although_it_is_short) {
    // [HP(80, leaf), 01] = c4 82 20 80 01
    const auto leaf = from_hex("0xc482208001");
    BOOST_REQUIRE(leaf.ok());
    BOOST_TEST((ordered_root(std::vector<Bytes>{{1}}) == crypto::keccak256(*leaf)));
}

BOOST_AUTO_TEST_CASE(root_is_that_of_a_trie_with_rlp_keys) {
    Rng rng{7};
    const auto values = ordered_values(rng, 300, 120);
    for (std::size_t count = 0; count <= values.size(); ++count) {
        const std::vector<Bytes> some(values.begin(), values.begin() + static_cast<long>(count));
        Pairs pairs;
        for (std::size_t i = 0; i < count; ++i)
            pairs[ordered_key(i)] = some[i];
        BOOST_REQUIRE((ordered_root(some) == root_of(pairs)));
    }
}

BOOST_AUTO_TEST_CASE(values_shorter_than_a_hash_stand_in_their_branches) {
    Rng rng{11};
    for (std::size_t count = 0; count <= 300; ++count) {
        const auto values = ordered_values(rng, count, 4);
        BOOST_REQUIRE((ordered_root(values) == root_by_insertion(values)));
    }
}

BOOST_DATA_TEST_CASE(
    large_blocks_have_the_root_of_a_trie, data::make({1'000u, 65'536u, 65'537u, 70'000u}), count) {
    Rng rng{count};
    const auto values = ordered_values(rng, count, count == 1'000u ? 70'000 : 200);
    BOOST_TEST((ordered_root(values) == root_by_insertion(values)));
}

// Pieces of any size, empty ones too, around the places where keys become longer.
BOOST_DATA_TEST_CASE(values_may_come_piece_by_piece, data::xrange(40), seed) {
    Rng rng{static_cast<std::uint64_t>(seed) + 100};
    const std::size_t counts[] = {1, 127, 128, 129, 255, 256, 300, 4'000, 65'600};
    const std::size_t count = counts[static_cast<std::size_t>(seed) % std::size(counts)];
    const auto values = ordered_values(rng, count, seed % 3 == 0 ? 4 : 120);
    const std::vector<ByteView> views(values.begin(), values.end());
    OrderedRoot root;
    for (std::size_t done = 0; done < count;) {
        const std::size_t most = seed % 2 == 0 ? 3 : 2'000;
        const std::size_t size = std::min<std::size_t>(rng.below(most + 1), count - done);
        // As a caller's memory goes when add() is back.
        const std::vector<Bytes> lent(
            values.begin() + static_cast<long>(done),
            values.begin() + static_cast<long>(done + size));
        root.add(std::vector<ByteView>(lent.begin(), lent.end()));
        done += size;
    }
    BOOST_TEST((root.root() == root_by_insertion(values)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::trie
