#pragma once

#include "chain/base/bytes.hpp"

/// Modular exponentiation of numbers of any size, for the precompile at 0x05. Small moduli run in
/// our own code, which beats GMP there; larger ones run in GMP. modexp_portable runs our own code
/// for every size: machines without GMP have it, and the tests compare the two.
/// @spec EIP-198
namespace troupe::chain::crypto {

/// Writes base^exponent mod modulus. All numbers are big-endian with any leading zeros; an empty
/// one is 0. x^0 is 1, also for x = 0; modulo 0 and 1 everything is 0.
/// @param out  modulus.size() bytes
/// @note  The time grows with exponent.size() * max(base.size(), modulus.size())^2; callers have
///        charged for it. Not constant time: every input is public.
void modexp(ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept;

/// The same in portable C++ alone.
void modexp_portable(
    ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept;

}  // namespace troupe::chain::crypto
