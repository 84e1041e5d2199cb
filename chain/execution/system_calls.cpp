#include "chain/execution/system_calls.hpp"

namespace troupe::chain::execution {
namespace {

constexpr std::int64_t kSystemCallGas = 30'000'000;

void call(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Address& to,
    const Hash32& input, Outcome& outcome) {
    const Account account = view.account(to).value_or(Account{});
    if (!account.has_code()) return;
    state::Journal& journal = machine.begin(view, env, kSystemAddress, {});
    journal.warm_account(journal.account(to));
    static_cast<void>(machine.call(kSystemAddress, to, {}, input, kSystemCallGas));
    journal.collect(outcome.effects, outcome.codes);
}

}  // namespace

Outcome begin_block(evm::Machine& machine, const state::StateView& view, const BlockEnv& env) {
    Outcome outcome;
    // Two contracts that know nothing of each other: each may see the state from before the block.
    if (env.rules.revision >= Revision::kPrague)
        call(machine, view, env, kHistoryAddress, env.parent_hash, outcome);
    call(machine, view, env, kBeaconRootsAddress, env.parent_beacon_block_root, outcome);
    return outcome;
}

Outcome begin_block(const state::StateView& view, const BlockEnv& env) {
    evm::Machine machine;
    return begin_block(machine, view, env);
}

}  // namespace troupe::chain::execution
