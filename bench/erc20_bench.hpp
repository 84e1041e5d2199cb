#pragma once

#include "bench/timing.hpp"

#include <cstdint>
#include <string>

namespace troupe::bench {

struct Erc20Result {
    std::string failure;
    std::uint64_t gas = 0;  ///< of one transfer
    Timing timing;
};

/// Deploys OpenZeppelin's ERC-20 (the demo's token) and transfers between two holders, as
/// transactions with all their checks, without signature and state root.
[[nodiscard]] Erc20Result measure_erc20(double seconds);

}  // namespace troupe::bench
