#pragma once

#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/jsonrpc/fair_pool.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace troupe::node::jsonrpc {

/// Clients whose requests took long a moment ago. What they ask next is done at a lower priority,
/// so that it does not delay those who ask for little. Any thread.
class SlowCallers {
  public:
    [[nodiscard]] bool contains(const Peer& peer) const;
    /// What this thread does for a client meanwhile: afterwards the client is slow for a while if
    /// that took long.
    class Watch {
      public:
        /// @param waiting_counts  the thread should not wait either, as those of the network
        Watch(SlowCallers& callers, const Peer& peer, bool waiting_counts);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

      private:
        SlowCallers& callers_;
        const Peer& peer_;
        const bool waiting_counts_;
        const SteadyTime since_;
        const std::chrono::nanoseconds processor_since_;
    };

  private:
    static constexpr std::chrono::seconds kFor{10};
    static constexpr std::size_t kCallersMax = 4'096;  // then it starts anew

    void add(const Peer& peer, SteadyTime now);

    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::string, SteadyTime> callers_;
};

}  // namespace troupe::node::jsonrpc
