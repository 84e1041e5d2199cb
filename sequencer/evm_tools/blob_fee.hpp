#pragma once

#include "chain/base/uint256.hpp"
#include "chain/types/revision.hpp"

namespace troupe::node {

/// The price of a unit of blob gas: fake_exponential(1, excess_blob_gas, update_fraction), the
/// largest 256-bit number where it would be beyond.
/// @spec EIP-4844, "Helpers"; EIP-7691 for Prague's update fraction
[[nodiscard]] chain::Uint256 blob_base_fee(std::uint64_t excess_blob_gas, chain::Revision revision);

}  // namespace troupe::node
