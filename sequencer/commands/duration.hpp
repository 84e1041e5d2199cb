#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::node {

/// Reads "200ms", "1s", "0.25s", or seconds without a unit as anvil's --block-time has them.
/// @return milliseconds; empty: not a duration, or a fraction of a millisecond
[[nodiscard]] std::optional<std::uint64_t> read_duration_ms(std::string_view text);

}  // namespace troupe::node
