#include "bench/stacks.hpp"

#include "actors/admission/admission_engine.hpp"
#include "bench/local_engine.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/load/load_session.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <thread>

namespace troupe::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<const char*, 4> kNames{"exec", "+ signatures", "+ root", "full"};
constexpr std::size_t kAdmitTxs = 256;       // at once, as the node's admission takes them
constexpr std::size_t kSubmitTxs = 512;      // in one message
constexpr std::uint32_t kBlockTimeMs = 100;  // a second's blocks in a run that takes less than one

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<chain::Bytes> raw_of(const std::vector<actors::AdmittedTx>& txs) {
    std::vector<chain::Bytes> raw;
    for (const actors::AdmittedTx& tx : txs)
        raw.push_back(tx.raw);
    return raw;
}

}  // namespace

const char* to_string(Stack stack) noexcept {
    return kNames[static_cast<std::size_t>(stack)];
}

std::vector<actors::AdmittedTx> admit(
    const std::vector<actors::AdmittedTx>& txs, unsigned threads, const actors::TableSeed& seed) {
    std::vector<actors::AdmittedTx> admitted(txs.size());
    std::vector<std::jthread> workers;
    for (unsigned worker = 0; worker < threads; ++worker)
        workers.emplace_back([&, worker] {
            actors::AdmissionEngine engine{kLoadChainId, ~0ull, {}, seed};
            for (std::size_t at = worker * kAdmitTxs; at < txs.size(); at += threads * kAdmitTxs) {
                actors::Chunk chunk;
                for (std::size_t i = at; i < std::min(txs.size(), at + kAdmitTxs); ++i)
                    chunk.raw.push_back(txs[i].raw);
                engine.admit(chunk, actors::Throttle::kNone);
                TROUPE_ASSERT(chunk.refused.empty());
                std::move(
                    chunk.txs.begin(), chunk.txs.end(),
                    admitted.begin() + static_cast<std::ptrdiff_t>(at));
            }
        });
    workers.clear();  // joins
    return admitted;
}

std::optional<StackRun> run_actors(const ContractLoad& load, unsigned cores, std::string& failure) {
    actors::EngineConfig config;
    config.worker_threads = config.executors = config.admission_workers = cores;
    config.block_time_ms = kBlockTimeMs;
    node::World state = load.state;
    LocalEngine engine(state, load.env, config);
    engine.run(raw_of(load.warm_up));
    engine.seal();
    const std::vector<chain::Bytes> raw = raw_of(load.measured);
    const auto start = Clock::now();
    engine.run(raw);
    engine.seal();
    const StackRun run{seconds_since(start), {}, {}};
    engine.shut_down();
    failure = engine.failure();
    if (failure.empty() && engine.refused() > 0) failure = engine.first_refusal();
    if (!failure.empty()) return std::nullopt;
    return run;
}

std::optional<StackRun> run_node(const ContractLoad& load, unsigned cores, std::string& failure) {
    node::LocalRollup::Options parts;
    parts.genesis = load.genesis();
    const std::string count = std::to_string(cores);
    parts.node_arguments = {"--log.level", "warn", "--workers", count, "--executors", count};
    node::LocalRollup rollup(std::move(parts));
    if (!rollup.do_without_l1() || !rollup.start_node()) {
        failure = rollup.failure();
        return std::nullopt;
    }
    const auto client = rollup.connect();
    if (!client) {
        failure = rollup.failure();
        return std::nullopt;
    }
    std::optional<node::LoadSessionResult> result;
    for (const auto* txs : {&load.warm_up, &load.measured}) {
        const std::vector<chain::Bytes> raw = raw_of(*txs);
        node::LoadSessionConfig config;
        config.batch_txs = kSubmitTxs;
        config.window_txs = LocalEngine::kWindowTxs;
        node::TransactionList source(raw);
        result = node::run_load_session(node::through_grpc(*client), source, config, failure);
        if (result && result->refused > 0) failure = result->first_refusal;
        if (result && result->failed > 0) failure = fmt::format("{} reverted", result->failed);
        if (!failure.empty()) return std::nullopt;
    }
    return StackRun{
        result->seconds, static_cast<double>(result->soft.percentile_us(0.50)) / 1e3,
        static_cast<double>(result->soft.percentile_us(0.99)) / 1e3};
}

}  // namespace troupe::bench
