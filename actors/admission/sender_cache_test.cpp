#include "actors/admission/sender_cache.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::actors::test {
namespace {

chain::Hash32 hash_of(std::uint64_t number) {
    std::uint8_t bytes[8];
    chain::store_be(bytes, number);
    return chain::crypto::keccak256(bytes);
}
chain::Address sender_of(std::uint64_t number) {
    return chain::Address::from(hash_of(~number).view().first(20));
}

/// Transactions [first, last) with their senders.
void add(SenderCache& cache, std::uint64_t first, std::uint64_t last) {
    std::vector<chain::Hash32> hashes;
    std::vector<std::optional<chain::Address>> senders;
    for (std::uint64_t i = first; i < last; ++i) {
        hashes.push_back(hash_of(i));
        senders.emplace_back(sender_of(i));
    }
    cache.add(hashes, senders);
}
/// How many of them are remembered; with the wrong sender: a failure.
std::uint64_t found(SenderCache& cache, std::uint64_t first, std::uint64_t last) {
    std::uint64_t count = 0;
    for (std::uint64_t i = first; i < last; ++i) {
        const chain::Hash32 hash = hash_of(i);
        std::optional<chain::Address> sender;
        cache.find(std::span(&hash, 1), std::span(&sender, 1));
        if (!sender) continue;
        ++count;
        BOOST_TEST((*sender == sender_of(i)));
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sender_cache)

BOOST_AUTO_TEST_CASE(what_was_added_is_found_and_nothing_else) {
    SenderCache cache;
    BOOST_TEST(found(cache, 0, 100) == 0u);
    add(cache, 0, 100);
    BOOST_TEST(found(cache, 0, 100) == 100u);
    BOOST_TEST(found(cache, 100, 200) == 0u);
    BOOST_TEST(cache.hits() == 100u);
    BOOST_TEST(cache.misses() == 200u);
}

BOOST_AUTO_TEST_CASE(one_without_a_sender_is_not_remembered) {
    SenderCache cache;
    const chain::Hash32 hash = hash_of(1);
    const std::optional<chain::Address> nobody;
    cache.add(std::span(&hash, 1), std::span(&nobody, 1));
    BOOST_TEST(found(cache, 1, 2) == 0u);
}

BOOST_AUTO_TEST_CASE(a_hash_that_differs_in_its_last_byte_is_another_transaction) {
    SenderCache cache;
    add(cache, 7, 8);
    chain::Hash32 other = hash_of(7);
    other[31] ^= 1;  // the same set, and all but one bit the same
    std::optional<chain::Address> sender;
    cache.find(std::span(&other, 1), std::span(&sender, 1));
    BOOST_TEST(!sender.has_value());
}

// 20,000 to 21,000 transactions later one is forgotten where four of them fell into its set, of
// 16,384: by Poisson's law with mean 1.22 to 1.28 that is 3.6 to 4.2 % of them: 39 of 1,000, give
// or take five standard deviations of 6.
BOOST_AUTO_TEST_CASE(recent_ones_stay_old_ones_go_and_the_bound_holds) {
    SenderCache cache;
    add(cache, 0, 20'000);
    add(cache, 20'000, 40'000);
    BOOST_TEST(found(cache, 19'000, 20'000) > 1'000u - 39 - 30);
    BOOST_TEST(found(cache, 39'000, 40'000) == 1'000u);
    add(cache, 40'000, 400'000);
    BOOST_TEST(found(cache, 0, 20'000) < 20u);
    BOOST_TEST(found(cache, 0, 400'000) <= SenderCache::kSendersMax);
    BOOST_TEST(found(cache, 0, 400'000) > SenderCache::kSendersMax * 9 / 10);
}

// Two threads write the same few neighbourhoods again and again and two read them: what is found is
// the hash's own sender, or nothing.
BOOST_AUTO_TEST_CASE(nobody_finds_half_of_another_entry) {
    constexpr std::uint64_t kTransactions = 64;
    std::vector<chain::Hash32> hashes;
    std::vector<std::optional<chain::Address>> senders;
    for (std::uint64_t i = 0; i < kTransactions; ++i) {
        chain::Hash32 hash = hash_of(i);
        std::fill_n(hash.data(), 8, static_cast<std::uint8_t>(i % 4));  // of four sets
        hashes.push_back(hash);
        senders.emplace_back(sender_of(i));
    }
    SenderCache cache;
    std::atomic<bool> over{false};
    std::vector<std::jthread> writers;
    for (int t = 0; t < 2; ++t)
        writers.emplace_back([&] {
            while (!over)
                cache.add(hashes, senders);
        });
    std::atomic<std::uint64_t> wrong{0};
    {
        std::vector<std::jthread> readers;
        for (int t = 0; t < 2; ++t)
            readers.emplace_back([&] {
                std::vector<std::optional<chain::Address>> found(hashes.size());
                for (int round = 0; round < 5'000; ++round) {
                    cache.find(hashes, found);
                    for (std::size_t i = 0; i < found.size(); ++i)
                        wrong += found[i] && *found[i] != *senders[i] ? 1 : 0;
                }
            });
    }
    over = true;
    writers.clear();
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(cache.hits() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
