#include "sequencer/grpc/submit_stream.hpp"

#include "sequencer/grpc/convert.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

SubmitStream::SubmitStream(
    EdgeContext& edge, grpc::CallbackServerContext& call, PeerLimits::Ticket ticket)
    : edge_(edge),
      call_(call),
      ticket_(std::move(ticket)),
      record_(edge.stats, RpcMethod::kSubmitStream, true) {}

void SubmitStream::start() {
    self_ = shared_from_this();
    edge_.hub.subscribe(self_, true);
    request_pump();  // the first credits
    StartRead(&request_);
}

// ---- reading

void SubmitStream::OnReadDone(bool ok) {
    if (!ok) {
        {
            const std::lock_guard lock(mutex_);
            read_closed_ = true;
        }
        request_pump();
        return;
    }
    if (auto status = take_request(); !status.ok()) {
        finish(std::move(status));
        return;
    }
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    read_paused_ = pending_.size() >= edge_.config.stream_batches_max;
    if (!read_paused_) StartRead(&request_);
}

grpc::Status SubmitStream::take_request() {
    if (request_.has_options()) {
        if (!first_request_) return invalid_field("options", "only in the first message");
        soft_receipts_.store(request_.options().soft_receipts(), std::memory_order_relaxed);
    }
    first_request_ = false;
    const int count = request_.raw_transactions_size();
    if (count == 0) return grpc::Status::OK;
    if (static_cast<std::uint32_t>(count) > edge_.config.batch_transactions_max) {
        return invalid_field(
            "raw_transactions", std::to_string(count) + ", at most " +
                                    std::to_string(edge_.config.batch_transactions_max));
    }
    if (request_.sequence() <= last_sequence_) {
        return invalid_field(
            "sequence", std::to_string(request_.sequence()) + " after " +
                            std::to_string(last_sequence_) + ", must grow");
    }
    last_sequence_ = request_.sequence();
    edge_.stats.submitted_transactions.fetch_add(
        static_cast<std::uint64_t>(count), std::memory_order_relaxed);

    auto batch = std::make_shared<Batch>();
    batch->sequence = request_.sequence();
    batch->count = static_cast<std::uint32_t>(count);
    std::uint32_t credited = 0;
    {
        const std::lock_guard lock(mutex_);
        credited = static_cast<std::uint32_t>(std::min<std::uint64_t>(credits_, batch->count));
        credits_ -= credited;
        in_flight_ += credited;
        handing_over_ += credited;
        pending_.push_back(batch);
    }
    if (credited < batch->count) {
        edge_.stats.credits_exceeded.fetch_add(batch->count - credited, std::memory_order_relaxed);
        actors::SubmitOutcome refused;
        refused.reason = actors::Reason::kOverCapacity;
        refused.message = std::to_string(count) + " transactions sent with " +
                          std::to_string(credited) + " credits";
        refused.retry_after_ms = edge_.backend.load(std::memory_order_acquire)->retry_after_ms();
        batch->refused_tail.assign(batch->count - credited, refused);
    }
    std::vector<chain::Bytes> raw;
    raw.reserve(credited);
    for (int i = 0; i < static_cast<int>(credited); ++i) {
        const std::string& bytes = request_.raw_transactions(i);
        raw.emplace_back(bytes.begin(), bytes.end());
    }
    hand_over(std::move(batch), std::move(raw));
    const std::lock_guard lock(mutex_);
    handing_over_ -= credited;
    return grpc::Status::OK;
}

void SubmitStream::hand_over(std::shared_ptr<Batch> batch, std::vector<chain::Bytes> raw) {
    if (raw.empty()) {
        batch->complete.store(true, std::memory_order_release);
        request_pump();
        return;
    }
    const std::size_t count = raw.size();
    NodeBackend& backend = *edge_.backend.load(std::memory_order_acquire);
    // The collector does not own the batch's collector pointer: it goes with the batch.
    batch->collector = std::make_shared<OutcomeCollector>(
        count, [stream = weak_from_this(), weak = std::weak_ptr<Batch>(batch)] {
            const auto completed = weak.lock();
            if (!completed) return;  // the stream is gone; the transactions are not
            completed->complete.store(true, std::memory_order_release);
            if (const auto self = stream.lock()) self->request_pump();
        });
    if (backend.submit(std::move(raw), batch->collector, actors::Credit::kGranted)) return;
    std::vector<actors::SubmitSink::Item> items(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        items[i].index = i;
        const bool stopping = backend.shutting_down();
        items[i].outcome.reason =
            stopping ? actors::Reason::kShuttingDown : actors::Reason::kOverCapacity;
        items[i].outcome.message =
            stopping ? "the node takes no transactions" : "the queue is full";
        items[i].outcome.retry_after_ms = backend.retry_after_ms();
    }
    batch->collector->on_outcomes(items);
}

// ---- writing, on the loop's thread

