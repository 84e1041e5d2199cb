#include "sequencer/grpc/edge_context.hpp"

namespace troupe::node {

EdgeContext::EdgeContext(
    GrpcConfig the_config, ChainDescription the_chain, ChainReader& the_reader, EventHub& the_hub,
    RpcStats& the_stats, SetLogLevel the_set_log_level)
    : config(std::move(the_config)),
      chain(std::move(the_chain)),
      reader(the_reader),
      hub(the_hub),
      stats(the_stats),
      set_log_level(std::move(the_set_log_level)),
      subscriptions(config.subscriptions_max, config.peer_subscriptions_max),
      submit_streams(config.submit_streams_max, config.submit_streams_max),
      pool(config.query_threads, config.query_queue_max),
      call_pool(config.call_threads, config.calls_waiting_max) {}

grpc::Status EdgeContext::check_ready() const {
    constexpr std::uint32_t kRetryMs = 1'000;
    if (draining.load(std::memory_order_acquire)) {
        return make_status(
            troupe::v1::REASON_STREAM_ENDED, "the node is shutting down",
            {.retry_after_ms = kRetryMs});
    }
    if (backend.load(std::memory_order_acquire) == nullptr) {
        return make_status(
            troupe::v1::REASON_NOT_READY, "the node is starting", {.retry_after_ms = kRetryMs});
    }
    return grpc::Status::OK;
}

grpc::Status to_status(ReadError error, const std::string& what, EdgeContext& edge) {
    switch (error) {
        case ReadError::kNotFound:
            return make_status(troupe::v1::REASON_NOT_FOUND, what + " is not known");
        case ReadError::kPruned: {
            troupe::v1::ResumePoint resume;
            resume.set_oldest_block(edge.reader.oldest_block());
            return make_status(
                troupe::v1::REASON_PRUNED,
                what + " is pruned, the oldest block is " + std::to_string(resume.oldest_block()),
                {.resume = resume});
        }
        case ReadError::kStorage:
            break;
    }
    return make_status(troupe::v1::REASON_STORAGE_FAILURE, what + " can't be read: see the log");
}

LocatedTransaction locate(EdgeContext& edge, const chain::Hash32& hash) {
    LocatedTransaction located;
    located.recent = edge.hub.find(hash);
    if (!located.recent) {
        auto stored = edge.reader.transaction(hash);
        if (!stored.ok()) {
            located.error = stored.error();
            // Sealed and evicted from the hub in between, or executed just now.
            located.recent = edge.hub.find(hash);
            if (!located.recent) return located;
        } else {
            located.stored = std::move(*stored);
        }
    }
    located.error.reset();
    const ChainMarks marks = edge.hub.marks();
    // A stored transaction is in a sealed block, even where its announcement is still on the way.
    located.stage = std::max(
        stage_of(marks, located.block_number()),
        located.stored ? Stage::kSealed : Stage::kSequenced);
    return located;
}

}  // namespace troupe::node
