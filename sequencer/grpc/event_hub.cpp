#include "sequencer/grpc/event_hub.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

namespace troupe::node {

namespace {

struct Batched {
    std::uint64_t last;
};
struct Posted {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t l1_block;
};
struct Fatal {
    std::string message;
};

std::uint64_t random_secret() {
    std::random_device source;
    return (std::uint64_t{source()} << 32) | source();
}

}  // namespace

Stage stage_of(const ChainMarks& marks, std::uint64_t number) noexcept {
    if (number > marks.heads.unsafe) return Stage::kSequenced;
    if (number <= marks.heads.finalized) return Stage::kFinalized;
    if (number <= marks.heads.safe) return Stage::kSafe;
    if (number <= marks.posted) return Stage::kPosted;
    if (number <= marks.batched) return Stage::kBatched;
    return Stage::kSealed;
}

void HubSubscriber::on_micro_block(const MicroBlockPtr&) noexcept {}
void HubSubscriber::on_micro_blocks_lost() noexcept {}
void HubSubscriber::on_tick(SteadyTime) noexcept {}

struct EventHub::Event {
    std::variant<MicroBlockPtr, actors::SealedBlockPtr, Batched, Posted, actors::Heads, Fatal> what;
};

struct EventHub::RecentBlock {
    std::uint64_t number;
    std::vector<MicroBlockPtr> micro_blocks;
    HashIndex index;               // part: of micro_blocks; index: of its receipts
    actors::SealedBlockPtr block;  // empty while open
    std::size_t transactions = 0;  // what it counts for in recent_transactions_
};

EventHub::EventHub(EventHubConfig config, const actors::Heads& heads)
    : config_(config), secret_(random_secret()), loop_(std::chrono::milliseconds(config.tick_ms)) {
    marks_.heads = heads;
    loop_.on_tick([this](SteadyTime now) { tick(now); });
}

EventHub::~EventHub() {
    loop_.stop();
}

void EventHub::on_micro_block(MicroBlockPtr micro_block) noexcept {
    enqueue({std::move(micro_block)});
}
void EventHub::on_block(actors::SealedBlockPtr block) noexcept {
    enqueue({std::move(block)});
}
void EventHub::on_batched(std::uint64_t, std::uint64_t last) noexcept {
    enqueue({Batched{last}});
}
void EventHub::on_posted(std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) noexcept {
    enqueue({Posted{first, last, l1_block}});
}
void EventHub::on_heads(const actors::Heads& heads) noexcept {
    enqueue({heads});
}
void EventHub::on_fatal(const std::string& message) noexcept {
    enqueue({Fatal{message}});
}

void EventHub::enqueue(Event event) noexcept {
    bool schedule = false;
    {
        const std::lock_guard lock(inbox_mutex_);
        // Micro-blocks are the only events that come in numbers; blocks and marks always fit.
        if (inbox_.size() >= config_.inbox_events_max && event.what.index() == 0)
            lost_ = true;
        else
            inbox_.push_back(std::move(event));
        schedule = !std::exchange(scheduled_, true);
    }
    if (schedule) loop_.post([this] { process(); });
}

void EventHub::process() {
    std::vector<MicroBlockPtr> micro_blocks;
    bool marks = false;
    bool loss = false;
    {
        const std::lock_guard lock(state_mutex_);
        {
            const std::lock_guard inbox_lock(inbox_mutex_);
            scheduled_ = false;  // before drain: an event after it schedules again
        }
        drain();
        micro_blocks.swap(untold_micro_blocks_);
        marks = std::exchange(untold_marks_, false);
        loss = std::exchange(untold_loss_, false);
    }
    for (const auto& [subscriber, wants_micro_blocks] : live_subscribers()) {
        if (wants_micro_blocks) {
            if (loss) subscriber->on_micro_blocks_lost();
            for (const auto& micro_block : micro_blocks)
                subscriber->on_micro_block(micro_block);
        }
        if (marks) subscriber->on_marks();
    }
}

void EventHub::tick(SteadyTime now) {
    for (const auto& [subscriber, wants_micro_blocks] : live_subscribers())
        subscriber->on_tick(now);
}

std::vector<std::pair<std::shared_ptr<HubSubscriber>, bool>> EventHub::live_subscribers() {
    std::vector<std::pair<std::shared_ptr<HubSubscriber>, bool>> live;
    const std::lock_guard lock(subscribers_mutex_);
    live.reserve(subscribers_.size());
    std::erase_if(subscribers_, [&live](const Subscription& subscription) {
        auto subscriber = subscription.subscriber.lock();
        if (!subscriber) return true;
        live.emplace_back(std::move(subscriber), subscription.micro_blocks);
        return false;
    });
    return live;
}

void EventHub::drain() {
    std::vector<Event> events;
    {
        const std::lock_guard lock(inbox_mutex_);
        events.swap(inbox_);
        untold_loss_ |= std::exchange(lost_, false);
    }
    for (Event& event : events)
        apply(event);
}

void EventHub::apply(Event& event) {
    if (auto* micro_block = std::get_if<MicroBlockPtr>(&event.what)) {
        apply_micro_block(std::move(*micro_block));
        return;
    }
    untold_marks_ = true;
    if (auto* block = std::get_if<actors::SealedBlockPtr>(&event.what)) {
        apply_block(std::move(*block));
    } else if (const auto* batched = std::get_if<Batched>(&event.what)) {
        marks_.batched = std::max(marks_.batched, batched->last);
    } else if (const auto* posted = std::get_if<Posted>(&event.what)) {
        marks_.posted = std::max(marks_.posted, posted->last);
        posted_.push_back({posted->first, posted->last, posted->l1_block});
        if (posted_.size() > config_.posted_ranges_max) posted_.pop_front();
    } else if (const auto* heads = std::get_if<actors::Heads>(&event.what)) {
        apply_heads(*heads);
    } else if (auto* fatal = std::get_if<Fatal>(&event.what)) {
        fatal_ = std::move(fatal->message);
    }
}

void EventHub::apply_micro_block(MicroBlockPtr micro_block) {
    RecentBlock& block = recent(micro_block->block_number);
    const auto part = static_cast<std::uint32_t>(block.micro_blocks.size());
    std::uint32_t index = 0;
    for (const auto& receipt : micro_block->receipts)
        block.index.insert(receipt.transaction_hash, {part, index++});
    block.transactions += micro_block->receipts.size();
    recent_transactions_ += micro_block->receipts.size();
    last_micro_block_ = std::max(last_micro_block_, micro_block->sequence);
    block.micro_blocks.push_back(micro_block);
    untold_micro_blocks_.push_back(std::move(micro_block));
    evict();
}

void EventHub::apply_block(actors::SealedBlockPtr block) {
    const std::uint64_t number = block->block.header.number;
    RecentBlock& known = recent(number);
    const std::size_t transactions = std::max(known.transactions, block->receipts.size());
    recent_transactions_ += transactions - known.transactions;
    known.transactions = transactions;
    known.block = std::move(block);
    marks_.heads.unsafe = std::max(marks_.heads.unsafe, number);
    evict();
}

void EventHub::apply_heads(const actors::Heads& heads) {
    // The newest block is announced by on_block only: it can be read then.
    const std::uint64_t safe = std::min(heads.safe, marks_.heads.unsafe);
    if (safe < marks_.heads.safe) {
        // The L1 re-organised: what is above the safe head is batched and posted again.
        marks_.batched = safe;
        marks_.posted = safe;
        std::erase_if(posted_, [safe](const PostedRange& range) { return range.last > safe; });
    }
    marks_.heads.safe = safe;
    marks_.heads.finalized = std::min(heads.finalized, safe);
}

EventHub::RecentBlock& EventHub::recent(std::uint64_t number) {
    auto position = std::lower_bound(
        recent_.begin(), recent_.end(), number,
        [](const RecentBlock& block, std::uint64_t wanted) { return block.number < wanted; });
    if (position == recent_.end() || position->number != number)
        position = recent_.insert(position, RecentBlock{number, {}, HashIndex(secret_), {}, 0});
    return *position;
}

void EventHub::evict() {
    // The open block and the newest sealed one always stay.
    while (recent_.size() > 2 && recent_.front().block != nullptr &&
           (recent_.size() > config_.recent_blocks_max ||
            recent_transactions_ > config_.recent_transactions_max)) {
        recent_transactions_ -= recent_.front().transactions;
        recent_.pop_front();
    }
}

ChainMarks EventHub::marks() {
    const std::lock_guard lock(state_mutex_);
    drain();
    return marks_;
}

actors::SealedBlockPtr EventHub::recent_block(std::uint64_t number) {
    const std::lock_guard lock(state_mutex_);
    drain();
    const auto position = std::lower_bound(
        recent_.begin(), recent_.end(), number,
        [](const RecentBlock& block, std::uint64_t wanted) { return block.number < wanted; });
    if (position == recent_.end() || position->number != number) return nullptr;
    return position->block;
}

std::uint64_t EventHub::oldest_recent() {
    const std::lock_guard lock(state_mutex_);
    drain();
    for (const RecentBlock& block : recent_)
        if (block.block != nullptr) return block.number;
    return marks_.heads.unsafe + 1;
}

std::optional<RecentTransaction> EventHub::find(const chain::Hash32& transaction_hash) {
    const std::lock_guard lock(state_mutex_);
    drain();
    for (auto block = recent_.rbegin(); block != recent_.rend(); ++block) {
        RecentTransaction found;
        const auto matches = [&](HashIndex::Position position) {
            const auto& micro_block = block->micro_blocks[position.part];
            const auto& receipt = micro_block->receipts[position.index];
            if (receipt.transaction_hash != transaction_hash) return false;
            found = {micro_block, &receipt, block->block};
            return true;
        };
        if (block->index.find(transaction_hash, matches)) return found;
    }
    return std::nullopt;
}

std::uint64_t EventHub::last_micro_block() {
    const std::lock_guard lock(state_mutex_);
    drain();
    return last_micro_block_;
}

std::optional<std::uint64_t> EventHub::posted_in(std::uint64_t number) {
    const std::lock_guard lock(state_mutex_);
    drain();
    for (auto range = posted_.rbegin(); range != posted_.rend(); ++range)
        if (range->first <= number && number <= range->last) return range->l1_block;
    return std::nullopt;
}

std::string EventHub::fatal() {
    const std::lock_guard lock(state_mutex_);
    drain();
    return fatal_;
}

void EventHub::subscribe(std::weak_ptr<HubSubscriber> subscriber, bool micro_blocks) {
    const std::lock_guard lock(subscribers_mutex_);
    subscribers_.push_back({std::move(subscriber), micro_blocks});
}

}  // namespace troupe::node
