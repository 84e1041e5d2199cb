#pragma once

#include "sequencer/runtime/node_config.hpp"

#include <memory>
#include <string>

namespace troupe::node {

/// Why a node is not ready, for /readyz: a word for machines and a sentence for people.
struct Readiness {
    bool ready = false;
    std::string word;  ///< "ok", or one of those in docs/operations.md
    std::string sentence;
};

/// A whole running node: storage, actors, gRPC, JSON-RPC, metrics and the L1 side, in one object.
class NodeRuntime {
  public:
    /// Starts everything; on return transactions are taken. Reads L1 and disk, so it blocks.
    /// @return null with the reason in `failure`, in words an operator can act on
    [[nodiscard]] static std::unique_ptr<NodeRuntime> start(
        NodeConfig config, const NodeKeys& keys, std::string& failure);
    ~NodeRuntime();  ///< shut_down()

    [[nodiscard]] int grpc_port() const noexcept;
    [[nodiscard]] int admin_port() const noexcept;
    [[nodiscard]] int rpc_port() const noexcept;  ///< 0: JSON-RPC is not served
    [[nodiscard]] int metrics_port() const noexcept;
    [[nodiscard]] Readiness readiness() const;
    /// Empty while all is well; else what stopped the node from ordering.
    [[nodiscard]] std::string fatal() const;

    /// Drains: refuses what is new, answers what was taken, seals and stores. Idempotent.
    /// @return whether everything was drained in time
    bool shut_down();

  private:
    struct Impl;
    explicit NodeRuntime(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node
