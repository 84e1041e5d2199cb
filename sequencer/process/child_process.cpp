#include "sequencer/process/child_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <utility>

namespace troupe::node {
namespace {

constexpr std::chrono::milliseconds kPoll{5};
constexpr int kCannotRun = 127;  // as shells say it
// Below Linux's ip_local_port_range: a connection that somebody makes before the port is listened
// on can't take it as its own end.
constexpr std::uint32_t kFirstOfferedPort = 20'000;
constexpr std::uint32_t kOfferedPorts = 12'000;

/// Async-signal-safe, for the child.
void redirect(const char* path, int descriptor) {
    if (*path == '\0') return;
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file >= 0) dup2(file, descriptor);
}

/// Runs in the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(
    char* const* arguments, const char* output_file, const char* error_file, int failure_pipe) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Signals that this program has blocked, to wait for them, would be blocked there too: then
    // SIGTERM ends nothing.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    redirect(output_file, STDOUT_FILENO);
    if (*error_file != '\0') {
        redirect(error_file, STDERR_FILENO);
    } else if (*output_file != '\0') {
        dup2(STDOUT_FILENO, STDERR_FILENO);
    }
    execvp(arguments[0], arguments);
    const int error = errno;
    const auto written = write(failure_pipe, &error, sizeof error);
    _exit(written == sizeof error ? kCannotRun : kCannotRun + 1);
}

int decode_status(int raw) noexcept {
    return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

// The port of 127.0.0.1 that was bound: `port`, or any for 0. Empty where it is taken.
std::optional<std::uint16_t> bind_for_a_moment(std::uint16_t port) {
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;  // connections of the past that linger are nobody's
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // the sockets API's own way
    const bool bound = bind(probe, generic, size) == 0;
    getsockname(probe, generic, &size);
    close(probe);
    if (!bound) return std::nullopt;
    return ntohs(address.sin_port);
}

}  // namespace

std::optional<ChildProcess> ChildProcess::start(const Options& options, std::string& failure) {
    std::vector<char*> arguments;
    for (const auto& argument : options.arguments) {
        arguments.push_back(
            const_cast<char*>(argument.c_str()));  // exec's signature, it reads only
    }
    arguments.push_back(nullptr);
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
        failure = std::string("pipe: ") + std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
        return std::nullopt;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        become(
            arguments.data(), options.output_file.c_str(), options.error_file.c_str(),
            pipe_ends[1]);
    }
    const int fork_error = errno;
    close(pipe_ends[1]);
    int exec_error = 0;
    // The pipe closes by itself when exec succeeds.
    const bool failed =
        pid < 0 || read(pipe_ends[0], &exec_error, sizeof exec_error) == sizeof exec_error;
    close(pipe_ends[0]);
    if (!failed) return ChildProcess(pid);
    if (pid > 0) waitpid(pid, nullptr, 0);
    failure = options.arguments.at(0) + ": " +
              std::strerror(pid < 0 ? fork_error : exec_error);  // NOLINT(concurrency-mt-unsafe)
    return std::nullopt;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    if (this != &other) {
        stop();
        pid_ = std::exchange(other.pid_, -1);
        status_ = other.status_;
    }
    return *this;
}

ChildProcess::~ChildProcess() {
    stop();
}

bool ChildProcess::running() noexcept {
    if (pid_ < 0 || status_) return false;
    int raw = 0;
    if (waitpid(pid_, &raw, WNOHANG) != pid_) return true;
    status_ = decode_status(raw);
    return false;
}

std::optional<int> ChildProcess::exit_status() noexcept {
    return running() ? std::nullopt : status_;
}

void ChildProcess::signal(int number) const noexcept {
    if (pid_ > 0 && !status_) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds timeout) noexcept {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (running()) {
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(kPoll);
    }
    return status_;
}

int ChildProcess::stop(std::chrono::milliseconds patience) noexcept {
    if (pid_ < 0) return 0;
    if (running()) {
        signal(SIGTERM);
        if (!wait(patience)) {
            signal(SIGKILL);
            wait(std::chrono::hours(1));  // SIGKILL always ends it
        }
    }
    return status_.value_or(0);
}

std::uint16_t free_port() {
    static std::atomic<std::uint32_t> next{std::random_device{}()};
    for (std::uint32_t tries = 0; tries < kOfferedPorts; ++tries) {
        const auto port = static_cast<std::uint16_t>(kFirstOfferedPort + next++ % kOfferedPorts);
        if (port_is_free(port)) return port;
    }
    return bind_for_a_moment(0).value_or(0);
}

bool port_is_free(std::uint16_t port) {
    return bind_for_a_moment(port).has_value();
}

}  // namespace troupe::node
