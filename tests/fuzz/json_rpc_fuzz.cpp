// Any body to the JSON-RPC door: it is answered once, and what it answers is JSON.
#include "chain/base/assert.hpp"
#include "sequencer/grpc/testing/fake_node.hpp"
#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_rpc_server.hpp"

#include <future>
#include <string>

namespace {

using namespace troupe::node;

struct World {
    World() {
        node.attach(hub);
        for (std::uint64_t id = 0; id < 4; ++id) {
            node.seal();
        }
        JsonRpcConfig config;
        config.request_timeout_ms = 30'000;
        door = std::make_unique<jsonrpc::Door>(config, ChainDescription(), node, hub, stats);
        door->serve(node);
        node.run(5);
    }
    ~World() {
        node.stop();
        hub.stop();
        door->stop();
    }
    testing::FakeNode node;
    EventHub hub{{}, {}};
    JsonRpcStats stats{json_rpc_method_names()};
    std::unique_ptr<jsonrpc::Door> door;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    std::promise<std::string> promise;
    world.door->handle(
        std::string(reinterpret_cast<const char*>(data), size), nullptr,
        [&promise](std::string answer) { promise.set_value(std::move(answer)); });
    const std::string answer = promise.get_future().get();
    constexpr std::uint32_t kDepth = 64;
    TROUPE_ASSERT(answer.empty() || jsonrpc::JsonDocument::parse(answer, kDepth) != nullptr);
    return 0;
}
