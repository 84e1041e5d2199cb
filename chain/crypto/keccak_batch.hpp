#pragma once

#include "chain/base/bytes.hpp"

#include <span>

/// The ways keccak256_batch can take, for tests and measurements that must force one.
namespace troupe::chain::crypto {

enum class KeccakPath {
    kScalar,  // portable: one input after the other
    kAvx2,    // four lanes
    kAvx512,  // eight lanes
};

/// Whether this machine and its operating system can run `path`.
[[nodiscard]] bool keccak_path_available(KeccakPath path) noexcept;

/// keccak256_batch on a path that is available.
void keccak256_batch_on(
    KeccakPath path, std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept;

}  // namespace troupe::chain::crypto
