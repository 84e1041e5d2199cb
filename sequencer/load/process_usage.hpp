#pragma once

#include <cstdint>

/// What a process of this machine uses, as Linux tells it.
namespace troupe::node {

/// Resident memory [bytes]; 0 where it cannot be told.
[[nodiscard]] std::uint64_t resident_bytes(int pid);
/// Processor time used so far, all threads, user and system [seconds]; 0 where it cannot be told.
[[nodiscard]] double processor_seconds(int pid);

}  // namespace troupe::node
