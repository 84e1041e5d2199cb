#include "chain/types/account.hpp"

#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain {

Bytes encode_account(const Account& account) {
    const std::size_t payload = rlp::integer_size(account.nonce) +
                                rlp::integer_size(account.balance) +
                                2 * rlp::string_size(account.code_hash);
    Bytes out;
    out.reserve(rlp::list_size(payload));
    rlp::put_list_header(out, payload);
    rlp::put_integer(out, account.nonce);
    rlp::put_integer(out, account.balance);
    rlp::put_string(out, account.storage_root);
    rlp::put_string(out, account.code_hash);
    return out;
}

Result<Account> decode_account(ByteView rlp) {
    TROUPE_TRY(fields, rlp::read_single_list(rlp));
    TROUPE_TRY(nonce, fields.u64());
    TROUPE_TRY(balance, fields.u256());
    TROUPE_TRY(storage_root, fields.fixed<Hash32>());
    TROUPE_TRY(code_hash, fields.fixed<Hash32>());
    TROUPE_CHECK(fields.finish());
    return Account{nonce, balance, storage_root, code_hash};
}

Result<Uint256> decode_slot(ByteView rlp) {
    rlp::Reader in(rlp);
    TROUPE_TRY(value, in.u256());
    TROUPE_CHECK(in.finish());
    return value;
}

Bytes encode_slot(const Uint256& value) {
    Bytes out;
    rlp::put_integer(out, value);
    return out;
}

}  // namespace troupe::chain
