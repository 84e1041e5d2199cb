#pragma once

#include "sequencer/client/client.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace troupe::node {

/// A way of transactions into a node, and of answers back. What is sent outlives the door. The
/// handlers are called by one thread at a time, none after finish().
class LoadDoor {
  public:
    virtual ~LoadDoor() = default;
    /// As SubmitStream::send: waits until there is room, sends at least one, in one message.
    /// @return 0 transactions where nothing can be sent any more; finish() says why
    [[nodiscard]] virtual client::SubmitStream::Sent send(
        std::span<const chain::ByteView> transactions) = 0;
    /// Waits until all is answered and handled.
    [[nodiscard]] virtual client::CallResult<void> finish() = 0;
};
using OpenDoor = std::function<std::unique_ptr<LoadDoor>(client::StreamHandlers)>;

/// One gRPC stream with soft receipts. @param client  outlives the door
[[nodiscard]] OpenDoor through_grpc(client::Client& client);

/// Batches of eth_sendRawTransactionSync over so many kept-alive HTTP connections. One batch is
/// under way on each, and its answer comes when all of it is executed: at most connections * batch
/// transactions are under way, in no order among connections. A sender's next transaction must not
/// be among those, or it meets a gap in the nonces and counts as refused.
/// @param url          of the node's JSON-RPC
/// @param connections  at least one
[[nodiscard]] OpenDoor through_json_rpc(std::string url, std::size_t connections);

/// Calls in one batch at most: what the node takes unless its settings say otherwise.
inline constexpr std::size_t kJsonRpcBatchMax = 1'000;

}  // namespace troupe::node
