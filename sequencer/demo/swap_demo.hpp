#pragma once

#include "sequencer/client/client.hpp"
#include "sequencer/workload/transfers.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// What became of the demo's contracts.
struct SwapFigures {
    chain::Address token;            ///< OpenZeppelin's ERC-20; there is a second one beside it
    chain::Address pair;             ///< Uniswap V2
    std::uint64_t transactions = 0;  ///< all of the following in one place
    std::uint64_t swaps = 0;
    std::uint64_t swap_gas = 0;    ///< of the last swap
    std::uint64_t last_block = 0;  ///< of the last transaction
    chain::Uint256 reserve0;       ///< of the pair in the end
    chain::Uint256 reserve1;
};

/// Init code of Uniswap V2's factory (see published_code.hpp).
[[nodiscard]] std::optional<chain::Bytes> published_factory();

/// Deploys two ERC-20 tokens and Uniswap V2's factory, makes a pair of them with liquidity, and
/// swaps to and fro; each step is a transaction over gRPC whose receipt is awaited, and what the
/// pair then holds is asked for and compared with the formula.
/// @param factory  published_factory()
/// @param wallet   has ether, and sends nothing else meanwhile
/// @return empty with the reason in `failure`
[[nodiscard]] std::optional<SwapFigures> run_swaps(
    client::Client& node, const chain::Bytes& factory, const WorkloadWallet& wallet,
    std::uint64_t swaps, std::string& failure);

}  // namespace troupe::node
