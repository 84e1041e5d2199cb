#pragma once

#include "chain/base/uint256.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::node {

/// Reads "1.5ether", "20gwei", "1000" or "1000wei" as wei. Empty: not an amount, a fraction of a
/// wei, or beyond 256 bits.
[[nodiscard]] std::optional<chain::Uint256> read_amount(std::string_view text);

/// Wei as ether without trailing zeros: "1.5", "0.000000000000000001".
[[nodiscard]] std::string to_ether_text(const chain::Uint256& wei);

}  // namespace troupe::node
