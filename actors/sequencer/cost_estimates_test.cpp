#include "actors/sequencer/cost_estimates.hpp"

#include "actors/sequencer/shares.hpp"
#include "chain/base/endian.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

/// What is expected of an unknown call whose limit is beyond kLimitMax and which has no data.
constexpr std::uint64_t kUnknown = CostEstimates::kLimitMax / 4;

AdmittedTx call(std::uint64_t contract, std::uint64_t function, std::uint64_t limit) {
    AdmittedTx tx;
    tx.to.bytes[0] = 1;
    tx.to_place.hash = contract;
    tx.hints = {function};
    tx.gas_limit = limit;
    tx.gas_used = 21'000;
    return tx;
}

/// A round in which each of `txs` used `gas`.
void run(CostEstimates& costs, std::vector<AdmittedTx>& txs, std::uint64_t gas) {
    Round round;
    for (AdmittedTx& tx : txs)
        round.txs.push_back(&tx);
    round.results.resize(txs.size());
    for (TxResult& result : round.results) {
        result.valid = true;
        result.gas_used = gas;
    }
    costs.learn(round);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cost_estimates)

BOOST_AUTO_TEST_CASE(a_function_costs_what_it_used_and_not_its_limit) {
    CostEstimates costs;
    std::vector<AdmittedTx> txs{call(7, 8, 10'000'000)};
    BOOST_TEST(costs.estimate(txs[0]).gas == kUnknown);
    run(costs, txs, 30'000);
    BOOST_TEST(costs.estimate(txs[0]).gas == 30'000u);
    for (int i = 0; i < 50; ++i)
        run(costs, txs, 130'000);
    BOOST_TEST(costs.estimate(txs[0]).gas > 125'000u);
    BOOST_TEST(costs.estimate(txs[0]).gas <= 130'000u);
    txs[0].gas_limit = 60'000;
    BOOST_TEST(costs.estimate(txs[0]).gas == 60'000u);
}

BOOST_AUTO_TEST_CASE(an_unknown_function_costs_what_its_contract_does) {
    CostEstimates costs;
    std::vector<AdmittedTx> txs{call(7, 8, 1'000'000)};
    run(costs, txs, 400'000);
    BOOST_TEST(costs.estimate(call(7, 9, 1'000'000)).gas == 400'000u);
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_costs_what_the_unknown_does) {
    CostEstimates costs;
    for (std::uint64_t contract = 1; contract < 200; ++contract) {
        std::vector<AdmittedTx> txs{call(1'000 * contract, 1'000 * contract + 1, 30'000'000)};
        run(costs, txs, 25'000);
    }
    BOOST_TEST(costs.estimate(call(5, 6, 30'000'000)).gas < 26'000u);
}

BOOST_AUTO_TEST_CASE(of_the_unknown_the_limit_and_the_data_say_something) {
    const CostEstimates costs;
    BOOST_TEST(costs.estimate(call(5, 6, 400'000)).gas == 100'000u);
    AdmittedTx longer = call(5, 6, 400'000);
    longer.gas_used += 5'000;
    BOOST_TEST(costs.estimate(longer).gas == 175'000u);
    longer.gas_used += 100'000;
    BOOST_TEST(costs.estimate(longer).gas == 400'000u);
    BOOST_TEST(costs.estimate(call(5, 6, 40'000)).gas == 21'000u);
}

BOOST_AUTO_TEST_CASE(a_payment_costs_its_own_gas_until_a_contract_takes_it) {
    CostEstimates costs;
    std::vector<AdmittedTx> txs{call(7, 0, 100'000)};
    txs[0].hints.clear();
    run(costs, txs, 21'000);
    BOOST_TEST(costs.estimate(txs[0]).gas == 21'000u);
    run(costs, txs, 45'000);
    BOOST_TEST(costs.estimate(txs[0]).gas == 45'000u);
}

BOOST_AUTO_TEST_CASE(who_overstates_limits_is_believed_once) {
    Shares shares{{.executors = 2}};
    std::vector<AdmittedTx> txs;
    for (std::uint64_t i = 0; i < 40; ++i) {
        txs.push_back(call(7, 8, i == 0 ? 30'000'000 : 60'000));
        txs.back().sender_place.hash = 100 + i;
    }
    Round round;
    const auto share_out = [&](Shares& by) {
        round.clear();
        for (AdmittedTx& tx : txs)
            round.txs.push_back(&tx);
        round.speculations.clear();
        return by.share_out(round);
    };
    (void)share_out(shares);
    round.results.resize(txs.size());
    for (TxResult& result : round.results) {
        result.valid = true;
        result.gas_used = 50'000;
    }
    shares.learn(round);
    BOOST_TEST((share_out(shares) == RoundMode::kParallel));
    // The other executor begins later: it is the one that prepares the next round.
    BOOST_TEST(round.speculations[0].txs.size() == 21u);
    BOOST_TEST(round.speculations[1].txs.size() == 19u);
    Shares by_limit{{.executors = 2, .estimate_costs = false}};
    BOOST_TEST((share_out(by_limit) == RoundMode::kConflicting));  // 30 of 32 million
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
