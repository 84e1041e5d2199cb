#include "sequencer/round_replay/round_replay.hpp"

#include "actors/admission/admission_engine.hpp"
#include "actors/round_runner.hpp"
#include "sequencer/round_replay/round_world.hpp"

#include <chrono>

namespace troupe::node {
namespace {

constexpr actors::TableSeed kSeed{0x5bd1e995'5bd1e995, 0x9e3779b9'7f4a7c15};
constexpr std::uint32_t kPartitionsPerExecutor = 4;

std::vector<actors::AdmittedTx> prepare(const MainnetBlock& block) {
    const actors::AdmissionEngine admission{
        block.env.chain_id, block.env.gas_limit, block.env.rules, kSeed};
    std::vector<actors::AdmittedTx> txs;
    for (const auto& [tx, raw, sender] : block.transactions)
        // Encoded again, because one that came without a chain id has been given it.
        txs.push_back(admission.prepare(tx, chain::encode_transaction(tx), sender));
    return txs;
}

}  // namespace

RoundReplayResult replay_in_rounds(
    const MainnetBlock& block, const World& serial, unsigned executors, unsigned repetitions) {
    using Clock = std::chrono::steady_clock;
    RoundReplayResult result;
    result.ns = ~std::uint64_t{0};
    actors::RoundRunner::Config config;
    config.threads = executors;
    config.executors = executors;
    config.partitions = executors * kPartitionsPerExecutor;
    config.seed = kSeed;
    actors::RoundRunner runner{config};
    for (unsigned i = 0; i < repetitions && result.difference.empty(); ++i) {
        runner.clear();
        load(runner, block.pre);
        std::vector<actors::AdmittedTx> txs = prepare(block);
        ExecutedBlock executed;
        const auto begin = Clock::now();
        const auto count = runner.run_block(txs, block.env, &executed.receipts);
        const auto ns =
            static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count());
        if (count.refused > 0)
            executed.refusal = std::to_string(count.refused) + " transactions are refused";
        result.difference = difference(block, executed);
        if (result.difference.empty()) result.difference = difference(runner, serial);
        if (ns < result.ns) {
            result.ns = ns;
            result.reexecuted = count.reexecuted;
        }
    }
    return result;
}

}  // namespace troupe::node
