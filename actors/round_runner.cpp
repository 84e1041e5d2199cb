#include "actors/round_runner.hpp"

#include "actors/executor/executor_actor.hpp"
#include "actors/partition/partition_actor.hpp"
#include "actors/partition/partition_set.hpp"
#include "actors/scheduler.hpp"
#include "actors/sequencer/native.hpp"
#include "actors/sequencer/round_driver.hpp"
#include "actors/sequencer/shares.hpp"
#include "actors/topology.hpp"

#include <algorithm>
#include <chrono>
#include <future>

namespace troupe::actors {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPrefetchAhead = 8;

Shares::Config shares_config(const RoundRunner::Config& config) {
    return {
        .executors = config.executors,
        .gas_min = config.parallel_gas,
        .estimate_costs = config.estimate_costs,
        .learn_slots = config.learn_slots,
        .rests = Shares::kRests,
        .seed = config.seed};
}

/// Stands where the sequencer stands: partitions and executors answer to it.
class Runner final : public RoundPort {
  public:
    Runner(
        const RoundRunner::Config& config, const Loans& loans, Shares& shares, RoundPool& rounds,
        PeersPtr peers, std::span<AdmittedTx> txs, const chain::execution::BlockEnv& env,
        std::vector<chain::Receipt>* receipts, bool begin_block)
        : config_(config),
          peers_(std::move(peers)),
          left_(txs),
          env_(env),
          vault_{chain::crypto::keccak256(env.coinbase)[0], table_hash(env.coinbase, config.seed)},
          native_(loans),
          shares_(shares),
          driver_(*this, config.partitions),
          rounds_(rounds),
          receipts_(receipts),
          begin_block_(begin_block) {
        auto hashes = std::make_shared<BlockHashes>();
        if (env.number > 0) hashes->add(env.number - 1, env.parent_hash);
        hashes_ = std::move(hashes);
    }
    [[nodiscard]] std::future<RoundRunner::Count> done() { return done_.get_future(); }

    void speculate(std::uint32_t share, const RoundPtr& round) override {
        look_before_sleep(peers_->executors.front().home_system(), true);
        tell(peers_->executors[share], Speculate{round, share});
    }
    void validate(std::uint32_t partition, const RoundPtr& round) override {
        peers_->to_partition(partition, ValidateRound{round});
    }
    void settle(const RoundPtr& round) override { tell(peers_->executors[0], Settle{round}); }

    void on_speculated() {
        driver_.on_speculated();
        step();
    }
    void on_validated(bool held) {
        driver_.on_validated(held);
        step();
    }
    void on_settled() {
        driver_.on_settled();
        step();
    }
    void start() {
        began_ = Clock::now();
        step();
    }
    /// Goes on as long as nobody is to answer.
    void step() {
        while (driver_.done()) {
            if (round_) end_round();
            if (left_.empty() && !begin_block_) {
                account_for_last();
                count_.ns = static_cast<std::uint64_t>(
                    std::chrono::nanoseconds(Clock::now() - began_).count());
                done_.set_value(count_);
                return;
            }
            next_round();
        }
    }

