#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string_view>

namespace troupe::bench {

/// Who pays whom, as numbers of accounts.
struct TransferPair {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

/// Draws from 1 / rank over the accounts by inverting the (continuous) distribution.
[[nodiscard]] inline std::uint64_t zipf(std::mt19937_64& random, std::uint64_t accounts) {
    const double uniform = std::uniform_real_distribution<double>{}(random);
    const double rank = std::exp(uniform * std::log(static_cast<double>(accounts)));
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(rank) - 1, accounts - 1);
}

/// Transfer `i` of W1 (random), W2 (receivers by Zipf's law), W3 (one receiver) or W4 (a chain).
[[nodiscard]] inline TransferPair draw_transfer(
    std::string_view workload, std::size_t i, std::uint64_t accounts, std::mt19937_64& random) {
    TransferPair pair{random() % accounts, random() % accounts};
    if (workload == "W2") pair.to = zipf(random, accounts);
    if (workload == "W3") pair.to = 0;
    if (workload == "W4") pair = {i % accounts, (i + 1) % accounts};
    return pair;
}

}  // namespace troupe::bench
