#pragma once

#include "chain/types/chain_config.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// Everything that a reader of the chain must know besides the L1's address: docs/formats/
/// rollup-config.md. `troupe deploy` writes it; node and verify read it.
struct RollupFile {
    chain::ChainConfig chain;
    chain::Genesis genesis;
    chain::Hash32 genesis_hash;  ///< of block 0 as genesis and config give it
    friend bool operator==(const RollupFile&, const RollupFile&) noexcept = default;
};

/// Reads and checks: format, ids that must agree, and that the genesis really has genesis_hash.
/// @return empty with the file, the key and what was expected in `failure`
[[nodiscard]] std::optional<RollupFile> read_rollup_file(
    const std::string& path, std::string& failure);

/// @return empty, or why it could not be written. Replaces the file atomically.
[[nodiscard]] std::string write_rollup_file(const std::string& path, const RollupFile& rollup);

/// Hash of block 0.
[[nodiscard]] chain::Hash32 genesis_hash_of(
    const chain::Genesis& genesis, const chain::ChainConfig& config);

}  // namespace troupe::node
