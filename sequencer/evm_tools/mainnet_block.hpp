#pragma once

#include "chain/execution/serial_chain.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <string>
#include <vector>

namespace troupe::node {

/// A real block with the state it touches: block (fields as in JSON-RPC), pre (address to balance,
/// nonce, code, storage before the first transaction), transactions (raw), expect (from the real
/// header). The state is partial, so there is no state root to compare.
struct MainnetBlock {
    std::string file;
    chain::execution::BlockEnv env;
    World pre;
    std::vector<chain::execution::RecoveredTransaction> transactions;

    std::uint64_t gas_used = 0;  ///< what must come of it
    chain::Hash32 transactions_root;
    chain::Hash32 receipts_root;
    chain::Bloom logs_bloom;
};

/// @return empty, with the reason in `failure`, where the file is not such a block
[[nodiscard]] std::optional<MainnetBlock> read_mainnet_block(
    const std::string& path, std::string& failure);

/// Executes the system calls and transactions [0, count) in order, each on the state that the one
/// before left.
/// @return empty, or why one was refused
[[nodiscard]] std::string replay_until(
    const MainnetBlock& block, std::size_t count, chain::evm::Machine& machine, World& world);

/// What became of a block's transactions.
struct ExecutedBlock {
    std::string refusal;  ///< of the first transaction that was refused; then this is all
    std::vector<chain::Receipt> receipts;
};
/// The first difference from what is expected, in words; empty: none.
[[nodiscard]] std::string difference(const MainnetBlock& block, const ExecutedBlock& executed);

/// What executing a block came to.
struct ReplayResult {
    std::string difference;  ///< the first one from what is expected, in words; empty: none
    std::uint64_t ns = 0;    ///< executing and applying, the shortest of all repetitions
    World state;             ///< after it
};

/// Executes the block's system calls and transactions in order, each on the state that the one
/// before left, from the file's state on, and compares gas, roots and bloom.
/// @param result  of the repetitions before; none if there is a difference
void replay_once(const MainnetBlock& block, chain::evm::Machine& machine, ReplayResult& result);

}  // namespace troupe::node
