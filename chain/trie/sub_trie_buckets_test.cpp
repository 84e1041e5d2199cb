#include "chain/trie/sub_trie.hpp"
#include "chain/trie/trie_model.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

namespace troupe::chain::trie {
namespace {

namespace data = boost::unit_test::data;
using model::Rng;

/// A sub-trie that keeps as little as it can in memory, and one that keeps all.
class Pair {
  public:
    explicit Pair(std::size_t depth) : depth_(depth) { small_.set_bucket_depth(depth); }

    /// @param updates  sorted by key, each once
    void apply(const std::vector<TrieUpdate>& updates) {
        std::vector<Bucket> buckets;
        small_.missing(updates, buckets);
        fill(buckets);
        small_.apply(updates);
        whole_.apply(updates);
        fill(small_.wanted());
        BOOST_REQUIRE(small_.wanted().empty());
        rehash();
        for (const TrieUpdate& update : updates) {
            if (update.value.empty()) {
                disk_.erase(update.key);
            } else {
                disk_[update.key] = update.value;
            }
        }
    }

    void evict(const Hash32& key) { small_.evict(bucket_of(key, depth_)); }

    void check() {
        BOOST_REQUIRE((small_.root() == whole_.root()));
        BOOST_REQUIRE(small_.size() == disk_.size());
    }

    void check_proof(const Hash32& key) {
        std::vector<Bucket> buckets;
        small_.missing(key, buckets);
        fill(buckets);
        BOOST_REQUIRE((small_.prove(key) == whole_.prove(key)));
    }

    /// @return what fill() says of a bucket, the first byte of one of whose values differs
    std::optional<Bucket> fill_damaged(const Hash32& key) {
        std::vector<Bucket> buckets;
        small_.missing(key, buckets);
        BOOST_REQUIRE(buckets.size() == 1u);
        BucketLeaves leaves = read(buckets[0]);
        leaves.leaves.back().value[0] ^= 1;
        return small_.fill(std::span(&leaves, 1));
    }

    [[nodiscard]] const SubTrie& small() const { return small_; }
    [[nodiscard]] const SubTrie& whole() const { return whole_; }
    [[nodiscard]] const std::map<Hash32, Bytes>& disk() const { return disk_; }

  private:
    BucketLeaves read(Bucket bucket) const {
        BucketLeaves leaves{bucket, {}};
        for (const auto& [key, value] : disk_)
            if (bucket_of(key, depth_) == bucket) leaves.leaves.push_back({key, value});
        return leaves;
    }
    void fill(std::vector<Bucket> buckets) {
        std::vector<BucketLeaves> all;
        for (const Bucket bucket : buckets)
            all.push_back(read(bucket));
        BOOST_REQUIRE(!small_.fill(all).has_value());
    }
    void rehash() {
        SubTrie* tries[] = {&small_, &whole_};
        SubTrie::rehash(tries);
    }

