#include "chain/evm/precompiles.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/base/uint256.hpp"
#include "chain/crypto/blake2b.hpp"
#include "chain/crypto/kzg.hpp"
#include "chain/crypto/p256.hpp"
#include "chain/crypto/ripemd160.hpp"
#include "chain/crypto/secp256k1.hpp"
#include "chain/crypto/sha256.hpp"
#include "chain/evm/bls_precompiles.hpp"
#include "chain/evm/bn254_precompiles.hpp"
#include "chain/evm/modexp_precompile.hpp"
#include "chain/evm/padded.hpp"

#include <algorithm>
#include <optional>

namespace troupe::chain::evm {
namespace {

/// The gas that `input` costs; nullopt: more than any call can have, or an input without a price.
using GasFunction = std::optional<std::uint64_t> (*)(ByteView input) noexcept;
/// Computes the answer into `output`, which is empty; false: the call fails.
using RunFunction = bool (*)(ByteView input, Bytes& output) noexcept;

struct Precompile {
    GasFunction gas = nullptr;
    RunFunction run = nullptr;
};

template <std::uint64_t kGas>
std::optional<std::uint64_t> flat(ByteView) noexcept {
    return kGas;
}

template <std::uint64_t kBase, std::uint64_t kWord>
std::optional<std::uint64_t> per_word(ByteView input) noexcept {
    return kBase + kWord * ((std::uint64_t{input.size()} + 31) / 32);
}

bool run_ecrecover(ByteView input, Bytes& output) noexcept {
    const auto words = padded<128>(input);  // digest, v, r, s
    const ByteView view(words);
    const Uint256 v = uint256_from_be(view.subspan(32, 32));
    if (v != Uint256(27) && v != Uint256(28)) return true;  // no answer, and no failure
    const crypto::EcdsaSignature signature{
        uint256_from_be(view.subspan(64, 32)), uint256_from_be(view.subspan(96, 32)),
        v == Uint256(28)};
    const auto key = crypto::recover_public_key(Hash32::from(view.first(32)), signature, false);
    if (!key) return true;
    output.assign(12, 0);
    append(output, crypto::address_of(*key));
    return true;
}

bool run_sha256(ByteView input, Bytes& output) noexcept {
    append(output, crypto::sha256(input));
    return true;
}

bool run_ripemd160(ByteView input, Bytes& output) noexcept {
    output.assign(12, 0);
    append(output, crypto::ripemd160(input));
    return true;
}

bool run_identity(ByteView input, Bytes& output) noexcept {
    output.assign(input.begin(), input.end());
    return true;
}

/// EIP-152: rounds, state, block, offset, last.
constexpr std::size_t kBlake2fBytes = 4 + 64 + 128 + 16 + 1;

std::optional<std::uint64_t> gas_of_blake2f(ByteView input) noexcept {
    if (input.size() != kBlake2fBytes || input.back() > 1) return std::nullopt;
    return load_be<std::uint32_t>(input.data());
}

bool run_blake2f(ByteView input, Bytes& output) noexcept {
    std::uint64_t words[8 + 16 + 2];
    for (std::size_t i = 0; i < 26; ++i)
        words[i] = load_le<std::uint64_t>(input.data() + 4 + 8 * i);
    crypto::blake2b_compress(
        load_be<std::uint32_t>(input.data()), words, words + 8, words + 24, input.back() == 1);
    output.resize(64);
    for (std::size_t i = 0; i < 8; ++i)
        store_le(output.data() + 8 * i, words[i]);
    return true;
}

/// EIP-4844, "Point evaluation precompile": versioned hash, z, y, commitment, proof.
bool run_kzg_point_evaluation(ByteView input, Bytes& output) noexcept {
    if (input.size() != 192) return false;
    const auto commitment = crypto::KzgPoint::from(input.subspan(96, 48));
    Hash32 versioned = crypto::sha256(commitment);
    versioned[0] = 0x01;  // VERSIONED_HASH_VERSION_KZG
    if (!equal(versioned, input.first(32))) return false;
    const auto z = Hash32::from(input.subspan(32, 32));
    const auto y = Hash32::from(input.subspan(64, 32));
    const auto proof = crypto::KzgPoint::from(input.subspan(144, 48));
    if (!crypto::verify_kzg_proof(commitment, z, y, proof)) return false;
    append(output, to_be32(Uint256(4'096)));  // FIELD_ELEMENTS_PER_BLOB, then BLS_MODULUS
    constexpr Uint256 kModulus{
        0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe, 0xffffffff00000001};
    append(output, to_be32(kModulus));
    return true;
}

/// RIP-7212: digest, r, s, x, y. What is no signature has no answer, and is no failure.
bool run_p256_verify(ByteView input, Bytes& output) noexcept {
    if (input.size() != 160) return true;
    const auto word = [input](std::size_t i) { return uint256_from_be(input.subspan(32 * i, 32)); };
    const auto digest = Hash32::from(input.first(32));
    if (crypto::verify_p256(digest, word(1), word(2), word(3), word(4))) {
        append(output, to_be32(Uint256(1)));
    }
    return true;
}

constexpr Precompile kPrecompiles[] = {
    {},
    {flat<3'000>, run_ecrecover},
    {per_word<60, 12>, run_sha256},
    {per_word<600, 120>, run_ripemd160},
    {per_word<15, 3>, run_identity},
    {gas_of_modexp, run_modexp},
    {flat<kGasOfBn254Add>, run_bn254_add},
    {flat<kGasOfBn254Multiply>, run_bn254_multiply},
    {gas_of_bn254_pairing, run_bn254_pairing},
    {gas_of_blake2f, run_blake2f},
    {flat<50'000>, run_kzg_point_evaluation},
    {flat<kGasOfBlsG1Add>, run_bls_g1_add},
    {gas_of_bls_g1_msm, run_bls_g1_msm},
    {flat<kGasOfBlsG2Add>, run_bls_g2_add},
    {gas_of_bls_g2_msm, run_bls_g2_msm},
    {gas_of_bls_pairing, run_bls_pairing},
    {flat<kGasOfBlsMapToG1>, run_bls_map_to_g1},
    {flat<kGasOfBlsMapToG2>, run_bls_map_to_g2},
};
constexpr Precompile kP256VerifyPrecompile{flat<3'450>, run_p256_verify};
constexpr std::uint16_t kLastOfCancun = 0x0a;
constexpr std::uint16_t kLastOfPrague = 0x11;
static_assert(std::size(kPrecompiles) == kLastOfPrague + 1);
constexpr std::uint16_t kP256Verify = 0x100;

/// The number that a precompile's address is; 0 for addresses that have more than two bytes.
std::uint16_t number_of(const Address& address) noexcept {
    const bool small = std::all_of(
        address.begin(), address.end() - 2, [](std::uint8_t byte) { return byte == 0; });
    return small ? load_be<std::uint16_t>(address.data() + Address::kSize - 2) : std::uint16_t{0};
}

const Precompile& precompile_at(const Address& address) noexcept {
    const std::uint16_t number = number_of(address);
    return number == kP256Verify ? kP256VerifyPrecompile : kPrecompiles[number];
}

}  // namespace

bool is_precompile(const Address& address, const Rules& rules) noexcept {
    const std::uint16_t number = number_of(address);
    if (number == kP256Verify) return rules.p256_verify;
    return number != 0 &&
           number <= (rules.revision >= Revision::kPrague ? kLastOfPrague : kLastOfCancun);
}

PrecompileResult run_precompile(
    const Address& address, ByteView input, std::uint64_t gas, const Rules& rules,
    Bytes& output) noexcept {
    TROUPE_ASSERT(is_precompile(address, rules));
    output.clear();
    const Precompile& precompile = precompile_at(address);
    const std::optional<std::uint64_t> cost = precompile.gas(input);
    if (!cost || *cost > gas) return {};
    if (!precompile.run(input, output)) {
        output.clear();
        return {};
    }
    return {true, gas - *cost};
}

}  // namespace troupe::chain::evm
