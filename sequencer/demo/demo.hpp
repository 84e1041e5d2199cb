#pragma once

#include <cstdint>
#include <string>

namespace troupe::node {

/// What `troupe demo` shows: the whole way of many transfers, from wallets to a verifier that has
/// nothing but the L1.
struct DemoOptions {
    std::size_t wallets = 1'000;
    std::size_t transfers = 20'000;
    std::size_t window = 1'024;  ///< transfers sent and not yet answered at most
    std::string directory;       ///< where everything is written; empty: temporary
    bool keep = false;
    std::string json_file;  ///< the figures as JSON; empty: none
};

/// Prints each step, a progress bar and a table.
/// @return whether every transfer is in the chain that the L1 derives to, with equal state roots
[[nodiscard]] bool run_demo(const DemoOptions& options);

}  // namespace troupe::node
