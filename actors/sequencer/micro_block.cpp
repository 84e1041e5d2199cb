// The part of SequencerEngine about micro-blocks: planning, the round's states, commit.
#include "actors/sequencer/sequencer_engine.hpp"
#include "chain/batch/span_batch.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/system_calls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::actors {

using chain::execution::Refusal;

namespace {

constexpr std::size_t kPrefetchAhead = 8;

/// A contract that the start of every block calls, with the hash of its code on Ethereum.
struct SystemContract {
    chain::Address address;
    chain::Hash32 code_hash;
};
constexpr std::array<SystemContract, 2> kSystemContracts{{
    {chain::execution::kHistoryAddress,
     {{0x6e, 0x49, 0xe6, 0x67, 0x82, 0x03, 0x7c, 0x05, 0x55, 0x89, 0x78,
       0x70, 0xe2, 0x9f, 0xa5, 0xe5, 0x52, 0xda, 0xf4, 0x71, 0x95, 0x52,
       0x13, 0x1a, 0x0a, 0xbc, 0xe7, 0x79, 0xda, 0xec, 0x0a, 0x5d}}},
    {chain::execution::kBeaconRootsAddress,
     {{0xf5, 0x7a, 0xcd, 0x40, 0x25, 0x98, 0x72, 0x60, 0x6d, 0x76, 0x19,
       0x7e, 0xf0, 0x52, 0xf3, 0xd3, 0x55, 0x88, 0xda, 0xdf, 0x91, 0x9e,
       0xe1, 0xf0, 0xe3, 0xcb, 0x9b, 0x62, 0xd3, 0xf4, 0xb0, 0x2c}}},
}};

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

// The rule for gas: a transaction is taken when its gas limit fits what the block has left after
// the greatest use of everything planned before it, so serial execution finds room for it, too.
SequencerEngine::Take SequencerEngine::take(const AdmittedTx& tx, Planned& planned) {
    const auto& env = open_->env;
    const std::uint64_t bytes = block_bytes_ + planned.bytes;
    if (bytes > 0 && bytes + tx.raw.size() > chain::batch::block_bytes_max(chain_))
        return Take::kBlockFull;
    const std::uint64_t used = block_gas_ + planned.gas;
    const bool evm = planned.evm || native_.needs_evm(tx);
    if (evm && begin_due()) return Take::kMicroBlockFull;
    const std::uint64_t cost = evm ? shares_.cost_of(tx) : 0;
    // A contract's call must not make it too long for those who wait behind it.
    if (evm && planned.txs > 0 && planned.estimate + cost > planned.estimate_max)
        return Take::kMicroBlockFull;
    if (tx.gas_limit > env.gas_limit - used) {
        if (planned.evm) return Take::kMicroBlockFull;  // contracts may turn out to use less
        if (used >= env.gas_limit / kEarlyCloseDivisor) return Take::kBlockFull;
        refuse(
            tx,
            {Reason::kOverCapacity,
             fmt::format(
                 "gas limit {}, the open block has {} left", tx.gas_limit, env.gas_limit - used)},
            config_.block_time_ms);
        return Take::kHandled;
    }
    std::optional<Refusal> refusal;
    if (!evm) {
        refusal = native_.run(tx);
    } else if (exact_plan_) {
        refusal = planner_.take(tx);
    } else if (tx.max_fee_per_gas < env.base_fee_per_gas) {
        refusal = {chain::Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, env.base_fee_per_gas};
    }
    if (!refusal) {
        planned.evm = evm;
        planned.gas += evm ? tx.gas_limit : tx.gas_used;
        planned.estimate += cost;
        planned.bytes += tx.raw.size();
        planned.native += evm ? 0 : 1;
        ++planned.txs;
    } else if (refusal->error == chain::Error::kNonceTooLow && recent_.has(tx.hash)) {
        refuse(tx, {Reason::kAlreadyKnown, "this transaction is in the chain already"});
    } else {
        refuse(tx, in_words(*refusal));
    }
    return Take::kHandled;
}

void SequencerEngine::begin_native(std::size_t txs_max) {
    native_.begin(txs_max, open_->env.base_fee_per_gas, open_->env.coinbase, vault_);
}

// Takes in what was read ahead: nobody else uses the tables while a round is planned.
void SequencerEngine::offer_slots(const Chunk& chunk) {
    const std::vector<SlotAhead>& slots = chunk.slots_ahead;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (i + kPrefetchAhead < slots.size()) {
            const std::uint64_t later = slots[i + kPrefetchAhead].hash;
            owner_of_slot(views_, later).slots.prefetch(later);
        }
        owner_of_slot(loans_, slots[i].hash).offer(slots[i]);
    }
}

