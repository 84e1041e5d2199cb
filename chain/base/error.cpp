#include "chain/base/error.hpp"

namespace troupe::chain {

std::string_view to_string(Error error) noexcept {
    switch (error) {
        case Error::kRlpTruncated: return "rlp_truncated";
        case Error::kRlpNonCanonical: return "rlp_non_canonical";
        case Error::kRlpTrailingBytes: return "rlp_trailing_bytes";
        case Error::kRlpUnexpectedKind: return "rlp_unexpected_kind";
        case Error::kRlpIntegerTooLarge: return "rlp_integer_too_large";
        case Error::kRlpLeadingZero: return "rlp_leading_zero";
        case Error::kRlpWrongSize: return "rlp_wrong_size";
        case Error::kRlpTooManyItems: return "rlp_too_many_items";
        case Error::kRlpTooDeep: return "rlp_too_deep";
        case Error::kTxEmpty: return "tx_empty";
        case Error::kTxTypeUnknown: return "tx_type_unknown";
        case Error::kTxTooLarge: return "tx_too_large";
        case Error::kTxChainIdMissing: return "tx_chain_id_missing";
        case Error::kTxChainIdWrong: return "tx_chain_id_wrong";
        case Error::kTxYParityInvalid: return "tx_y_parity_invalid";
        case Error::kTxSignatureInvalid: return "tx_signature_invalid";
        case Error::kTxTipAboveFeeCap: return "tx_tip_above_fee_cap";
        case Error::kTxAddressInvalid: return "tx_address_invalid";
        case Error::kTxNonceTooLarge: return "tx_nonce_too_large";
        case Error::kTxBlobInvalid: return "tx_blob_invalid";
        case Error::kTxAuthorizationInvalid: return "tx_authorization_invalid";
        case Error::kTxGasOverflow: return "tx_gas_overflow";
        case Error::kTxInitCodeTooLarge: return "tx_init_code_too_large";
        case Error::kNonceTooLow: return "nonce_too_low";
        case Error::kNonceTooHigh: return "nonce_too_high";
        case Error::kInsufficientFunds: return "insufficient_funds";
        case Error::kIntrinsicGasTooLow: return "intrinsic_gas_too_low";
        case Error::kFeeCapBelowBaseFee: return "fee_cap_below_base_fee";
        case Error::kGasLimitAboveBlock: return "gas_limit_above_block";
        case Error::kSenderHasCode: return "sender_has_code";
        case Error::kTxTypeUnsupported: return "tx_type_unsupported";
        case Error::kUnsupported: return "unsupported";
        case Error::kFloorGasTooLow: return "floor_gas_too_low";
        case Error::kProofInvalid: return "proof_invalid";
        case Error::kProofIncomplete: return "proof_incomplete";
        case Error::kTrieNodeMalformed: return "trie_node_malformed";
        case Error::kBatchTruncated: return "batch_truncated";
        case Error::kBatchVersionUnknown: return "batch_version_unknown";
        case Error::kBatchCountTooLarge: return "batch_count_too_large";
        case Error::kBatchNonCanonical: return "batch_non_canonical";
        case Error::kBatchTrailingBytes: return "batch_trailing_bytes";
        case Error::kBatchTransactionInvalid: return "batch_transaction_invalid";
        case Error::kFrameTruncated: return "frame_truncated";
        case Error::kFrameTooLarge: return "frame_too_large";
        case Error::kFrameVersionUnknown: return "frame_version_unknown";
        case Error::kChannelCodecUnknown: return "channel_codec_unknown";
        case Error::kChannelTooLarge: return "channel_too_large";
        case Error::kChannelCorrupt: return "channel_corrupt";
        case Error::kFrameMalformed: return "frame_malformed";
        case Error::kFrameOutOfOrder: return "frame_out_of_order";
        case Error::kChannelUnfinished: return "channel_unfinished";
        case Error::kChannelTimedOut: return "channel_timed_out";
        case Error::kBlockParentMismatch: return "block_parent_mismatch";
        case Error::kBlockNumberMismatch: return "block_number_mismatch";
        case Error::kBlockTimestampInvalid: return "block_timestamp_invalid";
        case Error::kBlockOriginInvalid: return "block_origin_invalid";
        case Error::kBlockGasExceeded: return "block_gas_exceeded";
        case Error::kBlockTransactionInvalid: return "block_transaction_invalid";
        case Error::kInboxSenderWrong: return "inbox_sender_wrong";
        case Error::kHexInvalid: return "hex_invalid";
        case Error::kHexWrongSize: return "hex_wrong_size";
        case Error::kNumberInvalid: return "number_invalid";
        case Error::kGenesisInvalid: return "genesis_invalid";
    }
    return "unknown_error";  // a number read from disk or the wire that names no rule
}

}  // namespace troupe::chain
