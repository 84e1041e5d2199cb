#include "sequencer/l1/l1_watcher.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/thread_name.hpp"

#include <algorithm>

namespace troupe::node {
namespace {

constexpr std::size_t kSnapshotsMax = 128;   // L1 blocks that a re-org may take back cheaply
constexpr std::uint64_t kPersistEvery = 16;  // L1 blocks between checkpoints
constexpr std::size_t kHeadersAtOnce = 100;  // asked for in one batch

}  // namespace

// Compares what the L1 derives to with what was sealed here.
class L1Watcher::CompareSink final : public chain::batch::BlockSink {
  public:
    CompareSink(const ChainStore& store, BlockJudge& judge) : store_(store), judge_(judge) {}

    chain::Result<chain::Hash32> on_block(const chain::batch::DerivedBlock& derived) override {
        // One difference stops everything: what comes after is not looked at any more.
        if (!difference_.empty()) return chain::Error::kBlockTransactionInvalid;
        const auto own = store_.header(derived.number);
        if (!own) {
            return differ(
                derived, own.error() == ReadError::kNotFound
                             ? "the L1 has it, but this node never sealed it: is another "
                               "sequencer posting, or is the data directory an older one?"
                             : "it cannot be read from the data directory");
        }
        const auto& header = (*own)->block.header;
        if (header.parent_hash != derived.parent_hash) return differ(derived, "parent hash");
        if (header.timestamp != derived.timestamp) return differ(derived, "timestamp");
        if ((*own)->block.l1_origin != derived.l1_origin) return differ(derived, "L1 origin");
        const auto transactions = store_.raw_transactions(derived.number);
        if (!transactions) return differ(derived, "it cannot be read from the data directory");
        if (*transactions != derived.transactions) return differ(derived, "transactions");
        return (*own)->hash;
    }
    [[nodiscard]] const std::string& difference() const noexcept { return difference_; }

  private:
    chain::Error differ(const chain::batch::DerivedBlock& derived, const std::string& what) {
        if (const auto refused = judge_.refuses(derived)) return *refused;
        difference_ = "block " + std::to_string(derived.number) + " as derived from L1 block " +
                      std::to_string(derived.l1_inclusion_number) +
                      " differs from the one sealed here: " + what;
        return chain::Error::kBlockTransactionInvalid;
    }
    const ChainStore& store_;
    BlockJudge& judge_;
    std::string difference_;
};

L1Watcher::L1Watcher(
    std::unique_ptr<l1::EthClient> l1, const RollupFile& rollup, L1WatcherConfig config,
    ChainStore& store, actors::L1Events& events, L1StatsBoard& stats, chain::L1Origin origin)
    : l1_(std::move(l1)),
      chain_(rollup.chain),
      config_(config),
      store_(store),
      events_(events),
      stats_(stats),
      judge_(rollup, store),
      origin_(origin),
      finalized_(store.heads().finalized),
      told_(store.heads()),
      derived_l1_(chain_.l1_start),
      thread_([this] { run(); }) {}

L1Watcher::~L1Watcher() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    l1_->cancel();
    thread_.join();
}

chain::L1Origin L1Watcher::derived_l1() const {
    const std::lock_guard lock(mutex_);
    return derived_l1_;
}

bool L1Watcher::wait(std::uint32_t milliseconds) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return stopping_; });
    return !stopping_;
}

void L1Watcher::run() {
    name_this_thread("l1 watcher");
    if (config_.check) tell_known_origins();
    std::uint32_t pause_ms = 0;
    while (wait(pause_ms)) {
        pause_ms = config_.poll_ms;
        if (auto checked = check(); !checked) {
            if (!checked.error().is_transient()) return diverge(checked.error().text);
            trouble(checked.error());
            continue;
        }
        if (!reader_) {
            if (auto begun = begin(); !begun) {
                trouble(begun.error());
                continue;
            }
        }
        bool more = false;
        if (auto done = round(more); !done) {
            trouble(done.error());
            continue;
        }
        if (!last_trouble_.empty()) log_info(Component::kL1, "the L1 answers again");
        last_trouble_.clear();
        stats_.update([](L1Stats& stats) {
            stats.reachable = true;
            stats.trouble.clear();
        });
        if (more) pause_ms = 0;
    }
    persist();
}

// Until the L1 answers: blocks may name what it told before.
void L1Watcher::tell_known_origins() {
    std::vector<L1OriginRecord> known;
    if (Failure failure = store_.read_origins(origin_.number + 1, known))
        log_error(Component::kL1, "{}", *failure);
    for (const L1OriginRecord& record : known) {
        if (record.origin.number != origin_.number + 1) break;
        origin_ = record.origin;
        events_.on_origin(origin_, record.timestamp);
    }
}

