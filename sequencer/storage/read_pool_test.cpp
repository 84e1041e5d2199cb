#include "sequencer/storage/read_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <latch>

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(read_pool)

BOOST_AUTO_TEST_CASE(every_piece_is_called_once_whoever_asks) {
    ReadPool pool(3);
    std::vector<std::thread> callers;
    std::vector<std::vector<int>> calls(4);
    for (auto& own : calls)
        callers.emplace_back([&pool, &own] {
            for (std::size_t count = 0; count < 200; ++count) {
                own.assign(count, 0);
                pool.run(count, [&own](std::size_t piece) { ++own[piece]; });
                for (const int each : own)
                    if (each != 1) return;
            }
            own = {1};
        });
    for (std::thread& caller : callers)
        caller.join();
    for (const auto& own : calls)
        BOOST_TEST((own == std::vector<int>{1}));
}

// As many as there are threads and the caller wait for each other: fewer would wait forever.
BOOST_AUTO_TEST_CASE(pieces_are_under_way_at_once) {
    ReadPool pool(3);
    std::latch all(4);
    pool.run(4, [&all](std::size_t) { all.arrive_and_wait(); });
    BOOST_TEST(all.try_wait());
}

BOOST_AUTO_TEST_CASE(without_threads_the_caller_does_it_all) {
    ReadPool pool(0);
    const auto self = std::this_thread::get_id();
    std::size_t own = 0;
    pool.run(5, [&](std::size_t) { own += std::this_thread::get_id() == self ? 1 : 0; });
    BOOST_TEST(own == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
