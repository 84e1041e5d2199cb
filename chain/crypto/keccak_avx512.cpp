// Eight Keccak states, one in each 64-bit lane of 25 vectors. Every function names its instruction
// set itself: the file needs no compiler flags, and nothing in it runs before keccak_batch.cpp has
// asked the machine.
#include "chain/crypto/keccak_lanes.hpp"

#if defined(__x86_64__)

#include "chain/crypto/keccak_permutation.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of the vector that its own intrinsics leave undefined on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#define TROUPE_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,bmi2"), always_inline))

namespace troupe::chain::crypto {
namespace {

using Vector = __m512i;
constexpr std::size_t kRate = 136;

TROUPE_AVX512 inline Vector xor3(Vector a, Vector b, Vector c) noexcept {
    return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

template <int kBits>
TROUPE_AVX512 inline Vector rol(Vector a) noexcept {
    return _mm512_rol_epi64(a, kBits);
}

/// One row of chi: b0 ^ (~b1 & b2), and so on around the row.
TROUPE_AVX512 inline void chi_row(
    Vector* to, Vector b0, Vector b1, Vector b2, Vector b3, Vector b4) noexcept {
    to[0] = _mm512_ternarylogic_epi64(b0, b1, b2, 0xd2);
    to[1] = _mm512_ternarylogic_epi64(b1, b2, b3, 0xd2);
    to[2] = _mm512_ternarylogic_epi64(b2, b3, b4, 0xd2);
    to[3] = _mm512_ternarylogic_epi64(b3, b4, b0, 0xd2);
    to[4] = _mm512_ternarylogic_epi64(b4, b0, b1, 0xd2);
}

/// One round from `a` to `e`, step for step that of keccak_permutation.cpp.
TROUPE_AVX512 inline void round(const Vector* a, Vector* e, std::uint64_t constant) noexcept {
    const Vector c0 = xor3(xor3(a[0], a[5], a[10]), a[15], a[20]);
    const Vector c1 = xor3(xor3(a[1], a[6], a[11]), a[16], a[21]);
    const Vector c2 = xor3(xor3(a[2], a[7], a[12]), a[17], a[22]);
    const Vector c3 = xor3(xor3(a[3], a[8], a[13]), a[18], a[23]);
    const Vector c4 = xor3(xor3(a[4], a[9], a[14]), a[19], a[24]);
    const Vector d0 = _mm512_xor_si512(c4, rol<1>(c1));
    const Vector d1 = _mm512_xor_si512(c0, rol<1>(c2));
    const Vector d2 = _mm512_xor_si512(c1, rol<1>(c3));
    const Vector d3 = _mm512_xor_si512(c2, rol<1>(c4));
    const Vector d4 = _mm512_xor_si512(c3, rol<1>(c0));

#define THETA(x, d) _mm512_xor_si512(a[x], d)
    chi_row(
        e, THETA(0, d0), rol<44>(THETA(6, d1)), rol<43>(THETA(12, d2)), rol<21>(THETA(18, d3)),
        rol<14>(THETA(24, d4)));
    e[0] = _mm512_xor_si512(e[0], _mm512_set1_epi64(static_cast<long long>(constant)));
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

/// Eight rows of eight words become eight columns: word i of row l moves to word l of column i.
TROUPE_AVX512 inline void transpose(Vector* r) noexcept {
    Vector s[8];
    for (int i = 0; i < 8; i += 2) {
        s[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        s[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    for (int i = 0; i < 2; ++i) {  // i: even or odd words
        const Vector t0 = _mm512_shuffle_i64x2(s[i], s[2 + i], 0x88);
        const Vector t1 = _mm512_shuffle_i64x2(s[i], s[2 + i], 0xdd);
        const Vector t2 = _mm512_shuffle_i64x2(s[4 + i], s[6 + i], 0x88);
        const Vector t3 = _mm512_shuffle_i64x2(s[4 + i], s[6 + i], 0xdd);
        r[i] = _mm512_shuffle_i64x2(t0, t2, 0x88);
        r[4 + i] = _mm512_shuffle_i64x2(t0, t2, 0xdd);
        r[2 + i] = _mm512_shuffle_i64x2(t1, t3, 0x88);
        r[6 + i] = _mm512_shuffle_i64x2(t1, t3, 0xdd);
    }
}

/// Bytes [offset, offset + 64) of a block; zero and the padding's first byte beyond its size.
/// Bytes beyond the size are never read. Nor is a row without bytes touched: a masked load that
/// meets no memory at all is answered by microcode, at the price of a whole permutation.
TROUPE_AVX512 inline Vector load_row(const LaneBlock& block, std::size_t offset) noexcept {
    if (block.size >= offset + 64) return _mm512_loadu_si512(block.data + offset);
    if (block.size < offset) return _mm512_setzero_si512();
    if (block.size == offset) return _mm512_maskz_mov_epi8(1, _mm512_set1_epi8(0x01));
    const std::size_t rest = block.size - offset;
    const __mmask64 present = (std::uint64_t{1} << rest) - 1;
    const Vector bytes = _mm512_maskz_loadu_epi8(present, block.data + offset);
    return _mm512_mask_mov_epi8(bytes, std::uint64_t{1} << rest, _mm512_set1_epi8(0x01));
}

/// The block's last word, bytes [128, 136), with both ends of the padding that fall into it.
TROUPE_AVX512 inline std::uint64_t load_last_word(const LaneBlock& block) noexcept {
    std::uint64_t word = 0;
    if (block.size >= kRate) {
        __builtin_memcpy(&word, block.data + 128, 8);
        return word;
    }
    if (block.size >= 128) {
        for (std::size_t i = block.size; i > 128; --i)
            word = word << 8 | block.data[i - 1];
        word |= std::uint64_t{0x01} << (block.size - 128) * 8;
    }
    return word ^ std::uint64_t{0x80} << 56;
}

/// Adds the blocks to the first 17 words of the states.
TROUPE_AVX512 inline void absorb(Vector* a, const LaneBlock* blocks) noexcept {
    std::size_t longest = 0;
    alignas(64) std::uint64_t last[8];
    Vector rows[8];
    for (int lane = 0; lane < 8; ++lane) {
        rows[lane] = load_row(blocks[lane], 0);
        last[lane] = load_last_word(blocks[lane]);
        longest = blocks[lane].size > longest ? blocks[lane].size : longest;
    }
    transpose(rows);
    for (int i = 0; i < 8; ++i)
        a[i] = _mm512_xor_si512(a[i], rows[i]);
    a[16] = _mm512_xor_si512(a[16], _mm512_load_si512(last));
    if (longest < 64) return;  // addresses, slots and other short keys
    for (int lane = 0; lane < 8; ++lane)
        rows[lane] = load_row(blocks[lane], 64);
    transpose(rows);
    for (int i = 0; i < 8; ++i)
        a[8 + i] = _mm512_xor_si512(a[8 + i], rows[i]);
}

}  // namespace

__attribute__((target("avx512f,avx512bw,avx512vl,bmi2"))) void keccak_step_avx512(
    LaneStates& states, const LaneBlock* blocks, unsigned fresh) noexcept {
    const auto kept = static_cast<__mmask8>(~fresh);
    Vector a[25];
    Vector e[25];
    for (int i = 0; i < 25; ++i)
        a[i] = _mm512_maskz_load_epi64(kept, states.words + 8 * i);
    absorb(a, blocks);
    for (int i = 0; i < 24; i += 2) {
        round(a, e, kKeccakRoundConstants[i]);
        round(e, a, kKeccakRoundConstants[i + 1]);
    }
    for (int i = 0; i < 25; ++i)
        _mm512_store_si512(states.words + 8 * i, a[i]);
}

}  // namespace troupe::chain::crypto

#endif
