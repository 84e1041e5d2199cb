#include "sequencer/jsonrpc/slow_callers.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>

namespace troupe::node::jsonrpc {
namespace {

Peer named(const char* name) {
    return std::make_shared<const std::string>(name);
}

double processor_ms() {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

BOOST_AUTO_TEST_SUITE(slow_callers)

BOOST_AUTO_TEST_CASE(who_takes_long_is_slow_and_nobody_else) {
    SlowCallers callers;
    const Peer greedy = named("greedy");
    const Peer other = named("other");
    { const SlowCallers::Watch watch(callers, other, false); }
    {
        const SlowCallers::Watch watch(callers, greedy, false);
        const double begin = processor_ms();
        while (processor_ms() - begin < 11) {
        }
    }
    BOOST_TEST(callers.contains(greedy));
    BOOST_TEST(callers.contains(named("greedy")));  // by what it is called
    BOOST_TEST(!callers.contains(other));
    BOOST_TEST(!callers.contains(nullptr));
    const SlowCallers::Watch of_nobody(callers, nullptr, true);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
