#include "sequencer/grpc/hash_index.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {

namespace {

chain::Hash32 hash_of(std::uint64_t low, std::uint64_t high) {
    chain::Hash32 hash;
    chain::store_le(hash.data(), low);
    chain::store_le(hash.data() + 8, high);
    return hash;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_index)

BOOST_AUTO_TEST_CASE(everything_inserted_is_found_and_nothing_else) {
    HashIndex index(0x1234'5678'9abc'def0);
    std::vector<chain::Hash32> all;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        all.push_back(hash_of(i * 0x9e37'79b9'7f4a'7c15ULL, i));
        index.insert(all.back(), {i / 100, i % 100});
    }
    BOOST_TEST(index.size() == 10'000u);
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        const bool found = index.find(all[i], [i](HashIndex::Position position) {
            return position.part == i / 100 && position.index == i % 100;
        });
        BOOST_TEST(found);
    }
    const auto anything = [](HashIndex::Position) { return true; };
    BOOST_TEST(!index.find(hash_of(42, 42), anything));
    BOOST_TEST(!HashIndex(1).find(all[0], anything));
}

BOOST_AUTO_TEST_CASE(hashes_that_share_their_first_64_bits_are_told_apart_by_the_caller) {
    HashIndex index(7);
    const auto first = hash_of(5, 1);
    const auto second = hash_of(5, 2);
    index.insert(first, {0, 1});
    index.insert(second, {0, 2});
    const auto finds = [&index](const chain::Hash32& hash, std::uint32_t wanted) {
        return index.find(
            hash, [wanted](HashIndex::Position position) { return position.index == wanted; });
    };
    BOOST_TEST(finds(first, 1));
    BOOST_TEST(finds(second, 2));
    BOOST_TEST(!finds(first, 3));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
