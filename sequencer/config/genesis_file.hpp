#pragma once

#include "chain/types/chain_config.hpp"
#include "sequencer/config/json_field.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// Reads a genesis.json as geth's `init` takes it (docs/formats/genesis.md). Keys that mean nothing
/// here are skipped, as geth does.
/// @return empty with the file, the key and what was expected in `failure`
[[nodiscard]] std::optional<chain::Genesis> read_genesis_file(
    const std::string& path, std::string& failure);

/// The same from a value inside another document; faults go where `field` reports them.
[[nodiscard]] chain::Genesis read_genesis(const JsonField& field);

/// The inverse: read_genesis(write_genesis(g)) == g.
[[nodiscard]] OrderedJson write_genesis(const chain::Genesis& genesis);

}  // namespace troupe::node
