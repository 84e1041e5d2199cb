#include "sequencer/load/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace troupe::node {

// Below 32 each value has its bucket; above, an octave's position and the five bits after the
// highest one.
std::size_t LatencyHistogram::bucket_of(std::uint64_t us) noexcept {
    if (us < (1u << kSubBits)) return us;
    const auto octave = static_cast<unsigned>(std::bit_width(us)) - 1 - kSubBits;
    const std::uint64_t sub = (us >> octave) & ((1u << kSubBits) - 1);
    return std::min<std::size_t>(((octave + 1) << kSubBits) + sub, kBuckets - 1);
}

std::uint64_t LatencyHistogram::highest_of(std::size_t bucket) noexcept {
    const std::size_t octave = bucket >> kSubBits;
    if (octave == 0) return bucket;
    const std::uint64_t sub = (1u << kSubBits) + (bucket & ((1u << kSubBits) - 1));
    return ((sub + 1) << (octave - 1)) - 1;
}

void LatencyHistogram::record(std::uint64_t us, std::uint64_t count) noexcept {
    buckets_[bucket_of(us)] += count;
    count_ += count;
    max_us_ = std::max(max_us_, us);
}

void LatencyHistogram::add(const LatencyHistogram& other) noexcept {
    for (std::size_t i = 0; i < kBuckets; ++i)
        buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_us_ = std::max(max_us_, other.max_us_);
}

LatencyHistogram LatencyHistogram::corrected(std::uint64_t expected_us) const noexcept {
    LatencyHistogram corrected = *this;
    if (expected_us == 0) return corrected;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        if (buckets_[i] == 0) continue;
        const std::uint64_t us = std::min(highest_of(i), max_us_);
        std::uint64_t added = 0;
        for (std::uint64_t left = us; left >= 2 * expected_us && added < kOmittedMax; ++added) {
            left -= expected_us;
            corrected.record(left, buckets_[i]);
        }
    }
    return corrected;
}

std::uint64_t LatencyHistogram::percentile_us(double fraction) const noexcept {
    const auto wanted =
        static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        seen += buckets_[i];
        if (seen >= wanted && seen != 0) return std::min(highest_of(i), max_us_);
    }
    return max_us_;
}

}  // namespace troupe::node
