#include "chain/batch/derivation.hpp"

#include "chain/base/assert.hpp"

#include <utility>

// The numbers in the comments are those of docs/formats/derivation.md.
namespace troupe::chain::batch {

DerivationPipeline::DerivationPipeline(
    ChainConfig config, SafeHead safe_head, std::uint64_t next_l1_block)
    : config_(config), safe_head_(safe_head), next_l1_block_(next_l1_block) {}

void DerivationPipeline::add_origin(const OriginRef& origin) {
    TROUPE_ASSERT(origins_.empty() || origin.number == origins_.back().number + 1);
    origins_.push_back(origin);
    // Later blocks name this origin or one after it.
    while (origins_.front().number < safe_head_.l1_origin.number && origins_.size() > 1) {
        origins_.pop_front();
    }
    if (origins_.size() > kOriginsMax) origins_.pop_front();
}

void DerivationPipeline::advance(const L1Block& block, BlockSink& sink) {
    TROUPE_ASSERT(block.number == next_l1_block_);
    expire_channel();
    for (const InboxData& data : block.inbox) {
        if (data.from == block.batcher) {
            take_data(data, sink);
        } else {
            drop(Error::kInboxSenderWrong, "data");  // 1.1
        }
    }
    // Only now: a batch cannot name the L1 block that carries it (4.3).
    add_origin({block.number, block.hash, block.timestamp});
    ++next_l1_block_;
}

void DerivationPipeline::expire_channel() {
    if (!open_ || next_l1_block_ - open_->opened_at <= config_.channel_timeout_blocks) return;
    open_.reset();
    drop(Error::kChannelTimedOut, "channel");  // 2.4
}

void DerivationPipeline::take_data(const InboxData& data, BlockSink& sink) {
    const auto frames = decode_frames(data.data);
    if (!frames) return drop(frames.error(), "data");  // 1.2
    for (const Frame& frame : *frames) {
        take_frame(frame, sink);
    }
}

void DerivationPipeline::take_frame(const Frame& frame, BlockSink& sink) {
    if (frame.number == 0) {
        if (open_) drop(Error::kChannelUnfinished, "channel");  // 2.1
        open_ = OpenChannel{frame.channel, next_l1_block_, 0, {}};
    } else if (!open_ || open_->id != frame.channel || open_->next_frame != frame.number) {
        return drop(Error::kFrameOutOfOrder, "frame");  // 2.2
    }
    if (frame.data.size() > config_.channel_bytes_max - open_->data.size()) {
        open_.reset();
        return drop(Error::kChannelTooLarge, "channel");  // 2.3
    }
    append(open_->data, frame.data);
    ++open_->next_frame;
    if (frame.last) finish_channel(sink);
}

void DerivationPipeline::finish_channel(BlockSink& sink) {
    const OpenChannel channel = std::move(*open_);
    open_.reset();
    if (channel_id(channel.data) != channel.id) {
        return drop(Error::kChannelCorrupt, "channel");  // 2.5
    }
    const auto batch_bytes = decompress(channel.data, config_);
    if (!batch_bytes) return drop(batch_bytes.error(), "channel");  // 2.6
    auto batch = decode_span_batch(*batch_bytes, config_);
    if (!batch) return drop(batch.error(), "batch");  // 3.1
    if (const Status checked = check_batch(*batch); !checked) {
        return drop(checked.error(), "batch");
    }
    take_batch(std::move(*batch), sink);
}

Status DerivationPipeline::check_batch(const SpanBatch& batch) const {
    if (batch.first_block_number != safe_head_.number + 1)
        return Error::kBlockNumberMismatch;                                        // 3.2
    if (batch.parent_hash != safe_head_.hash) return Error::kBlockParentMismatch;  // 3.3
    const OriginRef* last = origin(batch.blocks.back().l1_origin_number);
    if (last == nullptr || last->hash != batch.l1_origin_hash) {
        return Error::kBlockOriginInvalid;  // 3.4
    }
    return {};
}

void DerivationPipeline::take_batch(SpanBatch batch, BlockSink& sink) {
    for (BatchBlock& block : batch.blocks) {
        if (const Status taken = take_block(std::move(block), sink); !taken) {
            return drop(taken.error(), "block");
        }
        if (safe_head_.number == batch.first_block_number) ++batches_;
    }
}

Status DerivationPipeline::take_block(BatchBlock block, BlockSink& sink) {
    TROUPE_CHECK(check_block(block));
    const OriginRef& l1_origin = *origin(block.l1_origin_number);
    const DerivedBlock derived{
        .number = safe_head_.number + 1,
        .parent_hash = safe_head_.hash,
        .timestamp = block.timestamp,
        .l1_origin = {l1_origin.number, l1_origin.hash},
        .l1_inclusion_number = next_l1_block_,
        .transactions = std::move(block.transactions)};
    TROUPE_TRY(hash, sink.on_block(derived));  // 4.5
    safe_head_ = {derived.number, hash, derived.timestamp, derived.l1_origin};
    return {};
}

Status DerivationPipeline::check_block(const BatchBlock& block) const {
    const std::uint64_t parent_origin = safe_head_.l1_origin.number;
    if (block.l1_origin_number != parent_origin && block.l1_origin_number != parent_origin + 1) {
        return Error::kBlockOriginInvalid;  // 4.2
    }
    const OriginRef* l1_origin = origin(block.l1_origin_number);
    if (l1_origin == nullptr) return Error::kBlockOriginInvalid;  // 4.3
    if (block.timestamp < safe_head_.timestamp ||                 // 4.1
        block.timestamp < l1_origin->timestamp ||                 // 4.4
        block.timestamp - l1_origin->timestamp > config_.sequencer_drift_max_s) {
        return Error::kBlockTimestampInvalid;
    }
    return {};
}

const DerivationPipeline::OriginRef* DerivationPipeline::origin(
    std::uint64_t number) const noexcept {
    if (origins_.empty() || number < origins_.front().number) return nullptr;
    const std::uint64_t index = number - origins_.front().number;
    return index < origins_.size() ? &origins_[static_cast<std::size_t>(index)] : nullptr;
}

std::vector<Dropped> DerivationPipeline::take_dropped() {
    return std::exchange(dropped_, {});
}

void DerivationPipeline::drop(Error reason, const char* what) {
    if (dropped_.size() < kDroppedKept) dropped_.push_back({next_l1_block_, reason, what});
}

}  // namespace troupe::chain::batch
