#pragma once

#include "l1-client/deployer.hpp"
#include "sequencer/config/rollup_file.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// Deploys the contracts with `key` for the L2 that `genesis` describes, and makes the rollup file
/// of them: block 0 is not older than the L1 block the rollup starts from.
/// @return empty with the reason in `failure`
[[nodiscard]] std::optional<RollupFile> deploy_rollup(
    l1::EthClient& l1, const chain::crypto::PrivateKey& key, const l1::DeployConfig& config,
    chain::Genesis genesis, const chain::Address& fee_vault, std::string& failure);

}  // namespace troupe::node
