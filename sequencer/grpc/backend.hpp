#pragma once

#include "actors/engine.hpp"  // AccountAnswer
#include "chain/types/chain_config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::node {

/// What the gRPC services ask of the running node: the part of actors::Engine that they use, as an
/// interface, so that the edge is tested without actors. The contracts are Engine's.
class NodeBackend {
  public:
    virtual ~NodeBackend() = default;

    /// All or none; false: no room, or shutting_down(). The sink is then never called.
    [[nodiscard]] virtual bool submit(
        std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink,
        actors::Credit credit = actors::Credit::kNone) = 0;
    [[nodiscard]] virtual std::uint32_t free_credits() const noexcept = 0;
    [[nodiscard]] virtual std::uint32_t retry_after_ms() const noexcept = 0;
    [[nodiscard]] virtual bool shutting_down() const noexcept = 0;

    virtual void query_account(
        actors::AccountQuery query, std::function<void(actors::AccountAnswer)> reply) = 0;
    [[nodiscard]] virtual chain::execution::BlockEnv open_block() const = 0;

    virtual void stop_sequencing() = 0;
    virtual void start_sequencing() = 0;
    [[nodiscard]] virtual bool sequencing() const noexcept = 0;
    virtual void flush() = 0;
};

/// What GetChainInfo says that never changes while the node runs.
struct ChainDescription {
    chain::ChainConfig config;
    chain::Hash32 genesis_hash;
    std::uint32_t block_time_ms = 0;
    std::string version;  ///< "troupe/0.1.0"
};

enum class LogLevel : std::uint8_t {
    kTrace = 1,
    kDebug,
    kInfo,
    kWarn,
    kError,
    kOff
};

/// Changes a component's log level; "" means all. @return false: there is no such component
using SetLogLevel = std::function<bool(std::string_view component, LogLevel level)>;

}  // namespace troupe::node
