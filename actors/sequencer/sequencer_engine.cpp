#include "actors/sequencer/sequencer_engine.hpp"

#include "chain/crypto/keccak.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::actors {

using chain::execution::BlockEnv;

SequencerEngine::SequencerEngine(Setup setup, Loans loans, GatePtr gate, SequencerPort& port)
    : config_(setup.config),
      chain_(std::move(setup.chain)),
      exact_plan_(setup.exact_plan),
      gate_(std::move(gate)),
      port_(port),
      loans_(std::move(loans)),
      views_(views_of(loans_)),
      native_(loans_),
      planner_(views_, setup.config.micro_block_txs_max),
      shares_({
          .executors = setup.config.executors,
          .gas_min = setup.config.parallel_gas_min,
          .estimate_costs = setup.config.estimate_costs,
          .learn_slots = setup.config.learn_slots,
          .follow_all = setup.follow_all_slots,
          .beside_gas = Shares::kPrepareGas + kTellGas,
          .rests = Shares::kRests,
          .seed = setup.seed,
          .known_slots = setup.known_slots,
      }),
      forecast_({
          .on = setup.config.forecast,
          .micro_block_ns = std::uint64_t{setup.config.micro_block_ms_max} * 1'000'000,
          .micro_block_gas_max = setup.config.micro_block_gas_max,
          .queue_ns = std::uint64_t{setup.config.queue_ms_max} * 1'000'000,
          .credits_max = setup.config.queue_txs_max,
      }),
      driver_(port, loans_.size()),
      readmission_(chain_.chain_id, chain_.gas_limit, chain_.rules, setup.seed),
      vault_{
          chain::crypto::keccak256(chain_.fee_vault)[0], table_hash(chain_.fee_vault, setup.seed)},
      seed_(setup.seed),
      origins_(setup.origin),
      parent_(setup.head),
      sealed_hash_(setup.head_hash),
      sealed_number_(setup.head.number),
      next_sequence_(setup.next_sequence),
      replay_(std::move(setup.replay)) {
    gate_->set_open_block(chain::execution::next_block_env(
        parent_, sealed_hash_, parent_.timestamp, setup.origin.origin, chain_));
    auto hashes = std::make_shared<BlockHashes>();
    const std::size_t known = setup.block_hashes.size();
    for (std::size_t i = 0; i < known; ++i)
        hashes->add(parent_.number + 1 - (known - i), setup.block_hashes[i]);
    if (known == 0) hashes->add(parent_.number, sealed_hash_);
    hashes_ = std::move(hashes);
}

void SequencerEngine::start(Now now) {
    last_tick_ = now;
    step(now);
}

void SequencerEngine::on_tick(Now now) {
    watch_clock(now);
    step(now);
}

void SequencerEngine::watch_clock(Now now) {
    // What the wall clock should show by the steady one.
    const std::uint64_t elapsed_ms = (now.steady_ns - last_tick_.steady_ns) / 1'000'000;
    const std::uint64_t expected_ms = last_tick_.wall_ms + elapsed_ms;
    if (now.wall_ms < last_tick_.wall_ms || now.wall_ms > expected_ms + kClockLeapMs)
        ++stats_.clock_jumps;
    last_tick_ = now;
}

void SequencerEngine::on_chunk(ChunkPtr chunk, Now now) {
    tickets_.add(std::move(chunk));
    while (ChunkPtr next = tickets_.next()) {
        for (SubmitSink::Item& item : next->refused)
            answers_.push_back(std::move(item));
        next->refused.clear();
        flush_answers(*next);
        if (next->txs.empty()) continue;
        waiting_txs_ += next->txs.size();
        waiting_.push_back(std::move(next));
    }
    step(now);
}

void SequencerEngine::on_origin(const chain::L1Origin& origin, std::uint64_t timestamp) {
    origins_.add(origin, timestamp);
}

void SequencerEngine::on_flush(Now now) {
    flush_requested_ = true;
    close_requested_ = open_ != nullptr;
    step(now);
}

void SequencerEngine::on_drain(Now now) {
    draining_ = true;
    step(now);
}

// Readers see committed state only: while a round is in flight they wait for its end.
void SequencerEngine::on_query(QueryPtr query, Now) {
    queries_.push_back(std::move(query));
    if (!round_ && seals_outstanding_ == 0) answer_queries();
}

void SequencerEngine::answer_queries() {
    for (; !queries_.empty(); queries_.pop_front())
        answer(queries_.front());
}

void SequencerEngine::answer(const QueryPtr& query) {
    const std::uint8_t sub_trie = chain::crypto::keccak256(query->address)[0];
    const StateTables& tables = owner_of(views_, sub_trie);
    query->answer.account = tables.account(query->address);
    if (const auto root = storage_roots_.find(query->address); root != storage_roots_.end())
        query->answer.account.storage_root = root->second;
    if (query->with_code) {
        const chain::Hash32& hash = query->answer.account.code_hash;
        const chain::ByteView code = owner_of(views_, hash[0]).codes.find(hash);
        query->answer.code.assign(code.begin(), code.end());
    }
    for (const chain::Hash32& slot : query->slots)
        query->answer.slots.push_back({slot, storage_in(views_, query->address, slot), {}});
    query->answer.pending_nonce = query->answer.account.nonce;
    query->answer.block_number =
        open_ && open_->micro_blocks > 0 ? open_->env.number : parent_.number;
    if (query->with_proof) {
        const auto partitions = static_cast<std::uint32_t>(views_.size());
        port_.prove(partition_of(sub_trie, partitions), query);
    } else {
        query->reply(std::move(query->answer));
    }
}

