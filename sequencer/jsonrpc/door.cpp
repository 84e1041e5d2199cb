#include "sequencer/jsonrpc/door.hpp"

#include <algorithm>
#include <utility>

namespace troupe::node::jsonrpc {
namespace {

constexpr std::chrono::milliseconds kTick{20};
// Longer ones are read by another thread than the network's: many others wait for that.
constexpr std::size_t kLongBody = 16'384;
constexpr int kCallNiceness = 5;
constexpr int kHeavyNiceness = 10;
constexpr std::uint32_t kHeavyThreads = 2;

}  // namespace

Door::Door(
    JsonRpcConfig the_config, ChainDescription the_chain, ChainReader& the_reader,
    EventHub& the_hub, JsonRpcStats& the_stats)
    : config(std::move(the_config)),
      chain(std::move(the_chain)),
      reader(the_reader),
      hub(the_hub),
      stats(the_stats),
      known(config.known_transactions_max, config.known_transactions_bytes),
      held({config.held_sender_max, config.held_max}),
      latest(config.latest_values_max),
      filters(config.filters_max, config.peer_filters_max),
      loop(kTick),
      pool({config.query_threads, config.query_queue_max, kCallNiceness}),
      call_pool({config.call_threads, config.call_queue_max, kCallNiceness}),
      trace_pool({config.trace_threads, config.trace_queue_max, kHeavyNiceness}),
      heavy_pool({kHeavyThreads, config.call_queue_max, kHeavyNiceness, /*leave_one=*/false}),
      feed(std::make_shared<Feed>(*this)) {
    loop.on_tick([this](SteadyTime now) { tick(now); });
}

Door::~Door() {
    stop();
}

void Door::serve(NodeBackend& the_backend) {
    feed->start_after(head());
    hub.subscribe(feed, true);
    backend_.store(&the_backend, std::memory_order_release);
}

void Door::drain() {
    draining_.store(true, std::memory_order_release);
}

void Door::stop() {
    drain();
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopped_, true)) return;
    }
    feed->detach();
    call_pool.stop();
    trace_pool.stop();
    heavy_pool.stop();
    pool.stop();
    loop.stop();
    expire_calls(SteadyTime::max());
    const std::lock_guard lock(mutex_);
    waiters_.clear();
    later_.clear();
}

std::optional<RpcError> Door::refusal_now() const {
    if (draining_.load(std::memory_order_acquire)) return not_ready("the node is shutting down");
    if (backend_.load(std::memory_order_acquire) == nullptr)
        return not_ready("the node is starting");
    return std::nullopt;
}

void Door::handle(
    std::string body, std::shared_ptr<Connection> connection, std::function<void(std::string)> done,
    Caller caller) {
    const bool lengthy = body.size() > kLongBody;
    if (lengthy) caller.may_run = false;
    const Peer peer = caller.peer;
    FairPool& reads = reads_of(caller);
    auto tell = lengthy ? done : nullptr;
    const auto run = [this, peer,
                      exchange = std::make_shared<Exchange>(
                          *this, std::move(connection), std::move(done), std::move(caller)),
                      text = std::make_shared<std::string>(std::move(body))] {
        exchange->run(std::move(*text));
        if (exchange->finished()) return;
        const auto until =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(config.request_timeout_ms);
        const std::lock_guard lock(mutex_);
        unfinished_.emplace(until, exchange);
    };
    if (!lengthy) return run();
    const auto watched = [this, peer, run] {
        const SlowCallers::Watch watch(slow_callers, peer, false);
        run();
    };
    if (reads.try_post(watched, peer)) return;
    stats.finished(SIZE_MAX, false, 0);
    tell(R"({"jsonrpc":"2.0","id":null,"error":)" + json_of(too_many_requests()) + "}");
}

Door::Place::Place(Door& door, const Caller& caller) : door_(door) {
    if (!caller.may_run || door.slow_callers.contains(caller.peer)) return;
    taken_ = door.places_taken_.fetch_add(1) + 1 < door.config.threads;
    if (taken_)
        watch_.emplace(door.slow_callers, caller.peer, true);
    else
        door.places_taken_.fetch_sub(1);
}

Door::Place::~Place() {
    if (taken_) door_.places_taken_.fetch_sub(1);
}

