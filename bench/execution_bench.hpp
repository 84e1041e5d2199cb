#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W1 to W4, native execution: a plain serial loop with prefetch over one table, against rounds of
/// the partition actors on one core and on all. Both check nonce and balance of every transaction
/// and both end states are compared account by account.
/// @param workload  "W1", "W2", "W3" or "W4"
[[nodiscard]] std::vector<Result> execution_bench(
    const std::string& workload, std::uint64_t accounts);
/// With 100,000 and with 1,000,000 accounts.
[[nodiscard]] std::vector<Result> execution_bench(const std::string& workload);

}  // namespace troupe::bench
