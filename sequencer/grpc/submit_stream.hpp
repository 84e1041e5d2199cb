#pragma once

#include "sequencer/grpc/edge_context.hpp"
#include "sequencer/grpc/outcome_collector.hpp"

#include "troupe/v1/submit.pb.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace troupe::node {

/// One open SubmitStream call.
///
/// Requests are read on gRPC's threads and handed to the backend there. Outcomes come from actors'
/// threads, which only note them; the hub's loop writes responses, grants credit and matches soft
/// receipts. The window: credits the client holds + transactions it sent whose answers (and soft
/// receipts, if asked for) are not written yet never exceed stream_credits_max, so that a client
/// that does not read stops getting credit.
class SubmitStream final : public grpc::ServerBidiReactor<
                               troupe::v1::SubmitStreamRequest, troupe::v1::SubmitStreamResponse>,
                           public HubSubscriber,
                           public std::enable_shared_from_this<SubmitStream> {
  public:
    SubmitStream(EdgeContext& edge, grpc::CallbackServerContext& call, PeerLimits::Ticket ticket);

    /// Begins, once it is owned by a shared_ptr; the object then keeps itself until the call is
    /// done.
    void start();

    void on_marks() noexcept override;
    void on_micro_block(const MicroBlockPtr& micro_block) noexcept override;
    void on_micro_blocks_lost() noexcept override;
    void on_tick(SteadyTime now) noexcept override;

  private:
    static constexpr std::size_t kMessageItems = 4'096;  // outcomes or receipts in one response

    struct Batch {
        std::uint64_t sequence = 0;
        std::uint32_t count = 0;                          // of the client's message
        std::vector<actors::SubmitOutcome> refused_tail;  // sent without credit
        std::shared_ptr<OutcomeCollector> collector;      // of those handed over; may be empty
        std::atomic<bool> complete{false};
    };
    struct AwaitedReceipt {
        chain::Hash32 hash;
        std::uint64_t sequence;
        std::uint32_t index;
        std::uint64_t block_number;
    };
    struct ReadyReceipt {
        MicroBlockPtr micro_block;
        const actors::SoftReceipt* receipt;
        std::uint64_t sequence;
        std::uint32_t index;
    };

    void OnReadDone(bool ok) override;
    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

    // gRPC's threads:
    [[nodiscard]] grpc::Status take_request();
    void hand_over(std::shared_ptr<Batch> batch, std::vector<chain::Bytes> raw);
    void request_pump() noexcept;

    // The loop's thread:
    void pump();
    bool fill_response();
    void fill_outcomes(Batch& batch, troupe::v1::BatchOutcomes& out);
    void await_receipt(const AwaitedReceipt& awaited, std::uint64_t micro_block);
    bool find_receipt(const AwaitedReceipt& awaited);
    void fill_receipts();
    void grant_credit();
    [[nodiscard]] bool all_answered();
    void finish(grpc::Status status);

    EdgeContext& edge_;
    grpc::CallbackServerContext& call_;  // valid until OnDone
    PeerLimits::Ticket ticket_;
    std::shared_ptr<SubmitStream> self_;
    std::atomic<bool> pump_requested_{false};
    std::atomic<bool> soft_receipts_{false};

    // Used by whoever reads: one read at a time.
    troupe::v1::SubmitStreamRequest request_;  // reused: keeps the capacity of its strings
    bool first_request_ = true;
    std::uint64_t last_sequence_ = 0;

    // The loop's.
    troupe::v1::SubmitStreamResponse response_;                               // reused
    std::unordered_map<std::uint64_t, std::vector<AwaitedReceipt>> awaited_;  // by micro-block
    std::size_t awaited_count_ = 0;
    std::deque<ReadyReceipt> ready_;

    std::mutex mutex_;  ///< guards what follows
    CallRecord record_;
    std::deque<std::shared_ptr<Batch>> pending_;  // in the order sent
    std::uint64_t credits_ = 0;                   // granted, not spent
    std::uint64_t in_flight_ = 0;                 // spent, not given back
    std::uint64_t handing_over_ = 0;              // of these, perhaps not taken by the node yet
    bool read_closed_ = false;                    // half-closed by the client
    bool read_paused_ = false;                    // too many unanswered batches
    bool writing_ = false;
    bool finished_ = false;
    bool cancelled_ = false;
    bool done_ = false;
    SteadyTime write_started_;
    SteadyTime finished_at_;
};

}  // namespace troupe::node
