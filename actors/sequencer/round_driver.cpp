#include "actors/sequencer/round_driver.hpp"

#include "actors/mutation.hpp"

#include <algorithm>
#include <functional>

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
    // Who has most to do first: then those who are done sooner do not wait for it.
    by_work_.clear();
    for (std::uint32_t p = 0; p < partitions_; ++p) {
        std::size_t effects = 0;
        bool concerned = false;
        for (const Speculation& speculation : round_->speculations) {
            effects += speculation.by_partition[p].size();
            concerned = concerned || speculation.concerns(p);
        }
        if (concerned) by_work_.emplace_back(effects, p);
    }
    TROUPE_ASSERT(!by_work_.empty());  // every transaction depends on its sender
    std::sort(by_work_.begin(), by_work_.end(), std::greater<>{});
    outstanding_ = static_cast<std::uint32_t>(by_work_.size());
    for (const auto& [effects, partition] : by_work_)
        port_.validate(partition, round_);
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
