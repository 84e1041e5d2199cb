// Any bytes to the port of JSON-RPC: as what a client sends over TCP, or after a WebSocket's
// handshake, or as one message of it. The connection ends in time, and others are served.
#include "chain/base/assert.hpp"
#include "sequencer/grpc/testing/fake_node.hpp"
#include "sequencer/jsonrpc/json_rpc_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <string>

namespace {

using namespace troupe::node;

constexpr int kSeconds = 20;  // for anything, however busy the machine is

struct World {
    World() {
        node.attach(hub);
        node.seal();
        JsonRpcConfig config;
        config.listen = "127.0.0.1:0";
        std::string failure;
        server = JsonRpcServer::start(config, {}, node, hub, stats, failure);
        TROUPE_ASSERT(server != nullptr);
        server->serve(node);
    }
    ~World() {
        node.stop();
        hub.stop();
    }
    troupe::node::testing::FakeNode node;
    EventHub hub{{}, {}};
    JsonRpcStats stats{json_rpc_method_names()};
    std::unique_ptr<JsonRpcServer> server;
};

class Client {
  public:
    explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        TROUPE_ASSERT(socket_ >= 0);
        const timeval wait{kSeconds, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
        // Thousands of connections a second: none stays behind in TIME_WAIT.
        const linger at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        TROUPE_ASSERT(
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // What is not taken any more is lost: the server has closed.
    void send(const std::string& bytes) const {
        std::size_t at = 0;
        while (at < bytes.size()) {
            const ssize_t sent =
                ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return;
            at += static_cast<std::size_t>(sent);
        }
    }
    void end() const { ::shutdown(socket_, SHUT_WR); }
    // Until `wanted` has come, or the end. @return false where nothing happened for kSeconds
    bool read(const std::string& wanted, std::string& all) const {
        char part[4'096];
        while (wanted.empty() || all.find(wanted) == std::string::npos) {
            const ssize_t bytes = ::recv(socket_, part, sizeof part, 0);
            if (bytes == 0) return true;
            if (bytes < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
            all.append(part, static_cast<std::size_t>(bytes));
        }
        return true;
    }

  private:
    int socket_;
};

const std::string kUpgrade =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

// A text frame, masked with zeros (RFC 6455, section 5.2).
std::string frame_of(const std::string& text) {
    std::string frame = "\x81";
    if (text.size() < 126) {
        frame += static_cast<char>(0x80 | text.size());
    } else {
        frame += static_cast<char>(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += static_cast<char>((text.size() >> shift) & 0xff);
    }
    return frame + std::string(4, '\0') + text;
}

void check_others(int port) {
    const Client other(port);
    other.send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 52\r\n\r\n"
        R"({"jsonrpc":"2.0","id":1,"method":"eth_blockNumber" })");
    std::string answer;
    TROUPE_ASSERT(other.read("\"result\":\"0x1\"}", answer));
    TROUPE_ASSERT(answer.find("\"result\":\"0x1\"}") != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    const int port = world.server->port();
    const std::string bytes(data, data + size);
    {
        const Client client(port);
        std::string answer;
        const char way = bytes.empty() ? 'h' : bytes.front();
        if (way == 'w' || way == 'm') {
            client.send(kUpgrade);
            TROUPE_ASSERT(client.read("\r\n\r\n", answer));
            client.send(way == 'w' ? bytes.substr(1) : frame_of(bytes.substr(1)));
        } else {
            client.send(bytes);
        }
        client.end();
        TROUPE_ASSERT(client.read("", answer));
    }
    static int count = 0;
    constexpr int kEvery = 64;
    if (count++ % kEvery == 0) check_others(port);
    return 0;
}
