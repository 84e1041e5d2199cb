#include "sequencer/metrics/node_metrics.hpp"

namespace troupe::node {

void NodeMetrics::publish(const actors::SequencerStats& stats) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.sequencer = stats;
}
void NodeMetrics::publish(const actors::LogStats& stats) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.log = stats;
}
void NodeMetrics::publish(const actors::SealerStats& stats) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.sealer = stats;
}
void NodeMetrics::publish(const actors::PartitionStats& stats) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.partitions[stats.partition] = stats;
}
void NodeMetrics::publish(const actors::BatcherStats& stats) noexcept {
    const std::lock_guard lock(mutex_);
    stats_.batcher = stats;
}

ActorStats NodeMetrics::snapshot() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

}  // namespace troupe::node
