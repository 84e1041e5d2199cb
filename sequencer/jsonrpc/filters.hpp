#pragma once

#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/jsonrpc/fair_pool.hpp"
#include "sequencer/jsonrpc/log_query.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace troupe::node::jsonrpc {

/// A filter of eth_newFilter and its kin: a place in the chain, no queue, so that one which nobody
/// reads costs what it costs when it is made.
struct PolledFilter {
    enum class Kind : std::uint8_t {
        kLogs,
        kBlocks,
        kPending
    };
    Kind kind = Kind::kBlocks;
    LogQuery query;                 ///< kLogs
    std::uint64_t next_block = 0;   ///< kLogs, kBlocks: the first one not told yet
    std::uint64_t next_number = 0;  ///< kPending: as SoftBlocks numbers
    SteadyTime last_asked;
    Peer owner;  ///< who made it; empty: it counts for nobody
};

/// All filters of all clients. Any thread.
class Filters {
  public:
    /// @param owner_max  of one client
    Filters(std::uint32_t count_max, std::uint32_t owner_max)
        : count_max_(count_max), owner_max_(owner_max) {}

    struct Added {
        std::string id;           ///< empty: there are too many
        std::uint32_t limit = 0;  ///< then: which limit it is
    };
    [[nodiscard]] Added add(PolledFilter filter);
    /// A copy, noted as asked for just now.
    [[nodiscard]] std::optional<PolledFilter> ask(const std::string& id, SteadyTime now);
    /// What the next question begins with.
    void advance(const std::string& id, const PolledFilter& asked);
    bool remove(const std::string& id);
    void expire(SteadyTime before);
    [[nodiscard]] std::size_t size() const;

  private:
    void forget_owner(const PolledFilter& filter);

    const std::uint32_t count_max_;
    const std::uint32_t owner_max_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::string, PolledFilter> filters_;
    std::map<std::string, std::uint32_t> owners_;  // filters of each
};

/// 16 random bytes as geth's filter and subscription ids: strangers can't guess them.
[[nodiscard]] std::string random_id();

}  // namespace troupe::node::jsonrpc
