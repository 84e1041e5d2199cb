#pragma once

#include "chain/crypto/secp256k1.hpp"

#include <span>
#include <vector>

/// Accounts by the million for tests and loads: the keys k, k + 1, k + 2 and so on, whose points
/// are each the one before plus G.
namespace troupe::chain::crypto {

/// k + i. @pre both it and k are in [1, n)
[[nodiscard]] PrivateKey consecutive_key(const PrivateKey& k, std::uint64_t i) noexcept;

/// A point of the curve that is not infinity.
struct CurvePoint {
    Uint256 x;
    Uint256 y;
};
inline constexpr std::size_t kConsecutivePointsMax = 1'024;  ///< for one inversion together
/// k G, (k + 1) G and so on, `count` of them. @pre k in [kConsecutivePointsMax, n - count)
[[nodiscard]] std::vector<CurvePoint> consecutive_points(const PrivateKey& k, std::size_t count);

/// Addresses of the keys k + first, k + first + 1 and so on, at 1/30 of what a public key costs.
/// @pre all of them lie in [2^16, n - 2^16)
void consecutive_addresses(const PrivateKey& k, std::uint64_t first, std::span<Address> addresses);

}  // namespace troupe::chain::crypto
