#pragma once

#include <functional>
#include <memory>
#include <string>

namespace troupe::node {

/// The operator's port: GET /metrics (Prometheus text), /healthz (200 while the process answers)
/// and /readyz (200, or 503 with why not). Plain HTTP/1.1, one thread, at most kConnectionsMax
/// clients that have kIdleSeconds to ask.
class OperatorServer {
  public:
    struct Answer {
        int status = 200;
        std::string body;
    };
    struct Handlers {
        std::function<std::string()> metrics;
        std::function<Answer()> ready;
    };
    static constexpr int kConnectionsMax = 64;
    static constexpr int kIdleSeconds = 15;

    /// @param listen  host:port; port 0 takes a free one
    /// @return null with the reason in `failure`
    [[nodiscard]] static std::unique_ptr<OperatorServer> start(
        const std::string& listen, Handlers handlers, std::string& failure);
    ~OperatorServer();

    [[nodiscard]] int port() const noexcept;

  private:
    struct Impl;
    explicit OperatorServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node
