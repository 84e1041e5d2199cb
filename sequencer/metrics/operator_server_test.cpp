#include "sequencer/metrics/operator_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

namespace troupe::node {

namespace asio = boost::asio;

std::string ask(int port, const std::string& request) {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port)});
    asio::write(socket, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
}

std::string get(int port, const std::string& target) {
    return ask(port, "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE(operator_server)

BOOST_AUTO_TEST_CASE(each_path_answers_and_readiness_follows_the_node) {
    bool ready = false;
    std::string failure;
    const auto server = OperatorServer::start(
        "127.0.0.1:0",
        {.metrics = [] { return std::string("troupe_x 1\n"); },
         .ready =
             [&] {
                 return ready ? OperatorServer::Answer{200, "ok\n"}
                              : OperatorServer::Answer{503, "starting: replaying\n"};
             }},
        failure);
    BOOST_REQUIRE_MESSAGE(server, failure);
    const int port = server->port();
    BOOST_TEST(get(port, "/metrics").ends_with("\r\n\r\ntroupe_x 1\n"));
    BOOST_TEST(get(port, "/metrics").find("version=0.0.4") != std::string::npos);
    BOOST_TEST(get(port, "/healthz").starts_with("HTTP/1.1 200 OK"));
    BOOST_TEST(get(port, "/readyz").starts_with("HTTP/1.1 503"));
    BOOST_TEST(get(port, "/readyz").ends_with("starting: replaying\n"));
    ready = true;
    BOOST_TEST(get(port, "/readyz?verbose").starts_with("HTTP/1.1 200 OK"));
    BOOST_TEST(get(port, "/other").starts_with("HTTP/1.1 404"));
    BOOST_TEST(ask(port, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                   .starts_with("HTTP/1.1 405"));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_named) {
    std::string failure;
    const OperatorServer::Handlers handlers{
        .metrics = [] { return std::string(); }, .ready = [] { return OperatorServer::Answer{}; }};
    const auto first = OperatorServer::start("127.0.0.1:0", handlers, failure);
    BOOST_REQUIRE(first);
    const std::string address = "127.0.0.1:" + std::to_string(first->port());
    // SO_REUSEADDR does not share a listening port.
    BOOST_TEST(!OperatorServer::start(address, handlers, failure));
    BOOST_TEST(failure.starts_with("metrics.listen: cannot listen on " + address));
}

BOOST_AUTO_TEST_CASE(garbage_ends_the_connection_and_nothing_else) {
    std::string failure;
    const auto server = OperatorServer::start(
        "127.0.0.1:0",
        {.metrics = [] { return std::string("m\n"); },
         .ready = [] { return OperatorServer::Answer{}; }},
        failure);
    BOOST_REQUIRE(server);
    BOOST_TEST(ask(server->port(), "\x01\x02\x03\r\n\r\n").find("200 OK") == std::string::npos);
    BOOST_TEST(
        ask(server->port(), "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n")
            .find("200 OK") == std::string::npos);
    BOOST_TEST(get(server->port(), "/metrics").ends_with("m\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
