#pragma once

#include "chain/base/bytes.hpp"

/// RIPEMD-160, for the precompile at 0x03; portable C++ on every machine.
/// @spec Dobbertin, Bosselaers, Preneel: "RIPEMD-160: A Strengthened Version of RIPEMD" (1996)
namespace troupe::chain::crypto {

using Ripemd160Hash = FixedBytes<20, struct Ripemd160Tag>;

[[nodiscard]] Ripemd160Hash ripemd160(ByteView input) noexcept;

}  // namespace troupe::chain::crypto
