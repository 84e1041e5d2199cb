// Four Keccak states, one in each 64-bit lane of 25 vectors; see keccak_avx512.cpp.
#include "chain/crypto/keccak_lanes.hpp"

#if defined(__x86_64__)

#include "chain/crypto/keccak_permutation.hpp"

#include <immintrin.h>

#define TROUPE_AVX2 __attribute__((target("avx2"), always_inline))

namespace troupe::chain::crypto {
namespace {

using Vector = __m256i;
constexpr std::size_t kRate = 136;
constexpr int kLanes = 4;

template <int kBits>
TROUPE_AVX2 inline Vector rol(Vector a) noexcept {
    return _mm256_or_si256(_mm256_slli_epi64(a, kBits), _mm256_srli_epi64(a, 64 - kBits));
}

/// Rotations by whole bytes are one shuffle.
template <>
TROUPE_AVX2 inline Vector rol<8>(Vector a) noexcept {
    const Vector order = _mm256_set_epi8(
        14, 13, 12, 11, 10, 9, 8, 15, 6, 5, 4, 3, 2, 1, 0, 7,  //
        14, 13, 12, 11, 10, 9, 8, 15, 6, 5, 4, 3, 2, 1, 0, 7);
    return _mm256_shuffle_epi8(a, order);
}
template <>
TROUPE_AVX2 inline Vector rol<56>(Vector a) noexcept {
    const Vector order = _mm256_set_epi8(
        8, 15, 14, 13, 12, 11, 10, 9, 0, 7, 6, 5, 4, 3, 2, 1,  //
        8, 15, 14, 13, 12, 11, 10, 9, 0, 7, 6, 5, 4, 3, 2, 1);
    return _mm256_shuffle_epi8(a, order);
}

TROUPE_AVX2 inline Vector chi(Vector a, Vector b, Vector c) noexcept {
    return _mm256_xor_si256(a, _mm256_andnot_si256(b, c));
}

TROUPE_AVX2 inline void chi_row(
    Vector* to, Vector b0, Vector b1, Vector b2, Vector b3, Vector b4) noexcept {
    to[0] = chi(b0, b1, b2);
    to[1] = chi(b1, b2, b3);
    to[2] = chi(b2, b3, b4);
    to[3] = chi(b3, b4, b0);
    to[4] = chi(b4, b0, b1);
}

TROUPE_AVX2 inline Vector xor5(Vector a, Vector b, Vector c, Vector d, Vector e) noexcept {
    return _mm256_xor_si256(_mm256_xor_si256(_mm256_xor_si256(a, b), _mm256_xor_si256(c, d)), e);
}

/// One round from `a` to `e`, step for step that of keccak_permutation.cpp.
TROUPE_AVX2 inline void round(const Vector* a, Vector* e, std::uint64_t constant) noexcept {
    const Vector c0 = xor5(a[0], a[5], a[10], a[15], a[20]);
    const Vector c1 = xor5(a[1], a[6], a[11], a[16], a[21]);
    const Vector c2 = xor5(a[2], a[7], a[12], a[17], a[22]);
    const Vector c3 = xor5(a[3], a[8], a[13], a[18], a[23]);
    const Vector c4 = xor5(a[4], a[9], a[14], a[19], a[24]);
    const Vector d0 = _mm256_xor_si256(c4, rol<1>(c1));
    const Vector d1 = _mm256_xor_si256(c0, rol<1>(c2));
    const Vector d2 = _mm256_xor_si256(c1, rol<1>(c3));
    const Vector d3 = _mm256_xor_si256(c2, rol<1>(c4));
    const Vector d4 = _mm256_xor_si256(c3, rol<1>(c0));

#define THETA(x, d) _mm256_xor_si256(a[x], d)
    chi_row(
        e, THETA(0, d0), rol<44>(THETA(6, d1)), rol<43>(THETA(12, d2)), rol<21>(THETA(18, d3)),
        rol<14>(THETA(24, d4)));
    e[0] = _mm256_xor_si256(e[0], _mm256_set1_epi64x(static_cast<long long>(constant)));
    chi_row(
        e + 5, rol<28>(THETA(3, d3)), rol<20>(THETA(9, d4)), rol<3>(THETA(10, d0)),
        rol<45>(THETA(16, d1)), rol<61>(THETA(22, d2)));
    chi_row(
        e + 10, rol<1>(THETA(1, d1)), rol<6>(THETA(7, d2)), rol<25>(THETA(13, d3)),
        rol<8>(THETA(19, d4)), rol<18>(THETA(20, d0)));
    chi_row(
        e + 15, rol<27>(THETA(4, d4)), rol<36>(THETA(5, d0)), rol<10>(THETA(11, d1)),
        rol<15>(THETA(17, d2)), rol<56>(THETA(23, d3)));
    chi_row(
        e + 20, rol<62>(THETA(2, d2)), rol<55>(THETA(8, d3)), rol<39>(THETA(14, d4)),
        rol<41>(THETA(15, d0)), rol<2>(THETA(21, d1)));
#undef THETA
}

/// Adds words [word, word + 4) of the four blocks to the states.
TROUPE_AVX2 inline void absorb_words(
    Vector* a, const std::uint8_t* const* blocks, std::size_t word) noexcept {
    Vector r[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
        r[lane] = _mm256_loadu_si256(reinterpret_cast<const __m256i_u*>(blocks[lane] + 8 * word));
    }
    const Vector s0 = _mm256_unpacklo_epi64(r[0], r[1]);
    const Vector s1 = _mm256_unpackhi_epi64(r[0], r[1]);
    const Vector s2 = _mm256_unpacklo_epi64(r[2], r[3]);
    const Vector s3 = _mm256_unpackhi_epi64(r[2], r[3]);
    a[word] = _mm256_xor_si256(a[word], _mm256_permute2x128_si256(s0, s2, 0x20));
    a[word + 1] = _mm256_xor_si256(a[word + 1], _mm256_permute2x128_si256(s1, s3, 0x20));
    a[word + 2] = _mm256_xor_si256(a[word + 2], _mm256_permute2x128_si256(s0, s2, 0x31));
    a[word + 3] = _mm256_xor_si256(a[word + 3], _mm256_permute2x128_si256(s1, s3, 0x31));
}

TROUPE_AVX2 inline std::uint64_t last_word(const std::uint8_t* block) noexcept {
    std::uint64_t word;
    __builtin_memcpy(&word, block + 128, 8);
    return word;
}

}  // namespace

__attribute__((target("avx2"))) void keccak_step_avx2(
    LaneStates& states, const LaneBlock* blocks, unsigned fresh) noexcept {
    std::uint8_t padded[kLanes][kRate];
    const std::uint8_t* whole[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
        const LaneBlock& block = blocks[lane];
        whole[lane] = block.data;
        if (block.size >= kRate) continue;
        whole[lane] = padded[lane];
        __builtin_memset(padded[lane], 0, kRate);
        if (block.size != 0) __builtin_memcpy(padded[lane], block.data, block.size);
        padded[lane][block.size] = 0x01;
        padded[lane][kRate - 1] |= 0x80;
    }
    const Vector bits = _mm256_set_epi64x(8, 4, 2, 1);
    const Vector chosen = _mm256_and_si256(_mm256_set1_epi64x(static_cast<long long>(fresh)), bits);
    const Vector kept = _mm256_cmpeq_epi64(chosen, _mm256_setzero_si256());
    Vector a[25];
    Vector e[25];
    for (int i = 0; i < 25; ++i) {
        const auto* words = reinterpret_cast<const Vector*>(states.words + kLanes * i);
        a[i] = _mm256_and_si256(kept, _mm256_load_si256(words));
    }
    for (std::size_t word = 0; word < 16; word += kLanes)
        absorb_words(a, whole, word);
    a[16] = _mm256_xor_si256(
        a[16], _mm256_set_epi64x(
                   static_cast<long long>(last_word(whole[3])),
                   static_cast<long long>(last_word(whole[2])),
                   static_cast<long long>(last_word(whole[1])),
                   static_cast<long long>(last_word(whole[0]))));
    for (int i = 0; i < 24; i += 2) {
        round(a, e, kKeccakRoundConstants[i]);
        round(e, a, kKeccakRoundConstants[i + 1]);
    }
    for (int i = 0; i < 25; ++i) {
        _mm256_store_si256(reinterpret_cast<Vector*>(states.words + kLanes * i), a[i]);
    }
}

}  // namespace troupe::chain::crypto

#endif
