#pragma once

#include "chain/execution/block_env.hpp"
#include "sequencer/jsonrpc/door.hpp"

namespace troupe::node::jsonrpc {

/// The environment of a sealed block, for code that runs again in it.
[[nodiscard]] chain::execution::BlockEnv env_of(
    const actors::SealedBlock& block, const chain::ChainConfig& config);

/// What a call runs in.
struct Setting {
    chain::execution::BlockEnv env;
    BlockRef state;  ///< a number, or the open block
};

/// The block that a call names by its argument `index`, the newest sealed one without it. May block
/// on the disk.
/// @error header_for_hash_not_found, header_not_found, and those of Door::number_of
[[nodiscard]] Answer<Setting> setting_of(const Call& call, std::size_t index);

/// geth's BlockOverrides, in the object that `value` is: number, time, gasLimit, feeRecipient,
/// prevRandao, baseFeePerGas, blobBaseFee, beaconRoot. `index` is the argument, for messages.
[[nodiscard]] Answer<bool> override_block(
    const JsonValue& value, std::size_t index, chain::execution::BlockEnv& env);

/// Runs `run` on a call thread, or on this one where it may: it may read state and wait for it,
/// until `call_ms_max` is over. A call of a batch is left to Call::runs, and its time begins when
/// its turn has come.
void on_call_thread(
    const std::shared_ptr<Call>& call, const Reply& reply,
    Answer<std::string> (*run)(const Call&, SteadyTime until));

}  // namespace troupe::node::jsonrpc
