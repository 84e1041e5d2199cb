#include "actors/executor/overlay_table.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <random>

namespace troupe::actors::test {

BOOST_AUTO_TEST_SUITE(overlay_table)

// Against a map, with hashes of which many share their lower, or upper, half, or all of it.
BOOST_AUTO_TEST_CASE(has_what_was_put_into_it_since_it_was_emptied) {
    OverlayTable<std::uint64_t, std::uint64_t> table;
    std::mt19937_64 random{7};
    const auto hash_of = [](std::uint64_t key) { return (key % 50) << 32 | (key % 70); };
    for (const std::uint64_t keys : {10u, 300u, 5'000u, 20u}) {
        table.clear();
        std::map<std::uint64_t, std::uint64_t> model;
        for (int i = 0; i < 6'000; ++i) {
            const std::uint64_t key = random() % keys;
            const std::uint64_t* const found = table.find(hash_of(key), key);
            BOOST_TEST_REQUIRE((found != nullptr) == model.contains(key));
            if (found != nullptr) BOOST_TEST_REQUIRE(*found == model[key]);
            if (random() % 3 == 0) continue;
            const auto [value, fresh] = table.insert(hash_of(key), key);
            BOOST_TEST_REQUIRE(fresh == !model.contains(key));
            if (fresh) BOOST_TEST_REQUIRE(value == 0u);
            value = model[key] = random();
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
