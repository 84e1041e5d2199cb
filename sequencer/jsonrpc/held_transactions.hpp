#pragma once

#include "chain/types/transaction.hpp"
#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/jsonrpc/error.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node::jsonrpc {

/// A transaction that waits for the ones before it.
struct HeldTransaction {
    chain::Bytes raw;
    chain::Transaction tx;
    chain::Hash32 hash;
    chain::Address sender;
    SteadyTime until;
};

/// Transactions beyond a nonce gap: kept for a while, per sender in the order of nonces, as wallets
/// expect that send several at once. Bounded per sender and in all. Any thread.
class HeldTransactions {
  public:
    struct Limits {
        std::uint32_t sender_max = 64;
        std::uint32_t all_max = 4'096;
    };
    explicit HeldTransactions(Limits limits) : limits_(limits) {}

    /// Takes it, in place of one with the same nonce if it offers at least 10 % more of both fees
    /// (geth's price bump).
    /// @error replacement_underpriced, account_limit, pool_full
    [[nodiscard]] Answer<bool> add(HeldTransaction held);
    /// Takes out the sender's transaction with this nonce.
    [[nodiscard]] std::optional<HeldTransaction> take(
        const chain::Address& sender, std::uint64_t nonce);
    /// Takes out all of the sender below `nonce`: they can never run.
    void drop_below(const chain::Address& sender, std::uint64_t nonce);
    /// The nonce after those that follow `nonce` without a gap.
    [[nodiscard]] std::uint64_t next_after(const chain::Address& sender, std::uint64_t nonce) const;
    [[nodiscard]] std::optional<HeldTransaction> find(const chain::Hash32& hash) const;
    [[nodiscard]] std::vector<HeldTransaction> of(const chain::Address& sender) const;
    [[nodiscard]] std::vector<HeldTransaction> all() const;
    /// Whether one with `nonce` or the nonce after it is held, whoever sent it.
    [[nodiscard]] bool any_near(std::uint64_t nonce) const;
    [[nodiscard]] bool holds(const chain::Address& sender) const;
    [[nodiscard]] std::size_t size() const;
    /// Drops what has waited too long. @return what was dropped
    std::vector<chain::Hash32> expire(SteadyTime now);
    /// One that was handed over and refused is dropped, too.
    void note_dropped(const chain::Hash32& hash, std::string reason);
    /// In words for whoever sent it; of the newest kDroppedMax.
    [[nodiscard]] std::optional<std::string> why_dropped(const chain::Hash32& hash) const;

  private:
    static constexpr std::size_t kDroppedMax = 4'096;
    void drop(const chain::Hash32& hash, std::string reason);
    using BySender = std::map<chain::Address, std::map<std::uint64_t, HeldTransaction>>;
    void erase(BySender::iterator sender, std::map<std::uint64_t, HeldTransaction>::iterator held);
    void forget_nonce(std::uint64_t nonce);
    const Limits limits_;
    mutable std::mutex mutex_;  ///< guards what follows
    BySender senders_;
    std::map<chain::Hash32, std::pair<chain::Address, std::uint64_t>> by_hash_;
    std::map<std::uint64_t, std::uint32_t> nonces_;  // how many are held of each
    std::map<chain::Hash32, std::string> dropped_;
    std::deque<chain::Hash32> dropped_order_;
};

}  // namespace troupe::node::jsonrpc
