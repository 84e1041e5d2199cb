#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

#include <immintrin.h>

/// Vectors of 64-bit lanes for the field: AVX-512 with IFMA. Included only by recovery_avx512.cpp,
/// inside the region that names the instruction set.
namespace troupe::chain::crypto::recovery {

/// 8 * kVectors lanes. Two vectors hide the latency of one.
template <int kVectors>
struct Avx512Lanes {
    static constexpr int kLanes = 8 * kVectors;

    __m512i v[kVectors];

    struct Mask {
        __mmask8 m[kVectors];
    };

#define TROUPE_EACH(expression)                                                          \
    Avx512Lanes result;                                                                  \
    _Pragma("GCC unroll 4") for (int k = 0; k < kVectors; ++k) result.v[k] = expression; \
    return result

    TROUPE_LANE static Avx512Lanes all(std::uint64_t value) noexcept {
        TROUPE_EACH(_mm512_set1_epi64(static_cast<long long>(value)));
    }
    TROUPE_LANE static Avx512Lanes zero() noexcept {
        TROUPE_EACH(_mm512_setzero_si512());
    }
    /// @param words  kLanes of them, aligned to 64 bytes
    TROUPE_LANE static Avx512Lanes load(const std::uint64_t* words) noexcept {
        TROUPE_EACH(_mm512_load_si512(words + 8 * k));
    }
    TROUPE_LANE void store(std::uint64_t* words) const noexcept {
        for (int k = 0; k < kVectors; ++k)
            _mm512_store_si512(words + 8 * k, v[k]);
    }
    TROUPE_LANE friend Avx512Lanes operator+(const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_add_epi64(a.v[k], b.v[k]));
    }
    TROUPE_LANE friend Avx512Lanes operator-(const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_sub_epi64(a.v[k], b.v[k]));
    }
    TROUPE_LANE friend Avx512Lanes operator&(const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_and_si512(a.v[k], b.v[k]));
    }
    TROUPE_LANE friend Avx512Lanes operator|(const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_or_si512(a.v[k], b.v[k]));
    }
    /// Bits above the 64th are lost.
    template <int kBits>
    TROUPE_LANE Avx512Lanes left() const noexcept {
        TROUPE_EACH(_mm512_slli_epi64(v[k], kBits));
    }
    /// The same where none is lost.
    template <int kBits>
    TROUPE_LANE Avx512Lanes times_power() const noexcept {
        return left<kBits>();
    }
    template <int kBits>
    TROUPE_LANE Avx512Lanes right() const noexcept {
        TROUPE_EACH(_mm512_srli_epi64(v[k], kBits));
    }
    /// sum + the low 52 bits of a * b; only the low 52 bits of a and b are read.
    TROUPE_LANE static Avx512Lanes add_low(
        const Avx512Lanes& sum, const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_madd52lo_epu64(sum.v[k], a.v[k], b.v[k]));
    }
    /// sum + the high 52 bits of the same product.
    TROUPE_LANE static Avx512Lanes add_high(
        const Avx512Lanes& sum, const Avx512Lanes& a, const Avx512Lanes& b) noexcept {
        TROUPE_EACH(_mm512_madd52hi_epu64(sum.v[k], a.v[k], b.v[k]));
    }
    TROUPE_LANE static Avx512Lanes select(
        const Mask& mask, const Avx512Lanes& yes, const Avx512Lanes& no) noexcept {
        TROUPE_EACH(_mm512_mask_mov_epi64(no.v[k], mask.m[k], yes.v[k]));
    }
    /// Lane i takes lane i ^ kStep. kStep is a power of two.
    template <int kStep>
    TROUPE_LANE Avx512Lanes exchanged() const noexcept {
        if constexpr (kStep >= 8) {
            TROUPE_EACH(v[k ^ (kStep / 8)]);
        } else if constexpr (kStep == 4) {
            TROUPE_EACH(_mm512_shuffle_i64x2(v[k], v[k], 0x4e));
        } else if constexpr (kStep == 2) {
            TROUPE_EACH(_mm512_shuffle_i64x2(v[k], v[k], 0xb1));
        } else {
            TROUPE_EACH(_mm512_shuffle_epi32(v[k], static_cast<_MM_PERM_ENUM>(0x4e)));
        }
    }
#undef TROUPE_EACH

    TROUPE_LANE Mask equals(const Avx512Lanes& other) const noexcept {
        Mask mask;
        for (int k = 0; k < kVectors; ++k)
            mask.m[k] = _mm512_cmpeq_epi64_mask(v[k], other.v[k]);
        return mask;
    }
    /// Bit i of the result belongs to lane i.
    TROUPE_LANE static std::uint32_t bits(const Mask& mask) noexcept {
        std::uint32_t bits = 0;
        for (int k = 0; k < kVectors; ++k)
            bits |= static_cast<std::uint32_t>(mask.m[k]) << (8 * k);
        return bits;
    }
    TROUPE_LANE static Mask mask(std::uint32_t bits) noexcept {
        Mask mask;
        for (int k = 0; k < kVectors; ++k)
            mask.m[k] = static_cast<__mmask8>(bits >> (8 * k));
        return mask;
    }

    /// Word i of the line of lane l becomes lane l of words[i].
    TROUPE_LANE static void load_lines(
        const PointLine* const* lines, Avx512Lanes (&words)[8]) noexcept {
        for (int k = 0; k < kVectors; ++k) {
            __m512i rows[8];
            for (int i = 0; i < 8; ++i)
                rows[i] = _mm512_load_si512(lines[8 * k + i]);
            transpose(rows);
            for (int i = 0; i < 8; ++i)
                words[i].v[k] = rows[i];
        }
    }
    /// The other way round: kLanes lines, one after the other.
    TROUPE_LANE static void store_lines(const Avx512Lanes (&words)[8], PointLine* lines) noexcept {
        for (int k = 0; k < kVectors; ++k) {
            __m512i rows[8];
            for (int i = 0; i < 8; ++i)
                rows[i] = words[i].v[k];
            transpose(rows);
            for (int i = 0; i < 8; ++i)
                _mm512_store_si512(lines + 8 * k + i, rows[i]);
        }
    }

  private:
    /// Eight rows of eight words become eight columns.
    TROUPE_LANE static void transpose(__m512i (&r)[8]) noexcept {
        __m512i s[8];
        for (int i = 0; i < 8; i += 2) {
            s[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
            s[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
        }
        for (int i = 0; i < 2; ++i) {  // i: even or odd words
            const __m512i t0 = _mm512_shuffle_i64x2(s[i], s[2 + i], 0x88);
            const __m512i t1 = _mm512_shuffle_i64x2(s[i], s[2 + i], 0xdd);
            const __m512i t2 = _mm512_shuffle_i64x2(s[4 + i], s[6 + i], 0x88);
            const __m512i t3 = _mm512_shuffle_i64x2(s[4 + i], s[6 + i], 0xdd);
            r[i] = _mm512_shuffle_i64x2(t0, t2, 0x88);
            r[4 + i] = _mm512_shuffle_i64x2(t0, t2, 0xdd);
            r[2 + i] = _mm512_shuffle_i64x2(t1, t3, 0x88);
            r[6 + i] = _mm512_shuffle_i64x2(t1, t3, 0xdd);
        }
    }
};

}  // namespace troupe::chain::crypto::recovery
