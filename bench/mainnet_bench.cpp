#include "bench/mainnet_bench.hpp"

#include "sequencer/evm_tools/state_test_suite.hpp"
#include "sequencer/round_replay/round_replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace troupe::bench {
namespace {

constexpr unsigned kRepetitions = 80;  // of each block; the fastest counts

}  // namespace

std::vector<Result> mainnet_bench(std::string& failure) {
    const char* const vectors = std::getenv("TROUPE_VECTORS");
    const std::string folder =
        std::string(vectors != nullptr ? vectors : "../shared/vectors") + "/mainnet_blocks";
    if (!std::filesystem::is_directory(folder)) {
        std::fprintf(stderr, "vectors not found: %s\n", folder.c_str());
        return {};
    }
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    double serial_ns = 0;
    double alone_ns = 0;
    double parallel_ns = 0;
    double gas = 0;
    std::uint64_t txs = 0;
    std::uint64_t reexecuted = 0;
    const auto files = node::json_files({folder}, failure);
    for (const std::string& file : files) {
        const auto block = node::read_mainnet_block(file, failure);
        if (!block) return {};
        const node::ReplayResults results = node::replay_by_turns(*block, cores, kRepetitions);
        failure = results.difference();
        if (!failure.empty()) return {};
        serial_ns += static_cast<double>(results.serial.ns);
        alone_ns += static_cast<double>(results.alone.ns);
        parallel_ns += static_cast<double>(results.parallel.ns);
        gas += static_cast<double>(block->gas_used);
        txs += block->transactions.size();
        reexecuted += results.parallel.reexecuted;
    }
    if (txs == 0) return {};
    Result result;
    result.workload = "W11";
    result.stack = "exec";
    result.cores = cores;
    result.tps = static_cast<double>(txs) * 1e9 / parallel_ns;
    result.serial_tps = static_cast<double>(txs) * 1e9 / serial_ns;
    result.speedup = serial_ns / parallel_ns;
    result.mgas_per_s = gas * 1e3 / parallel_ns;
    result.reexecution_rate = static_cast<double>(reexecuted) / static_cast<double>(txs);
    result.note = fmt::format(
        "{} blocks, {:.0f} Mgas/s, {:.1f} % run again; beside a plain loop, to which one "
        "executor in rounds takes {:.2f}",
        files.size(), *result.mgas_per_s, 100 * *result.reexecution_rate, alone_ns / serial_ns);
    return {result};
}

}  // namespace troupe::bench
