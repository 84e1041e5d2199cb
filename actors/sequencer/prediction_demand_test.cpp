#include "actors/sequencer/prediction_demand.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr std::uint64_t kFunction = 1'000;
constexpr std::uint64_t kOther = 2'000;
constexpr std::uint64_t kKey = 77;

/// Rounds of two calls, one of each function.
struct DemandFixture {
    PredictionDemand demand;
    std::vector<AdmittedTx> txs{2};
    Round round;

    DemandFixture() {
        txs[0].hints = {kFunction};
        txs[1].hints = {kOther};
    }
    /// @param conflict  the first call's read of a slot did not hold
    /// @param helped    did its prediction help it, where that is compared?
    void run(bool conflict, bool helped, RoundMode mode = RoundMode::kParallel) {
        demand.begin_round();
        round.clear();
        round.txs = {&txs[0], &txs[1]};
        round.mode = mode;
        if (demand.wants(kFunction)) {
            round.prediction.flags = {Prediction::kKnown, 0};
            round.prediction.ends = {0, 0};
        }
        if (demand.compares()) demand.judge(round, {helped, false});
        round.speculations.resize(1);
        round.speculations[0].txs = {0, 1};
        PlacedEffect read;
        read.hash = kKey;
        read.effect.field = chain::state::Field::kStorage;
        round.speculations[0].effects = {read};
        round.speculations[0].ends = {1, 1};
        if (conflict) round.conflicts = {kKey};
        demand.learn(round);
    }
    /// @return rounds that it was wanted in
    std::uint64_t run_many(std::uint64_t rounds, bool helped) {
        std::uint64_t wanted = 0;
        for (std::uint64_t i = 0; i < rounds; ++i) {
            run(false, helped);
            wanted += demand.wants(kFunction) ? 1 : 0;
        }
        return wanted;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(prediction_demand)

BOOST_FIXTURE_TEST_CASE(nobody_is_predicted_until_something_does_not_hold, DemandFixture) {
    BOOST_TEST(run_many(100, true) == 0u);
    BOOST_TEST(demand.idle());
    run(true, false);
    BOOST_TEST(demand.wants(kFunction));
    BOOST_TEST(!demand.wants(kOther));  // it had nothing to do with that
}

BOOST_FIXTURE_TEST_CASE(what_helps_stays_and_what_does_not_goes, DemandFixture) {
    run(true, false);
    const std::uint64_t window = PredictionDemand::kWindow;
    BOOST_TEST(run_many(10 * window, true) == 10 * window);
    BOOST_TEST(run_many(10 * window, false) <= 2 * window);
    BOOST_TEST(demand.idle());
}

BOOST_FIXTURE_TEST_CASE(what_does_not_help_is_left_alone_for_longer_each_time, DemandFixture) {
    std::uint64_t last = 0;
    for (int time = 0; time < 4; ++time) {
        while (!demand.idle())
            run(false, false);
        std::uint64_t alone = 0;
        for (; demand.idle(); ++alone)
            run(true, false);  // round after round does not hold
        BOOST_TEST(alone >= (time == 0 ? 1u : 2 * last - 1));
        last = time == 0 ? PredictionDemand::kAloneMin / 2 : alone;
    }
}

BOOST_FIXTURE_TEST_CASE(who_cannot_be_shared_out_is_predicted, DemandFixture) {
    for (std::uint64_t i = 0; i < PredictionDemand::kCompareRounds; ++i)
        run(false, false, RoundMode::kConflicting);
    BOOST_TEST(demand.wants(kFunction));
    BOOST_TEST(demand.wants(kOther));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
