#include "actors/executor/engine_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{3, 4};

struct PoolFixture {
    OpenState state{kSeed};
    EnginePool pool{Loans{&state}, kSeed, 3};

    const ExecutorEngine* engine() {
        const ExecutorEngine* used = nullptr;
        pool.with_engine([&used](ExecutorEngine& engine) { used = &engine; });
        return used;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_pool)

BOOST_FIXTURE_TEST_CASE(a_thread_has_the_same_engine_again, PoolFixture) {
    const ExecutorEngine* const first = engine();
    BOOST_TEST(engine() == first);
    const ExecutorEngine* elsewhere = nullptr;
    std::thread([&] {
        elsewhere = engine();
        BOOST_TEST(engine() == elsewhere);
    }).join();
    BOOST_TEST(engine() == first);
}

BOOST_FIXTURE_TEST_CASE(nobody_has_an_engine_that_another_uses, PoolFixture) {
    std::set<const ExecutorEngine*> used;
    pool.with_engine([&](ExecutorEngine& first) {
        pool.with_engine([&](ExecutorEngine& second) {
            used = {&first, &second, engine()};
            BOOST_TEST(engine() != &first);
        });
    });
    BOOST_TEST(used.size() == 3u);

    std::atomic<bool> clash{false};
    std::vector<std::thread> threads;
    std::set<const ExecutorEngine*> busy;
    std::mutex lock;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 2'000; ++i)
                pool.with_engine([&](ExecutorEngine& engine) {
                    {
                        const std::lock_guard guard{lock};
                        if (!busy.insert(&engine).second) clash = true;
                    }
                    std::this_thread::yield();
                    const std::lock_guard guard{lock};
                    busy.erase(&engine);
                });
        });
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(!clash);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
