#include "bench/contracts_bench.hpp"

#include "actors/round_runner.hpp"
#include "sequencer/round_replay/round_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace troupe::bench {
namespace {

using actors::AdmittedTx;
using actors::RoundRunner;
using Clock = std::chrono::steady_clock;

constexpr actors::TableSeed kSeed{0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3211};
constexpr std::uint32_t kPartitionsPerCore = 4;
constexpr int kRuns = 5;      // the fastest counts
constexpr int kNodeRuns = 2;  // of the whole node

std::unique_ptr<RoundRunner> make_runner(
    const ContractLoad& load, unsigned cores, std::uint32_t executors) {
    RoundRunner::Config config;
    config.threads = cores;
    config.executors = executors;
    config.partitions = cores * kPartitionsPerCore;
    config.seed = kSeed;
    auto runner = std::make_unique<RoundRunner>(config);
    node::load(*runner, load.state);
    return runner;
}

struct Measured {
    double seconds = 1e9;
    RoundRunner::Count count;
    std::unique_ptr<RoundRunner> runner;  // of the last run
};

/// @param admit_on  threads that admit within what is measured; 0: that was done before
void run_once(
    const ContractLoad& load, unsigned cores, std::uint32_t executors, unsigned admit_on,
    Measured& into) {
    into.runner = make_runner(load, cores, executors);
    std::vector<AdmittedTx> txs = load.warm_up;
    const RoundRunner::Count warm = into.runner->run(txs, load.env);
    TROUPE_ASSERT(warm.refused == 0 && warm.failed == 0);
    if (admit_on == 0) txs = load.measured;
    const auto start = Clock::now();
    if (admit_on > 0) txs = admit(load.measured, admit_on, kSeed);
    const RoundRunner::Count count = into.runner->run(txs, load.env);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    TROUPE_ASSERT(count.refused == 0 && count.failed == 0);
    if (seconds >= into.seconds) return;
    into.seconds = seconds;
    into.count = count;
}

/// A fast wrong answer fails.
void compare(const RoundRunner& a, const RoundRunner& b, const ContractLoad& load) {
    for (const auto* txs : {&load.warm_up, &load.measured})
        for (const AdmittedTx& tx : *txs) {
            const chain::Address created = chain::contract_address(tx.sender, tx.nonce);
            TROUPE_ASSERT(a.account(created) == b.account(created));
        }
    for (const auto& [address, entry] : load.state.sorted()) {
        TROUPE_ASSERT(a.account(address) == b.account(address));
        for (const auto& [slot, value] : entry->storage)
            TROUPE_ASSERT(a.storage(address, slot) == b.storage(address, slot));
    }
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
    Measured serial;
    Measured parallel;
    for (int run = 0; run < kRuns; ++run) {  // by turns: what disturbs one disturbs the other
        run_once(load, cores, 1, admits ? 1 : 0, serial);
        run_once(load, cores, cores, admits ? cores : 0, parallel);
    }
    compare(*serial.runner, *parallel.runner, load);
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
                workload == "W7" ? swap_v2_load(pools, 10'000, kSeed, failure)
                                 : swap_v3_load(pools, 10'000, kSeed, failure));
    } else if (workload == "W5" || workload == "W6") {
        loads.emplace_back(workload, token_load(100'000, workload == "W6", 50'000, kSeed));
    } else if (workload == "W9") {
        loads.emplace_back(workload, mixed_load(50'000, kSeed, failure));
    } else if (workload == "W10") {
        loads.emplace_back(workload, creation_load(2'000, kSeed));
    } else {
        loads.emplace_back(workload, transfer_load(workload, 100'000, 100'000, kSeed));
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
