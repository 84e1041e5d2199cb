#include "sequencer/jsonrpc/json_rpc_server.hpp"

#include "sequencer/grpc/testing/edge_fixture.hpp"
#include "sequencer/jsonrpc/access.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using node::testing::eventually;
using node::testing::FakeNode;
using tcp = asio::ip::tcp;

const std::string kChainId = R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})";
const std::string kAnswer = R"({"jsonrpc":"2.0","id":1,"result":"0x1267"})";

struct Server {
    explicit Server(JsonRpcConfig config = {}) {
        config.listen = "127.0.0.1:0";
        chain.config.chain_id = 4'711;
        chain.block_time_ms = 200;
        node.attach(hub);
        server = JsonRpcServer::start(config, chain, node, hub, stats, failure);
        BOOST_REQUIRE_MESSAGE(server, failure);
        server->serve(node);
    }
    ~Server() {
        node.stop();
        hub.stop();
    }
    tcp::socket connect() {
        tcp::socket socket(io);
        socket.connect(
            {asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(server->port())});
        return socket;
    }
    // Sends `bytes` and reads until the server closes or `until` has been seen.
    std::string exchange(tcp::socket& socket, const std::string& bytes, const std::string& until) {
        asio::write(socket, asio::buffer(bytes));
        return read(socket, until);
    }
    static std::string read(tcp::socket& socket, const std::string& until) {
        std::string all;
        char part[4'096];
        beast::error_code error;
        while (all.find(until) == all.npos) {
            const std::size_t bytes = socket.read_some(asio::buffer(part), error);
            if (error) break;
            all.append(part, bytes);
        }
        return all;
    }
    std::string post(const std::string& body, const std::string& headers = "") {
        tcp::socket socket = connect();
        return exchange(socket, request(body, headers + "Connection: close\r\n"), "never");
    }
    static std::string request(const std::string& body, const std::string& headers = "") {
        return "POST / HTTP/1.1\r\nHost: localhost:8545\r\nContent-Type: application/json\r\n" +
               headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    FakeNode node;
    ChainDescription chain;
    EventHub hub{{}, {}};
    JsonRpcStats stats{json_rpc_method_names()};
    std::string failure;
    asio::io_context io;
    std::unique_ptr<JsonRpcServer> server;
};

BOOST_AUTO_TEST_SUITE(json_rpc_server)

BOOST_FIXTURE_TEST_CASE(a_connection_is_kept_and_pipelined_requests_answered_in_order, Server) {
    tcp::socket socket = connect();
    BOOST_TEST(exchange(socket, request(kChainId), kAnswer).starts_with("HTTP/1.1 200 OK\r\n"));
    std::string many;
    for (int id = 2; id < 12; ++id)
        many += request(
            "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"method\":\"eth_chainId\"}");
    const std::string answers = exchange(socket, many, "\"id\":11,");
    std::size_t at = 0;
    for (int id = 2; id < 12; ++id) {
        const std::size_t found = answers.find("\"id\":" + std::to_string(id) + ",", at);
        BOOST_REQUIRE_MESSAGE(found != answers.npos, id);
        at = found;
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_no_json_rpc_is_refused_by_http, Server) {
    const auto status = [&](const std::string& bytes) {
        tcp::socket socket = connect();
        const std::string answer = exchange(socket, bytes, "\r\n");
        return answer.substr(0, 12);
    };
    BOOST_TEST(status("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") == "HTTP/1.1 200");
    BOOST_TEST(
        status("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n") == "HTTP/1.1 405");
    BOOST_TEST(
        status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: "
               "2\r\n\r\n{}") == "HTTP/1.1 415");
    BOOST_TEST(
        status("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}") ==
        "HTTP/1.1 403");
    BOOST_TEST(status("nonsense\r\n\r\n") == "HTTP/1.1 400");
    BOOST_TEST(
        status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
               "application/json\r\nContent-Length: 99999999\r\n\r\n") == "HTTP/1.1 413");
    BOOST_TEST(
        status("POST / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n") == "HTTP/1.1 431");
    // And goes on serving.
    BOOST_TEST(post(kChainId).ends_with(kAnswer));
}

BOOST_AUTO_TEST_CASE(pages_may_call_when_their_origin_is_listed) {
    JsonRpcConfig config;
    config.origins = {"https://app.example"};
    Server server(config);
    BOOST_TEST(
        server.post(kChainId, "Origin: https://app.example\r\n")
            .find("Access-Control-Allow-Origin: https://app.example\r\n") != std::string::npos);
    BOOST_TEST(
        server.post(kChainId, "Origin: https://evil.example\r\n").find("Allow-Origin") ==
        std::string::npos);
    tcp::socket socket = server.connect();
    const std::string preflight = server.exchange(
        socket,
        "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
        "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n",
        "never");
    BOOST_TEST(preflight.starts_with("HTTP/1.1 200"));
    BOOST_TEST(preflight.find("Access-Control-Allow-Methods: POST") != preflight.npos);
}

BOOST_AUTO_TEST_CASE(names_of_hosts_are_compared_without_their_port) {
    using jsonrpc::host_allowed;
    BOOST_TEST(host_allowed("127.0.0.1:8545", {}));
    BOOST_TEST(host_allowed("[::1]:8545", {}));
    BOOST_TEST(host_allowed("LocalHost:1", {"localhost"}));
    BOOST_TEST(!host_allowed("evil.example:8545", {"localhost"}));
    BOOST_TEST(!host_allowed("127.0.0.1.evil.example", {"localhost"}));
    BOOST_TEST(host_allowed("anything", {"*"}));
}

BOOST_AUTO_TEST_CASE(a_client_that_dawdles_is_cut_off_and_others_are_served) {
    JsonRpcConfig config;
    config.header_timeout_ms = 100;
    config.body_timeout_ms = 100;
    config.idle_timeout_ms = 100;
    Server server(config);
    for (const std::string bytes :
         {"", "POST / HT",
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
          "application/json\r\nContent-Length: 50\r\n\r\n{"}) {
        tcp::socket slow = server.connect();
        // Read until the server closes: no answer comes.
        BOOST_TEST(server.exchange(slow, bytes, "never") == "");
    }
    BOOST_TEST(server.post(kChainId).ends_with(kAnswer));
    BOOST_TEST(eventually([&] { return server.stats.snapshot().http_connections_gauge == 0u; }));
}

BOOST_AUTO_TEST_CASE(calls_that_wait_leave_a_thread_to_the_network) {
    JsonRpcConfig config;
    config.threads = 2;
    config.call_threads = 2;
    config.call_ms_max = 1'000;
    Server server(config);
    server.node.forget_queries();
    std::vector<tcp::socket> waiting;
    for (int i = 0; i < 4; ++i) {
        waiting.push_back(server.connect());
        asio::write(
            waiting.back(),
            asio::buffer(Server::request(
                R"({"jsonrpc":"2.0","id":9,"method":"eth_call","params":[{},"latest"]})")));
    }
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(server.post(kChainId).ends_with(kAnswer));
    for (auto& socket : waiting)
        BOOST_TEST(
            Server::read(socket, "\"error\"").find("\"id\":9,\"error\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(connections_are_bounded) {
    JsonRpcConfig config;
    config.connections_max = 3;
    Server server(config);
    std::vector<tcp::socket> open;
    for (int i = 0; i < 3; ++i) {
        open.push_back(server.connect());
        BOOST_TEST(
            server.exchange(open.back(), Server::request(kChainId), kAnswer).ends_with(kAnswer));
    }
    tcp::socket beyond = server.connect();
    BOOST_TEST(Server::read(beyond, "never") == "");
    open.pop_back();
    BOOST_TEST(eventually([&] { return server.post(kChainId).ends_with(kAnswer); }));
    BOOST_TEST(server.stats.snapshot().connections_refused >= 1u);
}

struct Socket {
    explicit Socket(Server& server) : stream(server.connect()) {
        websocket::permessage_deflate deflate;
        deflate.client_enable = true;
        stream.set_option(deflate);
        websocket::response_type response;
        stream.handshake(response, "localhost:8545", "/");
        compressed = !response[beast::http::field::sec_websocket_extensions].empty();
    }
    void write(const std::string& text) { stream.write(asio::buffer(text)); }
    std::string read() {
        beast::flat_buffer buffer;
        stream.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }
    websocket::stream<tcp::socket> stream;
    bool compressed = false;
};

BOOST_FIXTURE_TEST_CASE(a_websocket_on_the_same_port_answers_and_notifies, Server) {
    Socket socket(*this);
    BOOST_TEST(socket.compressed);  // permessage-deflate was agreed on
    socket.write(kChainId);
    BOOST_TEST(socket.read() == kAnswer);
    socket.write(R"({"jsonrpc":"2.0","id":2,"method":"eth_subscribe","params":["newHeads"]})");
    const std::string id = socket.read();
    BOOST_TEST(id.starts_with(R"({"jsonrpc":"2.0","id":2,"result":"0x)"));
    BOOST_TEST(eventually([&] { return stats.snapshot().subscriptions_gauge == 1u; }));
    node.seal();
    const std::string head = socket.read();
    BOOST_TEST(head.find(R"("method":"eth_subscription")") != head.npos);
    BOOST_TEST(head.find(R"("number":"0x1")") != head.npos);
    socket.stream.close(websocket::close_code::normal);
    BOOST_TEST(eventually([&] {
        const auto now = stats.snapshot();
        return now.subscriptions_gauge == 0u && now.websocket_connections_gauge == 0u;
    }));
}

BOOST_AUTO_TEST_CASE(a_websocket_that_does_not_read_is_closed_and_others_go_on) {
    JsonRpcConfig config;
    config.queue_bytes_max = 65'536;
    Server server(config);
    Socket lazy(server);
    for (int i = 0; i < 100; ++i)
        lazy.write(R"({"jsonrpc":"2.0","id":2,"method":"eth_subscribe","params":["newHeads"]})");
    BOOST_TEST(eventually([&] { return server.stats.snapshot().subscriptions_gauge == 100u; }));
    // 100 heads of 1.5 kB a block: the socket's own buffers fill, then the queue.
    BOOST_TEST(eventually([&] {
        server.node.seal();
        return server.stats.snapshot().slow_readers_cut == 1u;
    }));
    Socket other(server);
    other.write(kChainId);
    BOOST_TEST(other.read() == kAnswer);
}

BOOST_AUTO_TEST_CASE(a_page_of_a_foreign_origin_gets_no_websocket) {
    Server server;
    websocket::stream<tcp::socket> stream(server.connect());
    stream.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
        request.set(beast::http::field::origin, "https://evil.example");
    }));
    beast::error_code error;
    stream.handshake("localhost:8545", "/", error);
    BOOST_TEST((error == websocket::error::upgrade_declined));
}

BOOST_AUTO_TEST_CASE(the_nodes_own_page_gets_a_websocket_and_others_do_not) {
    using jsonrpc::same_origin;
    BOOST_TEST(same_origin("http://localhost:8545", "localhost:8545"));
    BOOST_TEST(same_origin("https://rpc.example", "rpc.example"));
    BOOST_TEST(!same_origin("http://localhost:3000", "localhost:8545"));
    BOOST_TEST(!same_origin("null", "localhost:8545"));
    BOOST_TEST(!same_origin("http://", "localhost:8545"));
    Server server;
    websocket::stream<tcp::socket> stream(server.connect());
    stream.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
        request.set(beast::http::field::origin, "http://localhost:8545");
    }));
    stream.handshake("localhost:8545", "/");
    stream.write(asio::buffer(kChainId));
    beast::flat_buffer buffer;
    stream.read(buffer);
    BOOST_TEST(beast::buffers_to_string(buffer.data()) == kAnswer);
}

