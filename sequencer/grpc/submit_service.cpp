#include "sequencer/grpc/submit_service.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/outcome_collector.hpp"
#include "sequencer/grpc/submit_stream.hpp"
#include "sequencer/grpc/unary_call.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

// What a submission that the backend did not take is answered.
actors::SubmitOutcome not_taken(const NodeBackend& backend) {
    actors::SubmitOutcome outcome;
    const bool stopping = backend.shutting_down();
    outcome.reason = stopping ? actors::Reason::kShuttingDown : actors::Reason::kOverCapacity;
    outcome.message = stopping ? "the node takes no transactions" : "the queue is full";
    outcome.retry_after_ms = backend.retry_after_ms();
    return outcome;
}

// One SubmitTransaction call: waits for the outcome, and then for a stage if asked to. After the
// outcome it lives on the hub's loop.
class SingleSubmit final : public HubSubscriber, public std::enable_shared_from_this<SingleSubmit> {
  public:
    SingleSubmit(
        EdgeContext& edge, std::shared_ptr<UnaryCall> call, pb::SubmitTransactionResponse& response,
        Stage wanted, std::uint32_t wait_ms)
        : edge_(edge),
          call_(std::move(call)),
          response_(response),
          wanted_(wanted),
          wait_ms_(wait_ms) {}

    void submit(const std::string& raw) {
        NodeBackend& backend = *edge_.backend.load(std::memory_order_acquire);
        const auto self = shared_from_this();
        collector_ = std::make_shared<OutcomeCollector>(
            1, [self] { self->edge_.hub.loop().post([self] { self->on_outcome(); }); });
        edge_.stats.submitted_transactions.fetch_add(1, std::memory_order_relaxed);
        std::vector<chain::Bytes> batch;
        batch.emplace_back(raw.begin(), raw.end());
        if (!backend.submit(std::move(batch), collector_)) {
            collector_ = nullptr;  // it holds this object
            call_->finish(to_status(not_taken(backend)));
        }
    }

    void on_marks() noexcept override { check(); }
    void on_micro_block(const MicroBlockPtr& micro_block) noexcept override {
        if (micro_block->sequence == outcome_.sequence) check();
    }
    void on_tick(SteadyTime now) noexcept override {
        if (!waiting_) return;
        if (call_->finished())
            leave();  // the client has gone
        else if (now >= give_up_ || edge_.draining.load(std::memory_order_acquire))
            answer();
    }

  private:
    void on_outcome() {
        const auto collector = std::move(collector_);
        outcome_ = std::move(collector->outcomes().front());
        if (outcome_.reason != actors::Reason::kNone) {
            call_->finish(to_status(outcome_));
            return;
        }
        // Beyond the limit nobody waits: the answer says ACCEPTED.
        if (wanted_ <= Stage::kAccepted || !enter()) {
            answer();
            return;
        }
        give_up_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms_);
        self_ = shared_from_this();  // the hub keeps nobody alive
        edge_.hub.subscribe(self_, true);
        check();
    }

    bool enter() {
        waiting_ = edge_.waiting_calls.fetch_add(1, std::memory_order_relaxed) <
                   edge_.config.waiting_calls_max;
        if (!waiting_) edge_.waiting_calls.fetch_sub(1, std::memory_order_relaxed);
        return waiting_;
    }

    void leave() {
        waiting_ = false;
        edge_.waiting_calls.fetch_sub(1, std::memory_order_relaxed);
        self_ = nullptr;
    }

    void check() {
        if (waiting_ && stage() >= wanted_) answer();
    }

    // From memory only: what is awaited here has just been submitted.
    Stage stage() {
        const ChainMarks marks = edge_.hub.marks();
        if (outcome_.block_number <= marks.heads.unsafe)
            return stage_of(marks, outcome_.block_number);
        return edge_.hub.find(outcome_.transaction_hash) ? Stage::kSequenced : Stage::kAccepted;
    }

    void answer() {
        const auto keep = shared_from_this();
        call_->answer([this] {
            response_.set_transaction_hash(to_bytes(outcome_.transaction_hash));
            response_.set_block_number(outcome_.block_number);
            response_.set_micro_block(outcome_.sequence);
            response_.set_stage(pb::TRANSACTION_STAGE_ACCEPTED);
            if (wanted_ > Stage::kAccepted) {
                response_.set_stage(to_proto(stage()));
                const auto found = edge_.hub.find(outcome_.transaction_hash);
                if (found) fill(*found, *response_.mutable_receipt());
            }
            return grpc::Status::OK;
        });
        if (waiting_) leave();
    }

    EdgeContext& edge_;
    const std::shared_ptr<UnaryCall> call_;
    pb::SubmitTransactionResponse& response_;  // only within call_->answer
    const Stage wanted_;
    const std::uint32_t wait_ms_;
    std::shared_ptr<OutcomeCollector> collector_;
    std::shared_ptr<SingleSubmit> self_;
    actors::SubmitOutcome outcome_;
    bool waiting_ = false;
    SteadyTime give_up_;
};

