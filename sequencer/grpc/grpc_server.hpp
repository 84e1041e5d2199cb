#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/grpc/grpc_config.hpp"
#include "sequencer/rpc_stats.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::node {

/// Where the gRPC library's own messages go, instead of standard error. They speak of connections
/// (failed handshakes, resets), which is what strangers cause: log them as debug. Once, before any
/// server or client; `sink` is called from gRPC's threads.
void route_grpc_log(std::function<void(std::string_view message)> sink);

/// The gRPC edge: troupe.v1 with health and reflection on the public listener, AdminService on its
/// own. No type of gRPC or protobuf is in this interface.
///
/// Start:  EventHub hub(…); GrpcServer::start(…)      calls answer UNAVAILABLE (NOT_READY)
///         Engine::start(…, hub, …); serve(backend)   calls are served
/// Stop:   drain()        new calls are refused, watch streams end with a cursor; what was
///                        submitted is still answered
///         Engine::shut_down(…)                       answers everything it took
///         shut_down(…)   closes the listeners; calls never answered end with an error
///         then destroy the Engine, the server, and last hub and reader, in this order: outcomes
///         that come late still find the server
class GrpcServer {
  public:
    /// Listens. Every reference must outlive the server.
    /// @return empty and a message in `failure`: a bad configuration, an unreadable file, an
    ///         address in use
    [[nodiscard]] static std::unique_ptr<GrpcServer> start(
        const GrpcConfig& config, const ChainDescription& chain, ChainReader& reader, EventHub& hub,
        RpcStats& stats, SetLogLevel set_log_level, std::string& failure);
    ~GrpcServer();  ///< shut_down(1 s)
    GrpcServer(const GrpcServer&) = delete;
    GrpcServer& operator=(const GrpcServer&) = delete;

    /// The node is ready: calls are served and health says SERVING.
    void serve(NodeBackend& backend);
    /// Health of the submit service alone, for a node that can only be read (fatal error).
    void set_submit_healthy(bool healthy);

    /// As bound: tells which port 0 became. 0 where there is no admin listener.
    [[nodiscard]] int port() const noexcept;
    [[nodiscard]] int admin_port() const noexcept;

    void drain();
    /// Ends what is still open after `deadline`. Idempotent.
    void shut_down(std::chrono::milliseconds deadline);

  private:
    struct Impl;
    explicit GrpcServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node
