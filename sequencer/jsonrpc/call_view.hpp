#pragma once

#include "chain/state/state_view.hpp"
#include "sequencer/jsonrpc/account_reader.hpp"

#include <map>
#include <optional>

namespace troupe::node::jsonrpc {

/// What a caller wants an account to be for one call (geth's state overrides).
struct StateOverride {
    std::optional<std::uint64_t> nonce;
    std::optional<chain::Uint256> balance;
    std::optional<chain::Bytes> code;
    bool whole_storage = false;  ///< slots not named are zero
    std::map<chain::Hash32, chain::Uint256> slots;
};
using StateOverrides = std::map<chain::Address, StateOverride>;

/// The state after a block, for code that runs on the door's call threads: each value is asked of
/// the node when it is read first, and kept. Waits for the answers, so never on the threads that
/// bring them. Used by one thread.
class CallView final : public chain::state::StateView {
  public:
    /// @param block  as read_account takes it; a number, or the open block
    CallView(Door& door, const BlockRef& block, StateOverrides overrides, SteadyTime until);

    /// The state wanted is the one before `block`: what the block changed need not be asked for.
    void know_before(const actors::SealedBlock& block);

    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override;

    /// What could not be read: the result of the call means nothing then.
    [[nodiscard]] const std::optional<RpcError>& failure() const noexcept { return failure_; }

  private:
    [[nodiscard]] std::optional<actors::AccountAnswer> ask(AccountWanted wanted) const;

    Door& door_;
    const BlockRef block_;
    const StateOverrides overrides_;
    const SteadyTime until_;
    // Caches: reading changes no value, so the interface is const.
    mutable std::map<chain::Address, chain::Account> accounts_;
    mutable std::map<std::pair<chain::Address, chain::Hash32>, chain::Uint256> slots_;
    mutable std::map<chain::Hash32, chain::Bytes> codes_;
    std::map<chain::Hash32, chain::Address> code_owners_;  // whom to ask for code that is not there
    mutable std::optional<RpcError> failure_;
};

}  // namespace troupe::node::jsonrpc
