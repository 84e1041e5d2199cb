#pragma once

#include "chain/evm/machine.hpp"
#include "chain/execution/overlay.hpp"
#include "sequencer/jsonrpc/call_view.hpp"

#include <memory>

namespace troupe::node::jsonrpc {

/// A sealed block once more, transaction by transaction, on the state before it. On a thread that
/// may wait for state. What comes of it is compared with what the block says.
class BlockReplay {
  public:
    /// @pre it is not the genesis block
    BlockReplay(Door& door, actors::SealedBlockPtr block, SteadyTime until);

    /// The block's system calls. @error what the state before it could not be read for
    [[nodiscard]] Answer<bool> begin();
    [[nodiscard]] std::size_t next_index() const noexcept { return next_; }
    [[nodiscard]] const chain::execution::BlockEnv& env() const noexcept { return env_; }
    [[nodiscard]] const actors::SealedBlock& block() const noexcept { return *block_; }
    /// The state before the next transaction.
    [[nodiscard]] chain::execution::Overlay& state() noexcept { return state_; }
    [[nodiscard]] chain::evm::Machine& machine() noexcept { return machine_; }
    /// Logs of the transactions so far.
    [[nodiscard]] std::uint32_t logs_before() const noexcept { return logs_; }

    /// The next transaction and who sent it. @pre next_index() < the block's transactions
    struct Next {
        chain::Transaction tx;
        chain::Address sender;
    };
    [[nodiscard]] Answer<Next> next() const;
    /// Executes it; the state stays as it is until keep().
    /// @error what could not be read, timed_out, internal_error where it does not repeat itself
    [[nodiscard]] Answer<chain::execution::Outcome> execute(
        const Next& what, chain::evm::Tracer* tracer);
    void keep(const chain::execution::Outcome& outcome);
    /// Executes and keeps all up to `index`, not included.
    [[nodiscard]] Answer<bool> skip_to(std::size_t index);

  private:
    const actors::SealedBlockPtr block_;
    const chain::execution::BlockEnv env_;
    const SteadyTime until_;
    CallView before_;
    chain::execution::Overlay state_;
    chain::evm::Machine machine_;
    std::size_t next_ = 0;
    std::uint32_t logs_ = 0;
};

}  // namespace troupe::node::jsonrpc
