#include "l1-client/json_rpc_client.hpp"

#include "l1-client/eth_client.hpp"
#include "tests/support/anvil.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace {

using namespace troupe;
using l1::ErrorKind;
using l1::JsonRpcClient;
using l1::Repeat;
using l1::RpcConfig;
using std::chrono::milliseconds;
using tests::Anvil;

RpcConfig quick(std::uint32_t attempts = 3) {
    return {
        .timeout = milliseconds(5'000),
        .attempts_max = attempts,
        .retry_delay_min = milliseconds(1),
        .retry_delay_max = milliseconds(5),
        .batch_calls_max = 100};
}

/// A server that reads a request and gives the next of its answers, word for word. An empty answer
/// closes the connection instead.
class ScriptedServer {
  public:
    explicit ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        BOOST_REQUIRE(::bind(listener_, generic, size) == 0);
        BOOST_REQUIRE(::listen(listener_, 4) == 0);
        BOOST_REQUIRE(::getsockname(listener_, generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);  // ends accept()
        thread_.join();
        ::close(listener_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] l1::Url url() const {
        return *l1::parse_url("http://127.0.0.1:" + std::to_string(port_));
    }
    static std::string ok(const std::string& body) { return answer("200 OK", body); }
    static std::string answer(const std::string& status, const std::string& body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

  private:
    void serve() {
        std::size_t next = 0;
        while (next < answers_.size()) {
            const int connection = ::accept(listener_, nullptr, nullptr);
            if (connection < 0) return;
            while (next < answers_.size() && read_request(connection)) {
                const std::string& text = answers_[next++];
                if (text.empty()) break;
                if (::send(connection, text.data(), text.size(), MSG_NOSIGNAL) < 0) break;
            }
            ::close(connection);
        }
    }
    static bool read_request(int connection) {
        std::string request;
        std::size_t wanted = std::string::npos;
        char buffer[4'096];
        while (request.size() < wanted) {
            const ssize_t size = ::recv(connection, buffer, sizeof buffer, 0);
            if (size <= 0) return false;
            request.append(buffer, static_cast<std::size_t>(size));
            const auto head = request.find("\r\n\r\n");
            const auto length = request.find("Content-Length: ");
            if (head != std::string::npos && length != std::string::npos) {
                wanted = head + 4 + std::stoul(request.substr(length + 16));
            }
        }
        return true;
    }

    std::vector<std::string> answers_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

constexpr auto kResult1 = R"({"jsonrpc":"2.0","id":1,"result":"0x7"})";

BOOST_AUTO_TEST_SUITE(json_rpc_client)

BOOST_AUTO_TEST_CASE(urls_are_taken_apart) {
    const auto plain = l1::parse_url("http://127.0.0.1:8545");
    BOOST_REQUIRE(plain.ok());
    BOOST_TEST(!plain->tls);
    BOOST_TEST(plain->host == "127.0.0.1");
    BOOST_TEST(plain->port == "8545");
    BOOST_TEST(plain->target == "/");
    const auto rich = l1::parse_url("https://user:secret@l1.example/v2/key?x=1");
    BOOST_REQUIRE(rich.ok());
    BOOST_TEST(rich->tls);
    BOOST_TEST(rich->port == "443");
    BOOST_TEST(rich->target == "/v2/key?x=1");
    BOOST_TEST(rich->user_info == "user:secret");
    BOOST_TEST(rich->origin() == "https://l1.example:443");  // no secrets in messages
    const auto v6 = l1::parse_url("http://[::1]:9");
    BOOST_REQUIRE(v6.ok());
    BOOST_TEST(v6->host == "::1");
    BOOST_TEST(v6->origin() == "http://[::1]:9");
}

BOOST_AUTO_TEST_CASE(urls_that_are_none_are_refused) {
    for (const auto* text :
         {"", "127.0.0.1:8545", "ws://x", "http://", "http://:80", "http://a:port", "http://[::1",
          "http://a b", "http://a:123456", "https://[::1]x"}) {
        const auto url = l1::parse_url(text);
        BOOST_TEST(!url.ok(), text);
        if (!url) BOOST_TEST((url.error().kind == ErrorKind::kBadUrl));
    }
}

BOOST_AUTO_TEST_CASE(nobody_there_is_unreachable) {
    JsonRpcClient client(*l1::parse_url("http://127.0.0.1:1"), quick());
    const auto answer = client.call("eth_chainId", l1::Json::array());
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST((answer.error().kind == ErrorKind::kUnreachable));
    BOOST_TEST(
        answer.error().text ==
        "eth_chainId: L1 at http://127.0.0.1:1 is unreachable: Connection refused");
    BOOST_TEST(client.stats().retries == 2u);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_repeated_is_tried_once) {
    JsonRpcClient client(*l1::parse_url("http://127.0.0.1:1"), quick());
    BOOST_TEST(!client.call("m", l1::Json::array(), Repeat::kNo).ok());
    BOOST_TEST(client.stats().requests == 1u);
}

BOOST_AUTO_TEST_CASE(a_busy_server_is_asked_again) {
    ScriptedServer server(
        {ScriptedServer::answer("503 Service Unavailable", "later"),
         ScriptedServer::answer("429 Too Many Requests", "slower"),
         ScriptedServer::ok(
             R"({"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"limit"}})"),
         ScriptedServer::ok(kResult1)});
    JsonRpcClient client(server.url(), quick(4));
    const auto answer = client.call("m", l1::Json::array());
    BOOST_REQUIRE(answer.ok());
    BOOST_TEST(*answer == "0x7");
    BOOST_TEST(client.stats().retries == 3u);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_not_asked_again) {
    ScriptedServer server({ScriptedServer::answer("401 Unauthorized", "no such key")});
    JsonRpcClient client(server.url(), quick());
    const auto answer = client.call("m", l1::Json::array());
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST((answer.error().kind == ErrorKind::kHttp));
    BOOST_TEST(answer.error().code == 401);
    BOOST_TEST(answer.error().text.ends_with("answered HTTP 401: no such key"));
    BOOST_TEST(client.stats().requests == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_that_was_closed_is_opened_anew) {
    ScriptedServer server(
        {ScriptedServer::ok(kResult1), "", ScriptedServer::ok(R"({"id":2,"result":null})")});
    JsonRpcClient client(server.url(), quick());
    BOOST_TEST(client.call("m", l1::Json::array(), Repeat::kNo).ok());
    BOOST_TEST(client.call("m", l1::Json::array(), Repeat::kNo).ok());
    BOOST_TEST(client.stats().retries == 0u);
}

BOOST_AUTO_TEST_CASE(errors_carry_code_message_and_revert_data) {
    ScriptedServer server(
        {ScriptedServer::ok(R"({"id":1,"error":{"code":-32000,"message":"nonce too low"}})"),
         ScriptedServer::ok(
             R"({"id":2,"error":{"code":3,"message":"execution reverted","data":"0xd92e233d"}})"),
         ScriptedServer::ok(
             R"({"id":3,"error":{"code":3,"message":"x","data":{"data":"0xd92e233d"}}})")});
    JsonRpcClient client(server.url(), quick());
    auto answer = client.call("m", l1::Json::array());
    BOOST_TEST((answer.error().kind == ErrorKind::kRpc));
    BOOST_TEST(answer.error().code == -32000);
    BOOST_TEST(answer.error().text == "m: nonce too low");
    for (int i = 0; i < 2; ++i) {
        answer = client.call("m", l1::Json::array());
        BOOST_TEST((answer.error().kind == ErrorKind::kReverted));
        BOOST_TEST(answer.error().text == "m: reverted: ZeroAddress()");
    }
}

BOOST_AUTO_TEST_CASE(answers_that_make_no_sense_are_values_too) {
    const std::vector<std::string> bodies{
        "",
        "not json",
        "[]",
        "7",
        "null",
        "{}",
        R"({"id":99,"result":1})",
        R"({"id":7})",
        R"({"id":8,"error":"text"})",
        R"({"id":9,"error":{"code":"x","message":7}})",
        "\xff\xfe",
        std::string(100'000, '[')};
    std::vector<std::string> answers;
    for (const auto& body : bodies)
        answers.push_back(ScriptedServer::ok(body));
    answers.push_back("garbage that is not HTTP\r\n\r\n");
    ScriptedServer server(answers);
    JsonRpcClient client(server.url(), quick());
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto answer = client.call("m", l1::Json::array(), Repeat::kNo);
        BOOST_TEST(!answer.ok(), "answer " << i);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_takes_answers_in_any_order) {
    ScriptedServer server({ScriptedServer::ok(
        R"([{"id":2,"result":"b"},{"id":3,"result":"c"},{"id":1,"result":"a"}])")});
    JsonRpcClient client(server.url(), quick());
    const auto answers = client.batch({{"m"}, {"m"}, {"m"}});
    BOOST_REQUIRE(answers.ok());
    BOOST_TEST((*answers == std::vector<l1::Json>{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(a_batch_with_answers_missing_doubled_or_wrong_is_refused) {
    for (const auto* body :
         {R"([{"id":1,"result":1}])", R"([{"id":1,"result":1},{"id":1,"result":1}])",
          R"([{"id":1,"result":1},{"id":3,"result":1}])", R"([1,2])",
          R"([{"id":1,"result":1},{"id":2,"error":{"code":-1,"message":"no"}}])",
          R"({"id":null,"error":{"code":-32600,"message":"batches are off"}})"}) {
        ScriptedServer server({ScriptedServer::ok(body)});
        JsonRpcClient client(server.url(), quick(1));
        BOOST_TEST(!client.batch({{"m"}, {"m"}}).ok(), body);
    }
}

BOOST_AUTO_TEST_CASE(large_batches_go_in_parts) {
    Anvil anvil;
    RpcConfig config = quick();
    config.batch_calls_max = 3;
    JsonRpcClient client(*l1::parse_url(anvil.url()), config);
    const auto answers = client.batch(std::vector<l1::RpcCall>(7, {"eth_chainId"}));
    BOOST_REQUIRE(answers.ok());
    BOOST_TEST(answers->size() == 7u);
    BOOST_TEST(client.stats().requests == 3u);
}

BOOST_AUTO_TEST_CASE(an_l1_that_was_killed_and_came_back_answers_again) {
    Anvil anvil;
    auto client = l1::EthClient::open(anvil.url(), quick(40));
    BOOST_REQUIRE(client.ok());
    BOOST_TEST(*(*client)->chain_id() == Anvil::kChainId);
    anvil.kill();
    const auto away = (*client)->block_number();
    BOOST_REQUIRE(!away.ok());
    BOOST_TEST((away.error().kind == ErrorKind::kUnreachable));
    anvil.restart();
    BOOST_TEST(*(*client)->chain_id() == Anvil::kChainId);
}

BOOST_AUTO_TEST_CASE(a_call_waits_out_an_l1_that_restarts) {
    Anvil anvil;
    RpcConfig patient = quick(1'000);
    patient.retry_delay_max = milliseconds(50);
    auto client = l1::EthClient::open(anvil.url(), patient);
    BOOST_REQUIRE(client.ok());
    anvil.kill();
    std::uint64_t chain_id = 0;
    std::thread caller([&] {
        const auto answer = (*client)->chain_id();
        if (answer) chain_id = *answer;
    });
    anvil.restart();
    caller.join();
    BOOST_TEST(chain_id == Anvil::kChainId);
}

BOOST_AUTO_TEST_CASE(an_l1_that_hangs_is_a_timeout) {
    Anvil anvil;
    RpcConfig config = quick(5);  // each of them a timeout, and enough for a busy machine
    config.timeout = milliseconds(200);
    auto client = l1::EthClient::open(anvil.url(), config);
    BOOST_REQUIRE((*client)->chain_id().ok());
    anvil.freeze();
    const auto answer = (*client)->chain_id();
    anvil.thaw();
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST((answer.error().kind == ErrorKind::kTimeout));
    BOOST_TEST((*client)->chain_id().ok());  // on a new connection
}

BOOST_AUTO_TEST_CASE(cancel_ends_a_call_in_progress_and_a_wait_between_attempts) {
    Anvil anvil;
    RpcConfig config = quick(1'000);
    config.timeout = milliseconds(60'000);
    auto hanging = l1::EthClient::open(anvil.url(), config);
    BOOST_REQUIRE((*hanging)->chain_id().ok());
    anvil.freeze();
    config.retry_delay_min = config.retry_delay_max = milliseconds(60'000);
    auto waiting = l1::EthClient::open("http://127.0.0.1:1", config);
    std::optional<ErrorKind> first;
    std::optional<ErrorKind> second;
    std::thread one([&] { first = (*hanging)->chain_id().error().kind; });
    std::thread two([&] { second = (*waiting)->chain_id().error().kind; });
    (*hanging)->cancel();
    (*waiting)->cancel();
    one.join();
    two.join();
    anvil.thaw();
    BOOST_TEST((first == ErrorKind::kCancelled));
    BOOST_TEST(second.has_value());
    BOOST_TEST(!(*hanging)->chain_id().ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
