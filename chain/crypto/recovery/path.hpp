#pragma once

#include "chain/crypto/recover_batch.hpp"
#include "chain/crypto/recovery/kernel.hpp"

#include <optional>

/// The ways recover_batch can take, for tests and measurements that must force one.
namespace troupe::chain::crypto::recovery {

enum class Path {
    kSingle,  ///< libsecp256k1, one after the other
    kAvx2,    ///< four lanes
    kAvx512,  ///< eight lanes, IFMA
};

/// Nothing for kSingle, and for a path that this machine or its operating system cannot run.
[[nodiscard]] std::optional<Kernel> kernel_of(Path path) noexcept;

/// recover_batch with this kernel, or with libsecp256k1 alone.
/// @param require_low_s  false: high s is taken as well, as the ecrecover precompile does
void recover_batch_with(
    const std::optional<Kernel>& kernel, std::span<const RecoveryInput> inputs,
    std::span<RecoveryResult> results, bool require_low_s) noexcept;

}  // namespace troupe::chain::crypto::recovery
