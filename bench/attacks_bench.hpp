#pragma once

#include <cstdint>
#include <string>

namespace troupe::bench {

struct AttacksOptions {
    std::string attacks;  ///< separated by commas; empty: all
    std::string json_file;
    std::uint64_t transactions = 20'000;  ///< of the others
    unsigned share_percent = 10;          ///< of all transactions that are attacks
    int runs = 3;                         ///< of each, without and with by turns; the fastest count
};

/// `troupe bench attacks`: what contracts made to disturb cost everybody else, through the node's
/// engine: ordinary traffic (token transfers and swaps) alone, and the same with attacks strewn in.
/// @return the exit code
[[nodiscard]] int run_attacks_bench(const AttacksOptions& options);

}  // namespace troupe::bench
