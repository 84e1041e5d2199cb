#pragma once

#include "chain/batch/channel.hpp"
#include "chain/batch/span_batch.hpp"
#include "chain/types/chain_config.hpp"

#include <deque>
#include <optional>
#include <vector>

/// docs/formats/derivation.md: L1 bytes -> L2 blocks. The node, the verifier and the fault proof
/// all run this one code.
namespace troupe::chain::batch {

/// Data that an L1 transaction gave to the inbox: already known to be sent by `from` and accepted
/// by the BatchInbox contract; whether `from` may is decided here.
struct InboxData {
    Address from;
    Bytes data;
};

/// What derivation reads of one L1 block.
struct L1Block {
    std::uint64_t number = 0;
    Hash32 hash;
    Hash32 parent_hash;
    std::uint64_t timestamp = 0;
    Address batcher;               ///< SystemConfig's batcher address in force at this block
    std::vector<InboxData> inbox;  ///< in transaction order
};

/// One L2 block as the L1 states it; what is missing to a Block follows by execution.
struct DerivedBlock {
    std::uint64_t number = 0;
    Hash32 parent_hash;
    std::uint64_t timestamp = 0;
    L1Origin l1_origin;
    std::uint64_t l1_inclusion_number = 0;  ///< the L1 block that completed its batch
    std::vector<Bytes> transactions;
};

/// Takes derived blocks in order: executes them (verifier) or compares them (node).
class BlockSink {
  public:
    virtual ~BlockSink() = default;
    /// @return the block's hash, which the next block names as its parent
    /// @error  any: a transaction does not recover or may not be executed; the rest of the batch is
    ///         dropped then (and only then)
    [[nodiscard]] virtual Result<Hash32> on_block(const DerivedBlock& block) = 0;
};

/// The L2 block up to which everything is derived.
struct SafeHead {
    std::uint64_t number = 0;
    Hash32 hash;
    std::uint64_t timestamp = 0;
    L1Origin l1_origin;
    friend bool operator==(const SafeHead&, const SafeHead&) noexcept = default;
};

/// Why data was dropped. Counted and shown, never an error: derivation is total.
struct Dropped {
    std::uint64_t l1_block = 0;
    Error reason{};
    const char* what = "";  ///< "data", "frame", "channel", "batch", "block"
};

/// The pipeline's state. A value: copying it is a snapshot to return to after an L1 re-org.
class DerivationPipeline {
  public:
    /// Starts after `safe_head`; the first L1 block to come is `next_l1_block`. Every L1 block from
    /// safe_head's origin on is needed to check origins: give those before `next_l1_block` to
    /// add_origin first, in order, the origin itself included.
    DerivationPipeline(ChainConfig config, SafeHead safe_head, std::uint64_t next_l1_block);

    struct OriginRef {
        std::uint64_t number = 0;
        Hash32 hash;
        std::uint64_t timestamp = 0;
    };
    /// @pre its number follows that of the last one
    void add_origin(const OriginRef& origin);

    /// Takes the next L1 block. Total: whatever its data is, it either extends the chain in exactly
    /// one way or is dropped by a written rule.
    /// @pre block.number == next_l1_block(), and it is the child of the L1 block before: whoever
    /// reads
    ///      the L1 notices re-orgs and returns to a snapshot
    void advance(const L1Block& block, BlockSink& sink);

    [[nodiscard]] const SafeHead& safe_head() const noexcept { return safe_head_; }
    [[nodiscard]] std::uint64_t next_l1_block() const noexcept { return next_l1_block_; }
    /// No channel is open: a restart may begin here with nothing but safe_head().
    [[nodiscard]] bool quiescent() const noexcept { return !open_.has_value(); }
    /// Batches that gave at least one block, since the pipeline began.
    [[nodiscard]] std::uint64_t batches() const noexcept { return batches_; }
    /// What was dropped since the last call; at most kDroppedKept entries, the oldest ones.
    [[nodiscard]] std::vector<Dropped> take_dropped();

    static constexpr std::size_t kDroppedKept = 1'024;
    static constexpr std::size_t kOriginsMax =
        65'536;  ///< L1 blocks remembered since the safe origin

  private:
    struct OpenChannel {
        ChannelId id;
        std::uint64_t opened_at = 0;   // L1 block of frame 0
        std::uint32_t next_frame = 0;  // wider than a frame's number: it never wraps to 0
        Bytes data;
    };

    void expire_channel();
    void take_data(const InboxData& data, BlockSink& sink);
    void take_frame(const Frame& frame, BlockSink& sink);
    void finish_channel(BlockSink& sink);
    void take_batch(SpanBatch batch, BlockSink& sink);
    [[nodiscard]] Status take_block(BatchBlock block, BlockSink& sink);
    [[nodiscard]] Status check_batch(const SpanBatch& batch) const;
    [[nodiscard]] Status check_block(const BatchBlock& block) const;
    [[nodiscard]] const OriginRef* origin(std::uint64_t number) const noexcept;
    void drop(Error reason, const char* what);

    ChainConfig config_;
    SafeHead safe_head_;
    std::uint64_t next_l1_block_;
    std::deque<OriginRef> origins_;
    std::optional<OpenChannel> open_;
    std::vector<Dropped> dropped_;
    std::uint64_t batches_ = 0;
};

}  // namespace troupe::chain::batch
