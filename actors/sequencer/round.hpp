#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/metrics_sink.hpp"
#include "actors/partition/open_state.hpp"
#include "actors/partition/placed_effect.hpp"
#include "actors/records.hpp"
#include "actors/sequencer/block_hashes.hpp"
#include "actors/sequencer/contended_keys.hpp"
#include "actors/sequencer/observation.hpp"
#include "chain/execution/transaction.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace troupe::actors {

/// What became of one transaction that an executor ran. Neighbours are written on other cores: each
/// has its own cache lines.
struct alignas(64) TxResult {
    bool valid = false;
    chain::execution::Refusal refusal;  ///< when not valid
    std::uint64_t gas_used = 0;
    bool success = true;
    std::vector<chain::Log> logs;
    std::optional<chain::Address> created;  ///< the contract that a creation made
    chain::Bytes output;                    ///< what a failed one reverted with
    std::vector<chain::execution::DeployedCode> codes;
};

/// What is believed of the transactions that executors will run; of each, in order.
struct Prediction {
    struct Key {
        std::uint64_t name = 0;  ///< of a slot: the same for all that touch it, as far as is known
        bool writes = false;
    };
    enum Flag : std::uint8_t {
        kKnown = 1,    ///< the keys are all slots that it writes and most that it reads
        kObserve = 2,  ///< whoever runs it shall write down what it did
    };
    std::vector<Key> keys;
    std::vector<std::uint32_t> ends;  ///< where its keys end; empty: nothing is predicted
    std::vector<std::uint8_t> flags;

    /// @param position  counted from the first that executors run
    [[nodiscard]] bool has(std::size_t position, Flag flag) const noexcept {
        return position < flags.size() && (flags[position] & flag) != 0;
    }
    [[nodiscard]] std::span<const Key> keys_of(std::size_t position) const noexcept {
        if (position >= ends.size()) return {};
        const std::size_t begin = position == 0 ? 0 : ends[position - 1];
        return std::span{keys}.subspan(begin, ends[position] - begin);
    }
    void clear() noexcept {
        keys.clear();
        ends.clear();
        flags.clear();
    }
};

/// What one executor speculates in a round, at a time: its transactions as if nobody else ran any.
/// What of a transaction is not among its effects is here once for many: what it pays the fee
/// vault, and reads of codes that an earlier one has among its effects.
struct alignas(64) Speculation {
    std::vector<std::uint32_t> txs;     ///< what it is to run, ascending; by the sequencer
    std::vector<PlacedEffect> effects;  ///< all but those, in order
    std::vector<std::uint32_t> ends;    ///< of each of txs: where its effects end
    std::vector<std::vector<std::uint32_t>> by_partition;  ///< positions in effects, ascending

    std::vector<chain::Uint256> tips;    ///< of each of txs: a Delta of the fee vault's balance
    chain::Uint256 tips_sum;             ///< of all
    KeyPlace vault;                      ///< where the fee vault is
    bool vault_seen = false;             ///< one of effects depends on its balance, or sets it
    std::vector<std::uint32_t> repeats;  ///< positions in effects: of reads that were made again
    std::vector<std::uint32_t> repeat_ends;  ///< of each of txs: where its repeats end
    bool codes_written = false;              ///< by one of effects

    std::vector<std::uint32_t> deployers;  ///< of txs: those whose results have codes
    std::vector<Observation> observed;     ///< of those that Prediction asks for

    /// Of the transaction at that position in txs.
    [[nodiscard]] std::span<const PlacedEffect> effects_of(std::size_t position) const noexcept {
        const std::size_t begin = position == 0 ? 0 : ends[position - 1];
        return std::span{effects}.subspan(begin, ends[position] - begin);
    }
    /// Of the transaction at that position in txs.
    [[nodiscard]] std::span<const std::uint32_t> repeats_of(std::size_t position) const noexcept {
        const std::size_t begin = position == 0 ? 0 : repeat_ends[position - 1];
        return std::span{repeats}.subspan(begin, repeat_ends[position] - begin);
    }
    /// Whether partition `index` has something to do for it.
    [[nodiscard]] bool concerns(std::uint32_t index) const noexcept {
        return !by_partition[index].empty() || !deployers.empty() ||
               (vault.partition == index && !tips_sum.is_zero());
    }
    /// Forgets everything and keeps the memory.
    void clear() noexcept {
        txs.clear();
        effects.clear();
        ends.clear();
        for (auto& work : by_partition)
            work.clear();
        tips.clear();
        tips_sum = {};
        vault_seen = false;
        repeats.clear();
        repeat_ends.clear();
        codes_written = false;
        deployers.clear();
        observed.clear();
    }
};

