#pragma once

#include "actors/admission/chunk.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/types/chain_config.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <string>
#include <vector>

namespace troupe::bench {

inline constexpr std::uint64_t kLoadChainId = 1;

/// Transactions, signed and admitted, on a state that was made for them by executing everything
/// that comes before: deployments, approvals, first balances.
struct ContractLoad {
    node::World state;
    chain::execution::BlockEnv env;
    /// What other transactions of its kind did before, so that nothing that is measured is done for
    /// the first time; then what is measured.
    std::vector<actors::AdmittedTx> warm_up;
    std::vector<actors::AdmittedTx> measured;

    /// A chain that begins with the state.
    [[nodiscard]] chain::Genesis genesis() const;
};

/// W1 to W4: transfers of ether (draw_transfer).
[[nodiscard]] ContractLoad transfer_load(
    const std::string& workload, std::uint64_t accounts, std::size_t txs,
    const actors::TableSeed& seed);

/// W5, W6: transfers of OpenZeppelin's ERC-20 among random holders, or to one.
[[nodiscard]] ContractLoad token_load(
    std::uint64_t holders, bool one_receiver, std::size_t txs, const actors::TableSeed& seed);

/// W7, W8: swaps through the router of Uniswap V2 or V3 over that many pools, each of one token and
/// of one that all pools have. @return nothing measured, with the reason in `failure`
[[nodiscard]] ContractLoad swap_v2_load(
    std::uint64_t pools, std::size_t txs, const actors::TableSeed& seed, std::string& failure);
[[nodiscard]] ContractLoad swap_v3_load(
    std::uint64_t pools, std::size_t txs, const actors::TableSeed& seed, std::string& failure);

/// W10: creations of OpenZeppelin's ERC-20 by 1,000 accounts.
[[nodiscard]] ContractLoad creation_load(std::size_t txs, const actors::TableSeed& seed);

/// W9: 60 % transfers, 30 % ERC-20, 10 % swaps over 20 pools; three of ten of each go to what is
/// hot: one receiver, one holder, one pool.
[[nodiscard]] ContractLoad mixed_load(
    std::size_t txs, const actors::TableSeed& seed, std::string& failure);

}  // namespace troupe::bench
