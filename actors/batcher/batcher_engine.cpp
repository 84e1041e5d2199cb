#include "actors/batcher/batcher_engine.hpp"

#include "chain/batch/channel.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::actors {
namespace {

// Level of the codec when the backlog presses, and otherwise (0: the codec's default here).
constexpr int kHardLevel = 9;
constexpr int kNormalLevel = 0;

std::uint64_t raw_bytes(const SealedBlock& block) {
    std::uint64_t bytes = 0;
    for (const chain::Bytes& raw : block.block.transactions)
        bytes += raw.size();
    return bytes;
}

/// Columns and compression take about a seventh off signed transfers; a block costs some bytes too.
std::uint64_t estimated_l1_bytes(std::uint64_t bytes, std::uint64_t blocks) {
    return bytes * 6 / 7 + blocks * 4;
}

double seconds(std::uint64_t ms) {
    return static_cast<double>(ms) / 1e3;
}

}  // namespace

BatcherEngine::BatcherEngine(
    EngineConfig config, chain::ChainConfig chain, std::uint64_t safe_number,
    std::uint64_t unsafe_number, BatcherPort& port)
    : config_(config), chain_(std::move(chain)), port_(port), next_(safe_number + 1) {
    heads_.safe = safe_number;
    heads_.unsafe = unsafe_number;
}

void BatcherEngine::start(std::uint64_t now_ms) {
    last_post_ms_ = now_ms;
    if (heads_.safe < heads_.unsafe) settle_until_ms_ = now_ms + kSettleMs;
    tell_heads();
    step(now_ms);
}

void BatcherEngine::on_tick(std::uint64_t now_ms) {
    step(now_ms);
}

void BatcherEngine::on_block(SealedBlockPtr block, std::uint64_t now_ms) {
    const std::uint64_t number = block->block.header.number;
    heads_.unsafe = std::max(heads_.unsafe, number);
    if (number == next_ + held_.size() && !reading_ && held_bytes_ < kHeldBytesMax)
        hold(std::move(block), now_ms);
    tell_heads();
    step(now_ms);
}

void BatcherEngine::hold(SealedBlockPtr block, std::uint64_t now_ms) {
    const std::uint64_t bytes = raw_bytes(*block);
    held_bytes_ += bytes;
    held_.push_back({std::move(block), bytes, now_ms});
}

void BatcherEngine::on_blocks_read(
    std::uint64_t first, std::vector<SealedBlockPtr> blocks, std::uint64_t now_ms) {
    reading_ = false;
    // The safe head may have moved since: what does not continue is asked for again.
    if (first == next_ + held_.size()) {
        if (blocks.empty())
            return stop(fmt::format("block store: block {} can't be read back", first));
        for (SealedBlockPtr& block : blocks)
            hold(std::move(block), now_ms);
    }
    step(now_ms);
}

void BatcherEngine::on_close_channel(std::uint64_t now_ms) {
    close_through_ = heads_.unsafe;
    step(now_ms);
}

void BatcherEngine::on_origin(std::uint64_t number, std::uint64_t now_ms) {
    if (flight_ && flight_->state == FlightState::kMined &&
        number > flight_->l1_block + kDerivedWithin)
        begin_after_safe();
    step(now_ms);
}

void BatcherEngine::on_posted(
    std::uint64_t first, std::uint64_t last, std::uint64_t l1_block, std::uint64_t now_ms) {
    if (!flight_ || flight_->first != first || flight_->last != last) return;
    stats_.posting.observe(seconds(now_ms - flight_->since_ms));
    flight_->state = FlightState::kMined;
    flight_->since_ms = now_ms;
    flight_->l1_block = l1_block;
    last_post_ms_ = now_ms;
    port_.posted(first, last, l1_block);
    if (heads_.safe >= last) finish_flight(now_ms);
    if (was_dropped()) begin_after_safe();
    step(now_ms);
}

void BatcherEngine::on_post_failed(std::uint64_t first, std::uint64_t last, std::uint64_t now_ms) {
    if (!flight_ || flight_->first != first || flight_->last != last) return;
    retry_at_ms_ = now_ms + kRetryMs;
    begin_after_safe();
    step(now_ms);
}

