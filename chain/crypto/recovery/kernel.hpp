#pragma once

#include "chain/crypto/recovery/scalars.hpp"

#include <cstddef>

/// What the lanes take and give. The kernels are behind function pointers, so that nothing compiled
/// for a newer instruction set runs before recover_batch.cpp has asked the machine.
namespace troupe::chain::crypto::recovery {

enum class LaneState : std::uint8_t {
    kRecovered,
    kNoPoint,      ///< no point of the curve has this x
    kExceptional,  ///< a case that the formulas leave out: the caller takes another way
};

struct LaneOutput {
    PointLine key;  ///< x and y below p; anything unless kRecovered
    LaneState state;
};

struct Kernel {
    /// @param count  1 to kScalarsMax
    void (*run)(
        const LaneInput* inputs, std::size_t count, LaneOutput* outputs, void* scratch) noexcept;
    std::size_t scratch_size;   ///< bytes, to be aligned to 64
    std::size_t batch_min = 2;  ///< fewer signatures are faster one by one
};

#if defined(__x86_64__)
[[nodiscard]] Kernel kernel_avx2() noexcept;    ///< needs AVX2 and BMI2
[[nodiscard]] Kernel kernel_avx512() noexcept;  ///< needs AVX-512 F, DQ, VL and IFMA, and BMI2
#endif

}  // namespace troupe::chain::crypto::recovery
