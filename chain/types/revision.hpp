#pragma once

#include <cstdint>

namespace troupe::chain {

/// Ethereum's network upgrades whose rules the EVM knows, in order.
enum class Revision : std::uint8_t {
    kCancun,
    kPrague,
};

/// The rules a block executes under: an upgrade and what this chain adds to it.
struct Rules {
    Revision revision = Revision::kPrague;
    bool p256_verify = false;  ///< RIP-7212: secp256r1 verification at 0x100
    friend bool operator==(const Rules&, const Rules&) noexcept = default;
};

}  // namespace troupe::chain