l1::Status L1Watcher::check() {
    if (!config_.check) return {};
    TROUPE_CHECK(config_.check(*l1_));
    config_.check = nullptr;
    return {};
}

void L1Watcher::diverge(const std::string& why) {
    diverged_ = true;
    log_error(Component::kL1, "{}", why);
    stats_.update([](L1Stats& stats) { stats.diverged = true; });
    events_.on_divergence(why);
}

void L1Watcher::trouble(const l1::Error& error) {
    if (error.kind == l1::ErrorKind::kCancelled) return;
    if (error.kind == l1::ErrorKind::kReorganised) {
        log_warn(Component::kL1, "the L1 re-organised: {}", error.text);
        stats_.update([](L1Stats& stats) { ++stats.reorganisations; });
        if (!snapshots_.empty()) checkpoint_ceiling_ = snapshots_.front().l1.number;
        reader_.reset();
        return;
    }
    if (error.text != last_trouble_)
        log_warn(Component::kL1, "{} (will be tried again)", error.text);
    last_trouble_ = error.text;
    stats_.update([&](L1Stats& stats) {
        stats.reachable = false;
        stats.trouble = error.text;
    });
}

// Begins at the newest checkpoint that the L1 still has, or at the rollup's start.
l1::Status L1Watcher::begin() {
    std::vector<DerivationCheckpoint> checkpoints;
    if (Failure failure = store_.read_checkpoints(checkpoints))
        log_error(Component::kL1, "{}; derivation begins at the rollup's start", *failure);
    DerivationCheckpoint start;
    start.l1 = chain_.l1_start;
    start.l1_timestamp = chain_.l1_start_timestamp;
    const auto genesis = store_.header(0);
    if (!genesis) {
        l1::Error error;
        error.kind = l1::ErrorKind::kMalformed;
        error.text = "block 0 cannot be read from the data directory";
        return error;
    }
    start.safe = {0, (*genesis)->hash, (*genesis)->block.header.timestamp, chain_.l1_start};
    checkpoints.push_back(start);
    l1::Status last;
    for (const auto& checkpoint : checkpoints) {
        if (checkpoint.l1.number >= checkpoint_ceiling_ &&
            checkpoint.l1.number != chain_.l1_start.number)
            continue;
        last = begin_at(checkpoint);
        if (last || last.error().kind != l1::ErrorKind::kReorganised) break;
    }
    if (last) checkpoint_ceiling_ = UINT64_MAX;
    return last;
}

l1::Status L1Watcher::begin_at(const DerivationCheckpoint& checkpoint) {
    auto reader = std::make_unique<l1::L1Reader>(*l1_, chain_);
    TROUPE_CHECK(reader->start(checkpoint.l1));
    chain::batch::DerivationPipeline pipeline(chain_, checkpoint.safe, checkpoint.l1.number + 1);
    // Origins from the safe head's own up to the last L1 block taken.
    for (std::uint64_t next = checkpoint.safe.l1_origin.number; next <= checkpoint.l1.number;) {
        const std::size_t count =
            std::min<std::uint64_t>(kHeadersAtOnce, checkpoint.l1.number - next + 1);
        TROUPE_TRY(headers, l1_->headers(next, count));
        if (headers.size() != count) {
            l1::Error error;
            error.kind = l1::ErrorKind::kReorganised;
            error.text = "L1 block " + std::to_string(next + headers.size()) + " is gone";
            return error;
        }
        for (const l1::L1Header& header : headers)
            pipeline.add_origin({header.number, header.hash, header.timestamp});
        next += count;
    }
    snapshots_.clear();
    snapshots_.push_back({checkpoint.l1, checkpoint.l1_timestamp, std::move(pipeline)});
    persisted_l1_ = checkpoint.l1.number;
    reader_ = std::move(reader);
    log_info(
        Component::kL1, "deriving from L1 block {} on, safe head {}", checkpoint.l1.number + 1,
        checkpoint.safe.number);
    const std::lock_guard lock(mutex_);
    derived_l1_ = checkpoint.l1;
    return {};
}

l1::Status L1Watcher::round(bool& more) {
    TROUPE_TRY(heads, reader_->heads());
    stats_.update([&](L1Stats& stats) {
        stats.head_number = heads.latest.number;
        stats.head_timestamp = heads.latest.timestamp;
    });
    TROUPE_CHECK(give_origins(heads.latest.number));
    if (diverged_) return {};
    TROUPE_TRY(step, reader_->next());
    if (step.back_to) go_back(*step.back_to);
    for (const auto& block : step.blocks) {
        take(block);
        if (diverged_) return {};
    }
    if (reader_) publish_heads(heads);
    more = !step.blocks.empty() || step.back_to.has_value();
    return {};
}