BOOST_AUTO_TEST_CASE(browsers_get_the_page_and_keep_what_they_have) {
    const auto get = [](Server& server, const std::string& line, const std::string& headers = "") {
        tcp::socket socket = server.connect();
        return server.exchange(
            socket,
            line + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Connection: close\r\n\r\n",
            "never");
    };
    Server server;
    const std::string page = get(server, "GET /");
    BOOST_TEST(page.starts_with("HTTP/1.1 200"));
    BOOST_TEST(page.find("Content-Type: text/html; charset=utf-8\r\n") != page.npos);
    BOOST_TEST(page.find("Content-Security-Policy: default-src 'none'") != page.npos);
    BOOST_TEST(page.find("Cache-Control: no-cache\r\n") != page.npos);
    BOOST_TEST(page.ends_with("</html>\n"));
    const std::size_t at = page.find("ETag: ") + 6;
    const std::string etag = page.substr(at, page.find("\r\n", at) - at);
    const std::string again = get(server, "GET /tx/0x12", "If-None-Match: " + etag + "\r\n");
    BOOST_TEST(again.starts_with("HTTP/1.1 304"));
    BOOST_TEST(again.ends_with("\r\n\r\n"));
    const std::string head = get(server, "HEAD /");
    BOOST_TEST(head.starts_with("HTTP/1.1 200"));
    BOOST_TEST(head.ends_with("\r\n\r\n"));
    BOOST_TEST(
        head.find("Content-Length: " + std::to_string(page.size() - page.find("\r\n\r\n") - 4)) !=
        head.npos);
    BOOST_TEST(get(server, "GET /nothing").ends_with("Content-Length: 0\r\n\r\n"));
    JsonRpcConfig without;
    without.page = false;
    Server other(without);
    BOOST_TEST(get(other, "GET /").ends_with("Content-Length: 0\r\n\r\n"));
}

