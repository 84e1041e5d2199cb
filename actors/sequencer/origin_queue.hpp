#pragma once

#include "chain/types/block.hpp"

#include <deque>
#include <optional>

namespace troupe::actors {

/// The L1 blocks that new blocks may name as their origin: one number after the other, none left
/// out, none twice.
class OriginQueue {
  public:
    struct Origin {
        chain::L1Origin origin;
        std::optional<std::uint64_t> timestamp;  ///< unknown right after some restarts
    };

    explicit OriginQueue(Origin current) : current_(current) {}

    /// A candidate from the L1. One that replaces waiting candidates (an L1 re-org) drops those
    /// from its number on; one that leaves a gap, or is beyond the bound, is ignored.
    void add(const chain::L1Origin& origin, std::uint64_t timestamp) {
        if (origin == current_.origin) current_.timestamp = timestamp;
        while (!waiting_.empty() && waiting_.back().origin.number >= origin.number)
            waiting_.pop_back();
        const std::uint64_t last =
            waiting_.empty() ? current_.origin.number : waiting_.back().origin.number;
        if (origin.number == last + 1 && waiting_.size() < kWaitingMax)
            waiting_.push_back({origin, timestamp});
    }
    /// The origin of a block opened at `now_s`: the next one if it is not younger than the block.
    [[nodiscard]] const Origin& advance(std::uint64_t now_s) {
        if (!waiting_.empty() && *waiting_.front().timestamp <= now_s) {
            current_ = waiting_.front();
            waiting_.pop_front();
        }
        return current_;
    }
    /// Replay: a block named this origin.
    void replayed(const chain::L1Origin& origin) {
        if (origin == current_.origin) return;
        while (!waiting_.empty() && waiting_.front().origin.number < origin.number)
            waiting_.pop_front();
        if (!waiting_.empty() && waiting_.front().origin == origin) {
            current_ = waiting_.front();
            waiting_.pop_front();
        } else {
            current_ = {origin, std::nullopt};
        }
    }
    [[nodiscard]] const Origin& current() const noexcept { return current_; }

    static constexpr std::size_t kWaitingMax = 65'536;

  private:
    Origin current_;
    std::deque<Origin> waiting_;
};

}  // namespace troupe::actors
