#include "sequencer/commands/duration.hpp"

#include "sequencer/commands/decimal.hpp"

namespace troupe::node {
namespace {

constexpr std::size_t kDigitsMax = 9;  // more than a week of milliseconds

}  // namespace

std::optional<std::uint64_t> read_duration_ms(std::string_view text) {
    std::size_t decimals = 3;  // of a second in milliseconds
    if (text.ends_with("ms")) {
        decimals = 0;
        text.remove_suffix(2);
    } else if (text.ends_with('s')) {
        text.remove_suffix(1);
    }
    const auto digits = scaled_digits(text, decimals);
    if (!digits || digits->size() > kDigitsMax) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : *digits)
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

}  // namespace troupe::node
