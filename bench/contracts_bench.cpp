#include "bench/contracts_bench.hpp"

#include "actors/round_runner.hpp"
#include "bench/contract_load.hpp"
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
constexpr int kRuns = 5;  // the fastest counts

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

void run_once(const ContractLoad& load, unsigned cores, std::uint32_t executors, Measured& into) {
    into.runner = make_runner(load, cores, executors);
    std::vector<AdmittedTx> txs = load.warm_up;
    const RoundRunner::Count warm = into.runner->run(txs, load.env);
    TROUPE_ASSERT(warm.refused == 0 && warm.failed == 0);
    txs = load.measured;
    const auto start = Clock::now();
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

Result measure_load(const std::string& name, const ContractLoad& load) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    Measured serial;
    Measured parallel;
    for (int run = 0; run < kRuns; ++run) {  // by turns: what disturbs one disturbs the other
        run_once(load, cores, 1, serial);
        run_once(load, cores, cores, parallel);
    }
    compare(*serial.runner, *parallel.runner, load);
    const auto txs = static_cast<double>(load.measured.size());
    Result result;
    result.workload = name;
    result.stack = "exec";
    result.cores = cores;
    result.accounts = load.state.sorted().size();
    result.tps = txs / parallel.seconds;
    result.serial_tps = txs / serial.seconds;
    result.speedup = serial.seconds / parallel.seconds;
    result.mgas_per_s = static_cast<double>(parallel.count.gas_used) / parallel.seconds / 1e6;
    result.reexecution_rate = static_cast<double>(parallel.count.reexecuted) / txs;
    result.note = fmt::format(
        "{:.0f} Mgas/s, {:.1f} % run again; of {} rounds {} repaired, {} not shared",
        *result.mgas_per_s, 100 * *result.reexecution_rate, parallel.count.rounds,
        parallel.count.repaired, parallel.count.conflicting);
    return result;
}

}  // namespace

std::vector<Result> contracts_bench(const std::string& workload, std::string& failure) {
    std::vector<Result> results;
    if (workload == "W5" || workload == "W6")
        results.push_back(
            measure_load(workload, token_load(100'000, workload == "W6", 50'000, kSeed)));
    if (workload == "W7" || workload == "W8") {
        for (const std::uint64_t pools : {1u, 10u, 100u}) {
            const ContractLoad load = workload == "W7"
                                          ? swap_v2_load(pools, 10'000, kSeed, failure)
                                          : swap_v3_load(pools, 10'000, kSeed, failure);
            if (!failure.empty()) break;
            results.push_back(measure_load(workload + "/" + std::to_string(pools), load));
        }
    }
    if (workload == "W10") results.push_back(measure_load(workload, creation_load(2'000, kSeed)));
    if (workload == "W9") {
        const ContractLoad load = mixed_load(50'000, kSeed, failure);
        if (failure.empty()) results.push_back(measure_load(workload, load));
    }
    return results;
}

}  // namespace troupe::bench
