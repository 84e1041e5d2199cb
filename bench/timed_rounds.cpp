#include "bench/timed_rounds.hpp"

#include "bench/stacks.hpp"
#include "sequencer/round_replay/round_world.hpp"

#include <chrono>

namespace troupe::bench {

using actors::AdmittedTx;
using actors::RoundRunner;

void run_timed(
    const ContractLoad& load, const RoundRunner::Config& config, unsigned admit_on,
    TimedRounds& into) {
    using Clock = std::chrono::steady_clock;
    into.runner = std::make_unique<RoundRunner>(config);
    node::load(*into.runner, load.state);
    std::vector<AdmittedTx> txs = load.warm_up;
    const RoundRunner::Count warm = into.runner->run(txs, load.env);
    TROUPE_ASSERT(warm.refused == 0 && warm.failed == 0);
    if (admit_on == 0) txs = load.measured;
    const auto start = Clock::now();
    if (admit_on > 0) txs = admit(load.measured, admit_on, kRoundSeed);
    const RoundRunner::Count count = into.runner->run(txs, load.env);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    TROUPE_ASSERT(count.refused == 0 && count.failed == 0);
    if (seconds >= into.seconds) return;
    into.seconds = seconds;
    into.count = count;
}

void assert_same_state(const RoundRunner& a, const RoundRunner& b, const ContractLoad& load) {
    for (const auto* txs : {&load.warm_up, &load.measured})
        for (const AdmittedTx& tx : *txs) {
            const chain::Address created = chain::contract_address(tx.sender, tx.nonce);
            TROUPE_ASSERT(a.account(created) == b.account(created));
        }
    for (const auto& [address, entry] : load.state.sorted()) {
        TROUPE_ASSERT(a.account(address) == b.account(address));
        for (const auto& [slot, value] : entry->storage)
            TROUPE_ASSERT(a.storage(address, slot) == b.storage(address, slot));
    }
}

}  // namespace troupe::bench