void fill_results(
    const std::vector<actors::SubmitOutcome>& outcomes, pb::SubmitTransactionsResponse& response) {
    for (const auto& outcome : outcomes) {
        pb::TransactionResult& result = *response.add_results();
        if (!outcome.transaction_hash.is_zero())
            result.set_transaction_hash(to_bytes(outcome.transaction_hash));
        if (outcome.reason != actors::Reason::kNone) {
            fill_refusal(outcome, *result.mutable_refusal());
            continue;
        }
        result.set_block_number(outcome.block_number);
        result.set_micro_block(outcome.sequence);
    }
}

}  // namespace

grpc::ServerUnaryReactor* SubmitServiceImpl::SubmitTransaction(
    grpc::CallbackServerContext*, const pb::SubmitTransactionRequest* request,
    pb::SubmitTransactionResponse* response) {
    const auto call = UnaryCall::open(edge_.stats, RpcMethod::kSubmitTransaction);
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
    } else if (!pb::TransactionStage_IsValid(request->wait_for())) {
        call->finish(invalid_field("wait_for", "no such stage"));
    } else if (request->wait_timeout_ms() > edge_.config.wait_ms_max) {
        call->finish(invalid_field(
            "wait_timeout_ms", "at most " + std::to_string(edge_.config.wait_ms_max)));
    } else {
        const std::uint32_t wait_ms =
            request->wait_timeout_ms() == 0 ? edge_.config.wait_ms_max : request->wait_timeout_ms();
        std::make_shared<SingleSubmit>(
            edge_, call, *response, static_cast<Stage>(request->wait_for()), wait_ms)
            ->submit(request->raw_transaction());
    }
    return call.get();
}

grpc::ServerUnaryReactor* SubmitServiceImpl::SubmitTransactions(
    grpc::CallbackServerContext*, const pb::SubmitTransactionsRequest* request,
    pb::SubmitTransactionsResponse* response) {
    const auto call = UnaryCall::open(edge_.stats, RpcMethod::kSubmitTransactions);
    const auto count = static_cast<std::uint32_t>(request->raw_transactions_size());
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
        return call.get();
    }
    if (count == 0 || count > edge_.config.batch_transactions_max) {
        call->finish(invalid_field(
            "raw_transactions", std::to_string(count) + ", must be 1 to " +
                                    std::to_string(edge_.config.batch_transactions_max)));
        return call.get();
    }
    edge_.stats.submitted_transactions.fetch_add(count, std::memory_order_relaxed);
    std::vector<chain::Bytes> raw;
    raw.reserve(count);
    for (const std::string& bytes : request->raw_transactions())
        raw.emplace_back(bytes.begin(), bytes.end());
    // The cell breaks the circle of collector -> callback -> collector.
    auto cell = std::make_shared<std::shared_ptr<OutcomeCollector>>();
    auto collector = std::make_shared<OutcomeCollector>(count, [this, cell, call, response] {
        edge_.hub.loop().post([collector = std::move(*cell), call, response] {
            call->answer([&] {
                fill_results(collector->outcomes(), *response);
                return grpc::Status::OK;
            });
        });
    });
    *cell = collector;
    NodeBackend& backend = *edge_.backend.load(std::memory_order_acquire);
    if (!backend.submit(std::move(raw), collector)) {
        *cell = nullptr;
        call->finish(to_status(not_taken(backend)));
    }
    return call.get();
}

namespace {

class RefusedStream final
    : public grpc::ServerBidiReactor<pb::SubmitStreamRequest, pb::SubmitStreamResponse> {
  public:
    RefusedStream(RpcStats& stats, grpc::Status status)
        : record_(stats, RpcMethod::kSubmitStream, true) {
        record_.finish(status.error_code());
        Finish(std::move(status));
    }

  private:
    void OnDone() override { delete this; }
    CallRecord record_;
};

}  // namespace

grpc::ServerBidiReactor<pb::SubmitStreamRequest, pb::SubmitStreamResponse>*
SubmitServiceImpl::SubmitStream(grpc::CallbackServerContext* call) {
    if (auto status = edge_.check_ready(); !status.ok())
        return new RefusedStream(edge_.stats, std::move(status));
    auto ticket = edge_.submit_streams.take(call->peer());
    if (!ticket) {
        edge_.stats.subscriptions_refused.fetch_add(1, std::memory_order_relaxed);
        return new RefusedStream(
            edge_.stats,
            make_status(
                pb::REASON_LIMIT_REACHED,
                "at most " + std::to_string(edge_.config.submit_streams_max) + " submit streams",
                {.retry_after_ms = 1'000}));
    }
    const auto stream = std::make_shared<node::SubmitStream>(edge_, *call, std::move(ticket));
    stream->start();
    return stream.get();
}

}  // namespace troupe::node
