#pragma once

#include "chain/base/bytes.hpp"

#include <span>

/// Keccak-256 as Ethereum uses it: the original padding, not SHA-3's.
/// @spec Yellow Paper, Appendix "Keccak"; The Keccak reference, version 3.0
namespace troupe::chain::crypto {

[[nodiscard]] Hash32 keccak256(ByteView input) noexcept;

/// Hashes many inputs at once: outputs[i] = keccak256(inputs[i]), of any lengths. Runs 8 lanes with
/// AVX-512, 4 with AVX2, one elsewhere, chosen once at run time; a lane whose input ends takes the
/// next one, so that inputs of any lengths fill the lanes. More inputs a call are better than
/// fewer: the last lanes of a call may idle.
/// @param outputs  as many as inputs
void keccak256_batch(std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept;
/// The same for inputs of one fixed size: trie keys of accounts and of storage slots.
void keccak256_batch(std::span<const Address> inputs, std::span<Hash32> outputs) noexcept;
void keccak256_batch(std::span<const Hash32> inputs, std::span<Hash32> outputs) noexcept;

/// "avx512", "avx2" or "scalar": what keccak256_batch chose on this machine.
[[nodiscard]] const char* keccak_path() noexcept;

inline constexpr std::size_t kKeccakRate = 136;  ///< bytes absorbed by one permutation

}  // namespace troupe::chain::crypto
