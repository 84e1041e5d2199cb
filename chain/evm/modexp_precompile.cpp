#include "chain/evm/modexp_precompile.hpp"

#include "chain/base/uint256.hpp"
#include "chain/crypto/modexp.hpp"

#include <algorithm>

namespace troupe::chain::evm {
namespace {

constexpr std::size_t kHeaderBytes = 96;

/// `count` bytes from `from` on; what lies beyond the input is absent, and means zero.
ByteView slice(ByteView input, std::size_t from, std::size_t count) noexcept {
    if (from >= input.size()) return {};
    return input.subspan(from, std::min(count, input.size() - from));
}

Uint256 length_at(ByteView input, std::size_t from) noexcept {
    Hash32 word;
    const ByteView present = slice(input, from, 32);
    std::copy(present.begin(), present.end(), word.data());
    return uint256_from_be(word);
}

struct Lengths {
    Uint256 base;
    Uint256 exponent;
    Uint256 modulus;
};

Lengths lengths_of(ByteView input) noexcept {
    return {length_at(input, 0), length_at(input, 32), length_at(input, 64)};
}

/// The exponent's first bytes, 32 at most, as a number.
Uint256 exponent_head(ByteView input, const Lengths& lengths) noexcept {
    const std::size_t size =
        std::min<std::size_t>(32, lengths.exponent.fits_u64() ? lengths.exponent.low_u64() : 32);
    const std::size_t room = input.size() > kHeaderBytes ? input.size() - kHeaderBytes : 0;
    if (!lengths.base.fits_u64() || lengths.base.low_u64() >= room) return {};  // all beyond
    Hash32 head;
    const ByteView present = slice(input, kHeaderBytes + lengths.base.low_u64(), size);
    std::copy(present.begin(), present.end(), head.data() + 32 - size);
    return uint256_from_be(head);
}

std::uint64_t bit_length(const Uint256& value) noexcept {
    for (int i = 3; i >= 0; --i) {
        if (value.limbs[i] == 0) continue;
        return static_cast<std::uint64_t>(i) * 64 + 64 -
               static_cast<std::uint64_t>(__builtin_clzll(value.limbs[i]));
    }
    return 0;
}

/// EIP-2565, calculate_iteration_count; `overflow` beyond 256 bits.
Uint256Checked iteration_count(const Uint256& exponent_size, const Uint256& head) noexcept {
    const std::uint64_t bits = bit_length(head);
    const std::uint64_t head_count = bits == 0 ? 0 : bits - 1;
    if (exponent_size <= Uint256(32)) return {std::max<std::uint64_t>(head_count, 1), false};
    const Uint256Checked tail = mul_checked(exponent_size - Uint256(32), 8);
    const Uint256Checked sum = add_checked(tail.value, head_count);
    return {std::max(sum.value, Uint256(1)), tail.overflow || sum.overflow};
}

/// A number of `size` bytes of which `present` are the first; zeros follow.
ByteView completed(ByteView present, std::size_t size, Bytes& memory) {
    if (present.size() == size) return present;
    memory.assign(present.begin(), present.end());
    memory.resize(size);
    return memory;
}

}  // namespace

std::optional<std::uint64_t> gas_of_modexp(ByteView input) noexcept {
    constexpr std::uint64_t kMinimum = 200;
    const Lengths lengths = lengths_of(input);
    const Uint256 longest = std::max(lengths.base, lengths.modulus);
    if (longest.is_zero()) return kMinimum;  // however long the exponent is
    if (!longest.fits_u64()) return std::nullopt;
    const Uint256 words = Uint256(longest.low_u64() / 8 + (longest.low_u64() % 8 != 0 ? 1 : 0));
    const Uint256 complexity = words * words;
    const Uint256Checked count = iteration_count(lengths.exponent, exponent_head(input, lengths));
    const Uint256Checked product = mul_checked(complexity, count.value);
    if (count.overflow || product.overflow) return std::nullopt;
    const Uint256 gas = product.value / Uint256(3);
    if (!gas.fits_u64()) return std::nullopt;
    return std::max(kMinimum, gas.low_u64());
}

bool run_modexp(ByteView input, Bytes& output) noexcept {
    const Lengths lengths = lengths_of(input);
    const std::size_t modulus_size = lengths.modulus.low_u64();
    output.resize(modulus_size);
    if (modulus_size == 0) return true;  // the exponent may have any length then
    const std::size_t base_size = lengths.base.low_u64();
    const std::size_t exponent_size = lengths.exponent.low_u64();
    const ByteView base = slice(input, kHeaderBytes, base_size);
    const ByteView exponent = slice(input, kHeaderBytes + base_size, exponent_size);
    const ByteView modulus = slice(input, kHeaderBytes + base_size + exponent_size, modulus_size);
    if (std::all_of(modulus.begin(), modulus.end(), [](std::uint8_t byte) { return byte == 0; })) {
        return true;  // absent, or zero: the answer is the zeros that stand there
    }
    // What follows is there, and so are the base and the exponent before it: both are whole.
    Bytes memory;
    crypto::modexp(base, exponent, completed(modulus, modulus_size, memory), output.data());
    return true;
}

}  // namespace troupe::chain::evm
