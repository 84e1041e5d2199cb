#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node {

/// A program that this process started and will end. Ends it (SIGTERM, then SIGKILL) when
/// destroyed, and the kernel ends it should this process die first.
class ChildProcess {
  public:
    struct Options {
        std::vector<std::string> arguments;  ///< [0] is the program, looked up in PATH
        std::string output_file;             ///< standard output is appended here; empty: inherited
        std::string error_file;  ///< standard error; empty: goes where standard output goes
    };
    /// @return empty with a message in `failure` when the program cannot be started
    [[nodiscard]] static std::optional<ChildProcess> start(
        const Options& options, std::string& failure);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    [[nodiscard]] int pid() const noexcept { return pid_; }
    /// Whether it still runs; collects its exit status if not.
    [[nodiscard]] bool running() noexcept;
    /// Exit status, 128 + signal where a signal ended it; empty while it runs.
    [[nodiscard]] std::optional<int> exit_status() noexcept;
    void signal(int number) const noexcept;
    /// Waits until it ends. @return its exit status; empty after `timeout`
    std::optional<int> wait(std::chrono::milliseconds timeout) noexcept;
    /// SIGTERM, and SIGKILL where that does not end it within `patience`. @return exit status
    int stop(std::chrono::milliseconds patience = std::chrono::seconds(12)) noexcept;

  private:
    explicit ChildProcess(int pid) noexcept : pid_(pid) {}
    int pid_ = -1;
    std::optional<int> status_;
};

/// A TCP port on 127.0.0.1 that nothing listens on right now; each call gives another one.
[[nodiscard]] std::uint16_t free_port();
/// Whether nothing listens on this port of 127.0.0.1 right now.
[[nodiscard]] bool port_is_free(std::uint16_t port);

}  // namespace troupe::node
