#include "bench/ask_bench.hpp"

#include "sequencer/commands/command.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace troupe::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20;
constexpr std::size_t kConnectionsMax = 1'024;
constexpr std::chrono::seconds kSilenceMax{30};  // then the server is taken for gone

std::uint64_t processor_ns() {
    std::timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

/// Content-Length in the header of an answer, whatever the case of its letters.
std::size_t length_in(std::string_view header) {
    constexpr std::string_view kName = "\r\ncontent-length:";
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto found = std::search(
        header.begin(), header.end(), kName.begin(), kName.end(),
        [&](char a, char b) { return lower(a) == b; });
    if (found == header.end()) throw std::runtime_error("an answer without its length");
    std::string_view rest =
        header.substr(static_cast<std::size_t>(found - header.begin()) + kName.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    std::size_t length = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    if (read.ec != std::errc() || length > kAnswerBytesMax)
        throw std::runtime_error("an answer without a usable length");
    return length;
}

/// One kept connection with one request under way.
class Asker {
  public:
    explicit Asker(const AskBenchOptions& options) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(options.port);
        if (::inet_pton(AF_INET, options.host.c_str(), &to.sin_addr) != 1)
            throw std::runtime_error("--host: an IPv4 address is expected");
        // sockaddr_in is how sockets spell an address of this family.
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)  // NOLINT
            throw std::runtime_error("cannot connect");
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        buffer_.resize(65'536);
    }
    ~Asker() {
        if (socket_ >= 0) ::close(socket_);
    }
    Asker(Asker&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
    Asker(const Asker&) = delete;
    Asker& operator=(const Asker&) = delete;
    Asker& operator=(Asker&&) = delete;

    [[nodiscard]] int socket() const noexcept { return socket_; }

    void ask(std::string_view rest, Clock::time_point now) {
        asked_ = now;
        size_ = wanted_ = 0;
        while (!rest.empty()) {
            const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) throw std::runtime_error("the server has closed a connection");
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Takes what has come. @return the body of the answer once it is whole
    std::optional<std::string_view> take() {
        if (size_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
        const auto got = ::recv(socket_, buffer_.data() + size_, buffer_.size() - size_, 0);
        if (got <= 0) throw std::runtime_error("the server has closed a connection");
        size_ += static_cast<std::size_t>(got);
        const std::string_view all(buffer_.data(), size_);
        if (wanted_ == 0) {
            const auto end = all.find("\r\n\r\n");
            if (end == std::string_view::npos) return std::nullopt;
            body_at_ = end + 4;
            wanted_ = body_at_ + length_in(all.substr(0, end));
            if (buffer_.size() < wanted_) buffer_.resize(wanted_);
        }
        if (size_ < wanted_) return std::nullopt;
        return std::string_view(buffer_.data() + body_at_, wanted_ - body_at_);
    }
    [[nodiscard]] Clock::time_point asked() const noexcept { return asked_; }

  private:
    int socket_ = -1;
    std::vector<char> buffer_;
    std::size_t size_ = 0;
    std::size_t wanted_ = 0;  // of the whole answer; 0 until its header is there
    std::size_t body_at_ = 0;
    Clock::time_point asked_;
};

class AskRun {
  public:
    AskRun(const AskBenchOptions& options, std::vector<std::string> requests)
        : options_(options), requests_(std::move(requests)), poll_(::epoll_create1(0)) {
        askers_.reserve(options.connections);
        for (std::uint32_t i = 0; i < options.connections; ++i) {
            askers_.emplace_back(options);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u32 = i;
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, askers_.back().socket(), &event);
        }
    }
    ~AskRun() { ::close(poll_); }
    AskRun(const AskRun&) = delete;
    AskRun& operator=(const AskRun&) = delete;

    void run() {
        const auto begin = Clock::now();
        const auto end = begin + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(options_.seconds));
        const std::uint64_t used = processor_ns();
        for (Asker& asker : askers_)
            asker.ask(next(), Clock::now());
        std::array<epoll_event, 256> events{};
        for (std::size_t waiting = askers_.size(); waiting > 0;) {
            const int ready = ::epoll_wait(
                poll_, events.data(), static_cast<int>(events.size()),
                static_cast<int>(std::chrono::milliseconds(kSilenceMax).count()));
            if (ready <= 0) throw std::runtime_error("no answer in time");
            for (int i = 0; i < ready; ++i) {
                Asker& asker = askers_[events[static_cast<std::size_t>(i)].data.u32];
                const auto body = asker.take();
                if (!body) continue;
                check(*body);
                const auto now = Clock::now();
                times_us_.push_back(static_cast<std::uint32_t>(
                    std::chrono::duration_cast<std::chrono::microseconds>(now - asker.asked())
                        .count()));
                if (now < end)
                    asker.ask(next(), now);
                else
                    --waiting;
            }
        }
        seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
        processor_us_ = static_cast<double>(processor_ns() - used) / 1'000;
    }

    void print() {
        std::sort(times_us_.begin(), times_us_.end());
        const auto count = static_cast<double>(times_us_.size());
        const auto at = [&](double part) {
            const auto index = static_cast<std::size_t>(part * count);
            return times_us_[std::min(index, times_us_.size() - 1)] / 1'000.0;
        };
        std::printf(
            "{\"answers\":%zu,\"perSecond\":%.0f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,"
            "\"clientUsEach\":%.1f}\n",
            times_us_.size(), count / seconds_, at(0.5), at(0.99), processor_us_ / count);
    }

  private:
    [[nodiscard]] std::string_view next() { return requests_[asked_++ % requests_.size()]; }
    void check(std::string_view body) const {
        std::uint32_t times = 0;
        for (auto at = body.find(options_.expect); at != std::string_view::npos;
             at = body.find(options_.expect, at + options_.expect.size()))
            ++times;
        if (times != options_.expect_times)
            throw std::runtime_error("not what was expected: " + std::string(body.substr(0, 300)));
    }

    const AskBenchOptions& options_;
    const std::vector<std::string> requests_;
    std::size_t asked_ = 0;
    const int poll_;
    std::vector<Asker> askers_;
    std::vector<std::uint32_t> times_us_;
    double seconds_ = 0;
    double processor_us_ = 0;
};

}  // namespace

int run_ask_bench(const AskBenchOptions& options) {
    if (options.expect.empty() || options.connections == 0 || options.connections > kConnectionsMax)
        return node::report("--expect and 1 to 1024 --connections are needed", node::kExitUsage);
    std::ifstream file(options.body_file, std::ios::binary);
    std::vector<std::string> requests;
    for (std::string body; std::getline(file, body);)
        requests.push_back(
            "POST / HTTP/1.1\r\nhost: " + options.host +
            "\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body);
    if (requests.empty()) return node::report(options.body_file + " cannot be read");
    try {
        AskRun run(options, std::move(requests));
        run.run();
        run.print();
    } catch (const std::runtime_error& failure) {
        return node::report(failure.what());
    }
    return node::kExitOk;
}

}  // namespace troupe::bench