/// The board of one round: a micro-block and everything its execution needs. The sequencer writes
/// it and then only reads; each executor writes its own speculation and the results of the
/// transactions in it, and the one that settles writes any. All others read between the message
/// that lends the board and the message that answers.
struct Round {
    std::shared_ptr<MicroBlockRecord> record;  ///< raw transactions and senders, in order
    std::vector<ChunkPtr> chunks;              ///< own what `txs` points to
    std::vector<AdmittedTx*> txs;              ///< in order
    /// The first of txs are transfers that the sequencer has run itself; executors run the others.
    std::uint32_t native = 0;

    // What executors are given.
    chain::execution::BlockEnv env;  ///< complete: the parent is hashed
    BlockHashesPtr hashes;
    std::uint64_t gas_left = 0;  ///< of the block, after the first `native` transactions
    bool begin_block = false;    ///< the system calls of the block's start come first
    /// Slots that several are likely to change, and whose uses may commute; null: none.
    ContendedKeysPtr contended;
    Prediction prediction;

    // What they give back.
    std::vector<TxResult> results;  ///< one per transaction; of the native ones anything
    /// One per executor, and the rests behind them; all empty: there was none.
    std::vector<Speculation> speculations;
    /// So many at the end are nobody's: who has done the own one takes the next of them.
    std::uint32_t rests = 0;
    std::atomic<std::uint32_t> rests_taken{0};
    std::atomic<bool> broken{false};       ///< something that was speculated does not hold
    std::vector<std::uint64_t> conflicts;  ///< by key_of: what did not hold, of each that ran again
    std::vector<Observation> observed;     ///< of those that ran in place
    RoundMode mode = RoundMode::kNative;

    /// Of executors.
    [[nodiscard]] std::size_t own_shares() const noexcept { return speculations.size() - rests; }
    /// For an executor that has done its share: another one, if any is left.
    [[nodiscard]] std::optional<std::uint32_t> take_rest() noexcept {
        if (rests_taken.load(std::memory_order_relaxed) >= rests) return std::nullopt;
        const std::uint32_t taken = rests_taken.fetch_add(1, std::memory_order_relaxed);
        if (taken >= rests) return std::nullopt;
        return static_cast<std::uint32_t>(own_shares()) + taken;
    }

    /// Forgets what it held and keeps the memory. Results stay until others are put in their place:
    /// giving their memory back is work for executors, who are several.
    void clear() {
        record.reset();
        chunks.clear();
        txs.clear();
        native = 0;
        hashes.reset();
        contended.reset();
        begin_block = false;
        for (Speculation& speculation : speculations)
            speculation.clear();
        rests = 0;
        rests_taken = 0;
        broken = false;
        conflicts.clear();
        prediction.clear();
        observed.clear();
        mode = RoundMode::kNative;
    }
};
using RoundPtr = std::shared_ptr<Round>;

/// Boards to use again: laying out a micro-block in fresh memory costs as much as running it. A
/// message that was handled may still hold its board for a moment, so one waits in reserve.
class RoundPool {
  public:
    [[nodiscard]] RoundPtr take() { return ready_ ? std::exchange(ready_, nullptr) : find(); }
    /// Does the work of take() ahead.
    void prepare() {
        if (!ready_) ready_ = find();
    }

  private:
    [[nodiscard]] RoundPtr find() {
        for (RoundPtr& round : rounds_) {
            if (round && round.use_count() > 1) continue;
            if (!round) round = std::make_shared<Round>();
            round->clear();
            return round;
        }
        return std::make_shared<Round>();
    }

    std::array<RoundPtr, 3> rounds_;
    RoundPtr ready_;
};

}  // namespace troupe::actors
