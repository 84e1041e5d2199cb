#include "bench/round_costs.hpp"

#include "actors/executor/executor_engine.hpp"
#include "actors/partition/partition_set.hpp"
#include "actors/sequencer/native.hpp"
#include "actors/sequencer/planner.hpp"
#include "actors/sequencer/round_driver.hpp"
#include "actors/sequencer/shares.hpp"
#include "bench/timing.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/evm/delegation.hpp"

#include <deque>

namespace troupe::bench {
namespace {

using actors::AdmittedTx;
using actors::Round;
using actors::RoundPtr;

constexpr std::size_t kPrefetchAhead = 8;

/// Times handlers; what reading the clock takes is taken off.
class Stopwatch {
  public:
    Stopwatch() {
        for (int i = 0; i < 1'000; ++i) {
            const double begin = thread_ns();
            clock_ns_ = std::min(clock_ns_, thread_ns() - begin);
        }
    }
    template <class Handler>
    [[nodiscard]] double time(const Handler& handler) const {
        const double begin = thread_ns();
        handler();
        return std::max(0.0, thread_ns() - begin - clock_ns_);
    }

  private:
    double clock_ns_ = 1e9;
};

/// The engines of a node's execution, called one after the other.
class Rounds final : public actors::RoundPort {
  public:
    Rounds(const ContractLoad& load, const RoundShape& shape, const actors::TableSeed& seed)
        : shape_(shape), env_(load.env), driver_(*this, shape.partitions) {
        for (std::uint32_t p = 0; p < shape.partitions; ++p)
            partitions_.push_back(
                std::make_unique<actors::PartitionEngine>(p, shape.partitions, seed));
        for (const auto& partition : partitions_)
            loans_.push_back(&partition->open_state());
        fill(load.state);
        for (std::uint32_t e = 0; e < shape.executors; ++e)
            executors_.push_back(std::make_unique<actors::ExecutorEngine>(loans_, seed));
        native_.emplace(loans_);
        planner_.emplace(actors::views_of(loans_), shape.micro_block_txs);
        shares_.emplace(actors::Shares::Config{
            .executors = shape.executors,
            .gas_min = shape.parallel_gas,
            .estimate_costs = shape.estimate_costs,
            .learn_slots = shape.learn_slots,
            .seed = seed});
        vault_ = {
            chain::crypto::keccak256(env_.coinbase)[0], actors::table_hash(env_.coinbase, seed)};
        auto hashes = std::make_shared<actors::BlockHashes>();
        hashes->add(env_.number - 1, env_.parent_hash);
        hashes_ = std::move(hashes);
    }

    std::vector<RoundCosts> run(std::vector<AdmittedTx> txs) {
        std::vector<RoundCosts> all;
        std::span<AdmittedTx> left{txs};
        std::uint32_t in_block = 0;
        while (!left.empty()) {
            RoundCosts& costs = all.emplace_back();
            run_round(left, costs);
            in_block += costs.txs;
            if (in_block < shape_.block_txs && !left.empty()) continue;
            in_block = 0;
            seal(costs);
        }
        return all;
    }

    // RoundPort: messages to run when it is their turn.
    void speculate(std::uint32_t share, const RoundPtr&) override { to_.push_back(share); }
    void validate(std::uint32_t partition, const RoundPtr&) override { to_.push_back(partition); }
    void settle(const RoundPtr&) override { to_.push_back(0); }

  private:
    void fill(const node::World& world) {
        for (const auto& [address, entry] : world.sorted()) {
            const chain::Hash32 key = chain::crypto::keccak256(address);
            actors::PartitionEngine& owner = actors::owner_of(partitions_, key[0]);
            const chain::Hash32& hash = entry->account.code_hash;
            const chain::ByteView code = world.code(hash);
            if (entry->account.has_code())
                actors::owner_of(partitions_, hash[0]).load_code(hash, {code.begin(), code.end()});
            owner.load(address, key, entry->account);
            if (chain::evm::delegate_of(code)) owner.load_delegation(address);
            for (const auto& [slot, value] : entry->storage)
                actors::load_slot(actors::set_of(partitions_), address, slot, value, true);
        }
        TROUPE_ASSERT(!actors::finish_loading(actors::set_of(partitions_), 0));
    }

