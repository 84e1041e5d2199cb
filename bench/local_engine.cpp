#include "bench/local_engine.hpp"

#include "sequencer/l1/l1_poster.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace troupe::bench {
namespace {

constexpr std::size_t kBatchTxs = 64;
constexpr std::uint64_t kGasLimit = 1'000'000'000'000;  // of a block: none is full
constexpr std::uint32_t kShutDownMs = 10'000;
constexpr std::uint32_t kStatsMs = 20;
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kAgain = std::chrono::microseconds(200);  // where there is no room

struct NoLog final : actors::OrderLog {
    actors::IoFailure append(const actors::MicroBlockRecord&) override { return {}; }
    actors::IoFailure append(const actors::SealRecord&) override { return {}; }
    actors::IoFailure prune(std::uint64_t) override { return {}; }
};

/// Counts that grow, and a way to wait for them.
class Counts {
  public:
    template <class Change>
    void change(const Change& apply) {
        const std::lock_guard lock(mutex_);
        apply();
        changed_.notify_all();
    }
    template <class Condition>
    [[nodiscard]] bool wait(const Condition& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, condition);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// What the engine tells, counted. Shared: an answer may still be on its way when all are in.
struct Ears final : actors::BlockStore, actors::EventSink, actors::MetricsSink, actors::SubmitSink {
    actors::IoFailure commit(std::span<const actors::SealedBlockPtr> sealed) override {
        counts.change([&] {
            for (const actors::SealedBlockPtr& block : sealed) {
                stored += block->receipts.size();
                blocks.push_back(block);
            }
        });
        return {};
    }
    actors::SealedBlockPtr block(std::uint64_t number) override {
        actors::SealedBlockPtr found;
        counts.change([&] {
            if (number >= 1 && number <= blocks.size()) found = blocks[number - 1];
        });
        return found;
    }
    void on_micro_block(
        std::shared_ptr<const actors::CommittedMicroBlock> micro_block) noexcept override {
        if (on_committed) on_committed(*micro_block);
        counts.change([&] { executed += micro_block->receipts.size(); });
    }
    void on_block(actors::SealedBlockPtr) noexcept override {}
    void on_batched(std::uint64_t, std::uint64_t) noexcept override {}
    void on_posted(std::uint64_t, std::uint64_t, std::uint64_t) noexcept override {}
    void on_heads(const actors::Heads&) noexcept override {}
    void on_fatal(const std::string& message) noexcept override {
        counts.change([&] { failure = message; });
    }
    void publish(const actors::SequencerStats& stats) noexcept override {
        counts.change([&] { sequencer = stats; });
    }
    void publish(const actors::LogStats&) noexcept override {}
    void publish(const actors::SealerStats&) noexcept override {}
    void publish(const actors::PartitionStats&) noexcept override {}
    void publish(const actors::BatcherStats&) noexcept override {}
    void on_outcomes(std::span<Item> items) noexcept override {
        counts.change([&] {
            for (const Item& item : items)
                if (item.outcome.reason != actors::Reason::kNone && refused++ == 0)
                    first_refusal = item.outcome.message;
            answered += items.size();
        });
    }

    Counts counts;  // guards what follows
    std::vector<actors::SealedBlockPtr> blocks;
    std::uint64_t executed = 0;
    std::uint64_t stored = 0;
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
    std::string first_refusal;
    std::string failure;
    actors::SequencerStats sequencer;
    LocalEngine::OnMicroBlock on_committed;
};

actors::EngineStart start_from(node::World& world, const chain::execution::BlockEnv& env) {
    const auto now =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());
    actors::EngineStart start;
    start.chain.chain_id = env.chain_id;
    start.chain.gas_limit = start.head.gas_limit = kGasLimit;
    start.chain.fee_vault = env.coinbase;
    start.chain.l1_start_timestamp = start.origin_timestamp = now;
    start.head.timestamp = now;
    start.head.base_fee_per_gas = env.base_fee_per_gas;
    start.head.state_root = world.root();
    start.head_hash = chain::hash_header(start.head);
    const auto each = [&world](const auto& visit) {
        for (const auto& [address, entry] : world.sorted())
            visit(address, *entry);
    };
    start.load_codes = [&world, each](const auto& take) {
        each([&](const auto&, const node::World::Entry& entry) {
            const chain::ByteView code = world.code(entry.account.code_hash);
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

struct LocalEngine::Parts {
    NoLog log;
    node::DryPort l1;
    std::shared_ptr<Ears> ears = std::make_shared<Ears>();
    std::unique_ptr<actors::Engine> engine;
    std::uint64_t submitted = 0;

    void fail(const std::string& why) {
        ears->counts.change([&] {
            if (ears->failure.empty()) ears->failure = why;
        });
    }
};

LocalEngine::LocalEngine(
    node::World& state, const chain::execution::BlockEnv& env, actors::EngineConfig config,
    OnMicroBlock on_micro_block)
    : parts_(std::make_unique<Parts>()) {
    Ears& ears = *parts_->ears;
    ears.on_committed = std::move(on_micro_block);
    config.metrics_interval_ms = kStatsMs;
    std::string failure;
    parts_->engine = actors::Engine::start(
        config, start_from(state, env), parts_->log, ears, ears, ears, parts_->l1, failure);
    if (parts_->engine)
        parts_->l1.start(*parts_->engine);
    else
        parts_->fail(failure);
}

LocalEngine::~LocalEngine() {
    shut_down();
}

void LocalEngine::run(std::span<const chain::Bytes> raw) {
    if (!parts_->engine) return;
    Ears& ears = *parts_->ears;
    const auto answered = [&](std::uint64_t count) {
        return [&ears, count] { return ears.answered >= count || !ears.failure.empty(); };
    };
    for (std::size_t at = 0; at < raw.size();) {
        const auto batch = raw.subspan(at, std::min(kBatchTxs, raw.size() - at));
        const std::uint64_t then = parts_->submitted + batch.size();
        if (then > kWindowTxs && !ears.counts.wait(answered(then - kWindowTxs))) break;
        if (!failure().empty()) return;
        if (!parts_->engine->submit({batch.begin(), batch.end()}, parts_->ears)) {
            std::this_thread::sleep_for(kAgain);
            continue;
        }
        parts_->submitted = then;
        at += batch.size();
    }
    if (!ears.counts.wait(answered(parts_->submitted))) parts_->fail("the engine does not answer");
}

void LocalEngine::seal() {
    if (!parts_->engine) return;
    Ears& ears = *parts_->ears;
    parts_->engine->flush();
    if (!ears.counts.wait([&] { return ears.stored >= ears.executed; }))
        parts_->fail("the engine does not seal");
}

void LocalEngine::shut_down() {
    if (!parts_->engine) return;
    if (!parts_->engine->shut_down(kShutDownMs)) parts_->fail("the engine does not shut down");
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * kStatsMs));  // the last stats
    parts_->l1.stop();
    parts_->engine.reset();
}

std::uint64_t LocalEngine::refused() const {
    std::uint64_t refused = 0;
    parts_->ears->counts.change([&] { refused = parts_->ears->refused; });
    return refused;
}
std::string LocalEngine::first_refusal() const {
    std::string text;
    parts_->ears->counts.change([&] { text = parts_->ears->first_refusal; });
    return text;
}
actors::SequencerStats LocalEngine::stats() const {
    actors::SequencerStats stats;
    parts_->ears->counts.change([&] { stats = parts_->ears->sequencer; });
    return stats;
}
std::string LocalEngine::failure() const {
    std::string text;
    parts_->ears->counts.change([&] { text = parts_->ears->failure; });
    return text;
}

}  // namespace troupe::bench
