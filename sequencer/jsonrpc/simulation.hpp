#pragma once

#include "chain/evm/machine.hpp"
#include "chain/execution/overlay.hpp"
#include "sequencer/jsonrpc/call_view.hpp"

#include <limits>

namespace troupe::node::jsonrpc {

/// What eth_simulateV1 wants to have simulated.
struct SimulationOptions {
    bool validation = false;       ///< nonces, fees and balances count as in a block
    bool trace_transfers = false;  ///< every transfer of ether has a log
    bool full_transactions = false;
};

/// Blocks after a block, of calls that nobody has signed: each runs on the state that the one
/// before it left. There is no state root: it would take the whole state.
/// @spec go-ethereum's eth_simulateV1
class Simulation {
  public:
    /// @param base  the environment of the block that the first one comes after
    /// @param hash  its hash
    Simulation(
        Door& door, const chain::execution::BlockEnv& base, const chain::Hash32& hash,
        const chain::Header* header, const chain::state::StateView& state,
        SimulationOptions options, SteadyTime until);

    static constexpr std::size_t kBlocksMax = 256;

    /// @param calls  blockStateCalls
    /// @return the blocks as a JSON list
    /// @error those of geth, numbered -38010 to -38026
    [[nodiscard]] Answer<std::string> run(const std::vector<JsonValue>& calls);

  private:
    struct Planned {
        chain::execution::BlockEnv env;
        std::optional<JsonValue> overrides;  ///< of the state
        std::vector<JsonValue> calls;
        bool has_base_fee = false;
    };
    struct Ran {
        actors::SealedBlock block;
        std::vector<chain::Transaction> transactions;
        std::vector<std::string> results;  ///< of each call, but for its logs
        std::vector<std::vector<chain::Log>> logs;
    };

    [[nodiscard]] Answer<std::vector<Planned>> plan(const std::vector<JsonValue>& calls) const;
    [[nodiscard]] Answer<std::string> run_block(Planned& planned);
    [[nodiscard]] Answer<bool> run_one(
        const JsonValue& call, const chain::execution::BlockEnv& env, Ran& ran);
    [[nodiscard]] Answer<chain::Transaction> transaction_of(
        const JsonValue& call, const chain::execution::BlockEnv& env, std::uint64_t gas_used,
        chain::Address& sender) const;
    [[nodiscard]] std::string finish(const chain::execution::BlockEnv& env, Ran& ran);

    Door& door_;
    const SimulationOptions options_;
    const SteadyTime until_;
    const chain::execution::BlockEnv base_;
    chain::Hash32 parent_hash_;
    std::optional<chain::Header> parent_;  ///< unknown: of the open block
    chain::execution::Overlay state_;
    chain::evm::Machine machine_;
    std::uint64_t gas_left_;  ///< of all calls together
    std::size_t bytes_left_;  ///< of the answer
};

}  // namespace troupe::node::jsonrpc
