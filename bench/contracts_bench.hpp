#pragma once

#include "bench/report.hpp"
#include "bench/stacks.hpp"

namespace troupe::bench {

/// W1 to W10 on one stack, all cores against one. kExec (W5 to W10 only; execution_bench has the
/// others): rounds in which executors share the work, against the same rounds run by one executor
/// in order, on the same partitions; both end states are compared, account by account and slot by
/// slot. Other stacks: the whole stack with one thread for its actors and one executor is "serial".
/// @param workload  "W1" to "W10"; W7 and W8 run on 1, 10 and 100 pools
/// @param failure   why nothing could be measured
[[nodiscard]] std::vector<Result> contracts_bench(
    const std::string& workload, Stack stack, std::string& failure);

}  // namespace troupe::bench
