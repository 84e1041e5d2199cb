#include "chain/execution/block_env.hpp"

namespace troupe::chain::execution {

void set_l1_origin(BlockEnv& env, const L1Origin& l1_origin) noexcept {
    env.l1_origin = l1_origin;
    env.prev_randao = l1_origin.hash;
    env.parent_beacon_block_root = l1_origin.hash;
}

// EIP-1559, "Specification": the branch over the parent's gas used against its target.
Uint256 next_base_fee(const Header& parent, const ChainConfig& config) noexcept {
    const std::uint64_t target = parent.gas_limit / config.base_fee_elasticity;
    const Uint256& base_fee = parent.base_fee_per_gas;
    if (target == 0 || parent.gas_used == target) return base_fee;
    const bool rises = parent.gas_used > target;
    const std::uint64_t distance = rises ? parent.gas_used - target : target - parent.gas_used;
    const Uint256 change =
        base_fee * Uint256{distance} / Uint256{target} / Uint256{config.base_fee_denominator};
    if (rises) return base_fee + (change.is_zero() ? Uint256{1} : change);
    return base_fee - change;
}

BlockEnv next_block_env(
    const Header& parent, const Hash32& parent_hash, std::uint64_t timestamp,
    const L1Origin& l1_origin, const ChainConfig& config) noexcept {
    BlockEnv env;
    env.number = parent.number + 1;
    env.timestamp = timestamp;
    env.gas_limit = config.gas_limit;
    env.chain_id = config.chain_id;
    env.base_fee_per_gas = next_base_fee(parent, config);
    env.coinbase = config.fee_vault;
    env.rules = config.rules;
    set_l1_origin(env, l1_origin);
    env.parent_hash = parent_hash;
    return env;
}

}  // namespace troupe::chain::execution
