#include "chain/crypto/ripemd160.hpp"

#include "chain/base/endian.hpp"

namespace troupe::chain::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;

// The paper's appendix A: message word and rotation of each step, for the left and the right line.
constexpr std::uint8_t kLeftWord[80] = {
    0, 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15,  //
    7, 4,  13, 1,  10, 6,  15, 3,  12, 0, 9,  5,  2,  14, 11, 8,   //
    3, 10, 14, 4,  9,  15, 8,  1,  2,  7, 0,  6,  13, 11, 5,  12,  //
    1, 9,  11, 10, 0,  8,  12, 4,  13, 3, 7,  15, 14, 5,  6,  2,   //
    4, 0,  5,  9,  7,  12, 2,  10, 14, 1, 3,  8,  11, 6,  15, 13};
constexpr std::uint8_t kRightWord[80] = {
    5,  14, 7,  0, 9, 2,  11, 4,  13, 6,  15, 8,  1,  10, 3,  12,  //
    6,  11, 3,  7, 0, 13, 5,  10, 14, 15, 8,  12, 4,  9,  1,  2,   //
    15, 5,  1,  3, 7, 14, 6,  9,  11, 8,  12, 2,  10, 0,  4,  13,  //
    8,  6,  4,  1, 3, 11, 15, 0,  5,  12, 2,  13, 9,  7,  10, 14,  //
    12, 15, 10, 4, 1, 5,  8,  7,  6,  2,  13, 14, 0,  3,  9,  11};
constexpr std::uint8_t kLeftShift[80] = {
    11, 14, 15, 12, 5,  8,  7,  9,  11, 13, 14, 15, 6,  7,  9,  8,   //
    7,  6,  8,  13, 11, 9,  7,  15, 7,  12, 15, 9,  11, 7,  13, 12,  //
    11, 13, 6,  7,  14, 9,  13, 15, 14, 8,  13, 6,  5,  12, 7,  5,   //
    11, 12, 14, 15, 14, 15, 9,  8,  9,  14, 5,  6,  8,  6,  5,  12,  //
    9,  15, 5,  11, 6,  8,  13, 12, 5,  12, 13, 14, 11, 8,  5,  6};
constexpr std::uint8_t kRightShift[80] = {
    8,  9,  9,  11, 13, 15, 15, 5,  7,  7,  8,  11, 14, 14, 12, 6,   //
    9,  13, 15, 7,  12, 8,  9,  11, 7,  7,  12, 7,  6,  15, 13, 11,  //
    9,  7,  15, 11, 8,  6,  6,  14, 12, 13, 5,  14, 13, 13, 7,  5,   //
    15, 5,  8,  11, 14, 14, 6,  14, 6,  9,  12, 9,  12, 5,  15, 8,   //
    8,  5,  12, 9,  12, 5,  14, 6,  8,  13, 6,  5,  15, 13, 11, 11};
constexpr std::uint32_t kLeftConstant[5] = {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e};
constexpr std::uint32_t kRightConstant[5] = {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0};

/// The five nonlinear functions; the right line uses them in the opposite order.
template <int kRound>
std::uint32_t mix(std::uint32_t x, std::uint32_t y, std::uint32_t z) noexcept {
    if constexpr (kRound == 0) return x ^ y ^ z;
    if constexpr (kRound == 1) return (x & y) | (~x & z);
    if constexpr (kRound == 2) return (x | ~y) ^ z;
    if constexpr (kRound == 3) return (x & z) | (y & ~z);
    if constexpr (kRound == 4) return x ^ (y | ~z);
}

struct Line {
    std::uint32_t a, b, c, d, e;

    void step(std::uint32_t mixed, std::uint32_t word, int shift) noexcept {
        const std::uint32_t t = std::rotl(a + mixed + word, shift) + e;
        a = e, e = d, d = std::rotl(c, 10), c = b, b = t;
    }
};

template <int kRound>
void round(Line& left, Line& right, const std::uint32_t (&words)[16]) noexcept {
#pragma GCC unroll 16
    for (int i = 16 * kRound; i < 16 * kRound + 16; ++i) {
        left.step(
            mix<kRound>(left.b, left.c, left.d), words[kLeftWord[i]] + kLeftConstant[kRound],
            kLeftShift[i]);
        right.step(
            mix<4 - kRound>(right.b, right.c, right.d),
            words[kRightWord[i]] + kRightConstant[kRound], kRightShift[i]);
    }
}

void compress(std::uint32_t (&state)[5], const std::uint8_t* block) noexcept {
    std::uint32_t words[16];
    for (std::size_t i = 0; i < 16; ++i)
        words[i] = load_le<std::uint32_t>(block + 4 * i);
    Line left{state[0], state[1], state[2], state[3], state[4]};
    Line right = left;
    round<0>(left, right, words);
    round<1>(left, right, words);
    round<2>(left, right, words);
    round<3>(left, right, words);
    round<4>(left, right, words);
    const std::uint32_t first = state[1] + left.c + right.d;
    state[1] = state[2] + left.d + right.e;
    state[2] = state[3] + left.e + right.a;
    state[3] = state[4] + left.a + right.b;
    state[4] = state[0] + left.b + right.c;
    state[0] = first;
}

}  // namespace

Ripemd160Hash ripemd160(ByteView input) noexcept {
    std::uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const std::uint64_t bits = std::uint64_t{input.size()} * 8;
    for (; input.size() >= kBlockBytes; input = input.subspan(kBlockBytes)) {
        compress(state, input.data());
    }
    std::uint8_t last[2 * kBlockBytes] = {};
    std::copy(input.begin(), input.end(), last);
    last[input.size()] = 0x80;
    const std::size_t size = input.size() + 9 > kBlockBytes ? 2 * kBlockBytes : kBlockBytes;
    store_le(last + size - 8, bits);
    for (std::size_t at = 0; at < size; at += kBlockBytes)
        compress(state, last + at);
    Ripemd160Hash hash;
    for (std::size_t i = 0; i < 5; ++i)
        store_le(hash.data() + 4 * i, state[i]);
    return hash;
}

}  // namespace troupe::chain::crypto
