#pragma once

#include "sequencer/client/client.hpp"
#include "sequencer/grpc/grpc_server.hpp"
#include "sequencer/grpc/testing/fake_node.hpp"

#include <memory>
#include <string>

namespace troupe::node::testing {

/// A server on free ports over a FakeNode, and a client of it.
struct Edge {
    explicit Edge(GrpcConfig the_config = {}, std::uint32_t queue_txs_max = 16'384)
        : node(queue_txs_max), config(std::move(the_config)) {
        config.listen = "127.0.0.1:0";
        config.admin_listen = "127.0.0.1:0";
        chain.config.chain_id = 4'711;
        chain.config.l1_chain_id = 31'337;
        chain.config.gas_limit = 30'000'000;
        chain.genesis_hash[0] = 0x67;
        chain.block_time_ms = 1'000;
        chain.version = "troupe/test";
        node.attach(hub);
        server = GrpcServer::start(
            config, chain, node, hub, stats,
            [this](std::string_view component, LogLevel level) {
                log_level = level;
                return component.empty() || component == "grpc";
            },
            failure);
        if (server == nullptr) return;
        server->serve(node);
        client = connect(server->port());
        admin = connect(server->admin_port());
    }
    ~Edge() {
        client = nullptr;
        admin = nullptr;
        if (server) server->drain();
        node.execute();  // answers what is left
        server = nullptr;
        node.stop();
    }

    [[nodiscard]] static std::unique_ptr<client::Client> connect(int port) {
        std::string ignored;
        return client::Client::create({.target = "127.0.0.1:" + std::to_string(port)}, ignored);
    }

    FakeNode node;
    GrpcConfig config;
    ChainDescription chain;
    EventHub hub{{}, {}};
    RpcStats stats;
    LogLevel log_level = LogLevel::kInfo;
    std::string failure;
    std::unique_ptr<GrpcServer> server;
    std::unique_ptr<client::Client> client;
    std::unique_ptr<client::Client> admin;
};

/// Waits until `condition` holds, at most 10 s. For what another thread brings about.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace troupe::node::testing