// Tells every L1 block that is deep enough, in order: an origin may not be skipped.
l1::Status L1Watcher::give_origins(std::uint64_t head) {
    if (head < config_.confirmations) return {};
    const std::uint64_t deep = head - config_.confirmations;
    while (origin_.number < deep) {
        const std::size_t count = std::min<std::uint64_t>(kHeadersAtOnce, deep - origin_.number);
        TROUPE_TRY(headers, l1_->headers(origin_.number + 1, count));
        if (headers.empty()) return {};
        for (const l1::L1Header& header : headers) {
            if (header.parent_hash != origin_.hash) {
                if (!diverged_)
                    diverge(
                        "the L1 re-organised below block " + std::to_string(header.number) +
                        ", which is deeper than l1.confirmations (" +
                        std::to_string(config_.confirmations) +
                        "): L2 blocks already name an origin that is gone");
                return {};
            }
            origin_ = {header.number, header.hash};
            if (Failure failure = store_.put_origin({origin_, header.timestamp}))
                log_error(Component::kL1, "{}", *failure);
            events_.on_origin(origin_, header.timestamp);
        }
    }
    return {};
}

void L1Watcher::take(const chain::batch::L1Block& block) {
    Snapshot next{{block.number, block.hash}, block.timestamp, snapshots_.back().pipeline};
    CompareSink sink(store_, judge_);
    next.pipeline.advance(block, sink);
    if (!sink.difference().empty()) {
        diverge(sink.difference());
        return;
    }
    const auto dropped = next.pipeline.take_dropped();
    for (const auto& piece : dropped)
        log_warn(
            Component::kL1, "L1 block {}: a {} was dropped: {}", piece.l1_block, piece.what,
            chain::to_string(piece.reason));
    stats_.update([&](L1Stats& stats) {
        stats.dropped += dropped.size();
        stats.derived_l1_block = block.number;
    });
    snapshots_.push_back(std::move(next));
    if (snapshots_.size() > kSnapshotsMax) snapshots_.pop_front();
    {
        const std::lock_guard lock(mutex_);
        derived_l1_ = {block.number, block.hash};
    }
    if (block.number >= persisted_l1_ + kPersistEvery) persist();
}

void L1Watcher::go_back(std::uint64_t l1_number) {
    log_warn(Component::kL1, "the L1 re-organised: back to block {}", l1_number);
    stats_.update([](L1Stats& stats) { ++stats.reorganisations; });
    if (Failure failure = store_.drop_checkpoints_above(l1_number))
        log_error(Component::kL1, "{}", *failure);
    while (snapshots_.size() > 1 && snapshots_.back().l1.number > l1_number)
        snapshots_.pop_back();
    if (snapshots_.back().l1.number != l1_number) {  // deeper than the snapshots: from a checkpoint
        checkpoint_ceiling_ = l1_number + 1;
        reader_.reset();
        return;
    }
    persisted_l1_ = std::min(persisted_l1_, l1_number);
    const std::lock_guard lock(mutex_);
    derived_l1_ = snapshots_.back().l1;
}

void L1Watcher::publish_heads(const l1::L1Heads& heads) {
    const std::uint64_t safe = snapshots_.back().pipeline.safe_head().number;
    if (heads.finalized) {
        for (const Snapshot& snapshot : snapshots_) {
            if (snapshot.l1.number > heads.finalized->number) break;
            finalized_ = std::max(finalized_, snapshot.pipeline.safe_head().number);
        }
    }
    finalized_ = std::min(finalized_, safe);
    const std::uint64_t l1_block = snapshots_.back().l1.number;
    // On the way up from a checkpoint, or after a re-org, the head has not fallen: it is not there
    // yet.
    if (safe < told_.safe && l1_block < heads.latest.number) return;
    if (told_l1_ == l1_block && told_.safe == safe && told_.finalized == finalized_) return;
    told_l1_ = l1_block;
    told_.safe = safe;
    told_.finalized = finalized_;
    events_.on_derived(safe, finalized_, l1_block);
    log_debug(Component::kL1, "safe head {}, finalized {}", safe, finalized_);
}

void L1Watcher::persist() {
    if (!reader_ || diverged_ || snapshots_.empty()) return;
    const Snapshot& present = snapshots_.back();
    if (!present.pipeline.quiescent() || present.l1.number <= persisted_l1_) return;
    DerivationCheckpoint checkpoint;
    checkpoint.l1 = present.l1;
    checkpoint.l1_timestamp = present.l1_timestamp;
    checkpoint.safe = present.pipeline.safe_head();
    if (Failure failure = store_.put_checkpoint(checkpoint))
        log_error(Component::kL1, "{}", *failure);
    persisted_l1_ = present.l1.number;
}

}  // namespace troupe::node
