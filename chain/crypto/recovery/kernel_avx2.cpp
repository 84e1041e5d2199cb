// The lanes of AVX2. Everything that this file includes before the region is compiled for
// any x86-64; all that is inside is templates and is compiled for this file alone.
#include "chain/crypto/recovery/kernel.hpp"

#if defined(__x86_64__)

#include "chain/crypto/modular_inverse.hpp"
#include "chain/crypto/recovery/generator_table.hpp"

#include <algorithm>

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of the vector that its own intrinsics leave undefined on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#define TROUPE_LANE_TARGET __attribute__((target("avx2,bmi2")))
#define TROUPE_LANE TROUPE_LANE_TARGET __attribute__((always_inline)) inline
#define TROUPE_LANE_CALL TROUPE_LANE_TARGET __attribute__((noinline))

#include "chain/crypto/recovery/field29.hpp"
#include "chain/crypto/recovery/lane_recovery.hpp"
#include "chain/crypto/recovery/lanes_avx2.hpp"

namespace troupe::chain::crypto::recovery {
namespace {

using Recovery = LaneRecovery<Field29<Avx2Lanes>>;

TROUPE_LANE_TARGET void run(
    const LaneInput* inputs, std::size_t count, LaneOutput* outputs, void* scratch) noexcept {
    Recovery::run(inputs, count, outputs, *static_cast<Recovery::Scratch*>(scratch));
}

}  // namespace

Kernel kernel_avx2() noexcept {
    return {run, sizeof(Recovery::Scratch), 3};
}

}  // namespace troupe::chain::crypto::recovery

#endif