  private:
    void next_round() {
        round_ = rounds_.take();
        Round& round = *round_;
        if (std::exchange(begin_block_, false)) {
            native_.begin(0, env_.base_fee_per_gas, env_.coinbase, vault_);
            round.begin_block = true;
            start(round);
            return;
        }
        const std::size_t most = std::min<std::size_t>(config_.micro_block_txs, left_.size());
        native_.begin(most, env_.base_fee_per_gas, env_.coinbase, vault_);
        if (take_prepared(round)) {
            shares_.share_out(round);
            start(round);
            return;
        }
        for (std::size_t i = 0; i < std::min(kPrefetchAhead, most); ++i)
            native_.prefetch(left_[i]);
        std::uint64_t gas = 0;
        std::size_t taken = 0;
        bool evm = false;
        for (; taken < most && gas < config_.micro_block_gas; ++taken) {
            if (taken + 2 * kPrefetchAhead < most)
                NativeTransfers::prefetch_tx(left_[taken + 2 * kPrefetchAhead]);
            if (taken + kPrefetchAhead < most) native_.prefetch(left_[taken + kPrefetchAhead]);
            AdmittedTx& tx = left_[taken];
            evm = evm || native_.needs_evm(tx);
            if (evm)
                gas += shares_.cost_of(tx);
            else if (!run_transfer(round, tx))
                continue;
            round.txs.push_back(&tx);
        }
        left_ = left_.subspan(taken);
        if (!evm) {
            account_for_last();
            return;
        }
        round.record = record_of(round.txs);
        shares_.share_out(round);
        start(round);
    }
    void start(Round& round) {
        round.env = env_;
        round.hashes = hashes_;
        round.gas_left = ~0ull;
        driver_.start(round_);
        account_for_last();
        rounds_.prepare();
        const bool parallel = round.mode == RoundMode::kParallel;
        if (parallel || round.mode == RoundMode::kConflicting) prepare_next(parallel);
    }
    // See SequencerEngine::prepare_next().
    void prepare_next(bool may_read) {
        candidates_.clear();
        candidate_transfers_ = 0;
        bool evm = false;
        std::uint64_t gas = 0;
        const std::size_t most = std::min<std::size_t>(config_.micro_block_txs, left_.size());
        for (std::size_t i = 0; i < most && gas < config_.micro_block_gas; ++i) {
            if (i + 2 * kPrefetchAhead < most)
                NativeTransfers::prefetch_tx(left_[i + 2 * kPrefetchAhead]);
            AdmittedTx& tx = left_[i];
            candidates_.push_back(&tx);
            evm = evm || native_.seems_to_need_evm(tx, may_read);
            if (evm)
                gas += shares_.cost_of(tx);
            else
                ++candidate_transfers_;
        }
        shares_.prepare(std::span{candidates_}.subspan(candidate_transfers_));
        if (evm) prepared_ = record_of(candidates_);
    }
    [[nodiscard]] static std::shared_ptr<MicroBlockRecord> record_of(
        const std::vector<AdmittedTx*>& txs) {
        auto record = std::make_shared<MicroBlockRecord>();
        record->transactions.reserve(txs.size());
        for (AdmittedTx* tx : txs)
            record->transactions.push_back(std::move(tx->raw));
        return record;
    }
    // What prepare_next() has laid out, if it is still so that only its first are transfers: runs
    // those.
    [[nodiscard]] bool take_prepared(Round& round) {
        const std::shared_ptr<MicroBlockRecord> record = std::exchange(prepared_, nullptr);
        if (!record) return false;
        const auto transfers = left_.first(candidate_transfers_);
        const auto needs_evm = [this](const AdmittedTx& tx) { return native_.needs_evm(tx); };
        if (!needs_evm(left_[transfers.size()]) || std::ranges::any_of(transfers, needs_evm)) {
            for (std::size_t i = 0; i < candidates_.size(); ++i)
                candidates_[i]->raw = std::move(record->transactions[i]);
            return false;
        }
        std::swap(round.txs, candidates_);
        left_ = left_.subspan(round.txs.size());
        for (std::size_t i = 0; i < transfers.size(); ++i) {
            if (i + kPrefetchAhead < transfers.size())
                native_.prefetch(transfers[i + kPrefetchAhead]);
            if (run_transfer(round, transfers[i])) continue;
            round.txs.erase(round.txs.begin() + round.native);
            record->transactions.erase(record->transactions.begin() + round.native);
        }
        round.record = record;
        return true;
    }
    // @return whether it was not refused
    bool run_transfer(Round& round, const AdmittedTx& tx) {
        if (native_.run(tx)) {
            ++count_.refused;
            return false;
        }
        count_.gas_used += tx.gas_used;
        ++round.native;
        return true;
    }
    void end_round() {
        last_ = std::move(round_);
        if (Shares::to_learn_now(*last_)) account_for_last();
    }
    void account_for_last() {
        const RoundPtr round = std::move(last_);
        if (!round) return;
        if (receipts_ != nullptr) keep_receipts(*round);
        if (round->begin_block) return;
        ++count_.rounds;
        count_.repaired += round->broken ? 1 : 0;
        count_.conflicting += round->mode == RoundMode::kConflicting ? 1 : 0;
        count_.reexecuted += round->conflicts.size();
        shares_.learn(*round);
        for (std::size_t i = round->native; i < round->txs.size(); ++i) {
            const TxResult& result = round->results[i];
            count_.refused += result.valid ? 0 : 1;
            count_.failed += result.valid && !result.success ? 1 : 0;
            count_.gas_used += result.gas_used;
        }
    }

