#pragma once

#include "actors/engine.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/config/settings.hpp"
#include "sequencer/grpc/grpc_config.hpp"
#include "sequencer/jsonrpc/json_rpc_config.hpp"
#include "sequencer/keystore/keystore.hpp"
#include "sequencer/logging/log.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace troupe::node {

struct L1Config {
    bool enabled = true;
    std::string url;
    std::uint32_t poll_ms = 500;
    std::uint64_t confirmations = 2;  ///< above an L1 block before it becomes an origin
    std::uint64_t max_fee_gwei = 500;
};

/// Everything a node runs with, keys apart.
struct NodeConfig {
    std::filesystem::path data_directory;
    RollupFile rollup;
    actors::EngineConfig engine;
    GrpcConfig grpc;
    JsonRpcConfig json_rpc;
    L1Config l1;
    std::string metrics_listen;  ///< empty: none
    std::uint32_t drain_ms = 8'000;
};

/// The keys that pay on the L1. Empty where no L1 is used.
struct NodeKeys {
    std::optional<UnlockedKey> batcher;
    std::optional<UnlockedKey> proposer;  ///< empty: the batcher's
};

/// Fills in all but the rollup file.
/// @return the first rule that the settings break together, in words; empty if usable
[[nodiscard]] std::string apply_settings(const Settings& settings, NodeConfig& config);

/// Log format and levels. @return empty, or what is wrong
[[nodiscard]] std::string apply_log_settings(const Settings& settings);

}  // namespace troupe::node
