#pragma once

#include "actors/ports.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/grpc/hash_index.hpp"
#include "sequencer/stage.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::node {

using MicroBlockPtr = std::shared_ptr<const actors::CommittedMicroBlock>;

struct EventHubConfig {
    std::uint32_t recent_blocks_max = 64;
    std::uint32_t recent_transactions_max = 262'144;  ///< in those blocks, open block included
    std::uint32_t inbox_events_max = 65'536;          ///< waiting for the hub's thread
    std::uint32_t posted_ranges_max = 1'024;          ///< batches whose L1 block is remembered
    std::uint32_t tick_ms = 20;                       ///< period of EdgeLoop's tick
};

/// How far the chain is settled, as subscribers are told.
struct ChainMarks {
    actors::Heads heads;
    std::uint64_t batched = 0;  ///< newest block in a closed channel
    std::uint64_t posted = 0;   ///< newest block in a mined L1 transaction
    friend bool operator==(const ChainMarks&, const ChainMarks&) noexcept = default;
};

/// How far everything in block `number` has come. kSequenced while the block is open.
[[nodiscard]] Stage stage_of(const ChainMarks& marks, std::uint64_t number) noexcept;

/// A transaction that was executed not long ago.
struct RecentTransaction {
    MicroBlockPtr micro_block;
    const actors::SoftReceipt* receipt = nullptr;  ///< in micro_block
    actors::SealedBlockPtr block;                  ///< empty while the block is open
};

/// Told of news on the hub's loop; must return at once. What the news are is asked of the hub: a
/// subscriber that missed ten of them reads the newest state once.
class HubSubscriber {
  public:
    virtual ~HubSubscriber() = default;
    /// A block, a head or another mark moved.
    virtual void on_marks() noexcept = 0;
    /// Only those subscribed with micro_blocks. In order.
    virtual void on_micro_block(const MicroBlockPtr& micro_block) noexcept;
    /// Micro-blocks were lost (the hub's inbox was full): only blocks tell what happened.
    virtual void on_micro_blocks_lost() noexcept;
    /// Every EventHubConfig::tick_ms: for timeouts and heartbeats.
    virtual void on_tick(SteadyTime now) noexcept;
};

/// Receives what happens from the actors and keeps the newest of it for everyone who watches. The
/// on_… calls put the event into an inbox and return; a thread of the hub's own (the EdgeLoop)
/// tells subscribers. Subscribers pull: the hub has no queue per subscriber, so that a slow one
/// costs nothing. What is older than the recent blocks is read through ChainReader by whoever asks.
class EventHub final : public actors::EventSink {
  public:
    /// @param heads  as stored at start: ChainReader::heads()
    EventHub(EventHubConfig config, const actors::Heads& heads);
    ~EventHub() override;

    // EventSink: any thread.
    void on_micro_block(MicroBlockPtr micro_block) noexcept override;
    void on_block(actors::SealedBlockPtr block) noexcept override;
    void on_batched(std::uint64_t first, std::uint64_t last) noexcept override;
    void on_posted(
        std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) noexcept override;
    void on_heads(const actors::Heads& heads) noexcept override;
    void on_fatal(const std::string& message) noexcept override;

    // Reads: any thread. Each includes every event whose on_… call had returned before.
    [[nodiscard]] ChainMarks marks();
    /// A recent sealed block, or empty.
    [[nodiscard]] actors::SealedBlockPtr recent_block(std::uint64_t number);
    /// The oldest block that recent_block() has; one beyond the head where there is none.
    [[nodiscard]] std::uint64_t oldest_recent();
    [[nodiscard]] std::optional<RecentTransaction> find(const chain::Hash32& transaction_hash);
    /// Sequence of the newest micro-block; 0 before the first.
    [[nodiscard]] std::uint64_t last_micro_block();
    /// L1 block in which the batch with block `number` was mined, where that was seen.
    [[nodiscard]] std::optional<std::uint64_t> posted_in(std::uint64_t number);
    /// Empty while all is well.
    [[nodiscard]] std::string fatal();

    /// Keeps no subscriber alive.
    void subscribe(std::weak_ptr<HubSubscriber> subscriber, bool micro_blocks);

    [[nodiscard]] EdgeLoop& loop() noexcept { return loop_; }
    /// Ends the loop: nobody is told anything any more.
    void stop() { loop_.stop(); }

  private:
    struct Event;
    struct RecentBlock;
    struct PostedRange {
        std::uint64_t first;
        std::uint64_t last;
        std::uint64_t l1_block;
    };
    struct Subscription {
        std::weak_ptr<HubSubscriber> subscriber;
        bool micro_blocks;
    };

    void enqueue(Event event) noexcept;
    void process();
    void tick(SteadyTime now);
    /// Those that still live, with whether they want micro-blocks.
    [[nodiscard]] std::vector<std::pair<std::shared_ptr<HubSubscriber>, bool>> live_subscribers();
    // With state_mutex_ held:
    void drain();
    void apply(Event& event);
    void apply_micro_block(MicroBlockPtr micro_block);
    void apply_block(actors::SealedBlockPtr block);
    void apply_heads(const actors::Heads& heads);
    RecentBlock& recent(std::uint64_t number);
    void evict();

    const EventHubConfig config_;
    const std::uint64_t secret_;

    std::mutex inbox_mutex_;  ///< guards the next three; taken after state_mutex_
    std::vector<Event> inbox_;
    bool scheduled_ = false;
    bool lost_ = false;

    std::mutex state_mutex_;  ///< guards what follows
    ChainMarks marks_;
    std::deque<RecentBlock> recent_;  // ascending numbers
    std::size_t recent_transactions_ = 0;
    std::uint64_t last_micro_block_ = 0;
    std::deque<PostedRange> posted_;
    std::string fatal_;
    // For the next process(): what subscribers have not been told yet.
    std::vector<MicroBlockPtr> untold_micro_blocks_;
    bool untold_marks_ = false;
    bool untold_loss_ = false;

    std::mutex subscribers_mutex_;  ///< guards subscribers_
    std::vector<Subscription> subscribers_;

    EdgeLoop loop_;  ///< last: its thread ends before the rest goes
};

}  // namespace troupe::node
