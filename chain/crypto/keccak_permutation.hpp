#pragma once

#include <cstdint>

namespace troupe::chain::crypto {

/// Keccak-f[1600] on 25 lanes, lane (x, y) at x + 5 * y: one state at a time.
void keccak_permute(std::uint64_t state[25]) noexcept;
/// The same by the instructions that every machine has; keccak_permute's fallback.
void keccak_permute_portable(std::uint64_t state[25]) noexcept;

/// The iota step's constants, one for each of the 24 rounds.
inline constexpr std::uint64_t kKeccakRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

}  // namespace troupe::chain::crypto
