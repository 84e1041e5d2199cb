#pragma once

#include "sequencer/jsonrpc/account_reader.hpp"
#include "sequencer/reads/call_runner.hpp"

#include <memory>
#include <mutex>
#include <optional>

namespace troupe::node::jsonrpc {

/// The door's answers to what running code asks, of one block.
class BlockSource final : public AccountSource {
  public:
    /// @param block  as read_account takes it; a number, or the open block
    BlockSource(Door& door, const BlockRef& block);

    [[nodiscard]] std::optional<KnownAccount> known_account(const chain::Address& address) override;
    [[nodiscard]] std::optional<chain::Uint256> known_slot(
        const chain::Address& address, const chain::Hash32& slot) override;
    void ask(actors::AccountQuery query, Reply reply) override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) override;
    [[nodiscard]] bool ends() const override { return door_.refusal_now().has_value(); }

    [[nodiscard]] std::optional<RpcError> failure() const;

    struct Holder;  ///< for a base that must be there before the others

  private:
    struct Failure {
        std::mutex mutex;  ///< guards error
        std::optional<RpcError> error;
    };
    Door& door_;
    const BlockRef block_;
    bool newest_ = false;                     // what was read is kept for others: LatestValues
    const std::shared_ptr<Failure> failure_;  // answers may come after nobody waits any more
};

struct BlockSource::Holder {
    BlockSource source;
};

/// The state after a block, for code that runs on the door's call threads. See StateReader.
class CallView final : private BlockSource::Holder, public StateReader {
  public:
    CallView(Door& door, const BlockRef& block, StateOverrides overrides, SteadyTime until)
        : Holder{BlockSource(door, block)}, StateReader(source, std::move(overrides), until) {}

    /// The state wanted is the one before `block`: what the block changed need not be asked for.
    void know_before(const actors::SealedBlock& block);
    /// What could not be read: the result of the call means nothing then.
    [[nodiscard]] std::optional<RpcError> failure() const;
};

}  // namespace troupe::node::jsonrpc