    // What RoundRunner does, one handler after the other.
    void run_round(std::span<AdmittedTx>& left, RoundCosts& costs) {
        const RoundPtr round = pool_.take();
        bool evm = false;
        costs.plan_ns = watch_.time([&] { evm = plan(*round, left); });
        costs.txs = static_cast<std::uint32_t>(round->txs.size());
        costs.native = round->native;
        if (!evm) return;
        costs.check_ns = watch_.time([&] { check(*round); });
        costs.share_ns = watch_.time([&] {
            round->mode = shares_->share_out(*round);
            round->env = env_;
            round->hashes = hashes_;
            round->gas_left = ~0ull;
            driver_.start(round);
        });
        drive(round, costs);
        costs.publish_ns = watch_.time([&] { publish(*round); });
        costs.learn_ns = watch_.time([&] { shares_->learn(*round); });
        costs.again = static_cast<std::uint32_t>(round->conflicts.size());
        for (std::size_t i = round->native; i < round->txs.size(); ++i)
            TROUPE_ASSERT(round->results[i].valid && round->results[i].success);
    }

    bool plan(Round& round, std::span<AdmittedTx>& left) {
        const std::size_t most = std::min<std::size_t>(shape_.micro_block_txs, left.size());
        native_->begin(most, env_.base_fee_per_gas, env_.coinbase, vault_);
        for (std::size_t i = 0; i < std::min(kPrefetchAhead, most); ++i)
            native_->prefetch(left[i]);
        std::uint64_t gas = 0;
        std::size_t taken = 0;
        bool evm = false;
        for (; taken < most && gas < shape_.micro_block_gas; ++taken) {
            if (taken + 2 * kPrefetchAhead < most)
                actors::NativeTransfers::prefetch_tx(left[taken + 2 * kPrefetchAhead]);
            if (taken + kPrefetchAhead < most) native_->prefetch(left[taken + kPrefetchAhead]);
            AdmittedTx& tx = left[taken];
            evm = evm || native_->needs_evm(tx);
            if (evm)
                gas += shares_->cost_of(tx);
            else
                ++round.native;
            if (!evm) TROUPE_ASSERT(!native_->run(tx));
            round.txs.push_back(&tx);
        }
        left = left.subspan(taken);
        if (!evm) return false;
        round.record = std::make_shared<actors::MicroBlockRecord>();
        for (AdmittedTx* tx : round.txs)
            round.record->transactions.push_back(std::move(tx->raw));
        return true;
    }

    void check(const Round& round) {
        planner_->begin(env_.base_fee_per_gas, env_.coinbase, vault_);
        for (std::size_t i = round.native; i < round.txs.size(); ++i)
            TROUPE_ASSERT(!planner_->take(*round.txs[i]));
    }

    void drive(const RoundPtr& round, RoundCosts& costs) {
        if (round->mode == actors::RoundMode::kParallel) {
            for (const std::uint32_t share : std::exchange(to_, {}))
                costs.speculate.push_back(
                    {share, watch_.time([&] { executors_[share]->speculate(*round, share); })});
            costs.collect_ns = watch_.time([&] {
                for (std::size_t i = 0; i < costs.speculate.size(); ++i)
                    driver_.on_speculated();
            });
            for (const actors::Speculation& speculation : round->speculations)
                costs.effects += speculation.effects.size();
            for (const std::uint32_t partition : std::exchange(to_, {})) {
                bool held = false;
                costs.validate.push_back({partition, watch_.time([&] {
                                              held = partitions_[partition]->validate(*round);
                                          })});
                driver_.on_validated(held);
            }
        }
        if (to_.empty()) return;
        to_.clear();
        costs.settle_ns = watch_.time([&] { executors_[0]->settle(*round); });
        driver_.on_settled();
    }

    /// What the node tells of a round: a receipt for the block, one for subscribers.
    void publish(Round& round) {
        for (std::size_t i = 0; i < round.txs.size(); ++i) {
            const AdmittedTx& tx = *round.txs[i];
            actors::SoftReceipt& soft = soft_.emplace_back();
            soft.receipt.type = tx.type;
            soft.receipt.success = true;
            soft.gas_used = tx.gas_used;
            if (i >= round.native) {
                actors::TxResult& result = round.results[i];
                soft.gas_used = result.gas_used;
                soft.receipt.logs = std::move(result.logs);
                soft.created = result.created;
            }
            soft.transaction_hash = tx.hash;
            soft.sender = tx.sender;
            soft.effective_gas_price = actors::price_of(tx, env_.base_fee_per_gas);
            receipts_.push_back(soft.receipt);
        }
        soft_.clear();
    }

