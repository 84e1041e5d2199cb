// SubTrie as whole tries of their own, many of them in one memory: storage tries.
#include "chain/trie/sub_trie.hpp"
#include "chain/trie/trie.hpp"
#include "chain/trie/trie_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>

namespace troupe::chain::trie {
namespace {

namespace data = boost::unit_test::data;
using model::Rng;

/// Keys that share beginnings and endings of every length, or have nothing in common.
Hash32 random_key(Rng& rng, bool crowded) {
    if (!crowded) return crypto::keccak256(rng.bytes(2));
    Hash32 key = crypto::keccak256(Bytes{1});
    for (const std::size_t depth : {0u, 1u, 2u, 30u, 62u, 63u}) {
        std::uint8_t& byte = key.bytes[depth / 2];
        const auto nibble = static_cast<std::uint8_t>(rng.below(2) * 5);
        byte = static_cast<std::uint8_t>(
            depth % 2 == 0 ? (byte & 0xf) | nibble << 4 : (byte & 0xf0) | nibble);
    }
    return key;
}

/// As storage has them: an RLP string of 1 to 33 bytes.
Bytes random_value(Rng& rng) {
    return encode_slot(Uint256{1 + (rng.next() >> rng.below(64))});
}

struct Pair {
    explicit Pair(const SubTrie::Memory& memory) : trie(SubTrie::Depth::kWhole, memory) {}

    void change(const Hash32& key, const Bytes& value) {
        const TrieUpdate update{key, value};
        trie.apply({&update, 1});
        judge.put(key, value);
        if (value.empty())
            values.erase(key);
        else
            values[key] = value;
    }
    void check(Rng& rng, bool crowded) {
        BOOST_REQUIRE(!trie.dirty());
        BOOST_REQUIRE((trie.root_hash() == judge.root()));
        BOOST_REQUIRE(trie.size() == values.size());
        const Hash32 key = random_key(rng, crowded);
        BOOST_REQUIRE((trie.prove(key) == judge.prove(key)));
        BOOST_REQUIRE(equal(trie.get(key), judge.get(key)));
        auto expected = values.begin();
        for (const TrieUpdate& leaf : trie.leaves()) {
            BOOST_REQUIRE((leaf.key == expected->first));
            BOOST_REQUIRE((leaf.value == expected->second));
            ++expected;
        }
    }

    SubTrie trie;
    Trie judge;
    std::map<Hash32, Bytes> values;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_trie)

BOOST_AUTO_TEST_CASE(an_empty_one_has_the_empty_root) {
    Pair pair{SubTrie::make_memory()};
    BOOST_TEST((pair.trie.root_hash() == kEmptyTrieRoot));
    BOOST_TEST(pair.trie.prove(Hash32{}).empty());
    BOOST_TEST(pair.trie.leaves().empty());
}

BOOST_DATA_TEST_CASE(
    tries_that_share_memory_have_the_roots_of_tries_alone, data::xrange(24u), seed) {
    Rng rng{seed};
    const bool crowded = seed % 2 == 0;
    const SubTrie::Memory memory = SubTrie::make_memory();
    std::vector<std::unique_ptr<Pair>> pairs;
    for (int round = 0; round < 60; ++round) {
        while (pairs.size() < 1 + seed)
            pairs.push_back(std::make_unique<Pair>(memory));
        for (std::size_t i = rng.below(60); i > 0; --i) {
            Pair& pair = *pairs[rng.below(pairs.size())];
            const bool erase = rng.below(5) < 2;
            pair.change(random_key(rng, crowded), erase ? Bytes{} : random_value(rng));
        }
        std::vector<SubTrie*> pointers;
        for (const auto& pair : pairs)
            pointers.push_back(&pair->trie);
        SubTrie::rehash(pointers);
        for (const auto& pair : pairs)
            pair->check(rng, crowded);
        if (rng.below(4) == 0) pairs.erase(pairs.begin());  // its nodes are used again
    }
}

BOOST_AUTO_TEST_CASE(split_by_first_byte_it_keeps_its_root) {
    Rng rng{1};
    const SubTrie::Memory memory = SubTrie::make_memory();
    Pair pair{memory};
    for (int i = 0; i < 3'000; ++i)
        pair.change(random_key(rng, false), random_value(rng));
    std::vector<SubTrie> parts;
    std::vector<SubTrie*> pointers{&pair.trie};
    for (std::size_t i = 0; i < kSubTries; ++i)
        parts.emplace_back(SubTrie::Depth::kSubTrie, memory);
    for (const TrieUpdate& leaf : pair.trie.leaves())
        parts[leaf.key[0]].apply({&leaf, 1});
    for (SubTrie& part : parts)
        pointers.push_back(&part);
    SubTrie::rehash(pointers);
    std::array<SubTrieRoot, kSubTries> roots;
    for (std::size_t i = 0; i < kSubTries; ++i)
        roots[i] = parts[i].root();
    BOOST_TEST((combine_roots(roots) == pair.trie.root_hash()));
    BOOST_TEST((combine_roots(roots) == pair.judge.root()));
    for (int i = 0; i < 100; ++i) {
        const Hash32 key = random_key(rng, false);
        BOOST_TEST(
            (joined(prove_top(roots, key), parts[key[0]].prove(key)) == pair.judge.prove(key)));
    }
}

BOOST_AUTO_TEST_CASE(memory_of_one_that_is_gone_is_used_again) {
    Rng rng{2};
    const SubTrie::Memory memory = SubTrie::make_memory();
    std::size_t after_first = 0;
    for (int i = 0; i < 20; ++i) {
        SubTrie trie{SubTrie::Depth::kWhole, memory};
        for (std::uint32_t k = 0; k < 1'000; ++k) {
            const TrieUpdate update{crypto::keccak256(to_be32(k)), encode_slot(1 + k)};
            trie.apply({&update, 1});
        }
        if (i == 0) after_first = SubTrie::memory_bytes(memory);
        BOOST_TEST(SubTrie::memory_bytes(memory) == after_first);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::trie
