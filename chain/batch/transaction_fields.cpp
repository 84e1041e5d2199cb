#include "chain/batch/transaction_fields.hpp"

#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain::batch {
namespace {

// EIP-155: v = 35 + 2 * chain_id + y_parity.
Uint256 eip155_base(std::uint64_t chain_id) noexcept {
    return Uint256{35} + Uint256{chain_id} + Uint256{chain_id};
}

Status take_recipient(rlp::Reader& reader, TransactionFields& fields) {
    TROUPE_TRY(to, reader.string());
    if (to.empty()) return {};
    if (to.size() != Address::kSize) return Error::kTxAddressInvalid;
    fields.to = Address::from(to);
    return {};
}

Result<ByteView> take_list_payload(rlp::Reader& reader) {
    TROUPE_TRY(list, reader.list());
    return list.rest();
}

// nonce, [tip,] fee, gas limit, to, value, data: the part that all types share.
Status take_common(rlp::Reader& reader, TransactionFields& fields) {
    TROUPE_TRY(nonce, reader.u64());
    fields.nonce = nonce;
    if (has_tip(fields.type)) {
        TROUPE_TRY(tip, reader.u256());
        fields.tip = tip;
    }
    TROUPE_TRY(fee_cap, reader.u256());
    fields.fee_cap = fee_cap;
    TROUPE_TRY(gas_limit, reader.u64());
    fields.gas_limit = gas_limit;
    TROUPE_CHECK(take_recipient(reader, fields));
    TROUPE_TRY(value, reader.u256());
    fields.value = value;
    TROUPE_TRY(data, reader.string());
    fields.data = data;
    return {};
}

Status take_legacy_v(rlp::Reader& reader, TransactionFields& fields, std::uint64_t chain_id) {
    TROUPE_TRY(v, reader.u256());
    if (v == Uint256{27} || v == Uint256{28}) return Error::kTxChainIdMissing;
    const auto [parity, below] = sub_checked(v, eip155_base(chain_id));
    if (below || parity > Uint256{1}) return Error::kTxChainIdWrong;
    fields.y_parity = parity == Uint256{1};
    return {};
}

Status take_lists_and_parity(rlp::Reader& reader, TransactionFields& fields) {
    TROUPE_TRY(access_list, take_list_payload(reader));
    fields.access_list = access_list;
    if (has_authorizations(fields.type)) {
        TROUPE_TRY(authorizations, take_list_payload(reader));
        fields.authorizations = authorizations;
    }
    TROUPE_TRY(y_parity, reader.u64());
    if (y_parity > 1) return Error::kTxYParityInvalid;
    fields.y_parity = y_parity == 1;
    return {};
}

void put_common(Bytes& out, const TransactionFields& fields) {
    rlp::put_integer(out, fields.nonce);
    if (has_tip(fields.type)) rlp::put_integer(out, fields.tip);
    rlp::put_integer(out, fields.fee_cap);
    rlp::put_integer(out, fields.gas_limit);
    rlp::put_string(out, fields.to ? fields.to->view() : ByteView{});
    rlp::put_integer(out, fields.value);
    rlp::put_string(out, fields.data);
}

void put_list(Bytes& out, ByteView payload) {
    rlp::put_list_header(out, payload.size());
    append(out, payload);
}

}  // namespace

Result<TransactionFields> take_apart(ByteView raw, std::uint64_t chain_id) {
    if (raw.empty()) return Error::kTxEmpty;
    TransactionFields fields;
    const bool legacy = raw[0] >= 0xc0;  // EIP-2718: a legacy transaction begins as an RLP list
    if (!legacy) {
        fields.type = static_cast<TxType>(raw[0]);
        if (raw[0] < 1 || raw[0] > 4 || !is_batchable(fields.type)) {
            return Error::kTxTypeUnsupported;
        }
    }
    TROUPE_TRY(reader, rlp::read_single_list(legacy ? raw : raw.subspan(1)));
    if (!legacy) {
        TROUPE_TRY(signed_for, reader.u64());
        if (signed_for != chain_id) return Error::kTxChainIdWrong;
    }
    TROUPE_CHECK(take_common(reader, fields));
    TROUPE_CHECK(
        legacy ? take_legacy_v(reader, fields, chain_id) : take_lists_and_parity(reader, fields));
    TROUPE_TRY(r, reader.u256());
    fields.r = r;
    TROUPE_TRY(s, reader.u256());
    fields.s = s;
    TROUPE_CHECK(reader.finish());
    return fields;
}

Bytes put_together(const TransactionFields& fields, std::uint64_t chain_id) {
    Bytes raw;
    Bytes scratch;
    put_together(fields, chain_id, raw, scratch);
    return raw;
}

void put_together(
    const TransactionFields& fields, std::uint64_t chain_id, Bytes& raw, Bytes& items) {
    items.clear();
    items.reserve(
        160 + fields.data.size() + fields.access_list.size() + fields.authorizations.size());
    const bool legacy = fields.type == TxType::kLegacy;
    if (!legacy) rlp::put_integer(items, chain_id);
    put_common(items, fields);
    if (legacy) {
        rlp::put_integer(items, eip155_base(chain_id) + Uint256{fields.y_parity ? 1U : 0U});
    } else {
        put_list(items, fields.access_list);
        if (has_authorizations(fields.type)) put_list(items, fields.authorizations);
        rlp::put_integer(items, std::uint64_t{fields.y_parity ? 1U : 0U});
    }
    rlp::put_integer(items, fields.r);
    rlp::put_integer(items, fields.s);

    raw.clear();
    raw.reserve(items.size() + 6);
    if (!legacy) raw.push_back(static_cast<std::uint8_t>(fields.type));
    put_list(raw, items);
}

}  // namespace troupe::chain::batch
