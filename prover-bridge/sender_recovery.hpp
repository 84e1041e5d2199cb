#pragma once

#include "chain/execution/serial_chain.hpp"

#include <vector>

namespace troupe::prover {

/// Decodes transactions and recovers their senders, on up to `threads` threads (0 counts as 1).
/// The result does not depend on their number.
/// @error that of the first transaction that does not decode or recover
[[nodiscard]] chain::Result<std::vector<chain::execution::RecoveredTransaction>> recover_senders(
    const std::vector<chain::Bytes>& transactions, unsigned threads);

}  // namespace troupe::prover