// ethereum-lists/chains, viem's Chain, EIP-3085's AddEthereumChainParameter.
BOOST_FIXTURE_TEST_CASE(tools_are_told_how_to_add_the_chain, Server) {
    tcp::socket socket = connect();
    const std::string answer = exchange(
        socket, "GET /chain.json HTTP/1.1\r\nHost: localhost:8545\r\nConnection: close\r\n\r\n",
        "never");
    BOOST_TEST(answer.find("Content-Type: application/json\r\n") != std::string::npos);
    const std::string currency =
        R"("nativeCurrency":{"name":"Ether","symbol":"ETH","decimals":18})";
    const std::string url = R"("http://localhost:8545")";
    BOOST_TEST(
        answer.substr(answer.find("\r\n\r\n") + 4) ==
        R"({"name":"Troupe 4711","chain":"ETH","shortName":"troupe-4711","chainId":4711,)"
        R"("networkId":4711,)" +
            currency + R"(,"rpc":[)" + url + R"(,"ws://localhost:8545"],"explorers":[{)" +
            R"("name":"Troupe 4711","url":)" + url + R"(,"standard":"EIP3091"}],)" +
            R"("viem":{"id":4711,"name":"Troupe 4711","blockTime":200,)" + currency +
            R"(,"rpcUrls":{"default":{"http":[)" + url +
            R"(],"webSocket":["ws://localhost:8545"]}},"blockExplorers":{"default":{)" +
            R"("name":"Troupe 4711","url":)" + url + R"(}}},"wallet":{"chainId":"0x1267",)" +
            R"("chainName":"Troupe 4711",)" + currency + R"(,"rpcUrls":[)" + url +
            R"(],"blockExplorerUrls":[)" + url + "]}}");
}

BOOST_FIXTURE_TEST_CASE(shutting_down_ends_every_connection, Server) {
    Socket socket(*this);
    tcp::socket idle = connect();
    socket.write(R"({"jsonrpc":"2.0","id":2,"method":"eth_subscribe","params":["newHeads"]})");
    (void)socket.read();
    server->shut_down();
    server = nullptr;
    BOOST_TEST(read(idle, "never") == "");
    BOOST_CHECK_THROW((void)socket.read(), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node
