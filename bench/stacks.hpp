#pragma once

#include "bench/contract_load.hpp"

#include <optional>
#include <string>
#include <vector>

/// How much of the node a workload runs through. Each stack contains the one before it.
namespace troupe::bench {

enum class Stack : std::uint8_t {
    kExec,        ///< execution in rounds, of transactions that were admitted before
    kSignatures,  ///< decoding, hashing, recovery of the senders before it
    kRoot,  ///< the actors: order, receipts, state roots, sealed blocks; nothing on disk or network
    kFull,  ///< `troupe node` as its own process, over gRPC: order log, block store, batches
};

/// As tables and JSON have it: "exec", "+ signatures", "+ root", "full".
[[nodiscard]] const char* to_string(Stack stack) noexcept;
/// The same in order, as options have them.
inline const std::vector<std::string> kStackWords{"exec", "signatures", "root", "full"};

/// Admits transactions anew, on so many threads. All must be good.
[[nodiscard]] std::vector<actors::AdmittedTx> admit(
    const std::vector<actors::AdmittedTx>& txs, unsigned threads, const actors::TableSeed& seed);

/// The measured transactions of a load through a stack, after those that warm it up.
struct StackRun {
    double seconds = 0;  ///< first submitted to last executed; with kRoot: to the last block sealed
    std::optional<double> p50_ms;  ///< submitted to executed; kFull
    std::optional<double> p99_ms;
};
/// @param cores  workers and executors; 1: everything in order, in one thread
/// @return empty with the reason in `failure`
[[nodiscard]] std::optional<StackRun> run_actors(
    const ContractLoad& load, unsigned cores, std::string& failure);
[[nodiscard]] std::optional<StackRun> run_node(
    const ContractLoad& load, unsigned cores, std::string& failure);

}  // namespace troupe::bench
