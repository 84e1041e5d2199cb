#include "sequencer/jsonrpc/access.hpp"
#include "sequencer/jsonrpc/chain_json.hpp"
#include "sequencer/jsonrpc/session.hpp"
#include "sequencer/page/page.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/websocket.hpp>

#include <optional>

namespace troupe::node::jsonrpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Response = http::response<http::string_body>;

std::chrono::milliseconds ms(std::uint32_t count) {
    return std::chrono::milliseconds(count);
}

Peer peer_of(const beast::tcp_stream& stream) {
    beast::error_code error;
    const auto end = stream.socket().remote_endpoint(error);
    return std::make_shared<const std::string>(error ? "gone" : end.address().to_string());
}

bool is_json(std::string_view content_type) {
    return content_type.empty() || content_type.starts_with("application/json") ||
           content_type.starts_with("application/json-rpc") ||
           content_type.starts_with("application/jsonrequest");
}

class HttpSession final : public std::enable_shared_from_this<HttpSession> {
  public:
    HttpSession(SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket)
        : context_(context),
          stream_(std::move(stream)),
          ticket_(std::move(ticket)),
          peer_(peer_of(stream_)) {
        context_.door.stats.http_connections.fetch_add(1, std::memory_order_relaxed);
    }
    ~HttpSession() { context_.door.stats.http_connections.fetch_sub(1, std::memory_order_relaxed); }
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    void start() {
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->wait(); });
    }

  private:
    [[nodiscard]] const JsonRpcConfig& config() const { return context_.door.config; }

    // The first bytes of a request may be long in coming, the rest of its header may not.
    void wait() {
        if (buffer_.size() > 0) return read_header();  // pipelined
        stream_.expires_after(ms(config().idle_timeout_ms));
        constexpr std::size_t kFirstBytes = 4'096;
        stream_.async_read_some(
            buffer_.prepare(kFirstBytes),
            [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                if (error) return self->end();
                self->buffer_.commit(bytes);
                self->read_header();
            });
    }

    void read_header() {
        parser_.emplace();
        parser_->header_limit(config().header_bytes_max);
        parser_->body_limit(config().body_bytes_max);
        stream_.expires_after(ms(config().header_timeout_ms));
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (error) return self->refuse(error);
                self->on_header();
            });
    }

    void on_header() {
        const auto& header = parser_->get();
        if (!host_allowed(header[http::field::host], config().hosts))
            return fail(http::status::forbidden, "invalid host specified\n");
        const std::string_view origin = header[http::field::origin];
        allowed_origin_ = !origin.empty() && origin_allowed(origin, config().origins)
                              ? std::string(origin)
                              : std::string();
        if (beast::websocket::is_upgrade(header)) {
            if (!origin.empty() && allowed_origin_.empty() &&
                !same_origin(origin, header[http::field::host]))
                return fail(http::status::forbidden, "origin not allowed\n");
            return serve_websocket(
                context_, std::move(stream_), std::move(ticket_), peer_, parser_->release());
        }
        if (header.method() == http::verb::options) return preflight();
        const bool head = header.method() == http::verb::head;
        if (head ||
            (header.method() == http::verb::get && header[http::field::content_length].empty())) {
            if (header.target() == "/chain.json")
                return respond(
                    http::status::ok,
                    head ? "" : chain_json(context_.door.chain, header[http::field::host]),
                    "application/json");
            const page::Asset* asset = config().page ? page::find(header.target()) : nullptr;
            if (asset != nullptr) return respond_page(*asset, head);
            return respond(http::status::ok, "", "text/plain");  // as geth: for probes
        }
        if (header.method() != http::verb::post)
            return fail(http::status::method_not_allowed, "method not allowed\n");
        if (!is_json(header[http::field::content_type]))
            return fail(
                http::status::unsupported_media_type,
                "invalid content type, only application/json is supported\n");
        if (http::token_list(header[http::field::expect]).exists("100-continue")) {
            continue_ = std::make_shared<http::response<http::empty_body>>(
                http::status::continue_, header.version());
            http::async_write(
                stream_, *continue_,
                [self = shared_from_this()](beast::error_code error, std::size_t) {
                    if (!error) self->read_body();
                });
            return;
        }
        read_body();
    }

    void read_body() {
        stream_.expires_after(ms(config().body_timeout_ms));
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (error) return self->refuse(error);
                self->handle();
            });
    }

    void handle() {
        stream_.expires_never();  // the door answers in time
        context_.door.handle(
            std::move(parser_->get().body()), nullptr,
            [self = shared_from_this()](std::string answer) {
                // At once where the call ran on this thread.
                asio::dispatch(
                    self->stream_.get_executor(), [self, answer = std::move(answer)]() mutable {
                        self->respond(http::status::ok, std::move(answer), "application/json");
                    });
            },
            {peer_, true});
    }

    void preflight() {
        response_ = make(http::status::ok);
        if (!allowed_origin_.empty()) {
            response_.set(http::field::access_control_allow_methods, "POST, GET, OPTIONS");
            response_.set(http::field::access_control_allow_headers, "*, content-type");
            response_.set(http::field::access_control_max_age, "600");
        }
        write();
    }

    void refuse(beast::error_code error) {
        if (error == http::error::body_limit)
            return fail(http::status::payload_too_large, "request body too large\n");
        if (error == http::error::header_limit)
            return fail(http::status::request_header_fields_too_large, "header too large\n");
        const bool http_fault =
            error.category() == http::make_error_code(http::error::end_of_stream).category();
        if (http_fault && error != http::error::end_of_stream &&
            error != http::error::partial_message)
            return fail(http::status::bad_request, "not an HTTP request\n");
        if (error == beast::error::timeout)
            context_.door.stats.requests_refused.fetch_add(1, std::memory_order_relaxed);
        end();
    }

    // An answer to what is no JSON-RPC: the connection ends, its input is in an unknown state.
    void fail(http::status status, std::string text) {
        context_.door.stats.requests_refused.fetch_add(1, std::memory_order_relaxed);
        close_after_ = true;
        respond(status, std::move(text), "text/plain; charset=utf-8");
    }

    Response make(http::status status) {
        const auto& request = parser_->get();
        Response response(status, request.version() == 0 ? 11 : request.version());
        response.set(http::field::server, "troupe");
        response.set(http::field::vary, "Origin");
        if (!allowed_origin_.empty())
            response.set(http::field::access_control_allow_origin, allowed_origin_);
        response.keep_alive(!close_after_ && request.keep_alive());
        response.prepare_payload();
        return response;
    }

    void respond(http::status status, std::string body, std::string_view content_type) {
        response_ = make(status);
        response_.set(http::field::content_type, content_type);
        response_.body() = std::move(body);
        response_.prepare_payload();
        write();
    }

    void respond_page(const page::Asset& asset, bool head) {
        const bool known = page::matches(parser_->get()[http::field::if_none_match], asset.etag);
        response_ = make(known ? http::status::not_modified : http::status::ok);
        response_.set(http::field::etag, asset.etag);
        response_.set(http::field::cache_control, asset.cache_control);
        response_.set("Content-Security-Policy", page::kContentSecurityPolicy);
        response_.set("X-Content-Type-Options", "nosniff");
        response_.set("Referrer-Policy", "no-referrer");
        response_.set("Cross-Origin-Resource-Policy", "same-origin");
        if (!known) {
            response_.set(http::field::content_type, asset.content_type);
            if (!head) response_.body() = asset.body;
            response_.content_length(asset.body.size());
        }
        write();
    }

    void write() {
        stream_.expires_after(ms(config().write_timeout_ms));
        http::async_write(
            stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (error) return;
                if (!self->response_.keep_alive()) return self->end();
                self->wait();
            });
    }

    void end() {
        beast::error_code ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }

    SessionContext& context_;
    beast::tcp_stream stream_;
    PeerLimits::Ticket ticket_;
    const Peer peer_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::shared_ptr<http::response<http::empty_body>> continue_;
    Response response_;
    std::string allowed_origin_;
    bool close_after_ = false;
};

}  // namespace

void serve_http(SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket) {
    std::make_shared<HttpSession>(context, std::move(stream), std::move(ticket))->start();
}

}  // namespace troupe::node::jsonrpc
