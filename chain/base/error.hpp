#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::chain {

/// Everything chain/ can refuse, one rule each. Numbers are stable: they are stored and sent.
/// A range per subject: 1 RLP, 16 transaction form, 48 transaction validity, 80 trie and proofs,
/// 96 batch, channel and frame, 128 derivation and blocks, 160 genesis and text formats.
enum class Error : std::uint8_t {
    // RLP: Yellow Paper, Appendix B
    kRlpTruncated = 1,        // the input ends inside an item
    kRlpNonCanonical = 2,     // a shorter encoding of the same item exists
    kRlpTrailingBytes = 3,    // bytes follow the item
    kRlpUnexpectedKind = 4,   // a list where a string belongs, or the other way round
    kRlpIntegerTooLarge = 5,  // does not fit the field's width
    kRlpLeadingZero = 6,      // integers carry no leading zero byte
    kRlpWrongSize = 7,        // a fixed-size string of another size
    kRlpTooManyItems = 8,     // more list elements than the structure has, or fewer
    kRlpTooDeep = 9,          // nesting beyond kRlpDepthMax

    // Transaction form: EIP-2718, 155, 2930, 1559, 4844, 7702
    kTxEmpty = 16,
    kTxTypeUnknown = 17,           // first byte names no known type
    kTxTooLarge = 18,              // beyond kTransactionBytesMax
    kTxChainIdMissing = 19,        // legacy without EIP-155 replay protection where it is required
    kTxChainIdWrong = 20,          // signed for another chain
    kTxYParityInvalid = 21,        // v is not 27, 28 or EIP-155's; y_parity is not 0 or 1
    kTxSignatureInvalid = 22,      // r or s outside [1, n), s > n/2 (EIP-2), or no such curve point
    kTxTipAboveFeeCap = 23,        // max_priority_fee_per_gas > max_fee_per_gas (EIP-1559)
    kTxAddressInvalid = 24,        // `to` is neither empty nor 20 bytes
    kTxNonceTooLarge = 25,         // nonce >= 2^64 - 1 (EIP-2681)
    kTxBlobInvalid = 26,           // EIP-4844: no blobs, wrong version, creation
    kTxAuthorizationInvalid = 27,  // EIP-7702: empty list, or creation
    kTxGasOverflow = 28,           // gas_limit * max_fee_per_gas exceeds 256 bits
    kTxInitCodeTooLarge = 29,      // EIP-3860
    kTxTooManyBlobs = 30,          // EIP-4844: more than a block may have; EIP-7691

    // Transaction validity: Yellow Paper, "Transaction Execution", and the EIPs named
    kNonceTooLow = 48,
    kNonceTooHigh = 49,
    kInsufficientFunds = 50,
    kIntrinsicGasTooLow = 51,
    kFeeCapBelowBaseFee = 52,  // EIP-1559
    kGasLimitAboveBlock = 53,
    kSenderHasCode = 54,      // EIP-3607
    kTxTypeUnsupported = 55,  // a known type this chain does not take (blobs)
    kUnsupported = 56,        // needs the EVM
    kFloorGasTooLow = 57,     // EIP-7623
    kBlobFeeCapTooLow = 58,   // EIP-4844: max_fee_per_blob_gas < blob_base_fee

    // Trie and proofs
    kProofInvalid = 80,     // a node's hash differs from the reference to it
    kProofIncomplete = 81,  // the path needs a node that the proof does not have
    kTrieNodeMalformed = 82,

    // Batches, channels, frames: docs/formats/
    kBatchTruncated = 96,
    kBatchVersionUnknown = 97,
    kBatchCountTooLarge = 98,  // more elements announced than the remaining bytes can hold
    kBatchNonCanonical = 99,   // encode(decode(x)) != x
    kBatchTrailingBytes = 100,
    kBatchTransactionInvalid = 101,
    kFrameTruncated = 102,
    kFrameTooLarge = 103,
    kFrameVersionUnknown = 104,
    kChannelCodecUnknown = 105,
    kChannelTooLarge = 106,    // compressed or decompressed size beyond the limit
    kChannelCorrupt = 107,     // the compressed stream does not decode, or its id is not its hash's
    kFrameMalformed = 108,     // no data, or a last flag that is neither 0 nor 1
    kFrameOutOfOrder = 109,    // does not continue the open channel
    kChannelUnfinished = 110,  // frame 0 of another channel came before the last frame
    kChannelTimedOut = 111,    // not finished within channel_timeout_blocks

    // Derivation and blocks: docs/formats/derivation.md
    kBlockParentMismatch = 128,
    kBlockNumberMismatch = 129,
    kBlockTimestampInvalid = 130,
    kBlockOriginInvalid = 131,
    kBlockGasExceeded = 132,
    kBlockTransactionInvalid = 133,
    kInboxSenderWrong = 134,  // data that the batcher did not send

    // Genesis and text formats
    kHexInvalid = 160,
    kHexWrongSize = 161,
    kNumberInvalid = 162,
    kGenesisInvalid = 163,
};

/// A stable lower-case name without the k: "rlp_non_canonical". For logs, metrics and messages.
[[nodiscard]] std::string_view to_string(Error error) noexcept;

}  // namespace troupe::chain
