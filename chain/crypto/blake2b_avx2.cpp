// BLAKE2b's rounds with the four columns of the working vector side by side in AVX2 registers: each
// row is one vector, and the diagonals are the columns of rotated rows.
#include "chain/crypto/blake2b_rounds.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define TROUPE_AVX2 __attribute__((target("avx2")))

namespace troupe::chain::crypto {
namespace {

/// The message words of a round in the order in which the lanes take them: x and y of the columns,
/// x and y of the diagonals. Made once for a call, which may run millions of rounds.
struct Schedule {
    alignas(32) std::uint64_t words[10][16];
};

TROUPE_AVX2 inline __m256i rotate(__m256i v, int bits) noexcept {
    return _mm256_or_si256(_mm256_srli_epi64(v, bits), _mm256_slli_epi64(v, 64 - bits));
}

TROUPE_AVX2 inline void mix(
    __m256i& a, __m256i& b, __m256i& c, __m256i& d, __m256i x, __m256i y) noexcept {
    const __m256i by24 = _mm256_setr_epi8(
        3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10,  //
        3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10);
    const __m256i by16 = _mm256_setr_epi8(
        2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9,  //
        2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9);
    a = _mm256_add_epi64(a, _mm256_add_epi64(b, x));
    d = _mm256_shuffle_epi32(_mm256_xor_si256(d, a), 0xb1);  // by 32
    c = _mm256_add_epi64(c, d);
    b = _mm256_shuffle_epi8(_mm256_xor_si256(b, c), by24);
    a = _mm256_add_epi64(a, _mm256_add_epi64(b, y));
    d = _mm256_shuffle_epi8(_mm256_xor_si256(d, a), by16);
    c = _mm256_add_epi64(c, d);
    b = rotate(_mm256_xor_si256(b, c), 63);
}

TROUPE_AVX2 void run(
    std::uint32_t rounds, std::uint64_t work[16], const std::uint64_t block[16]) noexcept {
    Schedule schedule;
    for (std::uint32_t row = 0; row < 10 && row < rounds; ++row) {
        for (int i = 0; i < 4; ++i) {
            const std::uint8_t* s = kBlake2bSigma[row] + 2 * i;
            schedule.words[row][i] = block[s[0]];
            schedule.words[row][4 + i] = block[s[1]];
            schedule.words[row][8 + i] = block[s[8]];
            schedule.words[row][12 + i] = block[s[9]];
        }
    }
    auto* const memory = reinterpret_cast<__m256i*>(work);
    __m256i a = _mm256_loadu_si256(memory);
    __m256i b = _mm256_loadu_si256(memory + 1);
    __m256i c = _mm256_loadu_si256(memory + 2);
    __m256i d = _mm256_loadu_si256(memory + 3);
    for (std::uint32_t r = 0, row = 0; r < rounds; ++r) {
        const auto* words = reinterpret_cast<const __m256i*>(schedule.words[row]);
        row = row == 9 ? 0 : row + 1;
        mix(a, b, c, d, words[0], words[1]);
        b = _mm256_permute4x64_epi64(b, 0x39);
        c = _mm256_permute4x64_epi64(c, 0x4e);
        d = _mm256_permute4x64_epi64(d, 0x93);
        mix(a, b, c, d, words[2], words[3]);
        b = _mm256_permute4x64_epi64(b, 0x93);
        c = _mm256_permute4x64_epi64(c, 0x4e);
        d = _mm256_permute4x64_epi64(d, 0x39);
    }
    _mm256_storeu_si256(memory, a);
    _mm256_storeu_si256(memory + 1, b);
    _mm256_storeu_si256(memory + 2, c);
    _mm256_storeu_si256(memory + 3, d);
}

}  // namespace

Blake2bRounds blake2b_rounds_avx2() noexcept {
    return __builtin_cpu_supports("avx2") ? &run : nullptr;
}

}  // namespace troupe::chain::crypto

#else

namespace troupe::chain::crypto {

Blake2bRounds blake2b_rounds_avx2() noexcept {
    return nullptr;
}

}  // namespace troupe::chain::crypto

#endif
