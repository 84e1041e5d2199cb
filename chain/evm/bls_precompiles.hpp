#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <optional>

/// The precompiles at 0x0b to 0x11: groups and pairing of BLS12-381.
/// @spec EIP-2537 as Prague has it
namespace troupe::chain::evm {

/// nullopt: an input of a length that has no price.
[[nodiscard]] std::optional<std::uint64_t> gas_of_bls_g1_msm(ByteView input) noexcept;
[[nodiscard]] std::optional<std::uint64_t> gas_of_bls_g2_msm(ByteView input) noexcept;
[[nodiscard]] std::optional<std::uint64_t> gas_of_bls_pairing(ByteView input) noexcept;
inline constexpr std::uint64_t kGasOfBlsG1Add = 375;
inline constexpr std::uint64_t kGasOfBlsG2Add = 600;
inline constexpr std::uint64_t kGasOfBlsMapToG1 = 5'500;
inline constexpr std::uint64_t kGasOfBlsMapToG2 = 23'800;

/// Append the answer; false: a wrong length, a malformed element, a point outside the curve or,
/// where EIP-2537 asks for it (products and pairings, not sums), outside the subgroup.
[[nodiscard]] bool run_bls_g1_add(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_g1_msm(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_g2_add(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_g2_msm(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_pairing(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_map_to_g1(ByteView input, Bytes& output) noexcept;
[[nodiscard]] bool run_bls_map_to_g2(ByteView input, Bytes& output) noexcept;

}  // namespace troupe::chain::evm
