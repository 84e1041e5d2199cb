#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <vector>

namespace troupe::bench {

/// Times of one operation, ns of this thread on a core: whatever else the machine runs counts only
/// by what it leaves in the caches.
struct Timing {
    double min_ns = 0;
    double median_ns = 0;
    std::size_t samples = 0;
    bool wrong = false;  ///< the operation said so once
};

inline constexpr std::size_t kTimingSamplesMin = 5;
inline constexpr double kTimingSampleNs = 100'000;  ///< a sample repeats what is shorter

/// ns that this thread has had a core.
[[nodiscard]] inline double thread_ns() noexcept {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// Runs `operation` (true: its result was right) for at least `seconds`, after a few runs that do
/// not count.
template <class Operation>
[[nodiscard]] Timing measure(double seconds, Operation operation) {
    using Clock = std::chrono::steady_clock;
    Timing timing;
    const auto sample = [&](std::size_t repetitions) {
        const double begin = thread_ns();
        for (std::size_t i = 0; i < repetitions; ++i)
            timing.wrong |= !operation();
        return (thread_ns() - begin) / static_cast<double>(repetitions);
    };
    const double first = std::min({sample(1), sample(1), sample(1)});
    const auto repetitions =
        static_cast<std::size_t>(std::max(1.0, kTimingSampleNs / std::max(1.0, first)));
    std::vector<double> samples;
    const auto begin = Clock::now();
    while (samples.size() < kTimingSamplesMin ||
           std::chrono::duration<double>(Clock::now() - begin).count() < seconds)
        samples.push_back(sample(repetitions));
    std::sort(samples.begin(), samples.end());
    timing.min_ns = samples.front();
    timing.median_ns = samples[samples.size() / 2];
    timing.samples = samples.size();
    return timing;
}

}  // namespace troupe::bench
