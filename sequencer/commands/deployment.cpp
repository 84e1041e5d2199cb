#include "sequencer/commands/deployment.hpp"

#include <algorithm>

namespace troupe::node {

std::optional<RollupFile> deploy_rollup(
    l1::EthClient& l1, const chain::crypto::PrivateKey& key, const l1::DeployConfig& config,
    chain::Genesis genesis, const chain::Address& fee_vault, std::string& failure) {
    const auto deployment = l1::deploy(l1, key, config);
    if (!deployment) {
        failure = deployment.error().text;
        return std::nullopt;
    }
    RollupFile rollup;
    rollup.chain.chain_id = genesis.chain_id;
    rollup.chain.gas_limit = genesis.gas_limit;
    rollup.chain.fee_vault = fee_vault;
    rollup.chain.base_fee_elasticity = config.base_fee_elasticity;
    rollup.chain.base_fee_denominator = config.base_fee_denominator;
    l1::apply(*deployment, rollup.chain);
    genesis.timestamp = std::max(genesis.timestamp, rollup.chain.l1_start_timestamp);
    rollup.genesis = std::move(genesis);
    rollup.genesis_hash = genesis_hash_of(rollup.genesis, rollup.chain);
    return rollup;
}

}  // namespace troupe::node
