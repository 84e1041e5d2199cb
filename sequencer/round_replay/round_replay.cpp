#include "sequencer/round_replay/round_replay.hpp"

#include "actors/admission/admission_engine.hpp"
#include "sequencer/round_replay/round_world.hpp"

namespace troupe::node {
namespace {

constexpr actors::TableSeed kSeed{0x5bd1e995'5bd1e995, 0x9e3779b9'7f4a7c15};
constexpr std::uint32_t kPartitionsPerExecutor = 4;
constexpr std::size_t kRoomPerTx = 8;  // accounts and slots that it may add to a partition

std::vector<actors::AdmittedTx> prepare(const MainnetBlock& block) {
    const actors::AdmissionEngine admission{
        block.env.chain_id, block.env.gas_limit, block.env.rules, kSeed};
    std::vector<actors::AdmittedTx> txs;
    for (const auto& [tx, raw, sender] : block.transactions)
        // Encoded again, because one that came without a chain id has been given it.
        txs.push_back(admission.prepare(tx, chain::encode_transaction(tx), sender));
    return txs;
}

actors::RoundRunner::Config config_for(unsigned executors) {
    actors::RoundRunner::Config config;
    config.threads = executors;
    config.executors = executors;
    config.partitions = executors * kPartitionsPerExecutor;
    config.seed = kSeed;
    return config;
}

}  // namespace

RoundReplay::RoundReplay(const MainnetBlock& block, unsigned executors)
    : block_(block), runner_(config_for(executors)) {}

void RoundReplay::repeat(const World& serial) {
    runner_.clear();
    load(runner_, block_.pre);
    runner_.make_room(kRoomPerTx * block_.transactions.size());
    std::vector<actors::AdmittedTx> txs = prepare(block_);
    ExecutedBlock executed;
    const auto count = runner_.run_block(txs, block_.env, &executed.receipts);
    if (count.refused > 0)
        executed.refusal = std::to_string(count.refused) + " transactions are refused";
    result_.difference = node::difference(block_, executed);
    if (result_.difference.empty()) result_.difference = node::difference(runner_, serial);
    if (result_.ns != 0 && result_.ns <= count.ns) return;
    result_.ns = count.ns;
    result_.reexecuted = count.reexecuted;
}

std::string ReplayResults::difference() const {
    if (!serial.difference.empty()) return serial.difference;
    if (!alone.difference.empty()) return "by one executor: " + alone.difference;
    return parallel.difference.empty() ? "" : "in parallel: " + parallel.difference;
}

ReplayResults replay_by_turns(const MainnetBlock& block, unsigned executors, unsigned repetitions) {
    ReplayResults results;
    chain::evm::Machine machine;
    RoundReplay alone(block, 1);
    RoundReplay parallel(block, executors);
    for (unsigned i = 0; i < repetitions && results.difference().empty(); ++i) {
        replay_once(block, machine, results.serial);
        if (!results.serial.difference.empty()) break;
        alone.repeat(results.serial.state);
        results.alone = alone.result();
        parallel.repeat(results.serial.state);
        results.parallel = parallel.result();
    }
    return results;
}

}  // namespace troupe::node
