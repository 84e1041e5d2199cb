#pragma once

#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/jsonrpc/connection.hpp"
#include "sequencer/jsonrpc/log_query.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe::node::jsonrpc {

class Door;

/// What one eth_subscribe asked for.
struct Subscription {
    enum class Kind : std::uint8_t {
        kHeads,
        kLogs,
        kPending,
        kSyncing,
        kReceipts
    };
    Kind kind = Kind::kHeads;
    LogFilter filter;                ///< kLogs
    bool full = false;               ///< kPending: whole transactions
    std::set<chain::Hash32> wanted;  ///< kReceipts: empty means all
    std::string id;
    std::weak_ptr<Connection> connection;
};

/// Hears from the hub, keeps what the door remembers of open blocks up to date, and tells
/// subscribers on the door's loop. Each message is made once per subscription that wants it, from
/// what is sealed: nothing is queued for anybody but in the connection's own bounded queue.
class Feed final : public HubSubscriber, public std::enable_shared_from_this<Feed> {
  public:
    explicit Feed(Door& door) : door_(door) {}

    /// @return false where the connection has as many as it may
    [[nodiscard]] bool reserve(Connection& connection);
    /// After reserve(), once the id has been told.
    void add(Subscription subscription);
    /// @return whether the connection had it
    bool remove(const std::string& id, const Connection& connection);
    /// The connection has ended.
    void remove_all(const Connection& connection);

    /// The door goes: the hub's calls do nothing from now on.
    void detach();

    void on_marks() noexcept override;
    void on_micro_block(const MicroBlockPtr& micro_block) noexcept override;
    void on_micro_blocks_lost() noexcept override;

    /// Begins with the block after this one.
    void start_after(std::uint64_t block) { told_ = block; }

  private:
    void tell_blocks();
    void tell_block(const actors::SealedBlock& block);
    void tell_micro_block(const actors::CommittedMicroBlock& micro_block);
    void send(const Subscription& subscription, std::string_view result);
    [[nodiscard]] std::vector<Subscription> copy_of(bool pending) const;

    Door& door_;
    std::uint64_t told_ = 0;                       // the loop's own
    std::atomic<std::uint32_t> pending_count_{0};  // subscriptions to kPending
    std::atomic<bool> scheduled_{false};
    std::mutex gate_;  ///< guards attached_; held while the hub's thread is in here
    bool attached_ = true;
    mutable std::mutex mutex_;  ///< guards what follows
    std::vector<Subscription> subscriptions_;
};

}  // namespace troupe::node::jsonrpc