void SubmitStream::request_pump() noexcept {
    if (pump_requested_.exchange(true, std::memory_order_acq_rel)) return;
    edge_.hub.loop().post([self = shared_from_this()] {
        self->pump_requested_.store(false, std::memory_order_release);
        self->pump();
    });
}

void SubmitStream::pump() {
    {
        const std::lock_guard lock(mutex_);
        if (finished_ || writing_) return;
    }
    response_.Clear();
    if (fill_response()) {
        const std::lock_guard lock(mutex_);
        if (finished_) return;
        if (read_paused_ && pending_.size() < edge_.config.stream_batches_max && !read_closed_) {
            read_paused_ = false;
            StartRead(&request_);
        }
        writing_ = true;
        write_started_ = std::chrono::steady_clock::now();
        StartWrite(&response_);
        return;
    }
    if (all_answered()) finish(grpc::Status::OK);
}

bool SubmitStream::fill_response() {
    std::size_t items = 0;
    std::uint64_t given_back = 0;
    while (items < kMessageItems) {
        std::shared_ptr<Batch> batch;
        {
            const std::lock_guard lock(mutex_);
            if (pending_.empty() || !pending_.front()->complete.load(std::memory_order_acquire))
                break;
            batch = std::move(pending_.front());
            pending_.pop_front();
        }
        items += batch->count;
        const std::size_t awaited_before = awaited_count_ + ready_.size();
        fill_outcomes(*batch, *response_.add_outcomes());
        // Transactions whose receipt is awaited give their place back when it is written.
        const std::size_t awaited = awaited_count_ + ready_.size() - awaited_before;
        given_back += batch->count - batch->refused_tail.size() - awaited;
    }
    fill_receipts();
    given_back += static_cast<std::uint64_t>(response_.soft_receipts_size());
    {
        const std::lock_guard lock(mutex_);
        in_flight_ -= given_back;
    }
    grant_credit();
    return response_.outcomes_size() != 0 || response_.soft_receipts_size() != 0 ||
           response_.credits() != 0;
}

void SubmitStream::fill_outcomes(Batch& batch, pb::BatchOutcomes& out) {
    out.set_sequence(batch.sequence);
    out.set_count(batch.count);
    std::string& hashes = *out.mutable_transaction_hashes();
    hashes.reserve(std::size_t{batch.count} * chain::Hash32::kSize);
    out.mutable_block_numbers()->Reserve(static_cast<int>(batch.count));
    out.mutable_micro_blocks()->Reserve(static_cast<int>(batch.count));
    const bool soft = soft_receipts_.load(std::memory_order_relaxed);
    std::uint32_t index = 0;
    const auto add = [&](const actors::SubmitOutcome& outcome) {
        hashes.append(
            reinterpret_cast<const char*>(outcome.transaction_hash.data()), chain::Hash32::kSize);
        const bool accepted = outcome.reason == actors::Reason::kNone;
        out.add_block_numbers(accepted ? outcome.block_number : 0);
        out.add_micro_blocks(accepted ? outcome.sequence : 0);
        if (!accepted) {
            auto* refusal = out.add_refusals();
            refusal->set_index(index);
            fill_refusal(outcome, *refusal->mutable_refusal());
        } else if (soft) {
            await_receipt(
                {outcome.transaction_hash, batch.sequence, index, outcome.block_number},
                outcome.sequence);
        }
        ++index;
    };
    if (batch.collector) {
        for (const auto& outcome : batch.collector->outcomes())
            add(outcome);
    }
    for (const auto& outcome : batch.refused_tail)
        add(outcome);
}

void SubmitStream::await_receipt(const AwaitedReceipt& awaited, std::uint64_t micro_block) {
    if (micro_block <= edge_.hub.last_micro_block() && find_receipt(awaited)) return;
    awaited_[micro_block].push_back(awaited);
    ++awaited_count_;
}

bool SubmitStream::find_receipt(const AwaitedReceipt& awaited) {
    const auto found = edge_.hub.find(awaited.hash);
    if (!found) return false;
    ready_.push_back({found->micro_block, found->receipt, awaited.sequence, awaited.index});
    return true;
}

void SubmitStream::on_micro_block(const MicroBlockPtr& micro_block) noexcept {
    const auto entry = awaited_.find(micro_block->sequence);
    if (entry == awaited_.end()) return;
    const auto all = std::move(entry->second);
    awaited_.erase(entry);
    awaited_count_ -= all.size();
    for (const AwaitedReceipt& awaited : all) {
        if (find_receipt(awaited)) continue;
        awaited_[micro_block->sequence].push_back(awaited);  // on_marks tries again
        ++awaited_count_;
    }
    request_pump();
}

// A block is sealed: nothing in it is awaited any longer, whatever became of its micro-blocks.
void SubmitStream::on_marks() noexcept {
    if (awaited_count_ == 0) return;
    const std::uint64_t sealed = edge_.hub.marks().heads.unsafe;
    bool stuck = false;
    for (auto& [micro_block, all] : awaited_) {
        std::erase_if(all, [&](const AwaitedReceipt& awaited) {
            if (awaited.block_number > sealed) return false;
            --awaited_count_;
            stuck |= !find_receipt(awaited);
            return true;
        });
    }
    std::erase_if(awaited_, [](const auto& entry) { return entry.second.empty(); });
    if (stuck) on_micro_blocks_lost();
    request_pump();
}

