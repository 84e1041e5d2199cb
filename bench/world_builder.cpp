#include "bench/world_builder.hpp"

namespace troupe::bench {

using namespace chain;

namespace {

constexpr std::uint64_t kBaseFee = 7;             // below 8 wei it does not fall: EIP-1559
constexpr std::uint64_t kMaxFee = 1'000'000'000;  // a chain's base fee stays far below
const Uint256 kMillion = Uint256{1'000'000'000} * Uint256{1'000'000'000} * Uint256{1'000'000};

}  // namespace

WorldBuilder::WorldBuilder(const Address& owner, std::uint64_t chain_id) : owner_(owner) {
    env.number = 1;
    env.timestamp = 1'000;
    env.gas_limit = kGasLimit;
    env.chain_id = chain_id;
    env.base_fee_per_gas = kBaseFee;
    env.coinbase = Address{{0xfe}};
    state.put(env.coinbase, 0, 1, {}, {});
    fund(owner_);
}

void WorldBuilder::fund(const Address& who) {
    state.put(who, 0, kMillion, {}, {});
}

std::optional<Address> WorldBuilder::run(
    const Address& from, const std::optional<Address>& to, Bytes data, std::uint64_t gas) {
    const Transaction tx = transaction(from, to, std::move(data), {}, gas);
    auto outcome = execution::execute_transaction(machine_, state, env, tx, from);
    good_ = good_ && outcome.ok() && outcome->success;
    if (!good_) return std::nullopt;
    state.apply(*outcome);
    return outcome->created;
}

Bytes WorldBuilder::ask(const Address& to, Bytes data) {
    Transaction tx = transaction(owner_, to, std::move(data), {}, 1'000'000);
    --nonces_[owner_];
    const auto outcome = execution::execute_transaction(machine_, state, env, tx, owner_);
    return outcome ? outcome->output : Bytes{};
}

Transaction WorldBuilder::transaction(
    const Address& from, const std::optional<Address>& to, Bytes data, const Uint256& value,
    std::uint64_t gas) {
    Transaction tx;
    tx.type = TxType::kDynamicFee;
    tx.chain_id = env.chain_id;
    tx.nonce = nonces_[from]++;
    tx.max_fee_per_gas = kMaxFee;
    tx.max_priority_fee_per_gas = 1;
    tx.gas_limit = gas;
    tx.to = to;
    tx.value = value;
    tx.data = std::move(data);
    return tx;
}

}  // namespace troupe::bench
