#pragma once

#include "actors/engine.hpp"
#include "actors/gate.hpp"
#include "actors/ports.hpp"
#include "chain/batch/span_batch.hpp"

#include <deque>
#include <optional>

namespace troupe::actors {

/// What the batcher's engine asks of the outside. Calls return at once.
class BatcherPort {
  public:
    virtual ~BatcherPort() = default;
    virtual void read_blocks(std::uint64_t first, std::uint64_t last) = 0;  // -> on_blocks_read
    virtual void post(ChannelToPost channel) = 0;  // -> on_posted or on_post_failed
    virtual void claim(std::uint64_t number, const chain::Hash32& output_root) = 0;
    virtual void batched(std::uint64_t first, std::uint64_t last) = 0;
    virtual void posted(std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) = 0;
    virtual void heads(const Heads& heads) = 0;
    virtual void fatal(const std::string& message) = 0;
    virtual void throttle(Throttle throttle) = 0;
};

/// Brings sealed blocks to the L1: collects them, closes a channel by size, age or command, checks
/// that it decodes to the blocks it was made of, posts it, waits until the L1 derives to it, claims
/// its output root. One channel at a time; while it is on its way the next blocks gather. When the
/// safe head falls back and stays there, or posting fails, it begins again after the safe head.
/// Pure: time is an argument and everything else goes through BatcherPort.
class BatcherEngine {
  public:
    /// @param safe_number    of the last run; posting begins after it
    /// @param unsafe_number  the last block in the store
    BatcherEngine(
        EngineConfig config, chain::ChainConfig chain, std::uint64_t safe_number,
        std::uint64_t unsafe_number, BatcherPort& port);

    // Events; `now_ms` is a steady clock.
    void start(std::uint64_t now_ms);
    void on_tick(std::uint64_t now_ms);
    void on_block(SealedBlockPtr block, std::uint64_t now_ms);
    void on_blocks_read(
        std::uint64_t first, std::vector<SealedBlockPtr> blocks, std::uint64_t now_ms);
    void on_close_channel(std::uint64_t now_ms);
    void on_origin(std::uint64_t number, std::uint64_t now_ms);
    void on_posted(
        std::uint64_t first, std::uint64_t last, std::uint64_t l1_block, std::uint64_t now_ms);
    void on_post_failed(std::uint64_t first, std::uint64_t last, std::uint64_t now_ms);
    void on_derived(
        std::uint64_t safe, std::uint64_t finalized, std::uint64_t l1_block, std::uint64_t now_ms);
    void on_divergence(const std::string& message);

    [[nodiscard]] BatcherStats stats(std::uint64_t now_ms) const;

    static constexpr std::uint64_t kHeldBytesMax =
        64'000'000;                                      ///< raw bytes kept; more is read back
    static constexpr std::uint64_t kReadBlocksMax = 64;  ///< blocks of one read
    static constexpr std::uint64_t kRetryMs = 2'000;     ///< after a failed post
    /// After a restart and after a fall of the safe head nothing is posted until the derived head
    /// has stood still this long: what the L1 holds already must not be posted twice.
    static constexpr std::uint64_t kSettleMs = 3'000;
    /// L1 blocks after which a mined channel that did not become safe is posted again.
    static constexpr std::uint64_t kDerivedWithin = 64;
    /// Channels of that many bytes before compression, about 23,000 transfers, come at a rate where
    /// brotli's microsecond for each is dearer than the half percent that it saves over zstd
    /// (docs/decisions/0008).
    static constexpr std::size_t kFastCodecBytes = 2 << 20;

  private:
    enum class FlightState : std::uint8_t {
        kPosting,
        kMined
    };
    struct Flight {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        FlightState state = FlightState::kPosting;
        std::uint64_t l1_block = 0;
        chain::Hash32 output_root;   // of block `last`
        std::uint64_t since_ms = 0;  // when `state` began
    };
    struct Held {
        SealedBlockPtr block;
        std::uint64_t bytes = 0;  // raw transactions
        std::uint64_t since_ms = 0;
    };

    void step(std::uint64_t now_ms);
    void read_missing();
    [[nodiscard]] bool settled(std::uint64_t now_ms);
    void begin_after_safe();
    void finish_flight(std::uint64_t now_ms);
    [[nodiscard]] bool was_dropped() const noexcept;
    [[nodiscard]] bool channel_due(std::uint64_t now_ms) const;
    void close_channel(std::uint64_t now_ms);
    [[nodiscard]] std::optional<chain::Bytes> encode(std::size_t count);
    [[nodiscard]] chain::Bytes compressed(const chain::Bytes& encoded) const;
    [[nodiscard]] chain::Status reads_back(
        const chain::Bytes& channel, const chain::Bytes& encoded,
        const chain::batch::SpanBatchView& batch) const;
    void hold(SealedBlockPtr block, std::uint64_t now_ms);
    void update_throttle();
    void tell_heads();
    void stop(const std::string& message);

    EngineConfig config_;
    chain::ChainConfig chain_;
    BatcherPort& port_;
    Heads heads_;
    Heads told_;
    std::uint64_t derived_l1_ = 0;
    std::uint64_t next_;     // first block that is in no channel yet; held_[0] when held
    std::deque<Held> held_;  // consecutive from next_
    std::uint64_t held_bytes_ = 0;
    bool reading_ = false;
    std::optional<Flight> flight_;
    std::uint64_t close_through_ = 0;  // a requested close covers blocks up to this
    std::uint64_t retry_at_ms_ = 0;
    std::optional<std::uint64_t> settle_until_ms_;
    std::uint64_t last_post_ms_ = 0;
    Throttle throttle_ = Throttle::kNone;
    bool stopped_ = false;
    BatcherStats stats_;
};

}  // namespace troupe::actors
