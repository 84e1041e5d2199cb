#include "sequencer/commands/decimal.hpp"

namespace troupe::node {

std::optional<std::string> scaled_digits(std::string_view text, std::size_t decimals) {
    const std::size_t dot = text.find('.');
    std::string digits(text.substr(0, dot));
    const std::string_view fraction =
        dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    if (digits.empty() || fraction.size() > decimals) return std::nullopt;
    if (dot != std::string_view::npos && fraction.empty()) return std::nullopt;
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return digits;
}

}  // namespace troupe::node