// One thing after the other until a round is in flight or nothing can be done.
void SequencerEngine::step(Now now) {
    while (!round_ && seals_outstanding_ == 0) {
        if (!queries_.empty()) tell_of_last();
        answer_queries();
        if (!stopped_.empty()) {
            refuse_waiting(Reason::kStorageFailure, stopped_);
            break;
        }
        if (!replay_.empty()) {
            if (!step_replay(now)) break;
            continue;
        }
        if (open_ && close_due(now)) {
            // A block that was begun for a contract takes it, late or not: where hashing a block
            // takes longer than a block lasts, none would ever be taken.
            const bool owes = begun_ && open_->micro_blocks == 0;
            if (owes && plan(now)) continue;
            close_block(std::nullopt, now);
            continue;
        }
        if ((open_ || open_block(now)) && plan(now)) continue;
        if (!tell_of_last()) break;
    }
    if (!round_) {
        tell_of_last();
        learn_from_last();
    }
    report_ready();
    report_drained();
}

bool SequencerEngine::step_replay(Now now) {
    ReplayBlock& block = replay_.front();
    if (!open_) {
        if (closed_.size() >= kBlocksInFlightMax) return false;
        const chain::Uint256 base_fee = chain::execution::next_base_fee(parent_, chain_);
        if (block.env.number != parent_.number + 1 || block.env.base_fee_per_gas != base_fee) {
            stop(fmt::format(
                "order log: block {} does not follow block {} of the store", block.env.number,
                parent_.number));
            return false;
        }
        origins_.replayed(block.env.l1_origin);
        open_with(block.env, now);
        open_->env.rules = chain_.rules;  // the log says what changes from block to block
    }
    if (begin_due() && system_ == System::kOther) {
        start_begin_round(now);
        return true;
    }
    if (!block.micro_blocks.empty()) {
        MicroBlockRecord record = std::move(block.micro_blocks.front());
        block.micro_blocks.pop_front();
        return start_replay_round(std::move(record), now);
    }
    const bool stays_open = replay_.size() == 1 && !block.seal;
    if (!stays_open && begin_due()) {
        start_begin_round(now);
        return true;
    }
    if (!stays_open) close_block(std::move(block.seal), now);
    replay_.pop_front();
    return true;
}

bool SequencerEngine::quiet() const noexcept {
    return waiting_.empty() && gate_->taken() == 0;
}

bool SequencerEngine::close_due(Now now) const {
    if (draining_ && quiet()) return open_->micro_blocks > 0;
    return close_requested_ ||
           now.steady_ns - open_->opened_ns >= std::uint64_t{config_.block_time_ms} * 1'000'000;
}

