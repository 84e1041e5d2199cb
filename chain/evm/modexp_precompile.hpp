#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <optional>

/// The precompile at 0x05: lengths, gas and the memory they may ask for.
/// @spec EIP-198 for the input, EIP-2565 for the gas
namespace troupe::chain::evm {

/// @return nullopt when the price does not fit 64 bits: no call has that much
[[nodiscard]] std::optional<std::uint64_t> gas_of_modexp(ByteView input) noexcept;
/// Writes base^exponent mod modulus, as long as the modulus. The gas was paid, which bounds the
/// lengths.
[[nodiscard]] bool run_modexp(ByteView input, Bytes& output) noexcept;

}  // namespace troupe::chain::evm
