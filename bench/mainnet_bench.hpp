#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W11: real mainnet blocks, in rounds that executors share, against a plain loop over the same
/// transactions; receipts and bloom are the real header's, both end states are compared.
/// @param failure  the first difference
/// @return nothing, with a word on standard error, where the blocks are not found (TROUPE_VECTORS,
///         ../shared/vectors)
[[nodiscard]] std::vector<Result> mainnet_bench(std::string& failure);

}  // namespace troupe::bench
