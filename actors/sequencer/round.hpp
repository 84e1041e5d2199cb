#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/records.hpp"
#include "actors/sequencer/block_hashes.hpp"
#include "chain/execution/transaction.hpp"
#include "chain/state/effect.hpp"

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace troupe::actors {

/// One side of a transfer, as the partition of that side sees it.
struct Half {
    static constexpr std::uint64_t kCredit = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t hash = 0;  ///< table_hash(address)
    /// Of a debit: the sender's nonce must be this. kCredit (no nonce, EIP-2681): a credit.
    std::uint64_t nonce = kCredit;
    chain::Address address;
    chain::Uint256 amount;  ///< added or taken
    /// Of a debit: the balance must be at least this (max_cost). Of a credit: not zero in a fee,
    /// which goes to an account with code, too.
    chain::Uint256 minimum;

    [[nodiscard]] bool is_fee() const noexcept { return !minimum.is_zero(); }
    [[nodiscard]] bool is_credit() const noexcept { return nonce == kCredit; }
};

/// An effect of the serial path with its place.
struct PlacedEffect {
    std::uint64_t hash = 0;
    bool delegated = false;  ///< of a code: it is a delegation (EIP-7702)
    chain::state::Effect effect;
};

/// What the serial path says about one transaction.
struct SerialResult {
    bool valid = false;
    chain::execution::Refusal refusal;  ///< when not valid
    std::uint64_t gas_used = 0;
    bool success = true;
    std::vector<chain::Log> logs;
    std::optional<chain::Address> created;  ///< the contract that a creation made
    chain::Bytes output;                    ///< what a failed one reverted with
};

/// The board of one round: a micro-block and everything its execution needs. The sequencer writes
/// it and then only reads; during the serial path one executor writes `serial`, `effects` and
/// `codes`. All others read between the message that lends it and the message that answers.
struct Round {
    std::shared_ptr<MicroBlockRecord> record;  ///< raw transactions and senders, in order
    std::vector<ChunkPtr> chunks;              ///< own what `txs` points to
    std::vector<AdmittedTx*> txs;              ///< in order
    std::vector<chain::Uint256> prices;        ///< effective gas price, one per transaction

    /// Grouped by partition, in transaction order within; more than begin.back() is left over.
    std::vector<Half> halves;
    std::vector<std::uint32_t> begin;  ///< partition p: halves[begin[p] .. begin[p + 1])

    // Of the serial path: what the executor is given.
    chain::execution::BlockEnv env;  ///< complete: the parent is hashed
    BlockHashesPtr hashes;
    std::uint64_t gas_left = 0;  ///< of the block, before the micro-block
    bool begin_block = false;    ///< the system calls of the block's start come first
    // And what it gives back.
    std::vector<SerialResult> serial;                ///< serial path only, one per transaction
    std::vector<std::vector<PlacedEffect>> effects;  ///< serial path only, one list per partition
    /// Serial path only, one list per partition.
    std::vector<std::vector<chain::execution::DeployedCode>> codes;

    /// Forgets what it held and keeps the memory.
    void clear() {
        record.reset();
        chunks.clear();
        txs.clear();
        serial.clear();
        effects.clear();
        codes.clear();
        hashes.reset();
        begin_block = false;
    }
    [[nodiscard]] std::span<const Half> halves_of(std::uint32_t partition) const noexcept {
        return std::span{halves}.subspan(begin[partition], begin[partition + 1] - begin[partition]);
    }
};
using RoundPtr = std::shared_ptr<Round>;

/// Boards to use again: laying out a micro-block in fresh memory costs as much as running it. A
/// message that was handled may still hold its board for a moment, so one waits in reserve.
class RoundPool {
  public:
    [[nodiscard]] RoundPtr take() {
        for (RoundPtr& round : rounds_) {
            if (round && round.use_count() > 1) continue;
            if (!round) round = std::make_shared<Round>();
            round->clear();
            return round;
        }
        return std::make_shared<Round>();
    }

  private:
    std::array<RoundPtr, 3> rounds_;
};

}  // namespace troupe::actors
