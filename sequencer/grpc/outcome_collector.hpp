#pragma once

#include "actors/ports.hpp"

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace troupe::node {

/// Gathers the outcomes of one submission and says when the last one is there.
class OutcomeCollector final : public actors::SubmitSink {
  public:
    /// @param count     transactions submitted, at least 1
    /// @param complete  called once, on the thread that brought the last outcome: must not block
    OutcomeCollector(std::size_t count, std::function<void()> complete)
        : outcomes_(count), remaining_(count), complete_(std::move(complete)) {}

    void on_outcomes(std::span<Item> items) noexcept override {
        std::function<void()> complete;
        {
            const std::lock_guard lock(mutex_);
            for (Item& item : items)
                outcomes_[item.index] = std::move(item.outcome);
            remaining_ -= items.size();
            if (remaining_ == 0) complete = std::move(complete_);
        }
        if (complete) complete();
    }

    /// Only after `complete` was called.
    [[nodiscard]] std::vector<actors::SubmitOutcome>& outcomes() noexcept { return outcomes_; }

  private:
    std::mutex mutex_;  ///< guards what follows
    std::vector<actors::SubmitOutcome> outcomes_;
    std::size_t remaining_;
    std::function<void()> complete_;
};

}  // namespace troupe::node
