#include "bench/engine_run.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace troupe::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchTxs = 64;
constexpr std::uint64_t kWindowTxs = 8'192;             // submitted and not answered at most
constexpr std::uint64_t kGasLimit = 1'000'000'000'000;  // of a block: none is full
constexpr std::uint32_t kShutDownMs = 10'000;

struct NoLog final : actors::OrderLog {
    actors::IoFailure append(const actors::MicroBlockRecord&) override { return {}; }
    actors::IoFailure append(const actors::SealRecord&) override { return {}; }
    actors::IoFailure prune(std::uint64_t) override { return {}; }
};
struct NoStore final : actors::BlockStore {
    actors::IoFailure commit(std::span<const actors::SealedBlockPtr>) override { return {}; }
    actors::SealedBlockPtr block(std::uint64_t) override { return nullptr; }
};
struct NoL1 final : actors::L1Port {
    void post(actors::ChannelToPost) override {}
    void claim(std::uint64_t, const chain::Hash32&) override {}
};

/// Adds up what receipts say. Called by the sequencer's actor only, read after it has ended.
struct Receipts final : actors::EventSink {
    Receipts(const Senders& senders, EngineRun& into) : watched(senders), run(into) {}
    void on_micro_block(
        std::shared_ptr<const actors::CommittedMicroBlock> micro_block) noexcept override {
        for (const actors::SoftReceipt& receipt : micro_block->receipts) {
            run.gas_used += receipt.gas_used;
            if (!watched.contains(receipt.sender))
                run.gas_of_others += receipt.gas_used;
            else if (!receipt.receipt.success)
                ++run.reverted;
        }
    }
    void on_block(actors::SealedBlockPtr) noexcept override {}
    void on_batched(std::uint64_t, std::uint64_t) noexcept override {}
    void on_posted(std::uint64_t, std::uint64_t, std::uint64_t) noexcept override {}
    void on_heads(const actors::Heads&) noexcept override {}
    void on_fatal(const std::string& message) noexcept override {
        const std::lock_guard lock(mutex);
        fatal = message;
    }
    const Senders& watched;
    EngineRun& run;
    std::mutex mutex;  // guards fatal
    std::string fatal;
};

struct Metrics final : actors::MetricsSink {
    void publish(const actors::SequencerStats& stats) noexcept override {
        const std::lock_guard lock(mutex);
        sequencer = stats;
    }
    void publish(const actors::LogStats&) noexcept override {}
    void publish(const actors::SealerStats&) noexcept override {}
    void publish(const actors::PartitionStats&) noexcept override {}
    void publish(const actors::BatcherStats&) noexcept override {}
    std::mutex mutex;  // guards sequencer
    actors::SequencerStats sequencer;
};

struct Answers final : actors::SubmitSink {
    void on_outcomes(std::span<Item> items) noexcept override {
        for (const Item& item : items)
            if (item.outcome.reason != actors::Reason::kNone) {
                const std::lock_guard lock(mutex);
                if (refused++ == 0) first = item.outcome.message;
            }
        answered += items.size();
    }
    std::atomic<std::uint64_t> answered{0};
    std::mutex mutex;  // guards what follows
    std::uint64_t refused = 0;
    std::string first;
};

actors::EngineStart start_from(WorldBuilder& world) {
    const auto now =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());
    actors::EngineStart start;
    start.chain.chain_id = world.env.chain_id;
    start.chain.gas_limit = start.head.gas_limit = kGasLimit;
    start.chain.fee_vault = world.env.coinbase;
    start.chain.l1_start_timestamp = start.origin_timestamp = now;
    start.head.timestamp = now;
    start.head.base_fee_per_gas = world.env.base_fee_per_gas;
    start.head.state_root = world.state.root();
    start.head_hash = chain::hash_header(start.head);
    const auto each = [&world](const auto& visit) {
        for (const auto& [address, entry] : world.state.sorted())
            visit(address, *entry);
    };
    start.load_codes = [&world, each](const auto& take) {
        each([&](const auto&, const node::World::Entry& entry) {
            const chain::ByteView code = world.state.code(entry.account.code_hash);
            if (entry.account.has_code()) take({code.begin(), code.end()});
        });
    };
    start.load_accounts = [each](const auto& take) {
        each([&](const chain::Address& address, const auto& entry) {
            take(address, entry.account);
        });
    };
    start.load_slots = [each](const auto& take) {
        each([&](const chain::Address& address, const auto& entry) {
            for (const auto& [slot, value] : entry.storage)
                take(address, slot, value);
        });
    };
    return start;
}

}  // namespace

EngineRun run_engine(
    WorldBuilder& world, std::span<const chain::Bytes> raw, const Senders& watched,
    std::string& failure) {
    EngineRun run;
    NoLog log;
    NoStore store;
    NoL1 l1;
    Metrics metrics;
    Receipts receipts{watched, run};
    auto answers = std::make_shared<Answers>();
    actors::EngineConfig config;
    config.metrics_interval_ms = 20;
    const auto engine = actors::Engine::start(
        config, start_from(world), log, store, receipts, metrics, l1, failure);
    if (!engine) return run;
    const auto begin = Clock::now();
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t count = std::min(kBatchTxs, raw.size() - at);
        const auto batch = raw.subspan(at, count);
        if (at + count - answers->answered > kWindowTxs ||
            !engine->submit({batch.begin(), batch.end()}, answers)) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
            continue;
        }
        at += count;
    }
    while (answers->answered < raw.size())
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    run.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (!engine->shut_down(kShutDownMs)) failure = "the engine does not shut down";
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * config.metrics_interval_ms));
    const std::scoped_lock lock(answers->mutex, metrics.mutex, receipts.mutex);
    run.refused = answers->refused;
    run.first_refusal = answers->first;
    run.stats = metrics.sequencer;
    if (!receipts.fatal.empty()) failure = receipts.fatal;
    return run;
}

}  // namespace troupe::bench