void Door::tick(SteadyTime now) {
    check_waiters(now);
    expire_calls(now);
    held.expire(now);
    filters.expire(now - std::chrono::milliseconds(config.filter_timeout_ms));
    stats.filters.store(filters.size(), std::memory_order_relaxed);
    stats.held_transactions.store(held.size(), std::memory_order_relaxed);
    std::vector<std::function<void()>> due;
    {
        const std::lock_guard lock(mutex_);
        const auto end = later_.upper_bound(now);
        for (auto entry = later_.begin(); entry != end; ++entry)
            due.push_back(std::move(entry->second));
        later_.erase(later_.begin(), end);
    }
    for (auto& task : due)
        pool.post(std::move(task));
}

void Door::expire_calls(SteadyTime now) {
    std::vector<std::shared_ptr<Exchange>> late;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(unfinished_, [](const auto& entry) { return entry.second->finished(); });
        const auto end = unfinished_.upper_bound(now);
        for (auto entry = unfinished_.begin(); entry != end; ++entry)
            late.push_back(entry->second);
        unfinished_.erase(unfinished_.begin(), end);
    }
    for (const auto& exchange : late) {
        if (exchange->finished()) continue;
        stats.timed_out.fetch_add(1, std::memory_order_relaxed);
        exchange->give_up(timed_out());
    }
}

bool Door::wait_for(std::function<bool()> check, SteadyTime until, std::function<void()> late) {
    const std::lock_guard lock(mutex_);
    if (stopped_ || waiters_.size() >= kWaitersMax) return false;
    waiters_.push_back({std::move(check), until, std::move(late)});
    return true;
}

void Door::on_executed(const actors::CommittedMicroBlock&) {
    check_waiters(std::chrono::steady_clock::now());
}

void Door::check_waiters(SteadyTime now) {
    std::vector<Waiter> waiters;
    {
        const std::lock_guard lock(mutex_);
        if (waiters_.empty()) return;
        waiters.swap(waiters_);
    }
    std::erase_if(waiters, [now](const Waiter& waiter) {
        if (waiter.check()) return true;
        if (waiter.until > now) return false;
        waiter.late();
        return true;
    });
    const std::lock_guard lock(mutex_);
    waiters_.insert(
        waiters_.end(), std::make_move_iterator(waiters.begin()),
        std::make_move_iterator(waiters.end()));
}

void Door::later(SteadyTime when, std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (!stopped_) later_.emplace(when, std::move(task));
}

Answer<actors::SealedBlockPtr> Door::block_at(std::uint64_t number) {
    if (auto recent = hub.recent_block(number)) return recent;
    auto stored = reader.block(number);
    if (stored) return std::move(*stored);
    switch (stored.error()) {
        case ReadError::kNotFound:
            return actors::SealedBlockPtr();
        case ReadError::kPruned:
            return history_pruned(reader.oldest_block());
        case ReadError::kStorage:
            break;
    }
    return internal_error();
}

Answer<actors::SealedBlockPtr> Door::header_at(std::uint64_t number) {
    if (auto recent = hub.recent_block(number)) return recent;
    auto stored = reader.header(number);
    if (stored) return std::move(*stored);
    if (stored.error() == ReadError::kNotFound) return actors::SealedBlockPtr();
    if (stored.error() == ReadError::kPruned) return history_pruned(reader.oldest_block());
    return internal_error();
}

Answer<std::optional<std::uint64_t>> Door::number_of(const BlockRef& ref) {
    using Found = std::optional<std::uint64_t>;
    const actors::Heads heads = hub.marks().heads;
    switch (ref.kind) {
        case BlockRef::Kind::kNumber:
            return ref.number <= heads.unsafe ? Found(ref.number) : Found();
        case BlockRef::Kind::kHash: {
            const auto number = reader.number_of(ref.hash);
            if (number) return Found(*number);
            if (number.error() == ReadError::kStorage) return internal_error();
            return Found();
        }
        case BlockRef::Kind::kEarliest:
            return Found(reader.oldest_block());
        case BlockRef::Kind::kLatest:
        case BlockRef::Kind::kPending:
            return Found(heads.unsafe);
        case BlockRef::Kind::kSafe:
            if (heads.safe == 0) return tag_not_found("safe");
            return Found(heads.safe);
        case BlockRef::Kind::kFinalized:
            if (heads.finalized == 0) return tag_not_found("finalized");
            return Found(heads.finalized);
    }
    return internal_error();
}

}  // namespace troupe::node::jsonrpc
