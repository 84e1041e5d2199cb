#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What a process of this machine uses, as Linux tells it.
namespace troupe::node {

/// Resident memory [bytes]; 0 where it cannot be told.
[[nodiscard]] std::uint64_t resident_bytes(int pid);
/// Processor time used so far, all threads, user and system [seconds]; 0 where it cannot be told.
[[nodiscard]] double processor_seconds(int pid);
/// The same by the names of its threads; those that have ended are missing.
using ThreadSeconds = std::map<std::string, double>;
[[nodiscard]] ThreadSeconds thread_seconds(int pid);

/// What a part of the node costs.
struct StageCost {
    std::string stage;
    double us = 0;  ///< of processor for each transaction
};
/// A node's stages, as its threads tell them apart, each with what it used between two looks.
/// @param transactions  that were handled between them, at least one
[[nodiscard]] std::vector<StageCost> stage_costs(
    const ThreadSeconds& before, const ThreadSeconds& after, std::uint64_t transactions);
inline constexpr const char* kWorkersStage = "admission, ordering, execution, roots";

}  // namespace troupe::node
