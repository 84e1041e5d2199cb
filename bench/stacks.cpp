#include "bench/stacks.hpp"

#include "actors/admission/admission_engine.hpp"
#include "actors/engine.hpp"
#include "chain/execution/seal.hpp"
#include "chain/execution/serial_chain.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/l1/l1_poster.hpp"
#include "sequencer/load/load_session.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <thread>

namespace troupe::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<const char*, 4> kNames{"exec", "+ signatures", "+ root", "full"};
constexpr std::size_t kAdmitTxs = 256;       // at once, as the node's admission takes them
constexpr std::size_t kSubmitTxs = 512;      // in one message
constexpr std::size_t kWindowTxs = 8'192;    // sent and not answered
constexpr std::uint32_t kBlockTimeMs = 100;  // a second's blocks in a run that takes less than one
constexpr auto kPatience = std::chrono::seconds(60);

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<chain::Bytes> raw_of(const std::vector<actors::AdmittedTx>& txs) {
    std::vector<chain::Bytes> raw;
    for (const actors::AdmittedTx& tx : txs)
        raw.push_back(tx.raw);
    return raw;
}

/// A log, a store and ears for an engine that keeps nothing.
class Nowhere final : public actors::OrderLog,
                      public actors::BlockStore,
                      public actors::EventSink,
                      public actors::MetricsSink {
  public:
    /// Waits until so many transactions are in stored blocks.
    [[nodiscard]] bool wait_stored(std::size_t transactions) {
        std::unique_lock lock(mutex_);
        return stored_more_.wait_for(lock, kPatience, [&] { return stored_ >= transactions; });
    }

    actors::IoFailure append(const actors::MicroBlockRecord&) override { return {}; }
    actors::IoFailure append(const actors::SealRecord&) override { return {}; }
    actors::IoFailure prune(std::uint64_t) override { return {}; }
    actors::IoFailure commit(std::span<const actors::SealedBlockPtr> blocks) override {
        const std::lock_guard lock(mutex_);
        for (const actors::SealedBlockPtr& block : blocks) {
            stored_ += block->receipts.size();
            blocks_.push_back(block);
        }
        stored_more_.notify_all();
        return {};
    }
    actors::SealedBlockPtr block(std::uint64_t number) override {
        const std::lock_guard lock(mutex_);
        return number >= 1 && number <= blocks_.size() ? blocks_[number - 1] : nullptr;
    }
    void on_micro_block(std::shared_ptr<const actors::CommittedMicroBlock>) noexcept override {}
    void on_block(actors::SealedBlockPtr) noexcept override {}
    void on_batched(std::uint64_t, std::uint64_t) noexcept override {}
    void on_posted(std::uint64_t, std::uint64_t, std::uint64_t) noexcept override {}
    void on_heads(const actors::Heads&) noexcept override {}
    void on_fatal(const std::string&) noexcept override {}
    void publish(const actors::SequencerStats&) noexcept override {}
    void publish(const actors::LogStats&) noexcept override {}
    void publish(const actors::SealerStats&) noexcept override {}
    void publish(const actors::PartitionStats&) noexcept override {}
    void publish(const actors::BatcherStats&) noexcept override {}

  private:
    std::mutex mutex_;
    std::condition_variable stored_more_;
    std::vector<actors::SealedBlockPtr> blocks_;
    std::size_t stored_ = 0;
};

/// Counts answers; all must be good.
class Answers final : public actors::SubmitSink {
  public:
    void on_outcomes(std::span<Item> items) noexcept override {
        const std::lock_guard lock(mutex_);
        for (const Item& item : items) {
            const bool good = item.outcome.reason == actors::Reason::kNone;
            if (!good && refusal_.empty()) refusal_ = item.outcome.message;
        }
        answered_ += items.size();
        more_.notify_all();
    }
    [[nodiscard]] bool wait(std::size_t answered) {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, kPatience, [&] { return answered_ >= answered; });
    }
    [[nodiscard]] std::string refusal() {
        const std::lock_guard lock(mutex_);
        return refusal_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::size_t answered_ = 0;
    std::string refusal_;
};

actors::EngineStart start_of(const chain::Genesis& genesis) {
    actors::EngineStart start;
    start.chain.chain_id = genesis.chain_id;
    start.chain.gas_limit = genesis.gas_limit;
    start.chain.fee_vault = chain::Address{{0xfe}};
    start.chain.l1_start_timestamp = genesis.timestamp;
    start.chain.sequencer_drift_max_s = ~0ull / 2;  // its L1 stands still
    const chain::execution::SerialChain block0(genesis, start.chain);
    start.head = block0.head();
    start.head_hash = block0.head_hash();
    start.origin_timestamp = genesis.timestamp;
    start.load_accounts = [&genesis](const auto& take) {
        for (const chain::GenesisAccount& entry : genesis.alloc)
            take(entry.address, chain::execution::genesis_account(entry));
    };
    start.load_slots = [&genesis](const auto& take) {
        for (const chain::GenesisAccount& entry : genesis.alloc)
            for (const chain::GenesisSlot& slot : entry.storage)
                take(entry.address, slot.key, slot.value);
    };
    start.load_codes = [&genesis](const auto& take) {
        for (const chain::GenesisAccount& entry : genesis.alloc)
            if (!entry.code.empty()) take(entry.code);
    };
    return start;
}

/// Submits all, no more than the window ahead of the answers.
bool submit_all(
    actors::Engine& engine, const std::vector<actors::AdmittedTx>& txs, std::string& failure) {
    const std::vector<chain::Bytes> raw = raw_of(txs);
    const auto answers = std::make_shared<Answers>();
    for (std::size_t at = 0; at < raw.size(); at += kSubmitTxs) {
        const std::size_t end = std::min(raw.size(), at + kSubmitTxs);
        if (end > kWindowTxs && !answers->wait(end - kWindowTxs)) break;
        std::vector<chain::Bytes> some(
            raw.begin() + static_cast<std::ptrdiff_t>(at),
            raw.begin() + static_cast<std::ptrdiff_t>(end));
        if (!engine.submit(std::move(some), answers)) break;
    }
    if (!answers->wait(raw.size())) failure = "the engine does not answer";
    if (failure.empty()) failure = answers->refusal();
    return failure.empty();
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
    const chain::Genesis genesis = load.genesis();
    actors::EngineConfig config;
    config.worker_threads = config.executors = config.admission_workers = cores;
    config.block_time_ms = kBlockTimeMs;
    Nowhere nowhere;
    node::DryPort l1;
    const auto engine = actors::Engine::start(
        config, start_of(genesis), nowhere, nowhere, nowhere, nowhere, l1, failure);
    if (!engine) return std::nullopt;
    l1.start(*engine);
    if (!submit_all(*engine, load.warm_up, failure)) return std::nullopt;
    engine->flush();
    if (!nowhere.wait_stored(load.warm_up.size())) failure = "the warm-up is not sealed";
    const auto start = Clock::now();
    if (!failure.empty() || !submit_all(*engine, load.measured, failure)) return std::nullopt;
    engine->flush();
    if (!nowhere.wait_stored(load.warm_up.size() + load.measured.size()))
        failure = "not everything is sealed";
    const StackRun run{seconds_since(start), {}, {}};
    if (!engine->shut_down(10'000)) failure = "the engine does not drain";
    l1.stop();
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
        config.window_txs = kWindowTxs;
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
