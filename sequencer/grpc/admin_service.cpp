#include "sequencer/grpc/admin_service.hpp"

#include "sequencer/grpc/convert.hpp"

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

// Runs `work` unless the node is not ready, and finishes the call with its status.
template <class Work>
grpc::ServerUnaryReactor* run(
    EdgeContext& edge, grpc::CallbackServerContext& call, RpcMethod method, Work work) {
    CallRecord record(edge.stats, method, false);
    NodeBackend* backend = edge.backend.load(std::memory_order_acquire);
    grpc::Status status =
        backend == nullptr
            ? make_status(pb::REASON_NOT_READY, "the node is starting", {.retry_after_ms = 1'000})
            : work(*backend);
    record.finish(status.error_code());
    auto* reactor = call.DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* AdminServiceImpl::StartSequencing(
    grpc::CallbackServerContext* call, const pb::StartSequencingRequest*,
    pb::StartSequencingResponse*) {
    return run(edge_, *call, RpcMethod::kStartSequencing, [](NodeBackend& backend) {
        backend.start_sequencing();
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* AdminServiceImpl::StopSequencing(
    grpc::CallbackServerContext* call, const pb::StopSequencingRequest*,
    pb::StopSequencingResponse*) {
    return run(edge_, *call, RpcMethod::kStopSequencing, [](NodeBackend& backend) {
        backend.stop_sequencing();
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* AdminServiceImpl::Flush(
    grpc::CallbackServerContext* call, const pb::FlushRequest*, pb::FlushResponse*) {
    return run(edge_, *call, RpcMethod::kFlush, [](NodeBackend& backend) {
        backend.flush();
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* AdminServiceImpl::SetLogLevel(
    grpc::CallbackServerContext* call, const pb::SetLogLevelRequest* request,
    pb::SetLogLevelResponse*) {
    CallRecord record(edge_.stats, RpcMethod::kSetLogLevel, false);
    grpc::Status status = grpc::Status::OK;
    if (!pb::LogLevel_IsValid(request->level()) || request->level() == pb::LOG_LEVEL_UNSPECIFIED) {
        status = invalid_field("level", "must be TRACE, DEBUG, INFO, WARN, ERROR or OFF");
    } else if (
        !edge_.set_log_level ||
        !edge_.set_log_level(request->component(), static_cast<LogLevel>(request->level()))) {
        status = invalid_field("component", "there is no component " + request->component());
    }
    record.finish(status.error_code());
    auto* reactor = call->DefaultReactor();
    reactor->Finish(std::move(status));
    return reactor;
}

grpc::ServerUnaryReactor* AdminServiceImpl::GetStatus(
    grpc::CallbackServerContext* call, const pb::GetStatusRequest*,
    pb::GetStatusResponse* response) {
    CallRecord record(edge_.stats, RpcMethod::kGetStatus, false);
    // Answers while the node starts, too: an operator asks just then.
    if (const NodeBackend* backend = edge_.backend.load(std::memory_order_acquire)) {
        response->set_sequencing(backend->sequencing());
        response->set_shutting_down(
            backend->shutting_down() || edge_.draining.load(std::memory_order_acquire));
        response->set_open_block(backend->open_block().number);
        response->set_free_credits(backend->free_credits());
    }
    fill(edge_.hub.marks().heads, *response->mutable_heads());
    response->set_submit_streams(edge_.submit_streams.total());
    response->set_watch_streams(edge_.subscriptions.total());
    response->set_uptime_s(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                       std::chrono::steady_clock::now() - edge_.started)
                                       .count()));
    response->set_version(edge_.chain.version);
    response->set_fatal(edge_.hub.fatal());
    record.finish(grpc::StatusCode::OK);
    auto* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
}

}  // namespace troupe::node
