#include "chain/execution/authorization.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/crypto/secp256k1.hpp"
#include "chain/evm/delegation.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain::execution {
namespace {

constexpr std::uint8_t kMagic = 0x05;
constexpr std::int64_t kExistingAccountRefund = 12'500;  // PER_EMPTY_ACCOUNT - PER_AUTH_BASE

/// @return the refund
std::int64_t apply(
    state::Journal& journal, const BlockEnv& env, const Authorization& authorization) {
    // 1. The chain id is ours or zero.
    if (!authorization.chain_id.is_zero() && authorization.chain_id != Uint256{env.chain_id})
        return 0;
    // 2. The nonce can still grow.
    if (authorization.nonce == ~std::uint64_t{0}) return 0;
    // 3. The signature recovers.
    const auto authority = authority_of(authorization);
    if (!authority) return 0;
    // 4. The authority is warm from here on.
    const state::Journal::AccountId id = journal.account(*authority);
    journal.warm_account(id);
    // 5. It has no code of its own.
    const ByteView code = journal.code(id);
    if (!code.empty() && !evm::delegate_of(code)) return 0;
    // 6. The nonce is its next one.
    if (journal.nonce(id) != authorization.nonce) return 0;
    // 7. It need not pay for a new account if it was there.
    const std::int64_t refund = journal.is_empty(id) ? 0 : kExistingAccountRefund;
    // 8. It delegates, or no longer does.
    if (authorization.address.is_zero())
        journal.set_code(id, {});
    else
        journal.set_code(id, evm::delegation_to(authorization.address));
    // 9.
    journal.set_nonce(id, authorization.nonce + 1);
    return refund;
}

}  // namespace

std::optional<Address> authority_of(const Authorization& authorization) {
    if (authorization.y_parity > 1) return std::nullopt;
    Bytes items;
    rlp::put_integer(items, authorization.chain_id);
    rlp::put_string(items, authorization.address);
    rlp::put_integer(items, authorization.nonce);
    Bytes preimage{kMagic};
    append(preimage, rlp::list_of(items));
    const crypto::EcdsaSignature signature{
        authorization.r, authorization.s, authorization.y_parity == 1};
    const auto signer = crypto::recover_signer(crypto::keccak256(preimage), signature);
    if (!signer) return std::nullopt;
    return *signer;
}

std::int64_t apply_authorizations(
    state::Journal& journal, const BlockEnv& env, const Transaction& tx) {
    std::int64_t refund = 0;
    for (const Authorization& authorization : tx.authorizations)
        refund += apply(journal, env, authorization);
    return refund;
}

}  // namespace troupe::chain::execution
