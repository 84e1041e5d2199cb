#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace troupe::bench {

/// Times of one operation, ns.
struct Timing {
    double min_ns = 0;
    double median_ns = 0;
    std::size_t samples = 0;
    bool wrong = false;  ///< the operation said so once
};

inline constexpr std::size_t kTimingSamplesMin = 5;
inline constexpr double kTimingSampleNs = 20'000;  ///< a sample repeats what is shorter

/// Runs `operation` (true: its result was right) for at least `seconds`, after a few runs that do
/// not count.
template <class Operation>
[[nodiscard]] Timing measure(double seconds, Operation operation) {
    using Clock = std::chrono::steady_clock;
    Timing timing;
    const auto sample = [&](std::size_t repetitions) {
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < repetitions; ++i)
            timing.wrong |= !operation();
        return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() /
               static_cast<double>(repetitions);
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
