#pragma once

#include <cstdint>

/// BLAKE2b's compression function F, for the precompile at 0x09. Portable C++ on every machine: the
/// four mixings of a half round keep a scalar core busy, and AVX2, whose additions wait for each
/// other, took twice as long where it was measured (AMD Zen 5).
/// @spec RFC 7693, 3.2 "Compression Function F"; EIP-152, where the number of rounds is an input
namespace troupe::chain::crypto {

/// Mixes one block into `state`.
/// @param rounds  any number; 12 is BLAKE2b's own
/// @param offset  bytes hashed so far: low word, high word
/// @param last    whether this is the last block
void blake2b_compress(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept;

}  // namespace troupe::chain::crypto