bool SequencerEngine::plan(Now now) {
    std::uint64_t room = config_.micro_block_txs_max;
    if (gate_->throttle() >= Throttle::kSlow) {
        const std::uint64_t budget = std::max<std::uint64_t>(
            1, config_.queue_txs_max / static_cast<std::uint64_t>(Gate::kSlowDivisor));
        room = std::min(room, budget - std::min(budget, block_txs_));
    }
    if (waiting_.empty() || room == 0) return false;
    const AdmittedTx& front = waiting_.front()->txs[front_done_];
    if (begin_due() && (system_ == System::kOther || native_.needs_evm(front))) {
        start_begin_round(now);
        return true;
    }

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
    begin_native(candidates_.size());
    planner_.begin(open_->env.base_fee_per_gas, open_->env.coinbase, vault_);
    for (std::size_t i = 0; i < std::min(kPrefetchAhead, candidates_.size()); ++i)
        native_.prefetch(*candidates_[i]);
    Planned planned;
    planned.estimate_max = forecast_.micro_block_gas();
    std::size_t consumed = 0;
    bool full = false;
    while (consumed < candidates_.size() && !full) {
        const ChunkPtr chunk = waiting_.front();
        if (front_done_ == 0) offer_slots(*chunk);
        std::uint32_t taken = 0;
        for (; front_done_ < chunk->txs.size() && consumed < candidates_.size(); ++consumed) {
            if (consumed + 2 * kPrefetchAhead < candidates_.size())
                NativeTransfers::prefetch_tx(*candidates_[consumed + 2 * kPrefetchAhead]);
            if (consumed + kPrefetchAhead < candidates_.size())
                native_.prefetch(*candidates_[consumed + kPrefetchAhead]);
            AdmittedTx& tx = chunk->txs[front_done_];
            const std::size_t answered = answers_.size();
            const Take taking = take(tx, planned);
            if (taking != Take::kHandled) {
                full = true;
                close_requested_ = close_requested_ || taking == Take::kBlockFull;
                break;
            }
            ++front_done_;
            if (answers_.size() != answered) continue;
            recent_.add(tx.hash);
            round.txs.push_back(&tx);
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
    round.native = planned.native;
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
    for (const chain::Bytes& raw : round.record->transactions)
        block_bytes_ += raw.size();
    if (round.record->index_in_block == 0)
        first_entries_.emplace_back(open_->env.number, round.record->sequence);
    state->started_ns = now.steady_ns;
    state->executors_began_ns = now.steady_ns;
    state->logged = state->replay;
    round_ = std::move(state);
    if (!round_->replay) port_.append(round_->round->record);
    if (round_->needs_executors()) {
        shares_.share_out(round);
        start_executors(now);
    }
    use_wait();
    advance(now);
}

// Whether the system calls of the block's start are still to come and would do something.
bool SequencerEngine::begin_due() const noexcept {
    return !begun_ && system_ != System::kNone;
}

// Before any contract of the block runs, so the answer holds until the calls have run.
void SequencerEngine::look_for_system_contracts() noexcept {
    system_ = System::kNone;
    for (const SystemContract& contract : kSystemContracts) {
        const std::uint8_t sub_trie = chain::crypto::keccak256(contract.address)[0];
        const chain::Account account = owner_of(views_, sub_trie).account(contract.address);
        if (!account.has_code()) continue;
        const bool standard = account.code_hash == contract.code_hash;
        if (!standard) system_ = System::kOther;
        if (system_ == System::kNone) system_ = System::kStandard;
    }
}

void SequencerEngine::start_begin_round(Now now) {
    begin_native(0);
    round_ = std::make_unique<RoundState>();
    round_->round = rounds_.take();
    round_->begin_only = true;
    round_->logged = true;  // replay does the same without being told
    round_->started_ns = now.steady_ns;
    start_executors(now);
    tell_of_last();
}

void SequencerEngine::start_executors(Now now) {
    RoundState& state = *round_;
    if (sealed_number_ != parent_.number) {
        state.phase = Phase::kAwaitParent;
        note_stage(now);
        return;
    }
    state.phase = Phase::kExecute;
    open_->env.parent_hash = sealed_hash_;
    Round& round = *state.round;
    round.env = open_->env;
    round.hashes = hashes_;
    round.gas_left = open_->env.gas_limit - block_gas_;
    for (std::uint32_t i = 0; i < round.native; ++i)
        round.gas_left -= round.txs[i]->gas_used;
    round.begin_block = state.begin_only;
    driver_.start(state.round);
    note_stage(now);
}

void SequencerEngine::note_stage(Now now) {
    std::optional<RoundStage> stage;
    if (!driver_.done())
        stage = driver_.stage();
    else if (round_ && round_->phase == Phase::kAwaitParent)
        stage = RoundStage::kParent;
    if (stage == stage_) return;
    if (stage_)
        stats_.stages[static_cast<std::size_t>(*stage_)].observe_ns(
            now.steady_ns - stage_began_ns_);
    stage_ = stage;
    stage_began_ns_ = now.steady_ns;
}

void SequencerEngine::start_empty_round(Now now) {
    auto state = std::make_unique<RoundState>();
    state->round = rounds_.take();
    begin_native(0);
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
    Round& round = *state->round;
    const auto needs_evm = [this](const AdmittedTx* tx) { return native_.needs_evm(*tx); };
    if (begin_due() && std::any_of(round.txs.begin(), round.txs.end(), needs_evm)) {
        replay_.front().micro_blocks.push_front(std::move(record));
        start_begin_round(now);
        return true;
    }
    begin_native(round.txs.size());
    while (round.native < round.txs.size() && !needs_evm(round.txs[round.native]) &&
           !native_.run(*round.txs[round.native]))
        ++round.native;
    round.chunks.push_back(std::move(chunk));
    round.record = std::make_shared<MicroBlockRecord>(std::move(record));
    start_round(std::move(state), now);
    return true;
}

void SequencerEngine::on_speculated(Now now) {
    driver_.on_speculated();
    advance(now);
}

void SequencerEngine::on_validated(bool held, Now now) {
    driver_.on_validated(held);
    advance(now);
}

void SequencerEngine::on_settled(Now now) {
    driver_.on_settled();
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
    if (state.phase == Phase::kAwaitParent && !state.log_failed) {
        state.executors_began_ns = now.steady_ns;
        start_executors(now);
    }
    note_stage(now);
    if (state.phase == Phase::kExecute && driver_.done()) {
        state.phase = Phase::kDone;
        state.executors_took_ns = now.steady_ns - state.executors_began_ns;
    }
    if (state.log_failed && state.phase != Phase::kExecute) {
        // Readers must not see what never became durable.
        take_back_round();
        refuse_round(now);
    } else if (state.phase == Phase::kDone && state.logged) {
        commit(now);
    }
}

void SequencerEngine::take_back_round() {
    for (OpenState* state : loans_)
        state->roll_back();
    const Round& round = *round_->round;
    native_.take_back(std::span{round.txs}.first(round.native));
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
    if (state.begin_only) {
        begun_ = true;
    } else {
        const std::uint64_t gas_before = stats_.executor_gas;
        count(*state.round);
        const bool learn_now = Shares::to_learn_now(*state.round);
        if (learn_now) shares_.learn(*state.round);
        forecast(state, gas_before);
        ++open_->micro_blocks;
        ++stats_.micro_blocks;
        stats_.micro_block_latency.observe_ns(now.steady_ns - state.started_ns);
        state.learnt = learn_now;
        state.committed_ns = now.steady_ns;
        last_ = std::move(round_);  // the next round begins first
    }
    round_ = nullptr;
    step(now);
}

void SequencerEngine::forecast(const RoundState& state, std::uint64_t gas_before) {
    if (state.replay) return;
    const std::uint64_t gas = stats_.executor_gas - gas_before;
    forecast_.observe(state.round->txs.size(), gas, state.executors_took_ns);
    gate_->bound(forecast_.credits());
}

void SequencerEngine::count(const Round& round) {
    ++stats_.rounds[static_cast<std::size_t>(round.broken ? RoundMode::kRepaired : round.mode)];
    stats_.native_txs += round.native;
    stats_.executor_txs += round.txs.size() - round.native;
    for (std::size_t i = 0; i < round.native; ++i)
        block_gas_ += round.txs[i]->gas_used;
    for (std::size_t i = round.native; i < round.txs.size(); ++i) {
        block_gas_ += round.results[i].gas_used;
        stats_.executor_gas += round.results[i].gas_used;
    }
    stats_.reexecuted_txs += round.conflicts.size();
}

// Puts what a round did into its block, and tells everybody.
void SequencerEngine::publish(BlockContent& block, Round& round) {
    auto committed = std::make_shared<CommittedMicroBlock>();
    committed->sequence = round.record->sequence;
    committed->block_number = block.env.number;
    committed->receipts.reserve(round.txs.size());
    auto piece = std::make_shared<BlockPiece>();
    piece->number = block.env.number;
    piece->transactions.reserve(round.txs.size());
    piece->senders.reserve(round.txs.size());
    piece->hashes.reserve(round.txs.size());
    piece->receipts.reserve(round.txs.size());
    for (std::size_t i = 0; i < round.txs.size(); ++i) {
        const AdmittedTx& tx = *round.txs[i];
        TxResult* const result = i < round.native ? nullptr : &round.results[i];
        if (result != nullptr && !result->valid) continue;
        const std::uint64_t gas_used = result != nullptr ? result->gas_used : tx.gas_used;
        block.gas_used += gas_used;
        SoftReceipt& soft = committed->receipts.emplace_back();
        soft.receipt.type = tx.type;
        soft.receipt.cumulative_gas_used = block.gas_used;
        soft.receipt.success = true;
        if (result != nullptr) {
            soft.receipt.success = result->success;
            soft.receipt.logs = std::move(result->logs);
            soft.created = result->created;
            soft.output = std::move(result->output);
            piece->codes.insert(piece->codes.end(), result->codes.begin(), result->codes.end());
        }
        soft.transaction_hash = tx.hash;
        soft.sender = tx.sender;
        soft.block_number = block.env.number;
        soft.transaction_index = static_cast<std::uint32_t>(block.transactions++);
        soft.gas_used = gas_used;
        soft.effective_gas_price = price_of(tx, block.env.base_fee_per_gas);
        piece->receipts.push_back(soft.receipt);
        piece->hashes.push_back(tx.hash);
        piece->senders.push_back(tx.sender);
        // The log has written the record and nobody else reads it any more.
        piece->transactions.push_back(std::move(round.record->transactions[i]));
    }
    if (committed->receipts.empty()) return;
    port_.publish(std::move(committed));
    port_.grow(std::move(piece));
}

void SequencerEngine::answer_submitters(const RoundState& state) {
    const Round& round = *state.round;
    std::size_t next = 0;
    for (const auto& [chunk, count] : state.pieces) {
        for (std::uint32_t i = 0; i < count; ++i, ++next) {
            const AdmittedTx& tx = *round.txs[next];
            if (next >= round.native && !round.results[next].valid) {
                refuse(tx, in_words(round.results[next].refusal));
                continue;
            }
            SubmitSink::Item& item = answers_.emplace_back();
            item.index = tx.index;
            item.outcome.transaction_hash = tx.hash;
            item.outcome.block_number = open_->env.number;
            item.outcome.sequence = round.record->sequence;
        }
        stats_.submit_latency.observe_ns(state.committed_ns - chunk->taken_ns, count);
        flush_answers(*chunk);
    }
}

}  // namespace troupe::actors
