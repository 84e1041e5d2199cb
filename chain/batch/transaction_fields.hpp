#pragma once

#include "chain/base/uint256.hpp"
#include "chain/types/transaction.hpp"

#include <optional>

namespace troupe::chain::batch {

/// A raw transaction taken apart for the columns, without copying what is long.
struct TransactionFields {
    TxType type = TxType::kLegacy;
    bool y_parity = false;
    std::uint64_t nonce = 0;
    std::uint64_t gas_limit = 0;
    Uint256 fee_cap;  ///< types 0 and 1: the gas price
    Uint256 tip;      ///< types 2 and 4
    Uint256 value;
    std::optional<Address> to;
    ByteView data;
    ByteView access_list;     ///< payload of the RLP list
    ByteView authorizations;  ///< payload of the RLP list
    Uint256 r;
    Uint256 s;
};

[[nodiscard]] constexpr bool has_access_list(TxType type) noexcept {
    return type != TxType::kLegacy;
}
[[nodiscard]] constexpr bool has_tip(TxType type) noexcept {
    return type == TxType::kDynamicFee || type == TxType::kSetCode;
}
[[nodiscard]] constexpr bool has_authorizations(TxType type) noexcept {
    return type == TxType::kSetCode;
}
[[nodiscard]] constexpr bool is_batchable(TxType type) noexcept {
    return type != TxType::kBlob;
}

/// Takes `raw` apart; the views point into it.
/// @pre   decode_transaction(raw) accepts it
/// @error kTxTypeUnsupported, kTxChainIdMissing, kTxChainIdWrong
[[nodiscard]] Result<TransactionFields> take_apart(ByteView raw, std::uint64_t chain_id);

/// The inverse. Says nothing about validity: decode_transaction judges what comes out.
[[nodiscard]] Bytes put_together(const TransactionFields& fields, std::uint64_t chain_id);
/// The same into memory that is used again: `raw` is what comes out, `scratch` anything.
void put_together(
    const TransactionFields& fields, std::uint64_t chain_id, Bytes& raw, Bytes& scratch);

}  // namespace troupe::chain::batch
