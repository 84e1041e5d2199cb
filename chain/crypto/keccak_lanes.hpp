#pragma once

#include <cstddef>
#include <cstdint>

/// Keccak over several inputs at once: one input per SIMD lane. Only keccak_batch.cpp, the kernels
/// and their tests include this. Raw pointers only, so that no inline function of a shared header
/// is ever compiled with a kernel's instruction set.
namespace troupe::chain::crypto {

inline constexpr std::size_t kLanesMax = 8;

/// What one lane absorbs in one step: `size` bytes of its input. A whole block if the size is the
/// rate (136); less only at the end of an input, and then the padding is added.
struct LaneBlock {
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
};

/// The states of all lanes: word i of lane l at [i * lanes + l].
struct alignas(64) LaneStates {
    std::uint64_t words[25 * kLanesMax];
};

/// Absorbs one block in every lane and permutes all states. Lanes whose bit in `fresh` is set start
/// from the zero state; what they held is lost.
using KeccakStep = void (*)(LaneStates& states, const LaneBlock* blocks, unsigned fresh) noexcept;

#if defined(__x86_64__)
void keccak_step_avx2(LaneStates& states, const LaneBlock* blocks, unsigned fresh) noexcept;    // 4
void keccak_step_avx512(LaneStates& states, const LaneBlock* blocks, unsigned fresh) noexcept;  // 8
#endif

}  // namespace troupe::chain::crypto
