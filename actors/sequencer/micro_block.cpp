// The part of SequencerEngine about micro-blocks: planning, the round's states, commit.
#include "actors/sequencer/sequencer_engine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::actors {

using chain::execution::Refusal;

namespace {

constexpr std::size_t kPrefetchAhead = 8;

}  // namespace

void SequencerEngine::refuse(
    const AdmittedTx& tx, WordedRefusal refusal, std::uint32_t retry_after_ms) {
    SubmitSink::Item& item = answers_.emplace_back();
    item.index = tx.index;
    item.outcome.transaction_hash = tx.hash;
    item.outcome.reason = refusal.reason;
    item.outcome.message = std::move(refusal.message);
    item.outcome.retry_after_ms = retry_after_ms;
}

// Credits go back with the answer: what is taken and not answered stays bounded.
void SequencerEngine::flush_answers(Chunk& chunk) {
    if (answers_.empty()) return;
    for (const SubmitSink::Item& item : answers_)
        ++stats_.transactions[static_cast<std::size_t>(item.outcome.reason)];
    gate_->give_back(answers_.size());
    if (chunk.sink) chunk.sink->on_outcomes(answers_);
    answers_.clear();
}

void SequencerEngine::refuse_waiting(Reason reason, const std::string& message) {
    const std::uint32_t retry =
        reason == Reason::kOverCapacity ? config_.block_time_ms : std::uint32_t{0};
    for (const ChunkPtr& chunk : waiting_) {
        for (; front_done_ < chunk->txs.size(); ++front_done_)
            refuse(chunk->txs[front_done_], {reason, message}, retry);
        flush_answers(*chunk);
        front_done_ = 0;
    }
    waiting_.clear();
    waiting_txs_ = 0;
}

/// @return false: the block must be closed first; otherwise `tx` was taken into the round (then
///         answers_ did not grow) or refused
bool SequencerEngine::take(const AdmittedTx& tx, std::uint64_t planned_gas) {
    const auto& env = open_->env;
    const std::uint64_t used = open_->gas_used + planned_gas;
    if (tx.gas_limit > env.gas_limit - used) {
        if (used >= env.gas_limit / kEarlyCloseDivisor) return false;
        refuse(
            tx,
            {Reason::kOverCapacity,
             fmt::format(
                 "gas limit {}, the open block has {} left", tx.gas_limit, env.gas_limit - used)},
            config_.block_time_ms);
        return true;
    }
    if (!exact_plan_) {
        if (tx.max_fee_per_gas < env.base_fee_per_gas)
            refuse(
                tx,
                in_words(
                    {chain::Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, env.base_fee_per_gas}));
        return true;
    }
    if (const auto refusal = planner_.take(tx)) {
        if (refusal->error == chain::Error::kNonceTooLow && recent_.has(tx.hash)) {
            refuse(tx, {Reason::kAlreadyKnown, "this transaction is in the chain already"});
        } else {
            refuse(tx, in_words(*refusal));
        }
    }
    return true;
}

bool SequencerEngine::plan(Now now) {
    std::uint64_t room = config_.micro_block_txs_max;
    if (gate_->throttle() >= Throttle::kSlow) {
        const std::uint64_t budget = std::max<std::uint64_t>(
            1, config_.queue_txs_max / static_cast<std::uint64_t>(Gate::kSlowDivisor));
        room = std::min(room, budget - std::min(budget, block_txs_));
    }
    if (waiting_.empty() || room == 0) return false;

    candidates_.clear();
    for (std::size_t c = 0; c < waiting_.size() && candidates_.size() < room; ++c) {
        std::vector<AdmittedTx>& txs = waiting_[c]->txs;
        for (std::size_t i = c == 0 ? front_done_ : 0; i < txs.size() && candidates_.size() < room;
             ++i)
            candidates_.push_back(&txs[i]);
    }
    auto state = std::make_unique<RoundState>();
    state->round = rounds_.take();
    Round& round = *state->round;
    round.txs.reserve(candidates_.size());
    planner_.begin(open_->env.base_fee_per_gas, open_->env.coinbase, vault_);
    for (std::size_t i = 0; i < std::min(kPrefetchAhead, candidates_.size()); ++i)
        planner_.prefetch(*candidates_[i]);
    std::uint64_t planned_gas = 0;
    std::size_t consumed = 0;
    bool full = false;
    while (consumed < candidates_.size() && !full) {
        const ChunkPtr chunk = waiting_.front();
        std::uint32_t taken = 0;
        for (; front_done_ < chunk->txs.size() && consumed < candidates_.size(); ++consumed) {
            if (consumed + kPrefetchAhead < candidates_.size())
                planner_.prefetch(*candidates_[consumed + kPrefetchAhead]);
            AdmittedTx& tx = chunk->txs[front_done_];
            const std::size_t answered = answers_.size();
            if (!take(tx, planned_gas)) {
                full = close_requested_ = true;
                break;
            }
            ++front_done_;
            if (answers_.size() != answered) continue;
            recent_.add(tx.hash);
            round.txs.push_back(&tx);
            planned_gas += tx.gas_used;
            ++taken;
        }
        flush_answers(*chunk);
        if (taken > 0) state->pieces.emplace_back(chunk, taken);
        if (front_done_ == chunk->txs.size()) {
            waiting_.pop_front();
            front_done_ = 0;
        }
    }
    waiting_txs_ -= consumed;
    if (!round.txs.empty()) start_round(std::move(state), now);
    return true;
}

