#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/records.hpp"

#include <map>
#include <mutex>

namespace troupe::node {

/// The newest statistics of every actor, as one copy.
struct ActorStats {
    actors::SequencerStats sequencer;
    actors::LogStats log;
    actors::SealerStats sealer;
    actors::BatcherStats batcher;
    std::map<std::uint32_t, actors::PartitionStats> partitions;
};

/// Where the actors publish. Keeps the newest of each; readers copy.
class NodeMetrics final : public actors::MetricsSink {
  public:
    void publish(const actors::SequencerStats& stats) noexcept override;
    void publish(const actors::LogStats& stats) noexcept override;
    void publish(const actors::SealerStats& stats) noexcept override;
    void publish(const actors::PartitionStats& stats) noexcept override;
    void publish(const actors::BatcherStats& stats) noexcept override;
    [[nodiscard]] ActorStats snapshot() const;

  private:
    mutable std::mutex mutex_;  // guards stats_
    ActorStats stats_;
};

}  // namespace troupe::node
