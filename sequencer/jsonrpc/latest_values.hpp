#pragma once

#include "actors/records.hpp"
#include "sequencer/reads/state_reader.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace troupe::node::jsonrpc {

/// What calls have read of the newest sealed block's state, for the calls that come after them:
/// without it, each would ask the actors for every value again. A new block changes the values that
/// it changed; the others stay. Any thread.
class LatestValues {
  public:
    /// @param values_max  kept at most; code counts as one value for each kValueBytes
    explicit LatestValues(std::size_t values_max) : values_max_(values_max) {}

    using BlockAt = std::function<actors::SealedBlockPtr(std::uint64_t)>;
    /// Makes it the state after `block`, which is not below the one before.
    /// @param block_at  gives the blocks between; where it does not, everything is forgotten
    void advance(std::uint64_t block, const BlockAt& block_at);

    /// Nothing where it is not known, or the state is not that after `block`.
    [[nodiscard]] std::optional<KnownAccount> account(
        std::uint64_t block, const chain::Address& address) const;
    [[nodiscard]] std::optional<chain::Uint256> slot(
        std::uint64_t block, const chain::Address& address, const chain::Hash32& slot) const;
    /// @param answer  of the state after `block`; it is not kept where that is not the newest
    void keep(
        std::uint64_t block, const actors::AccountQuery& query,
        const actors::AccountAnswer& answer);

  private:
    static constexpr std::uint64_t kCatchUpMax = 64;  // blocks; beyond them it starts anew
    static constexpr std::size_t kValueBytes = 256;   // about what a slot takes here
    struct Entry {
        std::optional<KnownAccount> account;
        std::map<chain::Hash32, chain::Uint256> slots;
    };
    static void update(Entry& entry, const chain::execution::AccountChange& change);
    void apply(const actors::SealedBlock& block);
    void forget();

    const std::size_t values_max_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::uint64_t block_ = 0;
    std::map<chain::Address, Entry> entries_;
    std::size_t values_ = 0;
};

}  // namespace troupe::node::jsonrpc