void SequencerEngine::start_round(std::unique_ptr<RoundState> state, Now now) {
    Round& round = *state->round;
    block_txs_ += round.txs.size();
    if (!round.record) {  // not a replay
        round.record = std::make_shared<MicroBlockRecord>();
        MicroBlockRecord& record = *round.record;
        record.sequence = next_sequence_++;
        record.env = open_->env;
        record.index_in_block = open_->micro_blocks;
        record.transactions.reserve(round.txs.size());
        record.senders.reserve(round.txs.size());
        for (AdmittedTx* tx : round.txs) {
            record.transactions.push_back(std::move(tx->raw));
            record.senders.push_back(tx->sender);
        }
    }
    if (round.record->index_in_block == 0)
        first_entries_.emplace_back(open_->env.number, round.record->sequence);
    lay_out(
        round, static_cast<std::uint32_t>(views_.size()), open_->env.base_fee_per_gas,
        open_->env.coinbase, vault_);
    state->started_ns = now.steady_ns;
    state->logged = state->replay;
    round_ = std::move(state);
    if (!round_->replay) port_.append(round_->round->record);
    send_runs();
    advance(now);
}

void SequencerEngine::start_empty_round(Now now) {
    auto state = std::make_unique<RoundState>();
    state->round = rounds_.take();
    start_round(std::move(state), now);
}

bool SequencerEngine::start_replay_round(MicroBlockRecord record, Now now) {
    auto state = std::make_unique<RoundState>();
    state->replay = true;
    state->round = rounds_.take();
    auto chunk = std::make_shared<Chunk>();
    chunk->txs.reserve(record.transactions.size());
    for (std::size_t i = 0; i < record.transactions.size(); ++i) {
        auto tx = readmission_.readmit(record.transactions[i], record.senders[i]);
        if (!tx || tx->max_fee_per_gas < record.env.base_fee_per_gas) {
            stop(fmt::format(
                "order log: entry {} holds a transaction that can't be there", record.sequence));
            return false;
        }
        chunk->txs.push_back(std::move(*tx));
    }
    for (AdmittedTx& tx : chunk->txs) {
        recent_.add(tx.hash);
        state->round->txs.push_back(&tx);
    }
    state->round->chunks.push_back(std::move(chunk));
    state->round->record = std::make_shared<MicroBlockRecord>(std::move(record));
    start_round(std::move(state), now);
    return true;
}

void SequencerEngine::send_runs() {
    for (std::uint32_t p = 0; p < views_.size(); ++p) {
        if (round_->round->halves_of(p).empty()) continue;
        ++round_->outstanding;
        port_.run(p, round_->round);
    }
}

void SequencerEngine::send_roll_backs() {
    for (std::uint32_t p = 0; p < views_.size(); ++p) {
        if (round_->round->halves_of(p).empty()) continue;
        ++round_->outstanding;
        port_.roll_back(p, round_->round);
    }
}

void SequencerEngine::send_effects() {
    for (std::uint32_t p = 0; p < views_.size(); ++p) {
        if (round_->round->effects[p].empty()) continue;
        ++round_->outstanding;
        port_.apply(p, round_->round);
    }
}

void SequencerEngine::on_run(bool guards_held, Now now) {
    round_->guards_held = round_->guards_held && guards_held;
    --round_->outstanding;
    advance(now);
}

void SequencerEngine::on_rolled_back(Now now) {
    --round_->outstanding;
    advance(now);
}

void SequencerEngine::on_serial_done(Now now) {
    round_->phase = Phase::kAwaitLog;
    advance(now);
}

void SequencerEngine::on_applied(Now now) {
    --round_->outstanding;
    advance(now);
}

void SequencerEngine::on_logged(const IoFailure& failure, Now now) {
    round_->logged = !failure;
    round_->log_failed = failure.has_value();
    if (failure) stop("order log: " + *failure);
    advance(now);
}

