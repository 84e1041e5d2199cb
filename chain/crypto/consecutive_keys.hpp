#pragma once

#include "chain/crypto/secp256k1.hpp"

#include <span>

/// Accounts by the million for tests and loads: the keys k, k + 1, k + 2 and so on, whose points
/// are each the one before plus G.
namespace troupe::chain::crypto {

/// k + i. @pre both it and k are in [1, n)
[[nodiscard]] PrivateKey consecutive_key(const PrivateKey& k, std::uint64_t i) noexcept;

/// Addresses of the keys k + first, k + first + 1 and so on, at 1/30 of what a public key costs.
/// @pre all of them lie in [2^16, n - 2^16)
void consecutive_addresses(const PrivateKey& k, std::uint64_t first, std::span<Address> addresses);

}  // namespace troupe::chain::crypto
