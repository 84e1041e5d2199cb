#include "bench/prediction_bench.hpp"

#include "bench/prediction_load.hpp"
#include "bench/round_costs.hpp"
#include "bench/round_simulation.hpp"
#include "bench/timed_rounds.hpp"

#include <fmt/format.h>

#include <array>
#include <thread>

namespace troupe::bench {
namespace {

using actors::RoundRunner;

constexpr int kRuns = 7;  // the fastest counts
constexpr std::size_t kTxs = 20'000;
// Of simulated cores, as `troupe bench scaling` finds them.
constexpr double kMessageNs = 1'000;
constexpr double kWakeNs = 8'000;

/// One way to run a load.
struct Arm {
    const char* name = "serial";
    bool shared = true;
    bool estimate_costs = true;
    bool learn_slots = true;

    double simulated[2] = {0, 0};  // ns each on 2 and on 8 cores
    TimedRounds rounds;
};

void run_once(const ContractLoad& load, unsigned cores, Arm& arm) {
    RoundRunner::Config config;
    config.threads = cores;
    config.executors = arm.shared ? cores : 1;
    config.partitions = cores * kPartitionsPerCore;
    config.estimate_costs = arm.estimate_costs;
    config.learn_slots = arm.learn_slots;
    config.seed = kRoundSeed;
    run_timed(load, config, 0, arm.rounds);
}

/// ns for all of the load on so many simulated cores: what handlers took on this one, recorded,
/// says more than the clock does where others use the cores, too.
double simulated_ns(const ContractLoad& load, unsigned cores, const Arm& arm) {
    RoundShape shape;
    shape.executors = arm.shared ? cores : 1;
    shape.partitions = kPartitionsPerCore * cores;
    shape.estimate_costs = arm.estimate_costs;
    shape.learn_slots = arm.learn_slots;
    SimulatedNode node;
    node.cores = arm.shared ? cores : 1;
    node.message_ns = kMessageNs;
    node.wake_ns = kWakeNs;
    const CriticalPath path = simulate(record_costs(load, shape, kRoundSeed), node);
    return path.total / static_cast<double>(path.txs);
}

Result to_result(
    const PredictionLoad& kind, const ContractLoad& load, unsigned cores, const Arm& serial,
    const Arm& arm) {
    const auto txs = static_cast<double>(load.measured.size());
    Result result;
    result.workload = fmt::format("W16/{}/{}", kind.name, arm.name);
    result.stack = "exec";
    result.cores = cores;
    result.accounts = load.state.sorted().size();
    result.tps = txs / arm.rounds.seconds;
    result.serial_tps = txs / serial.rounds.seconds;
    result.speedup = serial.rounds.seconds / arm.rounds.seconds;
    result.mgas_per_s = static_cast<double>(arm.rounds.count.gas_used) / arm.rounds.seconds / 1e6;
    result.reexecution_rate = static_cast<double>(arm.rounds.count.reexecuted) / txs;
    result.note = fmt::format(
        "{:.1f} % run again; of {} rounds {} repaired, {} not shared; simulated: {:.2f} on 2 "
        "cores, {:.2f} on 8",
        100 * *result.reexecution_rate, arm.rounds.count.rounds, arm.rounds.count.repaired,
        arm.rounds.count.conflicting, serial.simulated[0] / arm.simulated[0],
        serial.simulated[0] / arm.simulated[1]);
    return result;
}

}  // namespace

std::vector<Result> prediction_bench() {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<Result> results;
    for (const PredictionLoad& kind : prediction_loads()) {
        ContractLoad load = kind.make(kTxs, kRoundSeed);
        static_cast<void>(load.state.root());  // partitions check it
        std::array<Arm, 4> arms;
        arms[0].shared = false;
        arms[1].name = "on";
        arms[2].name = "names";
        arms[2].learn_slots = false;
        arms[3].name = "limits";
        arms[3].estimate_costs = false;
        for (int run = 0; run < kRuns; ++run)  // by turns: what disturbs one disturbs the others
            for (Arm& arm : arms)
                run_once(load, cores, arm);
        for (Arm& arm : arms) {
            arm.simulated[0] = simulated_ns(load, 2, arm);
            if (arm.shared) arm.simulated[1] = simulated_ns(load, 8, arm);
        }
        for (std::size_t i = 1; i < arms.size(); ++i) {
            assert_same_state(*arms[0].rounds.runner, *arms[i].rounds.runner, load);
            results.push_back(to_result(kind, load, cores, arms[0], arms[i]));
        }
    }
    return results;
}

}  // namespace troupe::bench