// Walks the round's states as far as they go without waiting.
void SequencerEngine::advance(Now now) {
    RoundState& state = *round_;
    if (state.outstanding > 0) return;
    if (state.phase == Phase::kRun) {
        state.phase = Phase::kDone;
        if (!state.guards_held) {
            state.serial = true;
            state.phase = Phase::kRollBack;
            send_roll_backs();
            return;
        }
    }
    if (state.phase == Phase::kRollBack) {
        if (state.log_failed) return refuse_round(now);
        state.phase = Phase::kSerial;
        ++stats_.serial_reruns;
        port_.run_serially(state.round);
        return;
    }
    if (state.phase == Phase::kAwaitLog) {
        // Effects can't be taken back: they wait until the order is durable.
        if (state.log_failed) return refuse_round(now);
        if (!state.logged) return;
        state.phase = Phase::kApply;
        send_effects();
        if (state.outstanding > 0) return;
    }
    if (state.phase == Phase::kApply) state.phase = Phase::kDone;
    if (state.phase != Phase::kDone) return;
    if (state.log_failed) {
        // Readers must not see what never became durable.
        state.phase = Phase::kRollBack;
        send_roll_backs();
        if (state.outstanding == 0) refuse_round(now);
        return;
    }
    if (state.logged) commit(now);
}

void SequencerEngine::refuse_round(Now now) {
    const std::unique_ptr<RoundState> state = std::move(round_);
    std::size_t next = 0;
    for (const auto& [chunk, count] : state->pieces) {
        for (std::uint32_t i = 0; i < count; ++i)
            refuse(*state->round->txs[next++], {Reason::kStorageFailure, stopped_});
        flush_answers(*chunk);
    }
    step(now);
}

void SequencerEngine::commit(Now now) {
    RoundState& state = *round_;
    Round& round = *state.round;
    BlockContent& block = *open_;
    auto committed = std::make_shared<CommittedMicroBlock>();
    committed->sequence = round.record->sequence;
    committed->block_number = block.env.number;
    committed->receipts.reserve(round.txs.size());
    block.transactions.reserve(block.transactions.size() + round.txs.size());
    for (std::size_t i = 0; i < round.txs.size(); ++i) {
        const AdmittedTx& tx = *round.txs[i];
        if (state.serial && !round.serial[i].valid) continue;
        const std::uint64_t gas_used = state.serial ? round.serial[i].gas_used : tx.gas_used;
        block.gas_used += gas_used;
        SoftReceipt& soft = committed->receipts.emplace_back();
        soft.receipt.type = tx.type;
        soft.receipt.success = !state.serial || round.serial[i].success;
        soft.receipt.cumulative_gas_used = block.gas_used;
        if (state.serial) soft.receipt.logs = std::move(round.serial[i].logs);
        soft.transaction_hash = tx.hash;
        soft.sender = tx.sender;
        soft.block_number = block.env.number;
        soft.transaction_index = static_cast<std::uint32_t>(block.hashes.size());
        soft.gas_used = gas_used;
        soft.effective_gas_price = round.prices[i];
        block.receipts.push_back(soft.receipt);
        block.hashes.push_back(tx.hash);
        block.senders.push_back(tx.sender);
        // The log has written the record and nobody else reads it any more.
        block.transactions.push_back(std::move(round.record->transactions[i]));
    }
    ++block.micro_blocks;
    ++stats_.micro_blocks;
    stats_.micro_block_latency.observe(static_cast<double>(now.steady_ns - state.started_ns) / 1e9);
    if (!committed->receipts.empty()) port_.publish(std::move(committed));
    answer_submitters(now);
    round_ = nullptr;
    step(now);
}

void SequencerEngine::answer_submitters(Now now) {
    const Round& round = *round_->round;
    std::size_t next = 0;
    for (const auto& [chunk, count] : round_->pieces) {
        for (std::uint32_t i = 0; i < count; ++i, ++next) {
            const AdmittedTx& tx = *round.txs[next];
            if (round_->serial && !round.serial[next].valid) {
                refuse(tx, in_words(round.serial[next].refusal));
                continue;
            }
            SubmitSink::Item& item = answers_.emplace_back();
            item.index = tx.index;
            item.outcome.transaction_hash = tx.hash;
            item.outcome.block_number = open_->env.number;
            item.outcome.sequence = round.record->sequence;
        }
        stats_.submit_latency.observe(
            static_cast<double>(now.steady_ns - chunk->taken_ns) / 1e9, count);
        flush_answers(*chunk);
    }
}

}  // namespace troupe::actors
