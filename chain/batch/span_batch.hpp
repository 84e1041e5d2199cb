#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/types/chain_config.hpp"

#include <algorithm>
#include <span>
#include <vector>

/// docs/formats/batch.md: consecutive L2 blocks, column by column.
namespace troupe::chain::batch {

struct BatchBlock {
    std::uint64_t timestamp = 0;
    std::uint64_t l1_origin_number = 0;
    std::vector<Bytes> transactions;  ///< raw, signed
    friend bool operator==(const BatchBlock&, const BatchBlock&) noexcept = default;
};

/// A range of blocks. Senders and roots are not sent: they follow.
struct SpanBatch {
    std::uint64_t first_block_number = 0;
    Hash32 parent_hash;              ///< of the first block
    Hash32 l1_origin_hash;           ///< of the last block's origin
    std::vector<BatchBlock> blocks;  ///< at least one
    friend bool operator==(const SpanBatch&, const SpanBatch&) noexcept = default;
};

/// The same with transactions that somebody else holds: what encoding reads.
struct BatchBlockView {
    std::uint64_t timestamp = 0;
    std::uint64_t l1_origin_number = 0;
    std::span<const Bytes> transactions;
};
struct SpanBatchView {
    std::uint64_t first_block_number = 0;
    Hash32 parent_hash;
    Hash32 l1_origin_hash;
    std::vector<BatchBlockView> blocks;
};
/// Of a batch that outlives it.
[[nodiscard]] SpanBatchView view_of(const SpanBatch& batch);

inline constexpr std::uint8_t kSpanBatchVersion = 0;

/// Whether a batch can carry this transaction: admission asks before it accepts.
/// @pre   decode_transaction(raw) accepts it
/// @error kTxTypeUnsupported: blobs; kTxChainIdMissing: legacy without EIP-155; kTxChainIdWrong
[[nodiscard]] Status check_batchable(ByteView raw, const ChainConfig& config);

/// Beyond this no block is filled, whatever its gas (Ethereum's bound for a block: EIP-7934).
inline constexpr std::uint64_t kBlockBytesMax = 8'388'608;
/// Bytes of raw transactions with which a block surely fits a batch and a channel of its own: odd
/// ones take up to an eighth more in columns, and what does not compress grows a little. Blocks
/// that the L1 gives may be larger.
[[nodiscard]] constexpr std::uint64_t block_bytes_max(const ChainConfig& config) noexcept {
    return std::min(
        {kBlockBytesMax, config.channel_bytes_max / 4 * 3, config.batch_bytes_max / 4 * 3});
}

/// @pre at least one block, timestamps and origin numbers never go down, and every transaction is
///      batchable
[[nodiscard]] Bytes encode_span_batch(const SpanBatchView& batch, const ChainConfig& config);
[[nodiscard]] inline Bytes encode_span_batch(const SpanBatch& batch, const ChainConfig& config) {
    return encode_span_batch(view_of(batch), config);
}

/// Whether reading what was written gives what it was written from: decode_span_batch and a
/// comparison, without another copy of every transaction, for whoever has just encoded.
/// @pre   `encoded` is what encode_span_batch made of some batch, and decode_transaction accepts
///        every transaction of `batch`. Anything else is for decode_span_batch.
/// @error those of decode_span_batch; kBatchNonCanonical: it reads as another batch
[[nodiscard]] Status check_reads_back(
    ByteView encoded, const SpanBatchView& batch, const ChainConfig& config);

/// Total, bounded, canonical: every count is checked against the bytes that remain before anything
/// is allocated, and encode(decode(x)) == x or x is refused.
/// @error the kBatch… errors
[[nodiscard]] Result<SpanBatch> decode_span_batch(ByteView encoded, const ChainConfig& config);

}  // namespace troupe::chain::batch
