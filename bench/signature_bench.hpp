#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W13: signature recovery only, on one core and on all. Checks every recovered address.
[[nodiscard]] std::vector<Result> signature_bench();

}  // namespace troupe::bench
