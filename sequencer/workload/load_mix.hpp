#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>

/// What a load is mixed of, for the benchmarks and `troupe load`.
namespace troupe::node {

enum class LoadKind : std::uint8_t {
    kTransfer,  ///< of ether
    kErc20,     ///< transfer of a token
    kSwap,      ///< through Uniswap V2's router
};

/// Percent of each kind; 100 together.
struct LoadMix {
    unsigned transfers = 100;
    unsigned erc20 = 0;
    unsigned swaps = 0;
    /// Percent of transactions that go to what is hot: one receiver, one holder, one pool.
    unsigned hot = 0;

    [[nodiscard]] LoadKind draw_kind(std::mt19937_64& random) const {
        const std::uint64_t drawn = random() % 100;
        if (drawn < transfers) return LoadKind::kTransfer;
        return drawn < transfers + erc20 ? LoadKind::kErc20 : LoadKind::kSwap;
    }
    [[nodiscard]] bool draw_hot(std::mt19937_64& random) const { return random() % 100 < hot; }
    [[nodiscard]] bool with_contracts() const noexcept { return transfers < 100; }
    /// "transfers=60,erc20=30,swap=10", as parse_load_mix takes it.
    [[nodiscard]] std::string text() const;
};

/// @param text  "transfers=60,erc20=30,swap=10" in any order, adding up to 100, or one name alone
/// @return empty with the reason in `failure`
[[nodiscard]] std::optional<LoadMix> parse_load_mix(const std::string& text, std::string& failure);

/// W9 of the benchmarks.
inline constexpr LoadMix kMixedLoad{.transfers = 60, .erc20 = 30, .swaps = 10, .hot = 30};

/// Limit: enough for a token transfer, 52,000 where the receiver had none.
inline constexpr std::uint64_t kErc20GasLimit = 70'000;

}  // namespace troupe::node
