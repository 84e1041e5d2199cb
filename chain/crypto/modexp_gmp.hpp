#pragma once

#include "chain/base/bytes.hpp"

/// Modular exponentiation by GMP: its one doorway. Only modexp.cpp includes this.
namespace troupe::chain::crypto {

/// As modexp(), for a modulus that is not zero.
void modexp_gmp(ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept;

}  // namespace troupe::chain::crypto
