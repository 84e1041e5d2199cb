#pragma once

#include "sequencer/storage/funded_keys.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// Everything that a reader of the chain must know besides the L1's address: docs/formats/
/// rollup-config.md. `troupe deploy` writes it; node and verify read it.
struct RollupFile {
    chain::ChainConfig chain;
    chain::Genesis genesis;
    FundedKeys funded;           ///< beside the alloc of the genesis; usually none
    chain::Hash32 genesis_hash;  ///< of block 0 as genesis and config give it
    friend bool operator==(const RollupFile&, const RollupFile&) noexcept = default;
};

/// Reads and checks: format, ids that must agree, and that the genesis really has genesis_hash; not
/// that where keys are funded, which would take long: whoever makes block 0 compares.
/// @return empty with the file, the key and what was expected in `failure`
[[nodiscard]] std::optional<RollupFile> read_rollup_file(
    const std::string& path, std::string& failure);

/// @return empty, or why it could not be written. Replaces the file atomically.
[[nodiscard]] std::string write_rollup_file(const std::string& path, const RollupFile& rollup);

/// The genesis with the funded accounts in its list. With millions of them it takes gigabytes.
[[nodiscard]] chain::Genesis whole_genesis(const RollupFile& rollup);

/// Hash of block 0.
[[nodiscard]] chain::Hash32 genesis_hash_of(
    const chain::Genesis& genesis, const chain::ChainConfig& config, const FundedKeys& funded = {});

}  // namespace troupe::node
