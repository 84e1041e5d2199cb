#include "bench/core_model.hpp"

#include "bench/round_simulation.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::bench {
namespace {

BOOST_AUTO_TEST_SUITE(core_model)

BOOST_AUTO_TEST_CASE(as_many_messages_are_handled_at_once_as_there_are_cores) {
    for (const unsigned cores : {1u, 2u, 3u, 4u}) {
        CoreModel model{cores, 0};
        for (std::size_t actor = 0; actor < 6; ++actor)
            model.post(actor, {100, {}});
        model.run();
        BOOST_TEST(model.now_ns() == 100.0 * ((6 + cores - 1) / cores));
        BOOST_TEST(model.busy_ns() == 600.0);
    }
}

BOOST_AUTO_TEST_CASE(an_actor_handles_one_message_after_the_other) {
    CoreModel model{4, 0};
    for (int i = 0; i < 3; ++i)
        model.post(0, {100, {}});
    model.run();
    BOOST_TEST(model.now_ns() == 300.0);
}

BOOST_AUTO_TEST_CASE(a_sleeping_core_takes_a_while_to_wake_and_a_busy_one_goes_on) {
    CoreModel model{2, 30};
    // Core one wakes, works 100, goes on with actor 0 for 50; core two wakes for what it sent.
    std::vector<double> ends;
    const auto note = [&] {
        ends.push_back(model.now_ns());
        return std::optional<CoreModel::Message>{};
    };
    model.post(0, {100, [&]() -> std::optional<CoreModel::Message> {
                       model.post(1, {10, note});
                       return CoreModel::Message{50, note};
                   }});
    model.run();
    BOOST_TEST(ends == (std::vector<double>{30 + 100 + 30 + 10, 30 + 100 + 50}));
}

BOOST_AUTO_TEST_CASE(time_passes_without_a_core) {
    CoreModel model{1, 0};
    double called = 0;
    model.at(500, [&] { called = model.now_ns(); });
    model.post(0, {100, {}});
    model.run();
    BOOST_TEST(called == 500.0);
}

/// A round of two shares over two partitions.
RoundCosts round_of(double plan, double share, double validate) {
    RoundCosts costs;
    costs.plan_ns = plan;
    costs.speculate = {{0, share}, {1, share}};
    costs.validate = {{0, validate}, {1, validate}};
    costs.txs = 10;
    return costs;
}

BOOST_AUTO_TEST_CASE(a_round_takes_its_longest_way) {
    const std::vector<RoundCosts> costs{round_of(100, 1'000, 50), round_of(100, 1'000, 50)};
    SimulatedNode node;
    node.blocks_min = 1;
    BOOST_TEST(simulate(costs, node).total == 2.0 * (100 + 2 * 1'000 + 2 * 50));
    node.cores = 2;
    const CriticalPath two = simulate(costs, node);
    BOOST_TEST(two.total == 2.0 * (100 + 1'000 + 50));
    BOOST_TEST(two.txs == 20u);
    BOOST_TEST(two.plan == 200.0);
    BOOST_TEST(two.speculate == 2'000.0);
    BOOST_TEST(two.validate == 100.0);
    BOOST_TEST(two.messages == 0.0);
    // Planned ahead: only the first plan is waited for. With three cores, that is: the plan has one
    // for itself.
    node.cores = 3;
    node.plan_ahead = true;
    BOOST_TEST(simulate(costs, node).total == 100.0 + 2.0 * (1'000 + 50));
}

BOOST_AUTO_TEST_CASE(messages_cost_and_a_log_is_waited_for) {
    const std::vector<RoundCosts> costs{round_of(100, 1'000, 50)};
    SimulatedNode node;
    node.blocks_min = 1;
    node.cores = 2;
    node.message_ns = 1;
    // Two to executors and two to partitions are sent one after the other, answers at once.
    BOOST_TEST(simulate(costs, node).total == 100.0 + 2 + 1'001 + 2 + 51);
    node.message_ns = 0;
    node.whole = true;
    node.log_ns = 5'000;
    const CriticalPath path = simulate(costs, node);
    BOOST_TEST(path.total == 100.0 + 5'000);
    BOOST_TEST(path.log == 5'000.0 - 1'050);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::bench
