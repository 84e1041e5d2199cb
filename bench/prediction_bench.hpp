#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W16: calls of which the arguments, or the gas limits, mislead; as they are shared out with all
/// prediction, without templates ("names") and without cost estimates ("limits"), against one
/// executor, all by turns. All end states are compared.
[[nodiscard]] std::vector<Result> prediction_bench();

}  // namespace troupe::bench
