#pragma once

#include "chain/base/bytes.hpp"
#include "chain/types/revision.hpp"

#include <cstdint>

/// The contracts that Ethereum defines by what they compute instead of by code.
///
///   0x01 ecrecover    Yellow Paper, Appendix E        0x07 bn254 mul      EIP-196, 1108
///   0x02 sha256       Yellow Paper, Appendix E        0x08 bn254 pairing  EIP-197, 1108
///   0x03 ripemd160    Yellow Paper, Appendix E        0x09 blake2f        EIP-152
///   0x04 identity     Yellow Paper, Appendix E        0x0a KZG point      EIP-4844
///   0x05 modexp       EIP-198, gas of EIP-2565        0x0b .. 0x11        EIP-2537, Prague on
///   0x06 bn254 add    EIP-196, gas of EIP-1108        0x100 P256VERIFY    RIP-7212, a chain's rule
namespace troupe::chain::evm {

/// Whether calls to `address` run a precompile under `rules`. These addresses are warm from the
/// start of every transaction (EIP-2929).
[[nodiscard]] bool is_precompile(const Address& address, const Rules& rules) noexcept;

struct PrecompileResult {
    bool success = false;
    std::uint64_t gas_left = 0;  ///< 0 unless it succeeded: a failure takes all of the call's gas
};

/// Runs the precompile at `address`; is_precompile() holds there. Touches no state.
/// @param input   of any length; what a precompile reads beyond the end is zero where its
///                specification says so, and a failure where it does not
/// @param gas     what the call may use
/// @param output  replaced by the answer, empty after a failure; its memory is reused
/// @note  Gas is checked before any work and before any memory that grows with the input's claims.
[[nodiscard]] PrecompileResult run_precompile(
    const Address& address, ByteView input, std::uint64_t gas, const Rules& rules,
    Bytes& output) noexcept;

}  // namespace troupe::chain::evm
