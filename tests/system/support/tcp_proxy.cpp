#include "tests/system/support/tcp_proxy.hpp"

#include "sequencer/process/child_process.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace troupe::tests {
namespace {

constexpr int kTickMs = 10;  // how soon a new mode is seen
constexpr int kBacklog = 64;

class Socket {
  public:
    explicit Socket(int file = -1) noexcept : file_(file) {}
    ~Socket() {
        if (file_ >= 0) ::close(file_);
    }
    Socket(Socket&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    [[nodiscard]] int file() const noexcept { return file_; }
    [[nodiscard]] bool open() const noexcept { return file_ >= 0; }

  private:
    int file_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

Socket listen_on(std::uint16_t port) {
    Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(listener.file(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(port);
    const bool good =
        ::bind(listener.file(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(listener.file(), kBacklog) == 0;
    need(good, std::string("the proxy cannot listen: ") + std::strerror(errno));
    return listener;
}

/// A connection and its other half.
struct Pair {
    Socket near;
    Socket far;
    bool ended = false;
};

// What can be read from one side goes to the other; both are blocking to write.
bool pump(const Socket& from, const Socket& to) {
    std::array<char, 65'536> buffer;
    const ssize_t size = ::recv(from.file(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    for (ssize_t sent = 0; sent < size;) {
        const ssize_t now = ::send(
            to.file(), buffer.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
        if (now <= 0) return false;
        sent += now;
    }
    return true;
}

void accept_one(const Socket& listener, std::uint16_t target, std::vector<Pair>& pairs) {
    Pair pair;
    pair.near = Socket(::accept4(listener.file(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!pair.near.open()) return;
    pair.far = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(target);
    if (::connect(pair.far.file(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
        pairs.push_back(std::move(pair));
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t target) : port_(node::free_port()), target_(target) {
    thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
    stopping_ = true;
    thread_.join();
}

void TcpProxy::run() {
    Socket listener = listen_on(port_);
    std::vector<Pair> pairs;
    while (!stopping_) {
        const Mode mode = mode_;
        if (mode == Mode::kRefuse) {
            pairs.clear();
            listener = Socket();
        } else if (!listener.open()) {
            listener = listen_on(port_);
        }
        std::vector<pollfd> polled{{listener.file(), POLLIN, 0}};
        if (mode == Mode::kForward) {
            for (const Pair& pair : pairs) {
                polled.push_back({pair.near.file(), POLLIN, 0});
                polled.push_back({pair.far.file(), POLLIN, 0});
            }
        }
        if (::poll(polled.data(), polled.size(), kTickMs) <= 0) continue;
        for (std::size_t i = 0; 2 * i + 2 < polled.size(); ++i) {
            Pair& pair = pairs[i];
            if (polled[2 * i + 1].revents != 0 && !pump(pair.near, pair.far)) pair.ended = true;
            if (polled[2 * i + 2].revents != 0 && !pump(pair.far, pair.near)) pair.ended = true;
        }
        std::erase_if(pairs, [](const Pair& pair) { return pair.ended; });
        if (polled[0].revents != 0) accept_one(listener, target_, pairs);
    }
}

}  // namespace troupe::tests