void BatcherEngine::on_derived(
    std::uint64_t safe, std::uint64_t finalized, std::uint64_t l1_block, std::uint64_t now_ms) {
    if (safe < heads_.safe || (settle_until_ms_ && safe != heads_.safe))
        settle_until_ms_ = now_ms + kSettleMs;
    derived_l1_ = l1_block;
    heads_.safe = safe;
    heads_.finalized = finalized;
    heads_.unsafe = std::max(heads_.unsafe, safe);
    if (flight_ && flight_->state == FlightState::kMined && safe >= flight_->last)
        finish_flight(now_ms);
    // Dropped, or an earlier run posted these.
    if (was_dropped() || (!flight_ && next_ <= safe)) begin_after_safe();
    tell_heads();
    step(now_ms);
}

void BatcherEngine::on_divergence(const std::string& message) {
    stop(message);
}

// The L1 has our channel and derives to less: one of an earlier run, posted just before a crash and
// mined after it, came first.
bool BatcherEngine::was_dropped() const noexcept {
    return !settle_until_ms_ && flight_ && flight_->state == FlightState::kMined &&
           derived_l1_ >= flight_->l1_block && heads_.safe < flight_->last;
}

void BatcherEngine::finish_flight(std::uint64_t now_ms) {
    stats_.derivation.observe(seconds(now_ms - flight_->since_ms));
    port_.claim(flight_->last, flight_->output_root);
    flight_.reset();
}

void BatcherEngine::begin_after_safe() {
    flight_.reset();
    const std::uint64_t next = heads_.safe + 1;
    while (!held_.empty() && next_ < next) {  // forward: those are safe already
        held_bytes_ -= held_.front().bytes;
        held_.pop_front();
        ++next_;
    }
    if (next_ == next) return;
    held_.clear();
    held_bytes_ = 0;
    next_ = next;
}

// Whether posting may go on; when a fall of the safe head has settled, goes back to it.
bool BatcherEngine::settled(std::uint64_t now_ms) {
    if (!settle_until_ms_) return true;
    if (now_ms < *settle_until_ms_) return false;
    // A channel that is being posted ends first, one way or the other.
    if (flight_ && flight_->state == FlightState::kPosting) return false;
    settle_until_ms_.reset();
    const std::uint64_t continues = flight_ ? flight_->first : next_;
    if (heads_.safe + 1 < continues) begin_after_safe();
    return true;
}

void BatcherEngine::read_missing() {
    const std::uint64_t first = next_ + held_.size();
    if (reading_ || first > heads_.unsafe || held_bytes_ >= kHeldBytesMax) return;
    reading_ = true;
    port_.read_blocks(first, std::min(heads_.unsafe, first + kReadBlocksMax - 1));
}

void BatcherEngine::step(std::uint64_t now_ms) {
    update_throttle();
    if (stopped_) return;
    const bool may_post = settled(now_ms);
    read_missing();
    if (may_post && !flight_ && now_ms >= retry_at_ms_ && channel_due(now_ms))
        close_channel(now_ms);
}

bool BatcherEngine::channel_due(std::uint64_t now_ms) const {
    if (held_.empty()) return false;
    const bool all_here = next_ + held_.size() > heads_.unsafe || held_bytes_ >= kHeldBytesMax;
    return estimated_l1_bytes(held_bytes_, held_.size()) >= config_.channel_bytes_target ||
           (all_here && (now_ms - held_.front().since_ms >= config_.channel_age_max_ms ||
                         next_ <= close_through_));
}

