#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

#include <immintrin.h>

/// Vectors of 64-bit lanes for the field: AVX2. Included only by kernel_avx2.cpp, which names the
/// instruction set.
namespace troupe::chain::crypto::recovery {

struct Avx2Lanes {
    static constexpr int kLanes = 4;

    __m256i v;

    struct Mask {
        __m256i m;  ///< all bits of a lane, or none
    };

    TROUPE_LANE static Avx2Lanes all(std::uint64_t value) noexcept {
        return {_mm256_set1_epi64x(static_cast<long long>(value))};
    }
    TROUPE_LANE static Avx2Lanes zero() noexcept { return {_mm256_setzero_si256()}; }
    /// @param words  kLanes of them, aligned to 32 bytes
    TROUPE_LANE static Avx2Lanes load(const std::uint64_t* words) noexcept {
        return {_mm256_load_si256(reinterpret_cast<const __m256i*>(words))};
    }
    TROUPE_LANE void store(std::uint64_t* words) const noexcept {
        _mm256_store_si256(reinterpret_cast<__m256i*>(words), v);
    }
    TROUPE_LANE friend Avx2Lanes operator+(const Avx2Lanes& a, const Avx2Lanes& b) noexcept {
        return {_mm256_add_epi64(a.v, b.v)};
    }
    TROUPE_LANE friend Avx2Lanes operator-(const Avx2Lanes& a, const Avx2Lanes& b) noexcept {
        return {_mm256_sub_epi64(a.v, b.v)};
    }
    TROUPE_LANE friend Avx2Lanes operator&(const Avx2Lanes& a, const Avx2Lanes& b) noexcept {
        return {_mm256_and_si256(a.v, b.v)};
    }
    TROUPE_LANE friend Avx2Lanes operator|(const Avx2Lanes& a, const Avx2Lanes& b) noexcept {
        return {_mm256_or_si256(a.v, b.v)};
    }
    /// Bits above the 64th are lost.
    template <int kBits>
    TROUPE_LANE Avx2Lanes left() const noexcept {
        return {_mm256_slli_epi64(v, kBits)};
    }
    /// The same where none is lost.
    template <int kBits>
    TROUPE_LANE Avx2Lanes times_power() const noexcept {
        return left<kBits>();
    }
    template <int kBits>
    TROUPE_LANE Avx2Lanes right() const noexcept {
        return {_mm256_srli_epi64(v, kBits)};
    }
    /// a * b of the low 32 bits of each.
    TROUPE_LANE static Avx2Lanes multiply(const Avx2Lanes& a, const Avx2Lanes& b) noexcept {
        return {_mm256_mul_epu32(a.v, b.v)};
    }
    TROUPE_LANE static Avx2Lanes select(
        const Mask& mask, const Avx2Lanes& yes, const Avx2Lanes& no) noexcept {
        return {_mm256_blendv_epi8(no.v, yes.v, mask.m)};
    }
    /// Lane i takes lane i ^ kStep.
    template <int kStep>
    TROUPE_LANE Avx2Lanes exchanged() const noexcept {
        static_assert(kStep == 1 || kStep == 2);
        return {_mm256_permute4x64_epi64(v, kStep == 2 ? 0x4e : 0xb1)};
    }
    TROUPE_LANE Mask equals(const Avx2Lanes& other) const noexcept {
        return {_mm256_cmpeq_epi64(v, other.v)};
    }
    /// Bit i of the result belongs to lane i.
    TROUPE_LANE static std::uint32_t bits(const Mask& mask) noexcept {
        return static_cast<std::uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(mask.m)));
    }
    TROUPE_LANE static Mask mask(std::uint32_t bits) noexcept {
        const __m256i one_each = _mm256_set_epi64x(8, 4, 2, 1);
        const __m256i spread = _mm256_set1_epi64x(static_cast<long long>(bits));
        return {_mm256_cmpeq_epi64(_mm256_and_si256(spread, one_each), one_each)};
    }
    /// Word i of the line of lane l becomes lane l of words[i].
    TROUPE_LANE static void load_lines(
        const PointLine* const* lines, Avx2Lanes (&words)[8]) noexcept {
        for (int half = 0; half < 2; ++half) {
            __m256i rows[4];
            for (int i = 0; i < 4; ++i) {
                rows[i] =
                    _mm256_load_si256(reinterpret_cast<const __m256i*>(lines[i]->words + 4 * half));
            }
            transpose(rows);
            for (int i = 0; i < 4; ++i)
                words[4 * half + i].v = rows[i];
        }
    }
    /// The other way round: kLanes lines, one after the other.
    TROUPE_LANE static void store_lines(const Avx2Lanes (&words)[8], PointLine* lines) noexcept {
        for (int half = 0; half < 2; ++half) {
            __m256i rows[4];
            for (int i = 0; i < 4; ++i)
                rows[i] = words[4 * half + i].v;
            transpose(rows);
            for (int i = 0; i < 4; ++i) {
                _mm256_store_si256(reinterpret_cast<__m256i*>(lines[i].words + 4 * half), rows[i]);
            }
        }
    }

  private:
    /// Four rows of four words become four columns.
    TROUPE_LANE static void transpose(__m256i (&r)[4]) noexcept {
        const __m256i s0 = _mm256_unpacklo_epi64(r[0], r[1]);
        const __m256i s1 = _mm256_unpackhi_epi64(r[0], r[1]);
        const __m256i s2 = _mm256_unpacklo_epi64(r[2], r[3]);
        const __m256i s3 = _mm256_unpackhi_epi64(r[2], r[3]);
        r[0] = _mm256_permute2x128_si256(s0, s2, 0x20);
        r[1] = _mm256_permute2x128_si256(s1, s3, 0x20);
        r[2] = _mm256_permute2x128_si256(s0, s2, 0x31);
        r[3] = _mm256_permute2x128_si256(s1, s3, 0x31);
    }
};

}  // namespace troupe::chain::crypto::recovery
