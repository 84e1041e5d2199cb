#pragma once

#include "actors/engine.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

namespace troupe::actors {

/// How hard the L1 backlog presses (EngineConfig's marks).
enum class Throttle : std::uint32_t {
    kNone = 0,
    kCompress = 1,
    kSlow = 2,
    kRefuse = 3
};

/// What threads outside the actors and several actors share: a few atomics, no locks. Credits are
/// taken by Engine::submit and given back by the sequencer when it answers.
class Gate {
  public:
    explicit Gate(std::uint32_t credits_max) noexcept
        : credits_max_(credits_max), credits_free_(credits_max), credits_bound_(credits_max) {}

    /// Takes `count` credits or none. Below the bound, a submission is taken whole even if it goes
    /// beyond: a bound smaller than a submission must not keep it out forever. What was granted is
    /// taken while there is room at all, although the chain was slowed or the bound lowered since:
    /// refused in the middle of a stream, all that its wallets sent behind it would be too high.
    [[nodiscard]] bool take(std::uint32_t count, Credit credit = Credit::kNone) noexcept {
        std::int64_t free = credits_free_.load(std::memory_order_relaxed);
        do {
            if (free < static_cast<std::int64_t>(count)) return false;
            if (credit == Credit::kGranted) continue;
            if (free - held_back() < static_cast<std::int64_t>(count)) return false;
            if (free <= beyond_bound()) return false;
        } while (!credits_free_.compare_exchange_weak(
            free, free - static_cast<std::int64_t>(count), std::memory_order_acq_rel));
        return true;
    }
    void give_back(std::uint64_t count) noexcept {
        credits_free_.fetch_add(static_cast<std::int64_t>(count), std::memory_order_acq_rel);
    }
    [[nodiscard]] std::uint32_t free() const noexcept {
        if (throttle() == Throttle::kRefuse) return 0;
        const std::int64_t free =
            credits_free_.load(std::memory_order_relaxed) - std::max(held_back(), beyond_bound());
        return static_cast<std::uint32_t>(std::max<std::int64_t>(free, 0));
    }
    /// Transactions taken and not yet answered.
    [[nodiscard]] std::uint64_t taken() const noexcept {
        return static_cast<std::uint64_t>(
            static_cast<std::int64_t>(credits_max_) - credits_free_.load());
    }
    /// Transactions that are to be taken and not yet answered at most, for now, beside those that
    /// credit was granted for.
    void bound(std::uint32_t credits) noexcept {
        credits_bound_.store(credits, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t next_ticket() noexcept { return next_ticket_.fetch_add(1); }

    [[nodiscard]] Throttle throttle() const noexcept {
        return throttle_.load(std::memory_order_relaxed);
    }
    void set_throttle(Throttle throttle) noexcept { throttle_ = throttle; }

    /// The open block's environment, for readers on any thread.
    [[nodiscard]] std::shared_ptr<const chain::execution::BlockEnv> open_block() const noexcept {
        return open_block_.load();
    }
    void set_open_block(const chain::execution::BlockEnv& env) {
        open_block_ = std::make_shared<const chain::execution::BlockEnv>(env);
    }

    std::atomic<bool> sequencing{true};
    std::atomic<bool> shutting_down{false};

    static constexpr std::int64_t kSlowDivisor = 8;  ///< share of the queue left when slowed

  private:
    [[nodiscard]] std::int64_t held_back() const noexcept {
        if (throttle() < Throttle::kSlow) return 0;
        return credits_max_ - credits_max_ / kSlowDivisor;
    }

    /// Of the free credits, those that the bound leaves unused.
    [[nodiscard]] std::int64_t beyond_bound() const noexcept {
        return std::max<std::int64_t>(
            0, credits_max_ - credits_bound_.load(std::memory_order_relaxed));
    }

    const std::int64_t credits_max_;
    std::atomic<std::int64_t> credits_free_;
    std::atomic<std::uint32_t> credits_bound_;
    std::atomic<std::uint64_t> next_ticket_{0};
    std::atomic<Throttle> throttle_{Throttle::kNone};
    std::atomic<std::shared_ptr<const chain::execution::BlockEnv>> open_block_;
};
using GatePtr = std::shared_ptr<Gate>;

}  // namespace troupe::actors
