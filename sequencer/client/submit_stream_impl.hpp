#pragma once

#include "sequencer/client/submit_stream_client.hpp"

#include "troupe/v1/submit.grpc.pb.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace troupe::node::client {

struct SubmitStream::Impl {
    Impl(troupe::v1::SubmitService::Stub& stub, bool soft_receipts, StreamHandlers the_handlers);

    template <class View>
    Sent send(std::span<const View> transactions);
    std::uint32_t wait_for_credit(std::size_t wanted);
    void read_loop();
    void handle(const troupe::v1::SubmitStreamResponse& response);
    void handle(const troupe::v1::BatchOutcomes& outcomes);
    void close();

    StreamHandlers handlers;
    grpc::ClientContext context;
    std::unique_ptr<
        grpc::ClientReaderWriter<troupe::v1::SubmitStreamRequest, troupe::v1::SubmitStreamResponse>>
        stream;
    troupe::v1::SubmitStreamRequest request;  // reused: keeps the capacity of its strings
    std::uint64_t next_sequence = 1;
    bool closed = false;  // finish() or cancel() was called

    // The reader's scratch space.
    std::vector<chain::Hash32> hashes;
    std::vector<BatchOutcome::Refusal> refusals;
    std::vector<SoftReceipt> receipts;

    mutable std::mutex mutex;  ///< guards what follows
    std::condition_variable changed;
    std::uint64_t credits = 0;
    std::uint64_t unanswered = 0;
    bool ended = false;

    std::thread reader;  ///< last: runs from construction on
};

}  // namespace troupe::node::client