void BatcherEngine::close_channel(std::uint64_t now_ms) {
    // Everything that waits goes into one channel, as far as the limits of the format allow.
    std::size_t count = 0;
    std::uint64_t bytes = 0;
    const std::uint64_t bytes_max =
        std::min(chain_.channel_bytes_max, chain_.batch_bytes_max) * 3 / 4;
    while (count < held_.size() && count < chain_.batch_blocks_max) {
        bytes += estimated_l1_bytes(held_[count].bytes, 1);
        if (count > 0 && bytes > bytes_max) break;
        ++count;
    }
    const auto channel = encode(count);
    if (!channel) return;
    const SealedBlock& last = *held_[count - 1].block;
    Flight flight;
    flight.first = next_;
    flight.last = last.block.header.number;
    flight.since_ms = now_ms;
    flight.output_root =
        chain::output_root(last.block.header.state_root, chain::Hash32{}, last.hash);
    for (std::size_t i = 0; i < count; ++i) {
        held_bytes_ -= held_.front().bytes;
        held_.pop_front();
    }
    next_ = flight.last + 1;
    flight_ = flight;
    last_post_ms_ = now_ms;
    ++stats_.channels;
    stats_.posted_bytes += channel->size();
    port_.batched(flight.first, flight.last);
    port_.post({flight.first, flight.last, *channel});
}

std::optional<chain::Bytes> BatcherEngine::encode(std::size_t count) {
    chain::batch::SpanBatchView batch;
    batch.first_block_number = next_;
    batch.parent_hash = held_.front().block->block.header.parent_hash;
    batch.l1_origin_hash = held_[count - 1].block->block.l1_origin.hash;
    for (std::size_t i = 0; i < count; ++i) {
        const chain::Block& block = held_[i].block->block;
        batch.blocks.push_back(
            {block.header.timestamp, block.l1_origin.number, block.transactions});
    }
    const chain::Bytes encoded = chain::batch::encode_span_batch(batch, chain_);
    chain::Bytes channel = compressed(encoded);
    if (const chain::Status read = reads_back(channel, encoded, batch); !read) {
        stop(fmt::format(
            "blocks {} to {} ({} bytes compressed) do not survive their own encoding: {}: not "
            "posted",
            next_, next_ + count - 1, channel.size(), chain::to_string(read.error())));
        return std::nullopt;
    }
    return channel;
}

chain::Bytes BatcherEngine::compressed(const chain::Bytes& encoded) const {
    using chain::batch::Codec;
    if (throttle_ >= Throttle::kCompress)
        return chain::batch::compress(encoded, Codec::kBrotli, kHardLevel);
    const bool much = encoded.size() >= kFastCodecBytes;
    return chain::batch::compress(encoded, much ? Codec::kZstd : Codec::kBrotli, kNormalLevel);
}

// What readers of the L1 will see must be what was sealed: else nothing is posted.
chain::Status BatcherEngine::reads_back(
    const chain::Bytes& channel, const chain::Bytes& encoded,
    const chain::batch::SpanBatchView& batch) const {
    TROUPE_TRY(decompressed, chain::batch::decompress(channel, chain_));
    if (decompressed != encoded) return chain::Error::kChannelCorrupt;
    return chain::batch::check_reads_back(encoded, batch, chain_);
}

void BatcherEngine::update_throttle() {
    const std::uint64_t backlog = heads_.unsafe - std::min(heads_.unsafe, heads_.safe);
    Throttle throttle = Throttle::kNone;
    if (backlog >= config_.backlog_blocks_compress) throttle = Throttle::kCompress;
    if (backlog >= config_.backlog_blocks_slow) throttle = Throttle::kSlow;
    if (backlog >= config_.backlog_blocks_refuse) throttle = Throttle::kRefuse;
    if (throttle == throttle_) return;
    throttle_ = throttle;
    port_.throttle(throttle);
}

void BatcherEngine::tell_heads() {
    if (heads_ == told_) return;
    told_ = heads_;
    port_.heads(heads_);
}

void BatcherEngine::stop(const std::string& message) {
    if (stopped_) return;
    stopped_ = true;
    stats_.diverged = true;
    port_.fatal(message);
}

BatcherStats BatcherEngine::stats(std::uint64_t now_ms) const {
    BatcherStats stats = stats_;
    stats.safe_number = heads_.safe;
    stats.finalized_number = heads_.finalized;
    stats.backlog_blocks = heads_.unsafe - std::min(heads_.unsafe, heads_.safe);
    stats.backlog_bytes = estimated_l1_bytes(held_bytes_, held_.size());
    stats.seconds_since_post = (now_ms - last_post_ms_) / 1'000;
    stats.throttle = static_cast<std::uint32_t>(throttle_);
    return stats;
}

}  // namespace troupe::actors
