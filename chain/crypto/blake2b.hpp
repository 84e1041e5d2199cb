#pragma once

#include <cstdint>

/// BLAKE2b's compression function F, for the precompile at 0x09. Uses AVX2 where the machine has
/// it, chosen once at run time; portable C++ elsewhere.
/// @spec RFC 7693, 3.2 "Compression Function F"; EIP-152, where the number of rounds is an input
namespace troupe::chain::crypto {

/// Mixes one block into `state`.
/// @param rounds  any number; 12 is BLAKE2b's own
/// @param offset  bytes hashed so far: low word, high word
/// @param last    whether this is the last block
void blake2b_compress(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept;

/// The same by the instructions that every machine has.
void blake2b_compress_portable(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept;

/// "avx2" or "portable": what blake2b_compress chose on this machine.
[[nodiscard]] const char* blake2b_path() noexcept;

}  // namespace troupe::chain::crypto
