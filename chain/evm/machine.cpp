#include "chain/evm/machine.hpp"

#include "chain/base/endian.hpp"
#include "chain/evm/engine.hpp"

namespace troupe::chain::evm {

Machine::Machine(std::size_t code_bytes_max) : engine_(std::make_unique<Engine>(code_bytes_max)) {}
Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

state::Journal& Machine::begin(
    const state::StateView& view, const execution::BlockEnv& env, const Address& origin,
    const Uint256& gas_price, std::span<const Hash32> blob_hashes, Tracer* tracer) {
    engine_->env = &env;
    engine_->origin = uint256_from_be(origin);
    engine_->gas_price = gas_price;
    engine_->blob_hashes = blob_hashes;
    engine_->tracer = tracer;
    // The parent's hash is not known to whoever chose the keys of this block's transactions.
    engine_->journal.begin(view, load_le<std::uint64_t>(env.parent_hash.data()));
    return engine_->journal;
}

state::Journal& Machine::journal() noexcept {
    return engine_->journal;
}

void Machine::record_hashes(HashRecord* record) noexcept {
    engine_->hashes = record;
}

Machine::Result Machine::call(
    const Address& from, const Address& to, const Uint256& value, ByteView input,
    std::int64_t gas) {
    CallPlan plan;
    plan.kind = CallKind::kCall;
    plan.gas = gas;
    plan.from = engine_->journal.account(from);
    plan.self = engine_->journal.account(to);
    plan.code = plan.self;
    plan.caller = from;
    plan.value = value;
    plan.moves_value = true;
    plan.input = input;
    engine_->run(plan, {});
    return {engine_->result, engine_->gas_left, engine_->return_data, {}};
}

Machine::Result Machine::create(
    const Address& from, std::uint64_t nonce, const Uint256& value, ByteView init_code,
    std::int64_t gas) {
    const Address created = created_address(from, nonce);
    CallPlan plan;
    plan.kind = CallKind::kCreate;
    plan.gas = gas;
    plan.from = engine_->journal.account(from);
    plan.self = engine_->journal.account(created);
    plan.code = plan.self;
    plan.caller = from;
    plan.value = value;
    plan.moves_value = true;
    engine_->journal.warm_account(plan.self);
    engine_->run(plan, init_code);
    return {engine_->result, engine_->gas_left, engine_->return_data, created};
}

}  // namespace troupe::chain::evm
