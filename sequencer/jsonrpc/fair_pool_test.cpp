#include "sequencer/jsonrpc/fair_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace troupe::node::jsonrpc {
namespace {

Peer named(const char* name) {
    return std::make_shared<const std::string>(name);
}

BOOST_AUTO_TEST_SUITE(fair_pool)

BOOST_AUTO_TEST_CASE(one_client_leaves_a_thread_to_the_others) {
    FairPool pool({.threads = 2, .queue_tasks_max = 100});
    const Peer greedy = named("greedy");
    std::promise<void> go;
    const std::shared_future<void> gone = go.get_future().share();
    std::promise<void> began;
    BOOST_TEST(pool.try_post(
        [&] {
            began.set_value();
            gone.wait();
        },
        greedy));
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(pool.try_post([gone] { gone.wait(); }, greedy));
    began.get_future().wait();
    std::promise<void> other;
    BOOST_TEST(pool.try_post([&] { other.set_value(); }, named("other")));
    other.get_future().wait();  // though none of the greedy one's has ended
    std::promise<void> own;
    BOOST_TEST(pool.post([&] { own.set_value(); }));
    own.get_future().wait();
    go.set_value();
}

BOOST_AUTO_TEST_CASE(clients_take_turns) {
    FairPool pool({.threads = 1, .queue_tasks_max = 100});
    std::promise<void> go;
    BOOST_TEST(pool.try_post([&] { go.get_future().wait(); }, named("c")));
    std::string order;
    std::promise<void> done;
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(pool.try_post([&] { order += 'a'; }, named("a")));
    BOOST_TEST(pool.try_post([&] { order += 'b'; }, named("b")));
    BOOST_TEST(pool.try_post([&] { order += 'b'; }, named("b")));
    BOOST_TEST(pool.try_post(
        [&] {
            order += 'a';
            done.set_value();
        },
        named("a")));
    go.set_value();
    done.get_future().wait();
    BOOST_TEST(order == "ababaa");
}

BOOST_AUTO_TEST_CASE(the_queue_is_bounded_for_all_and_for_one) {
    FairPool pool({.threads = 1, .queue_tasks_max = 4});
    std::promise<void> began;
    std::promise<void> go;
    BOOST_TEST(pool.try_post(
        [&] {
            began.set_value();
            go.get_future().wait();
        },
        named("a")));
    began.get_future().wait();
    const auto nothing = [] {};
    BOOST_TEST(pool.try_post(nothing, named("a")));
    BOOST_TEST(pool.try_post(nothing, named("a")));
    BOOST_TEST(!pool.try_post(nothing, named("a")));  // half of four
    BOOST_TEST(pool.try_post(nothing, named("b")));
    BOOST_TEST(pool.try_post(nothing, named("c")));
    BOOST_TEST(!pool.try_post(nothing, named("d")));
    BOOST_TEST(pool.post(nothing));
    go.set_value();
}

BOOST_AUTO_TEST_CASE(what_waits_when_it_stops_is_dropped) {
    FairPool pool({.threads = 1, .queue_tasks_max = 4});
    std::promise<void> began;
    BOOST_TEST(pool.try_post([&] { began.set_value(); }));
    began.get_future().wait();
    pool.stop();
    BOOST_TEST(!pool.try_post([] {}));
    BOOST_TEST(!pool.post([] {}));
}

// What goes on waits for its turn and is not refused, however full it is.
BOOST_AUTO_TEST_CASE(work_that_lets_go_of_its_thread_goes_on_behind_the_others) {
    FairPool pool({.threads = 1, .queue_tasks_max = 2});
    std::promise<void> began;
    std::promise<void> go;
    std::promise<void> done;
    std::string order;
    const auto second = [&] {
        order += '2';
        done.set_value();
    };
    const auto first = [&] {
        began.set_value();
        go.get_future().wait();
        order += '1';
        static_cast<void>(pool.go_on(second, named("a")));
    };
    BOOST_TEST(pool.try_post(first, named("a")));
    began.get_future().wait();
    BOOST_TEST(pool.try_post([&] { order += 'b'; }, named("b")));
    BOOST_TEST(pool.try_post([&] { order += 'c'; }, named("c")));
    BOOST_TEST(!pool.try_post([] {}, named("d")));
    go.set_value();
    done.get_future().wait();
    BOOST_TEST(order == "1bc2");
}

// Where nobody else asks, one client may have all of a pool that says so.
BOOST_AUTO_TEST_CASE(a_pool_may_be_one_clients_alone) {
    FairPool pool({.threads = 2, .queue_tasks_max = 10, .leave_one = false});
    const Peer only = named("only");
    std::promise<void> first;
    std::promise<void> second;
    BOOST_TEST(pool.try_post([&] { first.get_future().wait(); }, only));
    BOOST_TEST(pool.try_post([&] { second.set_value(); }, only));
    second.get_future().wait();  // beside the first one
    first.set_value();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