    void seal(RoundCosts& costs) {
        receipts_.clear();
        costs.seals.resize(partitions_.size());
        const auto board = std::make_shared<actors::SealBoard>(
            ++blocks_, static_cast<std::uint32_t>(partitions_.size()));
        for (std::size_t p = 0; p < partitions_.size(); ++p)
            costs.seals[p].begin_ns = watch_.time([&] { partitions_[p]->begin_seal(board); });
        bool sealing = true;
        while (sealing) {
            sealing = false;
            for (std::size_t p = 0; p < partitions_.size(); ++p) {
                while (partitions_[p]->sealing() && !partitions_[p]->waiting())
                    seal_slice(p, costs);
                sealing = sealing || partitions_[p]->sealing();
            }
        }
    }

    void seal_slice(std::size_t p, RoundCosts& costs) {
        std::optional<actors::PartitionSeal> done;
        costs.seals[p].slices_ns.push_back(
            watch_.time([&] { done = partitions_[p]->seal_step().seal; }));
        if (!done) return;
        costs.sealed += done->changes.size();
        for (const auto& change : done->changes)
            costs.sealed += change.slots.size();
    }

    const RoundShape& shape_;
    chain::execution::BlockEnv env_;
    std::vector<std::unique_ptr<actors::PartitionEngine>> partitions_;
    actors::Loans loans_;
    std::vector<std::unique_ptr<actors::ExecutorEngine>> executors_;
    std::optional<actors::NativeTransfers> native_;
    std::optional<actors::Planner> planner_;
    std::optional<actors::Shares> shares_;
    actors::Place vault_;
    actors::BlockHashesPtr hashes_;
    actors::RoundDriver driver_;
    actors::RoundPool pool_;
    std::vector<std::uint32_t> to_;  // whom the driver has sent a message, not yet handled
    std::vector<actors::SoftReceipt> soft_;
    std::vector<chain::Receipt> receipts_;  // of the open block
    std::uint64_t blocks_ = 0;
    Stopwatch watch_;
};

void keep_least(double& least, double other) {
    least = std::min(least, other);
}

void keep_least(
    std::vector<RoundCosts::Share>& least, const std::vector<RoundCosts::Share>& other) {
    TROUPE_ASSERT(least.size() == other.size());
    for (std::size_t i = 0; i < least.size(); ++i)
        keep_least(least[i].ns, other[i].ns);
}

void keep_least(RoundCosts& least, const RoundCosts& other) {
    TROUPE_ASSERT(least.txs == other.txs && least.again == other.again);
    for (double RoundCosts::*const cost :
         {&RoundCosts::plan_ns, &RoundCosts::check_ns, &RoundCosts::share_ns,
          &RoundCosts::collect_ns, &RoundCosts::learn_ns, &RoundCosts::publish_ns,
          &RoundCosts::settle_ns})
        keep_least(least.*cost, other.*cost);
    keep_least(least.speculate, other.speculate);
    keep_least(least.validate, other.validate);
    for (std::size_t p = 0; p < least.seals.size(); ++p) {
        keep_least(least.seals[p].begin_ns, other.seals[p].begin_ns);
        for (std::size_t i = 0; i < least.seals[p].slices_ns.size(); ++i)
            keep_least(least.seals[p].slices_ns[i], other.seals[p].slices_ns[i]);
    }
}

}  // namespace

std::vector<RoundCosts> record_costs(
    const ContractLoad& load, const RoundShape& shape, const actors::TableSeed& seed) {
    std::vector<RoundCosts> least;
    for (int repeat = 0; repeat < shape.repeats; ++repeat) {
        Rounds rounds{load, shape, seed};
        static_cast<void>(rounds.run(load.warm_up));
        std::vector<RoundCosts> costs = rounds.run(load.measured);
        TROUPE_ASSERT(repeat == 0 || costs.size() == least.size());
        for (std::size_t i = 0; i < least.size(); ++i)
            keep_least(least[i], costs[i]);
        if (repeat == 0) least = std::move(costs);
    }
    return least;
}

}  // namespace troupe::bench
