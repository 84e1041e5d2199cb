#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace troupe::node::jsonrpc {

/// A WebSocket, as those who push to it see it.
class Connection {
  public:
    virtual ~Connection() = default;
    /// Queues one message; any thread, never blocks. A connection whose queue is full is closed.
    virtual void push(std::shared_ptr<const std::string> message) = 0;

    /// Subscriptions that are open. Only FeedSubscriptions counts here, with its lock held.
    std::uint32_t subscriptions = 0;
};

}  // namespace troupe::node::jsonrpc
