#pragma once

#include "actors/metrics_sink.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace troupe::node {

inline constexpr std::array kReadBounds{0.000'002, 0.000'005, 0.000'01, 0.000'02, 0.000'05,
                                        0.000'1,   0.000'5,   0.002,    0.01,     0.1};
/// How long reads from the disk or its caches took.
using ReadTimes = actors::Histogram<kReadBounds>;

/// The same while it is being counted, by any number of threads.
class ReadClock {
  public:
    using Clock = std::chrono::steady_clock;

    void observe(Clock::time_point begun) noexcept {
        const auto took = Clock::now() - begun;
        const double seconds = std::chrono::duration<double>(took).count();
        std::size_t bucket = 0;
        while (bucket < ReadTimes::kBounds.size() && seconds > ReadTimes::kBounds[bucket])
            ++bucket;
        counts_[bucket].fetch_add(1, std::memory_order_relaxed);
        const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
        sum_ns_.fetch_add(static_cast<std::uint64_t>(ns), std::memory_order_relaxed);
    }
    [[nodiscard]] ReadTimes times() const noexcept {
        ReadTimes times;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            times.counts[i] = counts_[i].load(std::memory_order_relaxed);
        times.sum_seconds = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
        return times;
    }

  private:
    std::array<std::atomic<std::uint64_t>, ReadTimes::kBounds.size() + 1> counts_{};
    std::atomic<std::uint64_t> sum_ns_ = 0;
};

}  // namespace troupe::node
