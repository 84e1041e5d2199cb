#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/jsonrpc/call_answers.hpp"
#include "sequencer/jsonrpc/connection.hpp"
#include "sequencer/jsonrpc/exchange.hpp"
#include "sequencer/jsonrpc/fair_pool.hpp"
#include "sequencer/jsonrpc/feed.hpp"
#include "sequencer/jsonrpc/filters.hpp"
#include "sequencer/jsonrpc/held_transactions.hpp"
#include "sequencer/jsonrpc/json_rpc_config.hpp"
#include "sequencer/jsonrpc/latest_values.hpp"
#include "sequencer/jsonrpc/node_figures.hpp"
#include "sequencer/jsonrpc/slow_callers.hpp"
#include "sequencer/jsonrpc/soft_blocks.hpp"
#include "sequencer/jsonrpc/stats.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node::jsonrpc {

/// The API without sockets: takes the text of a request and gives the text of its answer. What all
/// methods share is here. Outlives every connection.
class Door {
  public:
    Door(
        JsonRpcConfig the_config, ChainDescription the_chain, ChainReader& the_reader,
        EventHub& the_hub, JsonRpcStats& the_stats);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// Before, every call is answered with kLimitExceeded: "the node is starting".
    void serve(NodeBackend& the_backend);
    /// From now on calls are refused; those that wait are answered.
    void drain();
    /// Ends the threads. No handle() after it. Idempotent.
    void stop();

    /// Answers one request: a call or a batch.
    /// @param connection  where subscriptions go; empty over HTTP
    /// @param done        called once, from any thread; with nothing where nothing is answered
    void handle(
        std::string body, std::shared_ptr<Connection> connection,
        std::function<void(std::string)> done, Caller caller = {});

    /// For a thread of the network that would run a call itself, which is quicker than to hand it
    /// over: a place for it, unless so many do that none would be left for the network, or a call
    /// of this client took long a moment ago.
    class Place {
      public:
        Place(Door& door, const Caller& caller);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        [[nodiscard]] bool taken() const noexcept { return taken_; }

      private:
        Door& door_;
        bool taken_ = false;
        std::optional<SlowCallers::Watch> watch_;
    };

    // ---- for the methods
    const JsonRpcConfig config;
    const ChainDescription chain;
    ChainReader& reader;
    EventHub& hub;
    JsonRpcStats& stats;
    SoftBlocks soft;
    KnownTransactions known;
    HeldTransactions held;
    LatestValues latest;
    CallAnswers answers;
    SlowCallers slow_callers;
    Filters filters;
    ReadFigures read_figures;  ///< set before serve(), or empty; any thread, must not block

    /// @pre a handler runs: only then it is set for sure
    [[nodiscard]] NodeBackend& backend() const noexcept {
        return *backend_.load(std::memory_order_acquire);
    }
    /// Why no call can be served now.
    [[nodiscard]] std::optional<RpcError> refusal_now() const;

    /// Number of the newest sealed block.
    [[nodiscard]] std::uint64_t head() { return hub.marks().heads.unsafe; }
    /// A sealed block; null where there is none of this number. May block on the disk.
    /// @error history_pruned, internal_error
    [[nodiscard]] Answer<actors::SealedBlockPtr> block_at(std::uint64_t number);
    /// As block_at, perhaps with header, hash and origin only (see ChainReader::header).
    [[nodiscard]] Answer<actors::SealedBlockPtr> header_at(std::uint64_t number);
    /// The sealed block that is meant; nothing where there is none (beyond the head, unknown hash).
    /// `pending` gives the head. May block on the disk.
    /// @error tag_not_found, internal_error
    [[nodiscard]] Answer<std::optional<std::uint64_t>> number_of(const BlockRef& ref);

    /// One task after the other: what must not be done on an actor's or a network thread.
    EdgeLoop loop;
    FairPool pool;        ///< for what may block on the disk
    FairPool call_pool;   ///< runs code: waits for the other threads, never they for it
    FairPool trace_pool;  ///< the same for traces, which take longer: calls don't wait for them
    FairPool heavy_pool;  ///< what takes long, of those who ask for much: behind everything else

    /// Where work of this client that may block, or runs code, is done.
    [[nodiscard]] FairPool& reads_of(const Caller& caller) {
        return slow_callers.contains(caller.peer) ? heavy_pool : pool;
    }
    [[nodiscard]] FairPool& calls_of(const Caller& caller) {
        return slow_callers.contains(caller.peer) ? heavy_pool : call_pool;
    }
    const std::shared_ptr<Feed> feed;

    /// Runs `check` after every micro-block and at every tick until it returns true or `until` has
    /// come; then `late`. On the loop. @return false where too many wait
    [[nodiscard]] bool wait_for(
        std::function<bool()> check, SteadyTime until, std::function<void()> late);
    /// Feed: a micro-block was executed. On the loop.
    void on_executed(const actors::CommittedMicroBlock& micro_block);
    /// Runs `task` on the pool after the tick that follows `when`.
    void later(SteadyTime when, std::function<void()> task);

  private:
    struct Waiter {
        std::function<bool()> check;
        SteadyTime until;
        std::function<void()> late;
    };
    static constexpr std::size_t kWaitersMax = 16'384;

    void tick(SteadyTime now);
    void check_waiters(SteadyTime now);
    void expire_calls(SteadyTime now);

    std::atomic<NodeBackend*> backend_{nullptr};
    std::atomic<bool> draining_{false};
    std::atomic<std::uint32_t> places_taken_{0};
    std::mutex mutex_;  ///< guards what follows
    std::vector<Waiter> waiters_;
    std::multimap<SteadyTime, std::shared_ptr<Exchange>> unfinished_;
    std::multimap<SteadyTime, std::function<void()>> later_;
    bool stopped_ = false;
};

}  // namespace troupe::node::jsonrpc