bool SequencerEngine::open_block(Now now) {
    if (closed_.size() >= kBlocksInFlightMax || (draining_ && quiet())) return false;
    // The clock may go back; blocks don't.
    const std::uint64_t earliest = std::max(now.wall_ms / 1'000, parent_.timestamp);
    const OriginQueue::Origin& origin = origins_.advance(earliest);
    const std::uint64_t timestamp = std::max(earliest, origin.timestamp.value_or(0));
    if (origin.timestamp && timestamp > *origin.timestamp + chain_.sequencer_drift_max_s) {
        refuse_waiting(
            Reason::kOverCapacity,
            fmt::format(
                "no L1 block for {} s, at most {} s are allowed", timestamp - *origin.timestamp,
                chain_.sequencer_drift_max_s));
        return false;
    }
    const bool parent_known = sealed_number_ == parent_.number;
    open_with(
        chain::execution::next_block_env(
            parent_, parent_known ? sealed_hash_ : chain::Hash32{}, timestamp, origin.origin,
            chain_),
        now);
    return true;
}

void SequencerEngine::open_with(const BlockEnv& env, Now now) {
    open_ = std::make_shared<BlockContent>();
    open_->env = env;
    open_->opened_ns = now.steady_ns;
    block_gas_ = 0;
    block_txs_ = 0;
    block_bytes_ = 0;
    begun_ = false;
    look_for_system_contracts();
    gate_->set_open_block(env);
}

void SequencerEngine::close_block(std::optional<SealRecord> logged_seal, Now now) {
    if (open_->micro_blocks == 0 && !logged_seal) {
        // Every block has an entry in the order log before the next block's first one: replay
        // needs its time and origin.
        start_empty_round(now);
        return;
    }
    if (begin_due()) {
        start_begin_round(now);
        return;
    }
    tell_of_last();
    open_->closed_ns = now.steady_ns;
    parent_.number = open_->env.number;
    parent_.timestamp = open_->env.timestamp;
    parent_.gas_limit = open_->env.gas_limit;
    parent_.gas_used = open_->gas_used;
    parent_.base_fee_per_gas = open_->env.base_fee_per_gas;
    ClosedBlock closed;
    closed.number = open_->env.number;
    closed.env = open_->env;
    closed.logged_seal = std::move(logged_seal);
    closed.closed_ns = now.steady_ns;
    closed.flush_channel = std::exchange(flush_requested_, false);
    closed_.push_back(std::move(closed));
    close_requested_ = false;
    seals_outstanding_ = static_cast<std::uint32_t>(loans_.size());
    port_.close(std::move(open_));
    open_ = nullptr;
}

void SequencerEngine::on_seal_begun(Now now) {
    if (--seals_outstanding_ == 0)
        stats_.stages[static_cast<std::size_t>(RoundStage::kNote)].observe_ns(
            now.steady_ns - closed_.back().closed_ns);
    step(now);
}

void SequencerEngine::on_hashed(std::shared_ptr<SealedBlock> sealed, Now now) {
    sealed_number_ = sealed->block.header.number;
    sealed_hash_ = sealed->hash;
    auto hashes = std::make_shared<BlockHashes>(*hashes_);
    hashes->add(sealed_number_, sealed_hash_);
    hashes_ = std::move(hashes);
    for (const chain::execution::AccountChange& change : sealed->changes)
        if (!change.slots.empty()) storage_roots_[change.address] = change.after.storage_root;
    const auto found = std::find_if(closed_.begin(), closed_.end(), [&](const ClosedBlock& block) {
        return block.number == sealed_number_;
    });
    TROUPE_ASSERT(found != closed_.end());
    found->sealed = std::move(sealed);
    found->env.parent_hash = found->sealed->block.header.parent_hash;
    if (!found->logged_seal) {
        found->seal_sequence = next_sequence_++;
        port_.append(std::make_shared<const SealRecord>(
            SealRecord{found->seal_sequence, found->env, found->sealed->hash}));
    } else if (found->logged_seal->block_hash != found->sealed->hash) {
        stop(fmt::format(
            "replay of block {} gives another hash than the order log: the data directory is "
            "damaged or was written by an incompatible version",
            sealed_number_));
    } else {
        found->seal_sequence = found->logged_seal->sequence;
        store(*found);
    }
    if (round_) advance(now);
    step(now);
}

void SequencerEngine::on_seal_logged(const IoFailure& failure, Now now) {
    if (failure) {
        stop("order log: " + *failure);
    } else {
        const auto found = std::find_if(closed_.begin(), closed_.end(), [](const auto& block) {
            return block.sealed && !block.storing;
        });
        TROUPE_ASSERT(found != closed_.end());
        store(*found);
    }
    step(now);
}

void SequencerEngine::store(ClosedBlock& block) {
    // Entries of the next block may stand before this block's seal in the log: replay must begin
    // with them.
    while (!first_entries_.empty() && first_entries_.front().first <= block.number)
        first_entries_.pop_front();
    block.sealed->last_sequence =
        first_entries_.empty() ? block.seal_sequence
                               : std::min(block.seal_sequence, first_entries_.front().second - 1);
    block.storing = true;
    port_.store(block.sealed, block.flush_channel);
}

void SequencerEngine::on_stored(std::uint64_t number, const IoFailure& failure, Now now) {
    if (failure) {
        stop("block store: " + *failure);
    } else {
        TROUPE_ASSERT(!closed_.empty() && closed_.front().number == number);
        closed_.pop_front();
    }
    step(now);
}

void SequencerEngine::stop(const std::string& message) {
    if (!stopped_.empty()) return;
    stopped_ = message;
    if (ready_) {
        port_.fatal(message);
    } else {
        ready_ = true;
        port_.ready(message);
    }
}

void SequencerEngine::report_ready() {
    if (ready_ || round_ || !replay_.empty()) return;
    // Replayed blocks must have the hashes that were told before.
    for (const ClosedBlock& block : closed_) {
        if (!block.sealed) return;
    }
    ready_ = true;
    port_.ready("");
}

void SequencerEngine::report_drained() {
    if (!draining_ || drained_ || round_ || seals_outstanding_ > 0) return;
    if (stopped_.empty() && (!quiet() || !closed_.empty() || (open_ && open_->micro_blocks > 0)))
        return;
    drained_ = true;
    port_.drained(stopped_.empty());
}

SequencerStats SequencerEngine::stats() const {
    SequencerStats stats = stats_;
    const SlotTemplates::Stats templates = shares_.template_stats();
    stats.predicted_txs = templates.known;
    stats.unpredicted_txs = templates.unknown;
    stats.observed_txs = templates.observed;
    stats.slot_templates = templates.templates;
    stats.estimated_gas = shares_.estimated_gas();
    stats.forecast_ns_per_mgas = forecast_.ns_per_mgas();
    stats.micro_block_gas = forecast_.micro_block_gas();
    stats.credits_bound = forecast_.credits();
    stats.queue_txs = waiting_txs_;
    stats.credits_free = gate_->free();
    stats.blocks_in_flight = closed_.size();
    return stats;
}

}  // namespace troupe::actors
