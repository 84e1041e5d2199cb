#include "sequencer/commands/duration.hpp"

#include <string>

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
    const std::size_t dot = text.find('.');
    std::string digits(text.substr(0, dot));
    const std::string_view fraction =
        dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    if (digits.empty() || fraction.size() > decimals) return std::nullopt;
    if (dot != std::string_view::npos && fraction.empty()) return std::nullopt;
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    if (digits.size() > kDigitsMax) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

}  // namespace troupe::node