void SubmitStream::on_micro_blocks_lost() noexcept {
    if (!soft_receipts_.load(std::memory_order_relaxed)) return;
    finish(make_status(
        pb::REASON_STREAM_ENDED, "soft receipts were lost; ask for the receipts by hash",
        {.retry_after_ms = 1'000}));
}

void SubmitStream::fill_receipts() {
    for (std::size_t i = 0; i < kMessageItems && !ready_.empty(); ++i) {
        const ReadyReceipt& ready = ready_.front();
        pb::SoftReceipt& out = *response_.add_soft_receipts();
        out.set_sequence(ready.sequence);
        out.set_index(ready.index);
        out.set_block_number(ready.receipt->block_number);
        out.set_transaction_index(ready.receipt->transaction_index);
        out.set_success(ready.receipt->receipt.success);
        out.set_gas_used(ready.receipt->gas_used);
        out.set_effective_gas_price(to_bytes(ready.receipt->effective_gas_price));
        for (const auto& log : ready.receipt->receipt.logs)
            fill(log, 0, *out.add_logs());
        ready_.pop_front();
    }
}

void SubmitStream::grant_credit() {
    const NodeBackend* backend = edge_.backend.load(std::memory_order_acquire);
    if (backend == nullptr || edge_.draining.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(mutex_);
    if (read_closed_) return;
    // What is free is split evenly; what this stream has under way came out of its share before,
    // or is about to.
    const std::uint64_t counted = backend->free_credits();
    const std::uint64_t free = counted > handing_over_ ? counted - handing_over_ : 0;
    const std::uint64_t share = free / std::max<std::uint32_t>(1, edge_.submit_streams.total());
    const std::uint64_t window = edge_.config.stream_credits_max;
    const std::uint64_t used = credits_ + in_flight_;
    const std::uint64_t room = window > used ? window - used : 0;
    const std::uint64_t wanted = share > credits_ ? share - credits_ : 0;
    const std::uint64_t grant = std::min(room, wanted);
    // Small grants cost a message each; wait for an eighth of the window unless the client is dry.
    if (grant == 0 || (grant < window / 8 && credits_ != 0 && response_.outcomes_size() == 0))
        return;
    credits_ += grant;
    response_.set_credits(static_cast<std::uint32_t>(grant));
    edge_.stats.credits_granted.fetch_add(grant, std::memory_order_relaxed);
}

bool SubmitStream::all_answered() {
    if (awaited_count_ != 0 || !ready_.empty()) return false;
    const std::lock_guard lock(mutex_);
    return read_closed_ && pending_.empty();
}

void SubmitStream::OnWriteDone(bool ok) {
    bool broken = false;
    {
        const std::lock_guard lock(mutex_);
        writing_ = false;
        broken = !ok;
    }
    if (broken)
        finish(grpc::Status::CANCELLED);
    else
        request_pump();
}

void SubmitStream::on_tick(SteadyTime now) noexcept {
    const auto ms = [](std::uint32_t count) { return std::chrono::milliseconds(count); };
    bool dry = false;
    bool slow = false;
    {
        const std::lock_guard lock(mutex_);
        if (done_) return;
        if (finished_) {
            if (!cancelled_ && now - finished_at_ > ms(edge_.config.cut_off_grace_ms)) {
                cancelled_ = true;
                call_.TryCancel();
            }
            return;
        }
        slow = writing_ && now - write_started_ > ms(edge_.config.write_timeout_ms);
        dry = !writing_ && credits_ < edge_.config.stream_credits_max / 8;
        // Draining: what was taken is answered, then the stream ends.
        if (edge_.draining.load(std::memory_order_acquire) && pending_.empty() && !writing_ &&
            in_flight_ == 0) {
            finished_ = true;
            finished_at_ = now;
            record_.finish(grpc::StatusCode::UNAVAILABLE);
            Finish(make_status(
                pb::REASON_STREAM_ENDED, "the node is shutting down", {.retry_after_ms = 1'000}));
            return;
        }
    }
    if (slow) {
        edge_.stats.slow_readers_cut.fetch_add(1, std::memory_order_relaxed);
        finish(make_status(
            pb::REASON_SLOW_READER,
            "answers were not read for " + std::to_string(edge_.config.write_timeout_ms) + " ms"));
    } else if (dry) {
        request_pump();  // capacity may have come free
    }
}

void SubmitStream::OnCancel() {
    finish(grpc::Status::CANCELLED);
}

void SubmitStream::finish(grpc::Status status) {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    finished_at_ = std::chrono::steady_clock::now();
    record_.finish(status.error_code());
    Finish(std::move(status));
}

void SubmitStream::OnDone() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    const auto last = std::move(self_);  // a posted task may still hold another
}

}  // namespace troupe::node
