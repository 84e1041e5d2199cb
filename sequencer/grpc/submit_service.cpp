#include "sequencer/grpc/submit_service.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/outcome_collector.hpp"
#include "sequencer/grpc/submit_stream.hpp"

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
        EdgeContext& edge, grpc::ServerUnaryReactor& reactor,
        pb::SubmitTransactionResponse& response, Stage wanted, std::uint32_t wait_ms)
        : edge_(edge),
          record_(edge.stats, RpcMethod::kSubmitTransaction, false),
          reactor_(reactor),
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
            finish(to_status(not_taken(backend)));
        }
    }

    void on_marks() noexcept override { check(); }
    void on_micro_block(const MicroBlockPtr& micro_block) noexcept override {
        if (micro_block->sequence == response_.micro_block()) check();
    }
    void on_tick(SteadyTime now) noexcept override {
        if (waiting_ && (now >= give_up_ || edge_.draining.load(std::memory_order_acquire)))
            answer();
    }

  private:
    void on_outcome() {
        const auto collector = std::move(collector_);
        const actors::SubmitOutcome& outcome = collector->outcomes().front();
        if (outcome.reason != actors::Reason::kNone) {
            finish(to_status(outcome));
            return;
        }
        hash_ = outcome.transaction_hash;
        response_.set_transaction_hash(to_bytes(hash_));
        response_.set_block_number(outcome.block_number);
        response_.set_micro_block(outcome.sequence);
        response_.set_stage(pb::TRANSACTION_STAGE_ACCEPTED);
        if (wanted_ <= Stage::kAccepted) {
            finish(grpc::Status::OK);
            return;
        }
        // Beyond the limit nobody waits: the answer says ACCEPTED.
        if (edge_.waiting_calls.fetch_add(1, std::memory_order_relaxed) >=
            edge_.config.waiting_calls_max) {
            edge_.waiting_calls.fetch_sub(1, std::memory_order_relaxed);
            finish(grpc::Status::OK);
            return;
        }
        waiting_ = true;
        self_ = shared_from_this();  // the hub keeps nobody alive
        give_up_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms_);
        edge_.hub.subscribe(self_, true);
        check();
    }

    void check() {
        if (waiting_ && stage() >= wanted_) answer();
    }

    // From memory only: what is awaited here has just been submitted.
    Stage stage() {
        const ChainMarks marks = edge_.hub.marks();
        if (response_.block_number() <= marks.heads.unsafe)
            return stage_of(marks, response_.block_number());
        return edge_.hub.find(hash_) ? Stage::kSequenced : Stage::kAccepted;
    }

    void answer() {
        waiting_ = false;
        edge_.waiting_calls.fetch_sub(1, std::memory_order_relaxed);
        response_.set_stage(to_proto(stage()));
        const auto found = edge_.hub.find(hash_);
        if (found) fill(*found, *response_.mutable_receipt());
        finish(grpc::Status::OK);
        self_ = nullptr;
    }

    void finish(grpc::Status status) {
        record_.finish(status.error_code());
        reactor_.Finish(std::move(status));
    }

    EdgeContext& edge_;
    CallRecord record_;
    grpc::ServerUnaryReactor& reactor_;
    pb::SubmitTransactionResponse& response_;  // valid until Finish
    const Stage wanted_;
    const std::uint32_t wait_ms_;
    std::shared_ptr<OutcomeCollector> collector_;
    std::shared_ptr<SingleSubmit> self_;
    chain::Hash32 hash_;
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

grpc::ServerUnaryReactor* refuse(
    EdgeContext& edge, grpc::CallbackServerContext& call, RpcMethod method, grpc::Status status) {
    CallRecord record(edge.stats, method, false);
    record.finish(status.error_code());
    auto* reactor = call.DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* SubmitServiceImpl::SubmitTransaction(
    grpc::CallbackServerContext* call, const pb::SubmitTransactionRequest* request,
    pb::SubmitTransactionResponse* response) {
    const auto no = [this, call](grpc::Status status) {
        return refuse(edge_, *call, RpcMethod::kSubmitTransaction, std::move(status));
    };
    if (auto status = edge_.check_ready(); !status.ok()) return no(std::move(status));
    if (!pb::TransactionStage_IsValid(request->wait_for()))
        return no(invalid_field("wait_for", "no such stage"));
    if (request->wait_timeout_ms() > edge_.config.wait_ms_max)
        return no(invalid_field(
            "wait_timeout_ms", "at most " + std::to_string(edge_.config.wait_ms_max)));
    const std::uint32_t wait_ms =
        request->wait_timeout_ms() == 0 ? edge_.config.wait_ms_max : request->wait_timeout_ms();
    auto* reactor = call->DefaultReactor();
    std::make_shared<SingleSubmit>(
        edge_, *reactor, *response, static_cast<Stage>(request->wait_for()), wait_ms)
        ->submit(request->raw_transaction());
    return reactor;
}

grpc::ServerUnaryReactor* SubmitServiceImpl::SubmitTransactions(
    grpc::CallbackServerContext* call, const pb::SubmitTransactionsRequest* request,
    pb::SubmitTransactionsResponse* response) {
    const auto no = [this, call](grpc::Status status) {
        return refuse(edge_, *call, RpcMethod::kSubmitTransactions, std::move(status));
    };
    if (auto status = edge_.check_ready(); !status.ok()) return no(std::move(status));
    const auto count = static_cast<std::uint32_t>(request->raw_transactions_size());
    if (count == 0 || count > edge_.config.batch_transactions_max)
        return no(invalid_field(
            "raw_transactions", std::to_string(count) + ", must be 1 to " +
                                    std::to_string(edge_.config.batch_transactions_max)));
    edge_.stats.submitted_transactions.fetch_add(count, std::memory_order_relaxed);
    std::vector<chain::Bytes> raw;
    raw.reserve(count);
    for (const std::string& bytes : request->raw_transactions())
        raw.emplace_back(bytes.begin(), bytes.end());

    auto record = std::make_shared<CallRecord>(edge_.stats, RpcMethod::kSubmitTransactions, false);
    auto* reactor = call->DefaultReactor();
    // The cell breaks the circle of collector -> callback -> collector.
    auto cell = std::make_shared<std::shared_ptr<OutcomeCollector>>();
    auto collector =
        std::make_shared<OutcomeCollector>(count, [this, cell, record, reactor, response] {
            edge_.hub.loop().post([collector = std::move(*cell), record, reactor, response] {
                fill_results(collector->outcomes(), *response);
                record->finish(grpc::StatusCode::OK);
                reactor->Finish(grpc::Status::OK);
            });
        });
    *cell = collector;
    NodeBackend& backend = *edge_.backend.load(std::memory_order_acquire);
    if (!backend.submit(std::move(raw), collector)) {
        *cell = nullptr;
        const grpc::Status status = to_status(not_taken(backend));
        record->finish(status.error_code());
        reactor->Finish(status);
    }
    return reactor;
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