    std::size_t depth_;
    SubTrie small_;
    SubTrie whole_;
    std::map<Hash32, Bytes> disk_;
};

/// Keys that share beginnings of every length around the depth of buckets.
Hash32 crowded_key(Rng& rng, std::size_t free_nibbles) {
    Hash32 key = crypto::keccak256(Bytes{1});
    for (std::size_t i = 0; i < free_nibbles; ++i) {
        static constexpr std::uint8_t kDepths[] = {2, 3, 4, 5, 6, 7, 8, 20};
        const std::size_t depth = kDepths[rng.below(std::size(kDepths))];
        const auto nibble = static_cast<std::uint8_t>(rng.below(3) * 7);
        std::uint8_t& byte = key.bytes[depth / 2];
        byte = static_cast<std::uint8_t>(
            depth % 2 == 0 ? (byte & 0xf) | nibble << 4 : (byte & 0xf0) | nibble);
    }
    return key;
}

Bytes account_value(Rng& rng) {
    Account account;
    account.nonce = rng.next() >> rng.below(64);
    account.balance = Uint256{rng.next() >> rng.below(64)};
    if (rng.below(8) == 0) account.code_hash = crypto::keccak256(rng.bytes(8));
    return encode_account(account);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sub_trie_buckets)

BOOST_DATA_TEST_CASE(
    whatever_is_evicted_between_rounds_roots_and_proofs_stay, data::xrange(120u), seed) {
    Rng rng{seed};
    Pair pair(kBucketDepthMin + seed % (kBucketDepthMax - kBucketDepthMin + 1));
    const std::size_t free_nibbles = 1 + seed % 7;
    for (int round = 0; round < 60; ++round) {
        std::map<Hash32, Bytes> updates;
        const std::size_t count = rng.below(10);
        const bool erasing = round % 4 == 3;
        for (std::size_t i = 0; i < count; ++i) {
            const Hash32 key = crowded_key(rng, free_nibbles);
            updates[key] = rng.below(8) < (erasing ? 7u : 2u) ? Bytes{} : account_value(rng);
        }
        std::vector<TrieUpdate> sorted;
        for (const auto& [key, value] : updates)
            sorted.push_back({key, value});
        pair.apply(sorted);
        pair.check();
        for (int i = 0; i < 3; ++i)
            pair.check_proof(crowded_key(rng, free_nibbles));
        for (const auto& [key, value] : pair.disk())
            if (rng.below(3) != 0) pair.evict(key);
        for (int i = 0; i < 3; ++i)
            pair.evict(crowded_key(rng, free_nibbles));  // may hold nothing
        pair.check();
    }
    std::vector<TrieUpdate> erased;
    for (const auto& [key, value] : pair.disk())
        erased.push_back({key, {}});
    pair.apply(erased);
    pair.check();
    BOOST_TEST(pair.small().size() == 0u);
    BOOST_TEST(pair.small().size_on_disk() == 0u);
    BOOST_TEST(pair.small().used_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_evicted_takes_no_memory_but_its_reference) {
    Rng rng{5};
    Pair pair(3);
    std::map<Hash32, Bytes> accounts;
    while (accounts.size() < 400) {  // 25 a bucket
        Hash32 key = crypto::keccak256(rng.bytes(8));
        key[0] = 0x42;
        accounts[key] = account_value(rng);
    }
    std::vector<TrieUpdate> updates;
    for (const auto& [key, value] : accounts)
        updates.push_back({key, value});
    pair.apply(updates);
    for (const auto& [key, value] : accounts)
        pair.evict(key);
    pair.check();
    BOOST_TEST(pair.small().size_on_disk() == 400u);
    // One branch of sixteen children, 8 + 16 * (4 + 32) bytes, and sixteen stubs of 8.
    BOOST_TEST(pair.small().used_bytes() == 8u + 16 * 36 + 16 * 8);
    BOOST_TEST(pair.whole().used_bytes() > 40'000u);
}

BOOST_AUTO_TEST_CASE(leaves_that_are_not_those_that_were_evicted_are_damage) {
    Rng rng{6};
    Pair pair(4);
    std::map<Hash32, Bytes> accounts;
    for (int i = 0; i < 50; ++i) {
        Hash32 key = crypto::keccak256(rng.bytes(8));
        key[0] = 0x42;
        key[1] = static_cast<std::uint8_t>(i % 5 * 16);
        accounts[key] = account_value(rng);
    }
    std::vector<TrieUpdate> updates;
    for (const auto& [key, value] : accounts)
        updates.push_back({key, value});
    pair.apply(updates);
    const Hash32 key = accounts.begin()->first;
    pair.evict(key);
    const auto damaged = pair.fill_damaged(key);
    BOOST_TEST_REQUIRE(damaged.has_value());
    BOOST_TEST(*damaged == bucket_of(key, 4));
}

BOOST_AUTO_TEST_CASE(a_bucket_without_leaves_is_damage) {
    Rng rng{7};
    Pair pair(3);
    std::vector<TrieUpdate> updates;
    for (std::uint8_t i = 0; i < 4; ++i) {
        Hash32 key;
        key[1] = static_cast<std::uint8_t>(i * 16);
        updates.push_back({key, account_value(rng)});
    }
    pair.apply(updates);
    SubTrie trie;
    trie.set_bucket_depth(3);
    trie.apply(updates);
    SubTrie* pointer = &trie;
    SubTrie::rehash({&pointer, 1});
    trie.evict(bucket_of(updates[2].key, 3));
    const BucketLeaves nothing{bucket_of(updates[2].key, 3), {}};
    BOOST_TEST((trie.fill(std::span(&nothing, 1)) == std::optional<Bucket>(nothing.bucket)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::trie
