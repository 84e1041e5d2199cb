#include "chain/types/transaction.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain {

Hash32 transaction_hash(ByteView raw) noexcept {
    return crypto::keccak256(raw);
}

Hash32 signing_hash(const Transaction& tx) {
    return crypto::keccak256(signing_preimage(tx));
}

Result<Address> recover_sender(const Transaction& tx) {
    return crypto::recover_signer(signing_hash(tx), tx.signature);
}

Status sign_transaction(Transaction& tx, const crypto::PrivateKey& key) {
    TROUPE_TRY(signature, crypto::sign(signing_hash(tx), key));
    tx.signature = signature;
    return {};
}

Uint256 effective_gas_price(const Transaction& tx, const Uint256& base_fee_per_gas) noexcept {
    const auto wanted = add_checked(base_fee_per_gas, tx.max_priority_fee_per_gas);
    if (wanted.overflow) return tx.max_fee_per_gas;
    return std::min(wanted.value, tx.max_fee_per_gas);
}

}  // namespace troupe::chain
