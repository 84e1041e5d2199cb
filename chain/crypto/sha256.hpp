#pragma once

#include "chain/base/bytes.hpp"

/// SHA-256, for the precompile at 0x02. Uses the SHA instructions of x86-64 where the machine has
/// them, chosen once at run time; portable C++ elsewhere.
/// @spec FIPS 180-4, "Secure Hash Standard", 6.2
namespace troupe::chain::crypto {

[[nodiscard]] Hash32 sha256(ByteView input) noexcept;
/// The same by the instructions that every machine has.
[[nodiscard]] Hash32 sha256_portable(ByteView input) noexcept;

/// "sha-ni" or "portable": what sha256 chose on this machine.
[[nodiscard]] const char* sha256_path() noexcept;

}  // namespace troupe::chain::crypto
