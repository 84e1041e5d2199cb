#include "sequencer/metrics/operator_server.hpp"

#include "sequencer/thread_name.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <thread>

namespace troupe::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr std::size_t kRequestBytesMax = 8 * 1024;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

Response answer(const Request& request, const OperatorServer::Handlers& handlers) {
    Response response;
    response.version(request.version());
    response.keep_alive(request.keep_alive());
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    const std::string target(request.target().substr(0, request.target().find('?')));
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
        response.result(http::status::method_not_allowed);
        response.set(http::field::allow, "GET, HEAD");
        response.body() = "only GET\n";
    } else if (target == "/metrics") {
        response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        response.body() = handlers.metrics();
    } else if (target == "/healthz") {
        response.body() = "ok\n";
    } else if (target == "/readyz") {
        const auto ready = handlers.ready();
        response.result(static_cast<unsigned>(ready.status));
        response.body() = ready.body;
    } else {
        response.result(http::status::not_found);
        response.body() = "try /metrics, /healthz or /readyz\n";
    }
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return response;
}

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, const OperatorServer::Handlers& handlers, int& open)
        : stream_(std::move(socket)), handlers_(handlers), open_(open) {
        ++open_;
    }
    ~Session() { --open_; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void read() {
        parser_.emplace();
        parser_->header_limit(kRequestBytesMax);
        parser_->body_limit(0);
        stream_.expires_after(std::chrono::seconds(OperatorServer::kIdleSeconds));
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (!error) self->write();
            });
    }

  private:
    void write() {
        response_ = answer(parser_->get(), handlers_);
        http::async_write(
            stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (error) return;
                if (self->response_.keep_alive()) return self->read();
                self->stream_.socket().shutdown(tcp::socket::shutdown_send, error);
            });
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{kRequestBytesMax};
    std::optional<http::request_parser<http::empty_body>> parser_;
    Response response_;
    const OperatorServer::Handlers& handlers_;
    int& open_;
};

}  // namespace

struct OperatorServer::Impl {
    explicit Impl(Handlers the_handlers) : handlers(std::move(the_handlers)), acceptor(io) {}

    void accept() {
        acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (!error && open < kConnectionsMax)
                std::make_shared<Session>(std::move(socket), handlers, open)->read();
            if (!error) return accept();
            // Out of descriptors: give it a moment instead of spinning.
            retry.expires_after(std::chrono::milliseconds(100));
            retry.async_wait([this](beast::error_code cancelled) {
                if (!cancelled) accept();
            });
        });
    }

    Handlers handlers;
    int open = 0;  // the thread's own
    asio::io_context io{1};
    tcp::acceptor acceptor;
    asio::steady_timer retry{io};
    std::thread thread;
};

OperatorServer::OperatorServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<OperatorServer> OperatorServer::start(
    const std::string& listen, Handlers handlers, std::string& failure) {
    const std::size_t colon = listen.rfind(':');
    auto impl = std::make_unique<Impl>(std::move(handlers));
    beast::error_code error;
    std::string host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    const auto found = tcp::resolver(impl->io).resolve(
        host, listen.substr(colon + 1), tcp::resolver::passive, error);
    if (!error) {
        const tcp::endpoint endpoint = *found.begin();
        impl->acceptor.open(endpoint.protocol(), error);
        if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) impl->acceptor.bind(endpoint, error);
        if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        failure = "metrics.listen: cannot listen on " + listen + ": " + error.message();
        return nullptr;
    }
    impl->accept();
    impl->thread = std::thread([raw = impl.get()] {
        name_this_thread("metrics");
        raw->io.run();
    });
    return std::unique_ptr<OperatorServer>(new OperatorServer(std::move(impl)));
}

OperatorServer::~OperatorServer() {
    impl_->io.stop();
    impl_->thread.join();
}

int OperatorServer::port() const noexcept {
    beast::error_code error;
    const auto endpoint = impl_->acceptor.local_endpoint(error);
    return error ? 0 : endpoint.port();
}

}  // namespace troupe::node
