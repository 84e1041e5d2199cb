#include "bench/erc20_bench.hpp"

#include "sequencer/evm_tools/world.hpp"
#include "sequencer/workload/contract_session.hpp"

namespace troupe::bench {

using namespace chain;

namespace {

constexpr std::uint64_t kBaseFee = 7;
const Address kHolder{{0x11}};
const Address kReceiver{{0x22}};

Transaction transaction(std::uint64_t nonce, std::optional<Address> to, Bytes data) {
    Transaction tx;
    tx.type = TxType::kDynamicFee;
    tx.chain_id = 1;
    tx.nonce = nonce;
    tx.max_fee_per_gas = kBaseFee + 1;
    tx.max_priority_fee_per_gas = 1;
    tx.gas_limit = to ? 100'000 : 3'000'000;
    tx.to = to;
    tx.data = std::move(data);
    return tx;
}

class TokenWorld {
  public:
    TokenWorld() {
        env_.number = 1;
        env_.timestamp = 1'000;
        env_.gas_limit = 30'000'000;
        env_.chain_id = 1;
        env_.base_fee_per_gas = kBaseFee;
        env_.coinbase = Address{{0x33}};
        const Uint256 rich = Uint256(1'000'000'000) * Uint256(1'000'000'000);
        world_.put(kHolder, 0, rich, {}, {});
        world_.put(env_.coinbase, 0, 1, {}, {});
    }

    [[nodiscard]] auto execute(const Transaction& tx) {
        return execution::execute_transaction(machine_, world_, env_, tx, kHolder);
    }
    /// @return empty, or why it failed
    std::string run(const Transaction& tx, std::optional<Address>* created = nullptr) {
        const auto outcome = execute(tx);
        if (!outcome) return std::string(to_string(outcome.error().error));
        if (!outcome->success) return "the transaction failed";
        world_.apply(*outcome);
        if (created != nullptr) *created = outcome->created;
        return {};
    }

  private:
    evm::Machine machine_;
    execution::BlockEnv env_;
    node::World world_;
};

/// Transfer(address,address,uint256) was logged once, and true returned.
bool transferred(const execution::Outcome& outcome) {
    return outcome.success && outcome.logs.size() == 1 && outcome.logs[0].topics.size() == 3 &&
           outcome.output.size() == 32 && outcome.output[31] == 1;
}

}  // namespace

Erc20Result measure_erc20(double seconds) {
    Erc20Result result;
    TokenWorld world;
    std::optional<Address> token;
    result.failure =
        world.run(transaction(0, std::nullopt, node::contracts::token_init_code()), &token);
    if (result.failure.empty() && !token) result.failure = "the creation named no contract";
    // The receiver holds some already: its slot does not go from zero to non-zero.
    if (result.failure.empty())
        result.failure = world.run(transaction(1, token, node::contracts::transfer(kReceiver, 1)));
    if (!result.failure.empty()) return result;
    const Transaction transfer = transaction(2, token, node::contracts::transfer(kReceiver, 1'000));
    if (const auto outcome = world.execute(transfer); outcome) result.gas = outcome->gas_used;
    result.timing = measure(seconds, [&] {
        const auto outcome = world.execute(transfer);
        return outcome.ok() && transferred(*outcome);
    });
    if (result.timing.wrong) result.failure = "a transfer was not logged or did not return true";
    return result;
}

}  // namespace troupe::bench
