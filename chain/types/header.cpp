#include "chain/types/header.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain {
namespace {

constexpr std::size_t kExtraDataMax = 32;                // Yellow Paper, "Block Header Validity"
using BlockNonce = FixedBytes<8, struct BlockNonceTag>;  // zero since the Merge (EIP-3675)

/// Reads a field that has one value only in a block without what it counts.
template <class Fixed>
Status expect(rlp::Reader& fields, const Fixed& constant) {
    TROUPE_TRY(value, fields.fixed<Fixed>());
    if (value != constant) return Error::kBlockTransactionInvalid;
    return {};
}

Status expect_zero(rlp::Reader& fields) {
    TROUPE_TRY(value, fields.u64());
    if (value != 0) return Error::kBlockTransactionInvalid;
    return {};
}

}  // namespace

Bytes encode_header(const Header& header) {
    Bytes fields;
    fields.reserve(768);  // a header takes about 600 bytes
    rlp::put_string(fields, header.parent_hash);
    rlp::put_string(fields, kEmptyOmmersHash);
    rlp::put_string(fields, header.coinbase);
    rlp::put_string(fields, header.state_root);
    rlp::put_string(fields, header.transactions_root);
    rlp::put_string(fields, header.receipts_root);
    rlp::put_string(fields, header.logs_bloom);
    rlp::put_integer(fields, std::uint64_t{0});  // difficulty
    rlp::put_integer(fields, header.number);
    rlp::put_integer(fields, header.gas_limit);
    rlp::put_integer(fields, header.gas_used);
    rlp::put_integer(fields, header.timestamp);
    rlp::put_string(fields, header.extra_data);
    rlp::put_string(fields, header.prev_randao);
    rlp::put_string(fields, BlockNonce{});
    rlp::put_integer(fields, header.base_fee_per_gas);
    rlp::put_string(fields, kEmptyTrieRoot);     // withdrawals_root (EIP-4895)
    rlp::put_integer(fields, std::uint64_t{0});  // blob_gas_used (EIP-4844)
    rlp::put_integer(fields, std::uint64_t{0});  // excess_blob_gas
    rlp::put_string(fields, header.parent_beacon_block_root);
    rlp::put_string(fields, kEmptyRequestsHash);
    return rlp::list_of(fields);
}

Result<Header> decode_header(ByteView rlp) {
    TROUPE_TRY(fields, rlp::read_single_list(rlp));
    TROUPE_TRY(parent_hash, fields.fixed<Hash32>());
    TROUPE_CHECK(expect(fields, kEmptyOmmersHash));
    TROUPE_TRY(coinbase, fields.fixed<Address>());
    TROUPE_TRY(state_root, fields.fixed<Hash32>());
    TROUPE_TRY(transactions_root, fields.fixed<Hash32>());
    TROUPE_TRY(receipts_root, fields.fixed<Hash32>());
    TROUPE_TRY(bloom, fields.fixed<Bloom>());
    TROUPE_CHECK(expect_zero(fields));  // difficulty
    TROUPE_TRY(number, fields.u64());
    TROUPE_TRY(gas_limit, fields.u64());
    TROUPE_TRY(gas_used, fields.u64());
    TROUPE_TRY(timestamp, fields.u64());
    TROUPE_TRY(extra_data, fields.string());
    if (extra_data.size() > kExtraDataMax) return Error::kRlpWrongSize;
    TROUPE_TRY(prev_randao, fields.fixed<Hash32>());
    TROUPE_CHECK(expect(fields, BlockNonce{}));
    TROUPE_TRY(base_fee_per_gas, fields.u256());
    TROUPE_CHECK(expect(fields, kEmptyTrieRoot));  // withdrawals_root
    TROUPE_CHECK(expect_zero(fields));             // blob_gas_used
    TROUPE_CHECK(expect_zero(fields));             // excess_blob_gas
    TROUPE_TRY(parent_beacon_block_root, fields.fixed<Hash32>());
    TROUPE_CHECK(expect(fields, kEmptyRequestsHash));
    TROUPE_CHECK(fields.finish());
    return Header{
        .parent_hash = parent_hash,
        .coinbase = coinbase,
        .state_root = state_root,
        .transactions_root = transactions_root,
        .receipts_root = receipts_root,
        .logs_bloom = bloom,
        .number = number,
        .gas_limit = gas_limit,
        .gas_used = gas_used,
        .timestamp = timestamp,
        .extra_data = Bytes(extra_data.begin(), extra_data.end()),
        .prev_randao = prev_randao,
        .base_fee_per_gas = base_fee_per_gas,
        .parent_beacon_block_root = parent_beacon_block_root};
}

Hash32 hash_header(const Header& header) {
    return crypto::keccak256(encode_header(header));
}

}  // namespace troupe::chain
