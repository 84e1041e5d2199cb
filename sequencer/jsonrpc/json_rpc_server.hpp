#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/jsonrpc/json_rpc_config.hpp"
#include "sequencer/jsonrpc/node_figures.hpp"
#include "sequencer/jsonrpc/stats.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::node {

class EventHub;

/// The methods' names, for JsonRpcStats.
[[nodiscard]] std::vector<std::string_view> json_rpc_method_names();

/// JSON-RPC 2.0 over HTTP and WebSocket on one port; docs/json-rpc.md lists the methods. No type of
/// Boost is in this interface. Started, drained and ended as GrpcServer is: before serve() calls
/// are refused as not ready, after drain() as shutting down.
class JsonRpcServer {
  public:
    /// Listens. Every reference must outlive the server.
    /// @return empty and a message in `failure`: a bad configuration, an address in use
    [[nodiscard]] static std::unique_ptr<JsonRpcServer> start(
        const JsonRpcConfig& config, const ChainDescription& chain, ChainReader& reader,
        EventHub& hub, JsonRpcStats& stats, std::string& failure);
    ~JsonRpcServer();  ///< shut_down()
    JsonRpcServer(const JsonRpcServer&) = delete;
    JsonRpcServer& operator=(const JsonRpcServer&) = delete;

    /// For troupe_nodeStatus; before serve(). It is called from any thread.
    void tell_figures(ReadFigures read);
    void serve(NodeBackend& backend);
    /// As bound: tells which port 0 became.
    [[nodiscard]] int port() const noexcept;

    void drain();
    /// Closes the listener and every connection. Idempotent. What the backend answers later is
    /// dropped: it must have ended before this object goes.
    void shut_down();

  private:
    struct Impl;
    explicit JsonRpcServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node