    void keep_receipts(Round& round) {
        for (std::size_t i = 0; i < round.txs.size(); ++i) {
            const AdmittedTx& tx = *round.txs[i];
            chain::Receipt receipt{tx.type, true, tx.gas_used, {}};
            if (i >= round.native) {
                TxResult& result = round.results[i];
                if (!result.valid) continue;
                receipt.success = result.success;
                receipt.cumulative_gas_used = result.gas_used;
                receipt.logs = std::move(result.logs);
            }
            if (!receipts_->empty())
                receipt.cumulative_gas_used += receipts_->back().cumulative_gas_used;
            receipts_->push_back(std::move(receipt));
        }
    }

    RoundRunner::Config config_;
    PeersPtr peers_;
    std::span<AdmittedTx> left_;
    chain::execution::BlockEnv env_;
    BlockHashesPtr hashes_;
    Place vault_;
    NativeTransfers native_;
    Shares& shares_;
    RoundDriver driver_;
    RoundPool& rounds_;
    RoundPtr round_;
    std::vector<AdmittedTx*> candidates_;         // of the next round
    std::size_t candidate_transfers_ = 0;         // the first of them; the others are for executors
    std::shared_ptr<MicroBlockRecord> prepared_;  // of candidates_, if any are for executors
    RoundPtr last_;                               // the one before, until it is accounted for
    RoundRunner::Count count_;
    std::vector<chain::Receipt>* receipts_;
    bool begin_block_;
    Clock::time_point began_;
    std::promise<RoundRunner::Count> done_;
};

struct RunnerState {
    std::shared_ptr<Runner> runner;
    static constexpr const char* name = "runner";
};

SequencerActor::behavior_type runner_actor(
    SequencerActor::stateful_pointer<RunnerState> self, std::shared_ptr<Runner> runner) {
    self->state.runner = std::move(runner);
    return handlers<SequencerActor>(
        self, [self](Start) { self->state.runner->start(); }, [](const Admitted&) {},
        [](const Logged&) {}, [](const SealLogged&) {},
        [self](Speculated) { self->state.runner->on_speculated(); },
        [self](Validated message) { self->state.runner->on_validated(message.held); },
        [self](Settled) { self->state.runner->on_settled(); }, [](SealBegun) {},
        [](const BlockHashed&) {}, [](const BlockStored&) {}, [](const AskAccount&) {},
        [](const NewOrigin&) {}, [](Tick) {}, [](Flush) {}, [](Drain) {}, [](PublishStats) {});
}

}  // namespace

struct RoundRunner::Impl {
    [[nodiscard]] PartitionEngine& owner(const chain::Address& address) const {
        return owner_of(partitions, chain::crypto::keccak256(address)[0]);
    }
    Count run(const std::shared_ptr<Runner>& runner);

    Config config;
    caf::actor_system_config system_config;
    std::unique_ptr<caf::actor_system> system;
    std::shared_ptr<Peers> peers = std::make_shared<Peers>();
    std::vector<std::shared_ptr<PartitionEngine>> partitions;
    Loans loans;
    std::optional<Shares> shares;  // what it learns outlives a run
    RoundPool rounds;
    std::uint64_t blocks = 0;
};

