#include "chain/crypto/secp256k1.hpp"

#include "chain/crypto/keccak.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace troupe::chain::crypto {
namespace {

/// The order n of the group and n/2. SEC 2, "Recommended Parameters secp256k1".
constexpr Uint256 kOrder{
    0xffffffffffffffff, 0xfffffffffffffffe, 0xbaaedce6af48a03b, 0xbfd25e8cd0364141};
constexpr Uint256 kHalfOrder{
    0x7fffffffffffffff, 0xffffffffffffffff, 0x5d576e7357a4501d, 0xdfe92f46681b20a0};

/// Made once and never changed or freed: the library allows any number of readers. The built-in
/// static context cannot sign, so one is created.
const secp256k1_context* context() noexcept {
    static const secp256k1_context* const kContext = [] {
        auto* created = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        TROUPE_ASSERT(created != nullptr);
        return created;
    }();
    return kContext;
}

/// r then s, as the library reads them.
FixedBytes<64, struct CompactTag> compact(const EcdsaSignature& signature) noexcept {
    FixedBytes<64, struct CompactTag> bytes;
    const Hash32 r = to_be32(signature.r);
    const Hash32 s = to_be32(signature.s);
    std::copy(r.begin(), r.end(), bytes.data());
    std::copy(s.begin(), s.end(), bytes.data() + 32);
    return bytes;
}

PublicKey serialize(const secp256k1_pubkey& key) noexcept {
    std::uint8_t point[65];  // 0x04 in front: uncompressed
    std::size_t size = sizeof point;
    secp256k1_ec_pubkey_serialize(context(), point, &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return PublicKey::from(ByteView(point + 1, PublicKey::kSize));
}

}  // namespace

bool is_in_range(const EcdsaSignature& signature, bool require_low_s) noexcept {
    if (signature.r.is_zero() || signature.r >= kOrder || signature.s.is_zero()) return false;
    return require_low_s ? signature.s <= kHalfOrder : signature.s < kOrder;
}

Result<PublicKey> recover_public_key(
    const Hash32& digest, const EcdsaSignature& signature, bool require_low_s) noexcept {
    if (!is_in_range(signature, require_low_s)) return Error::kTxSignatureInvalid;
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    if (!secp256k1_ecdsa_recoverable_signature_parse_compact(
            context(), &parsed, compact(signature).data(), signature.y_parity ? 1 : 0) ||
        !secp256k1_ecdsa_recover(context(), &key, &parsed, digest.data())) {
        return Error::kTxSignatureInvalid;
    }
    return serialize(key);
}

Result<Address> recover_signer(const Hash32& digest, const EcdsaSignature& signature) noexcept {
    TROUPE_TRY(key, recover_public_key(digest, signature, true));
    return address_of(key);
}

Address address_of(const PublicKey& key) noexcept {
    return Address::from(keccak256(key).view().last(Address::kSize));
}

bool is_valid(const PrivateKey& key) noexcept {
    return secp256k1_ec_seckey_verify(context(), key.data()) == 1;
}

Result<PublicKey> public_key_of(const PrivateKey& key) noexcept {
    secp256k1_pubkey point;
    if (!secp256k1_ec_pubkey_create(context(), &point, key.data())) {
        return Error::kTxSignatureInvalid;
    }
    return serialize(point);
}

Result<EcdsaSignature> sign(const Hash32& digest, const PrivateKey& key) noexcept {
    secp256k1_ecdsa_recoverable_signature made;
    if (!is_valid(key) || !secp256k1_ecdsa_sign_recoverable(
                              context(), &made, digest.data(), key.data(), nullptr, nullptr)) {
        return Error::kTxSignatureInvalid;
    }
    std::uint8_t bytes[64];
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), bytes, &recovery_id, &made);
    // Ids 2 and 3 mean that R's x exceeds n: one nonce in 2^128, which nobody has seen.
    if (recovery_id > 1) return Error::kTxSignatureInvalid;
    return EcdsaSignature{
        uint256_from_be(ByteView(bytes, 32)), uint256_from_be(ByteView(bytes + 32, 32)),
        recovery_id == 1};
}

bool verify(const Hash32& digest, const EcdsaSignature& signature, const PublicKey& key) noexcept {
    if (!is_in_range(signature, true)) return false;
    std::uint8_t bytes[65] = {0x04};
    std::copy(key.begin(), key.end(), bytes + 1);
    secp256k1_pubkey point;
    secp256k1_ecdsa_signature parsed;
    return secp256k1_ec_pubkey_parse(context(), &point, bytes, sizeof bytes) &&
           secp256k1_ecdsa_signature_parse_compact(context(), &parsed, compact(signature).data()) &&
           secp256k1_ecdsa_verify(context(), &parsed, digest.data(), &point);
}

}  // namespace troupe::chain::crypto
