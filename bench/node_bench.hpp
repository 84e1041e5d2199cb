#pragma once

#include "bench/report.hpp"
#include "sequencer/load/process_usage.hpp"

#include <string>

namespace troupe::bench {

struct NodeBenchOptions {
    std::size_t wallets = 10'000;
    std::size_t transactions = 300'000;         ///< W14
    std::size_t latency_transactions = 60'000;  ///< W15
    bool latency = true;                        ///< run W15 after W14
    std::size_t window = 8'192;                 ///< W14: sent and not answered at most
};

/// W14: a node in its own process, signed transactions through one gRPC stream from this one:
/// ordered, durable, executed, sealed with roots, batches encoded. W15: the same node at half the
/// rate of W14, transactions arriving as a Poisson process. All cores are shared with this process.
/// @param budget  what a transaction of W14 costs, stage by stage; the load generator last
/// @return empty with the reason in `failure`
[[nodiscard]] std::vector<Result> node_bench(
    const NodeBenchOptions& options, std::vector<node::StageCost>& budget, std::string& failure);

/// The table of docs/benchmarks.md: `budget`, with recovery apart where W13 was measured.
/// @param results  of the whole run
[[nodiscard]] std::string budget_table(
    const std::vector<node::StageCost>& budget, const std::vector<Result>& results);

}  // namespace troupe::bench
