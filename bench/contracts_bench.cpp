#include "bench/contracts_bench.hpp"

#include "bench/timed_rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace troupe::bench {
namespace {

using actors::RoundRunner;

constexpr int kRuns = 5;      // the fastest counts
constexpr int kNodeRuns = 2;  // of the whole node

RoundRunner::Config config_for(unsigned cores, std::uint32_t executors) {
    RoundRunner::Config config;
    config.threads = cores;
    config.executors = executors;
    config.partitions = cores * kPartitionsPerCore;
    config.seed = kRoundSeed;
    return config;
}

/// The lines that all stacks share. @param serial  seconds
Result to_result(
    const std::string& name, const ContractLoad& load, Stack stack, unsigned cores, double serial,
    double parallel) {
    const auto txs = static_cast<double>(load.measured.size());
    Result result;
    result.workload = name;
    result.stack = to_string(stack);
    result.cores = cores;
    result.accounts = load.state.sorted().size();
    result.tps = txs / parallel;
    result.serial_tps = txs / serial;
    result.speedup = serial / parallel;
    return result;
}

Result measure_rounds(
    const std::string& name, const ContractLoad& load, Stack stack, unsigned cores) {
    const bool admits = stack == Stack::kSignatures;
    TimedRounds serial;
    TimedRounds parallel;
    for (int run = 0; run < kRuns; ++run) {  // by turns: what disturbs one disturbs the other
        run_timed(load, config_for(cores, 1), admits ? 1 : 0, serial);
        run_timed(load, config_for(cores, cores), admits ? cores : 0, parallel);
    }
    assert_same_state(*serial.runner, *parallel.runner, load);
    const auto txs = static_cast<double>(load.measured.size());
    Result result = to_result(name, load, stack, cores, serial.seconds, parallel.seconds);
    result.mgas_per_s = static_cast<double>(parallel.count.gas_used) / parallel.seconds / 1e6;
    result.reexecution_rate = static_cast<double>(parallel.count.reexecuted) / txs;
    result.note = fmt::format(
        "{:.0f} Mgas/s, {:.1f} % run again; of {} rounds {} repaired, {} not shared",
        *result.mgas_per_s, 100 * *result.reexecution_rate, parallel.count.rounds,
        parallel.count.repaired, parallel.count.conflicting);
    return result;
}

std::optional<Result> measure_node(
    const std::string& name, const ContractLoad& load, Stack stack, unsigned cores,
    std::string& failure) {
    std::optional<StackRun> best[2];  // one core; all
    for (int run = 0; run < kNodeRuns; ++run)
        for (const bool all : {false, true}) {
            const unsigned on = all ? cores : 1;
            const auto measured =
                stack == Stack::kRoot ? run_actors(load, on, failure) : run_node(load, on, failure);
            if (!measured) return std::nullopt;
            if (!best[all] || measured->seconds < best[all]->seconds) best[all] = measured;
        }
    Result result = to_result(name, load, stack, cores, best[0]->seconds, best[1]->seconds);
    result.p50_ms = best[1]->p50_ms;
    result.p99_ms = best[1]->p99_ms;
    return result;
}

/// Of a workload: one for each number of pools.
std::vector<std::pair<std::string, ContractLoad>> make_loads(
    const std::string& workload, std::string& failure) {
    std::vector<std::pair<std::string, ContractLoad>> loads;
    if (workload == "W7" || workload == "W8") {
        for (const std::uint64_t pools : {1u, 10u, 100u})
            loads.emplace_back(
                workload + "/" + std::to_string(pools),
                workload == "W7" ? swap_v2_load(pools, 10'000, kRoundSeed, failure)
                                 : swap_v3_load(pools, 10'000, kRoundSeed, failure));
    } else if (workload == "W5" || workload == "W6") {
        loads.emplace_back(workload, token_load(100'000, workload == "W6", 50'000, kRoundSeed));
    } else if (workload == "W9") {
        loads.emplace_back(workload, mixed_load(50'000, kRoundSeed, failure));
    } else if (workload == "W10") {
        loads.emplace_back(workload, creation_load(2'000, kRoundSeed));
    } else {
        loads.emplace_back(workload, transfer_load(workload, 100'000, 100'000, kRoundSeed));
    }
    if (!failure.empty()) loads.clear();
    return loads;
}

}  // namespace

std::vector<Result> contracts_bench(
    const std::string& workload, Stack stack, std::string& failure) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<Result> results;
    for (const auto& [name, load] : make_loads(workload, failure)) {
        if (stack == Stack::kExec || stack == Stack::kSignatures) {
            results.push_back(measure_rounds(name, load, stack, cores));
        } else if (auto result = measure_node(name, load, stack, cores, failure)) {
            results.push_back(std::move(*result));
        }
    }
    return results;
}

}  // namespace troupe::bench
