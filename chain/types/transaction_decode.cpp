#include "chain/rlp/decode.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain {
namespace {

constexpr std::uint8_t kBlobVersionKzg = 0x01;  // EIP-4844, VERSIONED_HASH_VERSION_KZG

Result<Address> read_destination(ByteView bytes) {
    if (bytes.size() != Address::kSize) return Error::kTxAddressInvalid;
    return Address::from(bytes);
}

Status read_access_list(rlp::Reader& fields, AccessList& list) {
    TROUPE_TRY(entries, fields.list());
    while (!entries.at_end()) {
        TROUPE_TRY(entry, entries.list());
        TROUPE_TRY(address, entry.fixed<Address>());
        TROUPE_TRY(keys, entry.list());
        TROUPE_CHECK(entry.finish());
        AccessListEntry& read = list.emplace_back();
        read.address = address;
        read.storage_keys.reserve(keys.rest().size() / (1 + Hash32::kSize));
        while (!keys.at_end()) {
            TROUPE_TRY(key, keys.fixed<Hash32>());
            read.storage_keys.push_back(key);
        }
    }
    return {};
}

Status read_blob_hashes(rlp::Reader& fields, std::vector<Hash32>& hashes) {
    TROUPE_TRY(elements, fields.list());
    while (!elements.at_end()) {
        TROUPE_TRY(hash, elements.fixed<Hash32>());
        if (hash[0] != kBlobVersionKzg) return Error::kTxBlobInvalid;
        hashes.push_back(hash);
    }
    if (hashes.empty()) return Error::kTxBlobInvalid;
    return {};
}

Result<Authorization> read_authorization(rlp::Reader fields) {
    TROUPE_TRY(chain_id, fields.u256());
    TROUPE_TRY(address, fields.fixed<Address>());
    TROUPE_TRY(nonce, fields.u64());
    TROUPE_TRY(y_parity, fields.u64());
    TROUPE_TRY(r, fields.u256());
    TROUPE_TRY(s, fields.u256());
    TROUPE_CHECK(fields.finish());
    if (y_parity > 0xff) return Error::kRlpIntegerTooLarge;
    return Authorization{chain_id, address, nonce, static_cast<std::uint8_t>(y_parity), r, s};
}

Status read_authorizations(rlp::Reader& fields, std::vector<Authorization>& list) {
    TROUPE_TRY(elements, fields.list());
    while (!elements.at_end()) {
        TROUPE_TRY(element, elements.list());
        TROUPE_TRY(authorization, read_authorization(element));
        list.push_back(authorization);
    }
    if (list.empty()) return Error::kTxAuthorizationInvalid;
    return {};
}

/// gas_limit, to, value, data: the same in every type.
Status read_call(rlp::Reader& fields, Transaction& tx) {
    TROUPE_TRY(gas_limit, fields.u64());
    TROUPE_TRY(to, fields.string());
    TROUPE_TRY(value, fields.u256());
    TROUPE_TRY(data, fields.string());
    if (!to.empty()) {
        TROUPE_TRY(address, read_destination(to));
        tx.to = address;
    }
    tx.gas_limit = gas_limit;
    tx.value = value;
    tx.data.assign(data.begin(), data.end());
    return {};
}

Status read_r_and_s(rlp::Reader& fields, Transaction& tx) {
    TROUPE_TRY(r, fields.u256());
    TROUPE_TRY(s, fields.u256());
    tx.signature.r = r;
    tx.signature.s = s;
    return fields.finish();
}

/// EIP-155: v is 35 + 2 * chain_id + y_parity, or 27 + y_parity without a chain id.
Status read_v(rlp::Reader& fields, Transaction& tx) {
    TROUPE_TRY(v, fields.u256());
    if (v < 35) {
        if (v != 27 && v != 28) return Error::kTxYParityInvalid;
        tx.signature.y_parity = v == 28;
        return {};
    }
    const Uint256 twice = v - 35;
    if (twice >= Uint256{0, 0, 2, 0}) return Error::kRlpIntegerTooLarge;  // chain ids have 64 bits
    tx.chain_id = twice.limbs[1] << 63 | twice.limbs[0] >> 1;
    tx.signature.y_parity = (twice.limbs[0] & 1) != 0;
    return {};
}

Status read_legacy(rlp::Reader& fields, Transaction& tx) {
    TROUPE_TRY(nonce, fields.u64());
    TROUPE_TRY(gas_price, fields.u256());
    tx.nonce = nonce;
    tx.max_priority_fee_per_gas = gas_price;
    tx.max_fee_per_gas = gas_price;
    TROUPE_CHECK(read_call(fields, tx));
    TROUPE_CHECK(read_v(fields, tx));
    return read_r_and_s(fields, tx);
}

Status read_typed(rlp::Reader& fields, Transaction& tx) {
    TROUPE_TRY(chain_id, fields.u64());
    TROUPE_TRY(nonce, fields.u64());
    TROUPE_TRY(tip_or_price, fields.u256());
    tx.chain_id = chain_id;
    tx.nonce = nonce;
    tx.max_priority_fee_per_gas = tip_or_price;
    tx.max_fee_per_gas = tip_or_price;
    if (tx.type != TxType::kAccessList) {
        TROUPE_TRY(max_fee, fields.u256());
        tx.max_fee_per_gas = max_fee;
    }
    TROUPE_CHECK(read_call(fields, tx));
    TROUPE_CHECK(read_access_list(fields, tx.access_list));
    if (tx.type == TxType::kBlob) {
        TROUPE_TRY(max_fee_per_blob_gas, fields.u256());
        tx.max_fee_per_blob_gas = max_fee_per_blob_gas;
        TROUPE_CHECK(read_blob_hashes(fields, tx.blob_versioned_hashes));
        if (!tx.to) return Error::kTxBlobInvalid;
    }
    if (tx.type == TxType::kSetCode) {
        TROUPE_CHECK(read_authorizations(fields, tx.authorizations));
        if (!tx.to) return Error::kTxAuthorizationInvalid;
    }
    TROUPE_TRY(y_parity, fields.u64());
    if (y_parity > 1) return Error::kTxYParityInvalid;
    tx.signature.y_parity = y_parity == 1;
    return read_r_and_s(fields, tx);
}

/// The rules that concern several fields, or more than a field's width.
Status check_form(const Transaction& tx) noexcept {
    if (tx.nonce == ~std::uint64_t{0}) return Error::kTxNonceTooLarge;
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas) return Error::kTxTipAboveFeeCap;
    const auto fee = mul_checked(tx.max_fee_per_gas, tx.gas_limit);
    if (fee.overflow) return Error::kTxGasOverflow;
    if (!tx.to && tx.data.size() > kInitCodeBytesMax) return Error::kTxInitCodeTooLarge;
    if (!crypto::is_in_range(tx.signature, true)) return Error::kTxSignatureInvalid;
    return {};
}

}  // namespace

Result<Transaction> decode_transaction(ByteView raw) {
    if (raw.empty()) return Error::kTxEmpty;
    if (raw.size() > kTransactionBytesMax) return Error::kTxTooLarge;
    Result<Transaction> result{Transaction{}};
    Transaction& tx = *result;
    const bool legacy = raw[0] >= 0xc0;
    if (!legacy) {
        if (raw[0] == 0 || raw[0] > static_cast<std::uint8_t>(TxType::kSetCode)) {
            return Error::kTxTypeUnknown;
        }
        tx.type = static_cast<TxType>(raw[0]);
        raw = raw.subspan(1);
    }
    TROUPE_TRY(fields, rlp::read_single_list(raw));
    TROUPE_CHECK(legacy ? read_legacy(fields, tx) : read_typed(fields, tx));
    TROUPE_CHECK(check_form(tx));
    return result;
}

}  // namespace troupe::chain
