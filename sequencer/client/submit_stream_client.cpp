#include "sequencer/client/submit_stream_client.hpp"

#include "sequencer/client/call_error.hpp"
#include "sequencer/client/submit_stream_impl.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::node::client {

namespace pb = troupe::v1;

namespace {

constexpr std::uint32_t kDecentBatch = 64;  // worth a message of its own
constexpr std::chrono::milliseconds kPatience{2};

}  // namespace

SubmitStream::Impl::Impl(
    pb::SubmitService::Stub& stub, bool soft_receipts, StreamHandlers the_handlers)
    : handlers(std::move(the_handlers)), stream(stub.SubmitStream(&context)) {
    request.mutable_options()->set_soft_receipts(soft_receipts);
    stream->Write(request);  // a failure shows in the first read
    request.clear_options();
    reader = std::thread([this] { read_loop(); });
}

std::uint32_t SubmitStream::Impl::wait_for_credit(std::size_t wanted) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return ended || credits != 0; });
    const std::uint64_t decent = std::min<std::uint64_t>(wanted, kDecentBatch);
    changed.wait_for(lock, kPatience, [&] { return ended || credits >= decent; });
    if (ended) return 0;
    const auto take = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, credits));
    credits -= take;
    unanswered += take;
    return take;
}

template <class View>
SubmitStream::Sent SubmitStream::Impl::send(std::span<const View> transactions) {
    if (transactions.empty() || closed) return {};
    const std::uint32_t count = wait_for_credit(transactions.size());
    if (count == 0) return {};
    request.Clear();
    request.set_sequence(next_sequence);
    for (const auto& raw : transactions.first(count))
        request.add_raw_transactions(raw.data(), raw.size());
    if (!stream->Write(request)) return {};
    return {next_sequence++, count};
}

void SubmitStream::Impl::read_loop() {
    pb::SubmitStreamResponse response;  // reused by every read
    while (stream->Read(&response))
        handle(response);
    {
        const std::lock_guard lock(mutex);
        ended = true;
    }
    changed.notify_all();
}

void SubmitStream::Impl::handle(const pb::SubmitStreamResponse& response) {
    std::uint64_t answered = 0;
    for (const auto& outcomes : response.outcomes()) {
        answered += outcomes.count();
        if (handlers.on_outcomes) handle(outcomes);
    }
    if (handlers.on_receipts && response.soft_receipts_size() != 0) {
        receipts.clear();
        for (const auto& receipt : response.soft_receipts()) {
            receipts.push_back(
                {receipt.sequence(), receipt.index(), receipt.block_number(),
                 receipt.transaction_index(), receipt.success(), receipt.gas_used()});
        }
        handlers.on_receipts(receipts);
    }
    {
        const std::lock_guard lock(mutex);
        credits += response.credits();
        unanswered -= std::min(unanswered, answered);
    }
    changed.notify_all();
}

void SubmitStream::Impl::handle(const pb::BatchOutcomes& outcomes) {
    const std::uint32_t count = outcomes.count();
    hashes.resize(count);
    // A server that breaks its own format gives zero hashes, not a crash.
    const std::size_t bytes =
        std::min(outcomes.transaction_hashes().size(), count * sizeof(chain::Hash32));
    if (bytes != 0) std::memcpy(hashes.data(), outcomes.transaction_hashes().data(), bytes);
    refusals.clear();
    for (const auto& refusal : outcomes.refusals())
        refusals.push_back({refusal.index(), to_error(refusal.refusal())});
    handlers.on_outcomes(BatchOutcome{
        outcomes.sequence(),
        count,
        hashes,
        {outcomes.block_numbers().data(), static_cast<std::size_t>(outcomes.block_numbers_size())},
        refusals});
}

void SubmitStream::Impl::close() {
    closed = true;
    if (reader.joinable()) reader.join();
}

SubmitStream::SubmitStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SubmitStream::~SubmitStream() {
    if (impl_->closed) return;
    cancel();
    static_cast<void>(impl_->stream->Finish());
}

SubmitStream::Sent SubmitStream::send(std::span<const chain::ByteView> transactions) {
    return impl_->send(transactions);
}
SubmitStream::Sent SubmitStream::send(std::span<const chain::Bytes> transactions) {
    return impl_->send(transactions);
}

std::uint64_t SubmitStream::credits() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->credits;
}

std::uint64_t SubmitStream::unanswered() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->unanswered;
}

CallResult<void> SubmitStream::finish() {
    impl_->stream->WritesDone();
    impl_->close();
    const grpc::Status status = impl_->stream->Finish();
    if (!status.ok()) return to_error(status);
    return {};
}

void SubmitStream::cancel() {
    impl_->context.TryCancel();
    impl_->close();
}

}  // namespace troupe::node::client
