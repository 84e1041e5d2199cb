#pragma once

#include <array>
#include <cstdint>

namespace troupe::node {

/// Counts of latencies, from 1 microsecond to over an hour, exact to 1/32: fixed memory however
/// many are recorded.
class LatencyHistogram {
  public:
    void record(std::uint64_t us, std::uint64_t count = 1) noexcept;
    void add(const LatencyHistogram& other) noexcept;
    /// With what a closed loop leaves out (coordinated omission): whoever waits for an answer sends
    /// nothing meanwhile, so that a stall shows once and not in all that would have come. To each
    /// latency above `expected_us` those are added that one would have had who came `expected_us`
    /// later, twice that, and so on, while the stall lasted; at most kOmittedMax for each.
    /// @param expected_us  what usually lies between two of one sender's; 0 adds nothing
    /// @spec G. Tene, "How NOT to Measure Latency" (2013); HdrHistogram does the same
    [[nodiscard]] LatencyHistogram corrected(std::uint64_t expected_us) const noexcept;
    static constexpr std::uint64_t kOmittedMax = 100'000;
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t max_us() const noexcept { return max_us_; }
    /// The latency that `fraction` of all do not exceed [microseconds]; 0 where none is recorded.
    [[nodiscard]] std::uint64_t percentile_us(double fraction) const noexcept;

  private:
    static constexpr unsigned kSubBits = 5;  ///< 32 buckets for each doubling
    static constexpr unsigned kOctaves = 32;
    static constexpr std::size_t kBuckets = (kOctaves + 1) << kSubBits;

    static std::size_t bucket_of(std::uint64_t us) noexcept;
    static std::uint64_t highest_of(std::size_t bucket) noexcept;

    std::array<std::uint64_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_us_ = 0;
};

}  // namespace troupe::node
