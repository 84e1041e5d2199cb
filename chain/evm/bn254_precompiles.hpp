#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <optional>

/// The precompiles at 0x06 to 0x08: the curve bn254 and its pairing.
/// @spec EIP-196, EIP-197; gas of EIP-1108
namespace troupe::chain::evm {

inline constexpr std::uint64_t kGasOfBn254Add = 150;
inline constexpr std::uint64_t kGasOfBn254Multiply = 6'000;
/// nullopt: a length that is no multiple of a pair's.
[[nodiscard]] std::optional<std::uint64_t> gas_of_bn254_pairing(ByteView input) noexcept;

/// Append the answer; false: a coordinate that is not below p, a point that is not on its curve,
/// or one of G2 outside the subgroup. Sums and products read zeros beyond the end of the input.
[[nodiscard]] bool run_bn254_add(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bn254_multiply(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bn254_pairing(ByteView input, Bytes& output) noexcept;

}  // namespace troupe::chain::evm
