#pragma once

#include "sequencer/grpc/testing/fake_node.hpp"
#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_rpc_server.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <future>
#include <string>

namespace troupe::node::jsonrpc::testing {

using Json = nlohmann::json;

/// A door over a node in memory.
struct DoorFixture {
    explicit DoorFixture(JsonRpcConfig config = {}) {
        chain.config.chain_id = 4'711;
        chain.version = "troupe/test";
        node.attach(hub);
        door = std::make_unique<Door>(std::move(config), chain, node, hub, stats);
        door->serve(node);
    }
    ~DoorFixture() {
        node.stop();
        hub.stop();
        door->stop();
    }

    /// The answer's text; empty where nothing is answered. Waits for it 10 s at most.
    [[nodiscard]] std::string text(
        std::string body, std::shared_ptr<Connection> connection = nullptr) {
        auto promise = std::make_shared<std::promise<std::string>>();
        auto future = promise->get_future();
        door->handle(std::move(body), std::move(connection), [promise](std::string answer) {
            promise->set_value(std::move(answer));
        });
        if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
            return "\"no answer\"";
        return future.get();
    }
    [[nodiscard]] Json ask(const std::string& body) { return Json::parse(text(body)); }
    [[nodiscard]] Json call(const std::string& method, const Json& params = Json::array()) {
        return ask(
            Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump());
    }
    /// The result, or the error where there is none.
    [[nodiscard]] Json result(const std::string& method, const Json& params = Json::array()) {
        Json answer = call(method, params);
        return answer.contains("result") ? answer["result"] : answer["error"];
    }

    node::testing::FakeNode node;
    ChainDescription chain;
    EventHub hub{{}, {}};
    JsonRpcStats stats{json_rpc_method_names()};
    std::unique_ptr<Door> door;
};

}  // namespace troupe::node::jsonrpc::testing
