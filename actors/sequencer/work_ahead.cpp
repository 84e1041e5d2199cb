// The part of SequencerEngine that works while others run a round.
#include "actors/sequencer/sequencer_engine.hpp"

namespace troupe::actors {

namespace {

constexpr std::size_t kPrefetchAhead = 16;  // transactions: hides some memory accesses

}  // namespace

// While others run the round: what can be done for the next one, and what need not be done before.
void SequencerEngine::use_wait() {
    tell_of_last();
    learn_from_last();
    rounds_.prepare();
    const RoundMode mode = round_->round->mode;
    const bool parallel = mode == RoundMode::kParallel;
    if (!round_->replay && (parallel || mode == RoundMode::kConflicting)) prepare_next(parallel);
}

// Puts what the last round did into its block and answers whoever submitted it: all is decided when
// it commits, and executors need not wait for that. At the latest before the block is closed or
// somebody reads. @return whether there was anything to tell
bool SequencerEngine::tell_of_last() {
    if (!last_ || last_->told) return false;
    last_->told = true;
    publish(*open_, *last_->round);
    answer_submitters(*last_);
    return true;
}

void SequencerEngine::learn_from_last() {
    const std::unique_ptr<RoundState> last = std::move(last_);
    if (last && !last->learnt) shares_.learn(*last->round);
}

// If a whole micro-block waits, it is probably the next one.
void SequencerEngine::prepare_next(bool may_read) {
    const std::uint64_t estimate_max = forecast_.micro_block_gas();
    std::uint64_t estimate = 0;
    std::size_t txs = 0;
    bool full = false;
    candidates_.clear();
    for (std::size_t c = 0; c < waiting_.size() && !full; ++c) {
        std::vector<AdmittedTx>& chunk = waiting_[c]->txs;
        for (std::size_t i = c == 0 ? front_done_ : 0; i < chunk.size() && !full; ++i) {
            if (i + kPrefetchAhead < chunk.size())
                NativeTransfers::prefetch_tx(chunk[i + kPrefetchAhead]);
            if (!candidates_.empty() || native_.seems_to_need_evm(chunk[i], may_read)) {
                const std::uint64_t cost = shares_.cost_of(chunk[i]);
                full = txs > 0 && estimate + cost > estimate_max;
                if (full) break;
                candidates_.push_back(&chunk[i]);
                estimate += cost;
            }
            full = ++txs == config_.micro_block_txs_max;
        }
    }
    if (full && !candidates_.empty()) shares_.prepare(candidates_);
}

}  // namespace troupe::actors
