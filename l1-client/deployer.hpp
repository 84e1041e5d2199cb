#pragma once

#include "chain/crypto/secp256k1.hpp"
#include "chain/types/chain_config.hpp"
#include "l1-client/eth_client.hpp"

#include <chrono>

namespace troupe::l1 {

/// What `troupe deploy` is told. Every role may be the same address on a development chain.
struct DeployConfig {
    std::uint64_t l1_chain_id = 0;  ///< what the operator expects; 0 takes any
    std::uint64_t l2_chain_id = 0;
    chain::Address owner;
    chain::Address guardian;
    chain::Address batcher;
    chain::Address proposer;
    std::uint64_t gas_limit = 0;  ///< of every L2 block
    std::uint64_t base_fee_elasticity = 2;
    std::uint64_t base_fee_denominator = 8;
    std::uint64_t challenge_window_s = 7 * 24 * 3'600ull;
    std::uint64_t confirmations =
        1;  ///< blocks, its own included, before the start block is relied on
    std::chrono::seconds timeout{300};  ///< until all is mined and confirmed
};

struct Deployment {
    std::uint64_t l1_chain_id = 0;
    chain::Address system_config;
    chain::Address batch_inbox;
    chain::Address output_registry;
    chain::L1Origin l1_start;  ///< the block with SystemConfig: the rollup starts from it
    std::uint64_t l1_start_timestamp = 0;
    std::uint64_t gas_used = 0;
    chain::Uint256 fees_paid;  ///< wei
};

/// Deploys SystemConfig, BatchInbox and OutputRegistry from `key`, waits for them, and checks with
/// check_rollup that they are what they should be.
/// @error kWrongChain, kInsufficientFunds, kReverted (a setting that the contract refuses),
///        kTimeout, kInvalidKey, and those of EthClient. What was sent before an error stays sent.
[[nodiscard]] Result<Deployment> deploy(
    EthClient& l1, const chain::crypto::PrivateKey& key, const DeployConfig& config);

/// The address of a contract that `creator` creates with its transaction `nonce`.
/// @spec Yellow Paper, "Contract Creation"
[[nodiscard]] chain::Address created_address(const chain::Address& creator, std::uint64_t nonce);

/// The L1 part of `config` from a deployment; the rest is left alone.
void apply(const Deployment& deployment, chain::ChainConfig& config);

}  // namespace troupe::l1
