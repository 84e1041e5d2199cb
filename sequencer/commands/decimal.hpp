#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::node {

/// Reads a decimal number as a whole number of its smallest unit: "1.5" with 3 decimals is "1500".
/// @return digits only; nothing where it is no number, or has more decimals than there are
[[nodiscard]] std::optional<std::string> scaled_digits(std::string_view text, std::size_t decimals);

}  // namespace troupe::node
