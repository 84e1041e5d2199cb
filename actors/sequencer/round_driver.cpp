#include "actors/sequencer/round_driver.hpp"

#include "actors/mutation.hpp"

#include <algorithm>

namespace troupe::actors {

void RoundDriver::start(RoundPtr round) {
    TROUPE_ASSERT(done());
    round_ = std::move(round);
    round_->results.resize(round_->txs.size());
    stage_ = RoundStage::kSpeculate;
    held_ = true;
    for (Speculation& speculation : round_->speculations)
        speculation.by_partition.resize(partitions_);
    for (std::uint32_t share = 0; share < round_->own_shares(); ++share) {
        if (round_->speculations[share].txs.empty()) continue;
        ++outstanding_;
        port_.speculate(share, round_);
    }
    if (outstanding_ == 0) settle();
}

void RoundDriver::on_speculated() {
    if (--outstanding_ > 0) return;
    stage_ = RoundStage::kValidate;
    for (std::uint32_t p = 0; p < partitions_; ++p) {
        const bool concerned = std::any_of(
            round_->speculations.begin(), round_->speculations.end(),
            [p](const Speculation& speculation) { return speculation.concerns(p); });
        if (!concerned) continue;
        ++outstanding_;
        port_.validate(p, round_);
    }
    TROUPE_ASSERT(outstanding_ > 0);  // every transaction depends on its sender
}

void RoundDriver::on_validated(bool held) {
    held_ = held_ && (held || mutated(Mutation::kConflictsIgnored));
    if (--outstanding_ > 0) return;
    if (held_)
        round_ = nullptr;
    else
        settle();
}

void RoundDriver::settle() {
    stage_ = RoundStage::kSettle;
    ++outstanding_;
    port_.settle(round_);
}

void RoundDriver::on_settled() {
    --outstanding_;
    round_ = nullptr;
}

}  // namespace troupe::actors
