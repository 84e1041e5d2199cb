#pragma once

#include "sequencer/client/client_types.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace troupe::node::client {

/// What came of one batch. The spans live as long as the handler runs.
struct BatchOutcome {
    std::uint64_t sequence = 0;
    std::uint32_t count = 0;
    std::span<const chain::Hash32> transaction_hashes;
    std::span<const std::uint64_t> block_numbers;  ///< 0: refused
    struct Refusal {
        std::uint32_t index = 0;
        CallError error;
    };
    std::span<const Refusal> refusals;  ///< by index; all others are accepted
};

struct SoftReceipt {
    std::uint64_t sequence = 0;  ///< of the batch
    std::uint32_t index = 0;     ///< in the batch
    std::uint64_t block_number = 0;
    std::uint32_t transaction_index = 0;
    bool success = false;
    std::uint64_t gas_used = 0;
};

/// Called on the stream's own thread, in order. Must not call the stream's send or finish.
struct StreamHandlers {
    std::function<void(const BatchOutcome&)> on_outcomes;
    std::function<void(std::span<const SoftReceipt>)> on_receipts;
};

/// Submits batches without waiting for answers, as fast as the server grants credit. One sender
/// thread at a time. 256 to 1,024 transactions per batch are the sweet spot.
///
///   auto stream = client->open_stream(true, {.on_outcomes = …, .on_receipts = …});
///   for (std::size_t at = 0; at < txs.size();) {
///       const auto sent = stream->send(std::span(txs).subspan(at, …));
///       if (sent.count == 0) break;          // the stream has ended: finish() says why
///       at += sent.count;                    // outcomes name sent.sequence
///   }
///   auto result = stream->finish();          // all answers have been handled
class SubmitStream {
  public:
    struct Sent {
        std::uint64_t sequence = 0;
        std::uint32_t count = 0;  ///< the first so many were sent; 0: the stream has ended
    };

    ~SubmitStream();  ///< cancels unless finished

    /// Waits for credit and sends as many of `transactions` as it covers in one batch: at least
    /// one. Waits a little longer for a decent number rather than send a few.
    [[nodiscard]] Sent send(std::span<const chain::ByteView> transactions);
    [[nodiscard]] Sent send(std::span<const chain::Bytes> transactions);

    /// Credits at hand.
    [[nodiscard]] std::uint64_t credits() const;
    /// Transactions sent and not yet answered.
    [[nodiscard]] std::uint64_t unanswered() const;

    /// Half-closes and waits until all is answered and handled.
    [[nodiscard]] CallResult<void> finish();
    /// Gives up at once; what was sent may or may not be accepted.
    void cancel();

  private:
    friend class Client;
    struct Impl;
    explicit SubmitStream(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node::client
