// SHA-256 by the SHA extensions of x86-64: two rounds an instruction, four message words a vector.
#include "chain/crypto/sha256_compress.hpp"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define TROUPE_SHA __attribute__((target("sha,sse4.1,ssse3")))

namespace troupe::chain::crypto {
namespace {

/// Four rounds with message words 4i .. 4i+3; the instruction wants the state as ABEF and CDGH.
TROUPE_SHA inline void four_rounds(__m128i& abef, __m128i& cdgh, __m128i words, int i) noexcept {
    const __m128i constants =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(kSha256RoundConstants + 4 * i));
    const __m128i sum = _mm_add_epi32(words, constants);
    cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
    abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

TROUPE_SHA void compress(
    std::uint32_t state[8], const std::uint8_t* blocks, std::size_t count) noexcept {
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    auto* const memory = reinterpret_cast<__m128i*>(state);
    const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(memory), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(memory + 1), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
    for (; count != 0; --count, blocks += 64) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; ++i) {
            const auto* from = reinterpret_cast<const __m128i*>(blocks) + i;
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128(from), order);
            four_rounds(abef, cdgh, w[i], i);
        }
#pragma GCC unroll 12
        for (int i = 4; i < 16; ++i) {
            const __m128i last = w[(i + 3) & 3];
            const __m128i t9 = _mm_alignr_epi8(last, w[(i + 2) & 3], 4);  // w[t-7]
            const __m128i s0 = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
            w[i & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(s0, t9), last);
            four_rounds(abef, cdgh, w[i & 3], i);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(memory, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(memory + 1, _mm_alignr_epi8(dchg, feba, 8));
}

/// CPUID leaf 7: __builtin_cpu_supports of GCC 12 does not know "sha".
bool has_sha() noexcept {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && ((b >> 29) & 1) != 0 &&
           __builtin_cpu_supports("sse4.1");
}

}  // namespace

Sha256Compress sha256_compress_sha_ni() noexcept {
    return has_sha() ? &compress : nullptr;
}

}  // namespace troupe::chain::crypto

#else

namespace troupe::chain::crypto {

Sha256Compress sha256_compress_sha_ni() noexcept {
    return nullptr;
}

}  // namespace troupe::chain::crypto

#endif
