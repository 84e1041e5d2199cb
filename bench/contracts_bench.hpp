#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W5 to W10, execution of contracts: rounds in which executors share the work, against the same
/// rounds run by one executor in order, on the same partitions. Both end states are compared,
/// account by account and slot by slot.
/// @param workload  "W5", "W6", "W7", "W8" (1, 10 and 100 pools), "W9" or "W10"
/// @param failure   why nothing could be measured
[[nodiscard]] std::vector<Result> contracts_bench(
    const std::string& workload, std::string& failure);

}  // namespace troupe::bench
