#include "chain/crypto/blake2b.hpp"

#include <bit>

namespace troupe::chain::crypto {
namespace {

/// RFC 7693, 2.6: the initialisation vector, SHA-512's.
constexpr std::uint64_t kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                       0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                       0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/// RFC 7693, 2.7 "Message Schedule SIGMA": row r % 10 is for round r.
constexpr int kRows = 10;
constexpr std::uint8_t kSigma[kRows][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

/// RFC 7693, 3.1 "Mixing Function G".
inline __attribute__((always_inline)) void mix(
    std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d, std::uint64_t x,
    std::uint64_t y) noexcept {
    a = (a + x) + b;  // b comes last out of the mixing before
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a = (a + y) + b;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

inline __attribute__((always_inline)) void round(
    std::uint64_t v[16], const std::uint64_t m[16], const std::uint8_t s[16]) noexcept {
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

/// All rows in a row, written out so that the compiler knows every index: a third faster.
inline __attribute__((always_inline)) void ten_rounds(
    std::uint64_t v[16], const std::uint64_t m[16]) noexcept {
    round(v, m, kSigma[0]);
    round(v, m, kSigma[1]);
    round(v, m, kSigma[2]);
    round(v, m, kSigma[3]);
    round(v, m, kSigma[4]);
    round(v, m, kSigma[5]);
    round(v, m, kSigma[6]);
    round(v, m, kSigma[7]);
    round(v, m, kSigma[8]);
    round(v, m, kSigma[9]);
}

}  // namespace

void blake2b_compress(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept {
    std::uint64_t v[16];
    for (int i = 0; i < 8; ++i) {
        v[i] = state[i];
        v[i + 8] = kInitial[i];
    }
    v[12] ^= offset[0];
    v[13] ^= offset[1];
    if (last) v[14] = ~v[14];
    for (; rounds >= kRows; rounds -= kRows)
        ten_rounds(v, block);
    for (std::uint32_t row = 0; row < rounds; ++row)
        round(v, block, kSigma[row]);
    for (int i = 0; i < 8; ++i)
        state[i] ^= v[i] ^ v[i + 8];
}

}  // namespace troupe::chain::crypto