RoundRunner::RoundRunner(Config config) : impl_(std::make_unique<Impl>()) {
    impl_->config = config;
    impl_->shares.emplace(shares_config(config));
    schedule_by_sharing(impl_->system_config, config.threads);
    impl_->system = std::make_unique<caf::actor_system>(impl_->system_config);
    for (std::uint32_t p = 0; p < config.partitions; ++p) {
        impl_->partitions.push_back(
            std::make_shared<PartitionEngine>(p, config.partitions, config.seed));
        impl_->loans.push_back(&impl_->partitions.back()->open_state());
    }
    Peers& peers = *impl_->peers;
    peers.partition_mail = std::make_unique<std::atomic<std::uint64_t>[]>(config.partitions);
    for (std::uint32_t p = 0; p < config.partitions; ++p)
        peers.partitions.push_back(impl_->system->spawn(
            partition_actor, p, impl_->partitions[p], PeersPtr{impl_->peers}, OutsidePtr{}, 0u));
    const auto engines = std::make_shared<EnginePool>(impl_->loans, config.seed, config.executors);
    for (std::uint32_t e = 0; e < config.executors; ++e)
        peers.executors.push_back(
            impl_->system->spawn(executor_actor, engines, PeersPtr{impl_->peers}));
}

RoundRunner::~RoundRunner() {
    for (const auto& partition : impl_->peers->partitions)
        caf::anon_send_exit(partition, caf::exit_reason::user_shutdown);
    for (const auto& executor : impl_->peers->executors)
        caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(impl_->peers->sequencer, caf::exit_reason::user_shutdown);
    impl_->peers.reset();
    impl_->system.reset();
}

// In place: actors and loans point to the partitions.
void RoundRunner::clear() {
    const Config& config = impl_->config;
    for (std::uint32_t p = 0; p < config.partitions; ++p)
        *impl_->partitions[p] = PartitionEngine(p, config.partitions, config.seed);
    impl_->shares.emplace(shares_config(config));
}

void RoundRunner::load(const chain::Address& address, const chain::Account& account) {
    impl_->owner(address).load_flat(address, account);
}

void RoundRunner::load_code(const chain::Hash32& hash, const chain::Bytes& code) {
    owner_of(impl_->partitions, hash[0]).load_code(hash, code);
}

void RoundRunner::load_delegation(const chain::Address& address) {
    impl_->owner(address).load_delegation(address);
}

void RoundRunner::load_slot(
    const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
    actors::load_slot(set_of(impl_->partitions), address, slot, value, false);
}

void RoundRunner::make_room(std::size_t changes) {
    for (OpenState* state : impl_->loans)
        state->reserve(changes);
}

RoundRunner::Count RoundRunner::Impl::run(const std::shared_ptr<Runner>& runner) {
    if (peers->sequencer) caf::anon_send_exit(peers->sequencer, caf::exit_reason::user_shutdown);
    peers->sequencer = system->spawn(runner_actor, runner);
    auto done = runner->done();
    tell(peers->sequencer, Start{});
    return done.get();
}

RoundRunner::Count RoundRunner::run_block(
    std::span<AdmittedTx> txs, const chain::execution::BlockEnv& env,
    std::vector<chain::Receipt>* receipts) {
    return impl_->run(std::make_shared<Runner>(
        impl_->config, impl_->loans, *impl_->shares, impl_->rounds, impl_->peers, txs, env,
        receipts, true));
}

RoundRunner::Count RoundRunner::run(
    std::span<AdmittedTx> txs, const chain::execution::BlockEnv& env,
    std::vector<chain::Receipt>* receipts) {
    return impl_->run(std::make_shared<Runner>(
        impl_->config, impl_->loans, *impl_->shares, impl_->rounds, impl_->peers, txs, env,
        receipts, false));
}

void RoundRunner::seal_block() {
    actors::seal_block(set_of(impl_->partitions), ++impl_->blocks);
}

chain::Account RoundRunner::account(const chain::Address& address) const {
    return impl_->owner(address).tables().account(address);
}

chain::Uint256 RoundRunner::storage(
    const chain::Address& address, const chain::Hash32& slot) const {
    return storage_in(views_of(impl_->loans), address, slot);
}

}  // namespace troupe::actors
