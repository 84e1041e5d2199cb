#include "sequencer/commands/amount.hpp"

#include "sequencer/commands/decimal.hpp"

#include <array>

namespace troupe::node {
namespace {

constexpr std::size_t kEtherDecimals = 18;

struct Unit {
    std::string_view name;
    std::size_t decimals;
};
constexpr std::array<Unit, 3> kUnits{{{"ether", kEtherDecimals}, {"gwei", 9}, {"wei", 0}}};

}  // namespace

std::optional<chain::Uint256> read_amount(std::string_view text) {
    std::size_t decimals = 0;
    for (const Unit& unit : kUnits) {
        if (!text.ends_with(unit.name)) continue;
        decimals = unit.decimals;
        text.remove_suffix(unit.name.size());
        break;
    }
    const auto digits = scaled_digits(text, decimals);
    if (!digits) return std::nullopt;
    const auto value = chain::uint256_from_text(*digits);
    if (!value) return std::nullopt;
    return *value;
}

std::string to_ether_text(const chain::Uint256& wei) {
    std::string digits = chain::to_decimal(wei);
    if (digits.size() <= kEtherDecimals) digits.insert(0, kEtherDecimals + 1 - digits.size(), '0');
    std::string whole = digits.substr(0, digits.size() - kEtherDecimals);
    std::string fraction = digits.substr(digits.size() - kEtherDecimals);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction.empty() ? whole : whole + "." + fraction;
}

}  // namespace troupe::node
