#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace troupe::tests {

/// A wire that can be cut: forwards TCP connections on 127.0.0.1 from a port of its own to another
/// port, or does not.
class TcpProxy {
  public:
    enum class Mode : std::uint8_t {
        kForward,
        kRefuse,  // nothing listens; open connections are closed
        kSilent,  // connections are taken, stay open and nothing passes
    };

    /// @param target  may be set later, before the first connection
    explicit TcpProxy(std::uint16_t target = 0);
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    void set_target(std::uint16_t port) noexcept { target_ = port; }
    /// Holds within 20 ms.
    void set(Mode mode) noexcept { mode_ = mode; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  private:
    void run();

    std::uint16_t port_ = 0;
    std::atomic<std::uint16_t> target_;
    std::atomic<Mode> mode_{Mode::kForward};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace troupe::tests
