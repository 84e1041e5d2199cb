#include "sequencer/jsonrpc/setting.hpp"

#include "sequencer/jsonrpc/fields.hpp"
#include "sequencer/jsonrpc/method.hpp"

namespace troupe::node::jsonrpc {

chain::execution::BlockEnv env_of(
    const actors::SealedBlock& block, const chain::ChainConfig& config) {
    const chain::Header& header = block.block.header;
    chain::execution::BlockEnv env;
    env.number = header.number;
    env.timestamp = header.timestamp;
    env.gas_limit = header.gas_limit;
    env.chain_id = config.chain_id;
    env.base_fee_per_gas = header.base_fee_per_gas;
    env.coinbase = header.coinbase;
    env.prev_randao = header.prev_randao;
    env.parent_beacon_block_root = header.parent_beacon_block_root;
    env.rules = config.rules;
    env.l1_origin = block.block.l1_origin;
    env.parent_hash = header.parent_hash;
    return env;
}

Answer<Setting> setting_of(const Call& call, std::size_t index) {
    Door& door = call.door;
    TROUPE_TRY(ref, call.params.take(index, read_block_ref, BlockRef()));
    if (ref.kind == BlockRef::Kind::kPending) return Setting{door.backend().open_block(), ref};
    TROUPE_TRY(number, door.number_of(ref));
    if (!number)
        return ref.kind == BlockRef::Kind::kHash ? header_for_hash_not_found() : header_not_found();
    TROUPE_TRY(block, door.header_at(*number));
    if (block == nullptr) return header_not_found();
    return Setting{
        env_of(*block, door.chain.config), BlockRef{BlockRef::Kind::kNumber, *number, {}}};
}

void on_call_thread(
    const std::shared_ptr<Call>& call, const Reply& reply,
    Answer<std::string> (*run)(const Call&, SteadyTime until)) {
    const auto ends = [call] {
        return std::chrono::steady_clock::now() +
               std::chrono::milliseconds(call->door.config.call_ms_max);
    };
    if (call->runs != nullptr) {
        call->runs->push_back([call, reply, run, ends] { reply(run(*call, ends())); });
        return;
    }
    const auto until = ends();
    {
        const Door::Place place(call->door, call->caller);
        if (place.taken()) return reply(run(*call, until));
    }
    const auto on_pool = [call, reply, run, until] {
        const SlowCallers::Watch watch(call->door.slow_callers, call->caller.peer, false);
        reply(run(*call, until));
    };
    if (!call->door.calls_of(call->caller).try_post(on_pool, call->caller.peer))
        reply(too_many_requests());
}

Answer<bool> override_block(
    const JsonValue& value, std::size_t index, chain::execution::BlockEnv& env) {
    const Fields fields(value, index);
    TROUPE_TRY(number, fields.take("number", read_u64));
    TROUPE_TRY(time, fields.take("time", read_u64));
    TROUPE_TRY(gas_limit, fields.take("gasLimit", read_u64));
    TROUPE_TRY(coinbase, fields.take("feeRecipient", read_address));
    TROUPE_TRY(old_coinbase, fields.take("coinbase", read_address));
    TROUPE_TRY(prev_randao, fields.take("prevRandao", read_hash));
    TROUPE_TRY(base_fee, fields.take("baseFeePerGas", read_u256));
    TROUPE_TRY(blob_base_fee, fields.take("blobBaseFee", read_u256));
    TROUPE_TRY(beacon_root, fields.take("beaconRoot", read_hash));
    if (number) env.number = *number;
    if (time) env.timestamp = *time;
    if (gas_limit) env.gas_limit = *gas_limit;
    if (old_coinbase) env.coinbase = *old_coinbase;
    if (coinbase) env.coinbase = *coinbase;
    if (prev_randao) env.prev_randao = *prev_randao;
    if (base_fee) env.base_fee_per_gas = *base_fee;
    if (blob_base_fee) env.blob_base_fee = *blob_base_fee;
    if (beacon_root) env.parent_beacon_block_root = *beacon_root;
    return true;
}

}  // namespace troupe::node::jsonrpc
