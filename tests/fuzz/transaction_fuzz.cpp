// Any bytes as a signed transaction. What is accepted has one encoding, and a sender who is found
// has signed exactly this transaction.
#include "chain/types/transaction.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/keccak.hpp"

namespace {

using namespace troupe::chain;

void try_transaction(ByteView input) {
    const auto tx = decode_transaction(input);
    if (!tx) return;
    const Bytes again = encode_transaction(*tx);
    TROUPE_ASSERT(equal(again, input));
    TROUPE_ASSERT(transaction_hash(again) == transaction_hash(input));
    TROUPE_ASSERT(tx->max_priority_fee_per_gas <= tx->max_fee_per_gas);
    TROUPE_ASSERT(crypto::is_in_range(tx->signature, true));

    const Hash32 digest = signing_hash(*tx);
    TROUPE_ASSERT(digest == crypto::keccak256(signing_preimage(*tx)));
    const auto key = crypto::recover_public_key(digest, tx->signature, true);
    const auto sender = recover_sender(*tx);
    TROUPE_ASSERT(key.ok() == sender.ok());
    if (!key) return;
    TROUPE_ASSERT(crypto::address_of(*key) == *sender);
    TROUPE_ASSERT(crypto::verify(digest, tx->signature, *key));
}

// The fuzzer cannot sign: the same fields, signed by a known key, must come back as they were.
void try_signed_again(ByteView input) {
    auto tx = decode_transaction(input);
    if (!tx) return;
    crypto::PrivateKey key;
    key[31] = 1;
    TROUPE_ASSERT(sign_transaction(*tx, key).ok());
    const auto read = decode_transaction(encode_transaction(*tx));
    TROUPE_ASSERT(read && *read == *tx);
    const auto sender = recover_sender(*read);
    TROUPE_ASSERT(sender && *sender == crypto::address_of(*crypto::public_key_of(key)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try_transaction({data, size});
    try_signed_again({data, size});
    return 0;
}
