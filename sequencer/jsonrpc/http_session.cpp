#include "sequencer/jsonrpc/access.hpp"
#include "sequencer/jsonrpc/chain_json.hpp"
#include "sequencer/jsonrpc/session.hpp"
#include "sequencer/page/page.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace troupe::node::jsonrpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

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

/// The first line and the fields of an answer, as they are sent.
class Head {
  public:
    Head(http::status status, unsigned version) {
        text_.reserve(256);
        text_ += version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
        text_ += std::to_string(static_cast<unsigned>(status));
        text_ += ' ';
        text_ += http::obsolete_reason(status);
        text_ += "\r\nServer: troupe\r\nVary: Origin\r\n";
    }
    Head& set(std::string_view name, std::string_view value) {
        text_.append(name).append(": ").append(value).append("\r\n");
        return *this;
    }
    [[nodiscard]] std::string take(std::size_t body_bytes) {
        set("Content-Length", std::to_string(body_bytes));
        text_ += "\r\n";
        return std::move(text_);
    }

  private:
    std::string text_;
};

/// Reads as much as there is, parses it where it was read, and writes at once: an ordinary request
/// costs a read, a write and no timer. All on the strand of the connection.
class HttpSession final : public std::enable_shared_from_this<HttpSession> {
  public:
    HttpSession(SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket)
        : context_(context),
          stream_(std::move(stream)),
          ticket_(std::move(ticket)),
          peer_(peer_of(stream_)),
          timer_(stream_.get_executor()) {
        beast::error_code ignored;  // without it, writes are asynchronous all the same
        stream_.socket().non_blocking(true, ignored);
        context_.door.stats.http_connections.fetch_add(1, std::memory_order_relaxed);
    }
    ~HttpSession() { context_.door.stats.http_connections.fetch_sub(1, std::memory_order_relaxed); }
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    void start() {
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->next_request(); });
    }

  private:
    static constexpr std::size_t kReadBytes = 4'096;
    static constexpr std::size_t kReadBytesMax = 65'536;  // of a body that is as long

    [[nodiscard]] const JsonRpcConfig& config() const { return context_.door.config; }

    // ---- time: what is pending must be done by deadline_

    void done_within(std::chrono::milliseconds time) {
        deadline_ = std::chrono::steady_clock::now() + time;
        if (deadline_ < timer_at_) arm();
    }
    // A deadline that moves away, as it does with every request, leaves the timer as it is.
    void arm() {
        timer_at_ = deadline_;
        timer_.expires_at(deadline_);
        timer_.async_wait([session = weak_from_this()](beast::error_code error) {
            const auto self = session.lock();
            if (error || self == nullptr) return;
            self->timer_at_ = SteadyTime::max();
            if (self->deadline_ == SteadyTime::max()) return;
            if (self->deadline_ > std::chrono::steady_clock::now()) return self->arm();
            if (self->parser_)
                self->context_.door.stats.requests_refused.fetch_add(1, std::memory_order_relaxed);
            self->stream_.socket().close();  // what is pending ends with an error
        });
    }

    // ---- in

    void next_request() {
        parser_.reset();
        out_body_ = std::string();  // an idle connection keeps little
        if (buffer_.size() == 0 && buffer_.capacity() > kReadBytes) buffer_.shrink_to_fit();
        done_within(ms(config().idle_timeout_ms));
        go_on();
    }

    // Requests that are there already are answered in turn, without going deeper.
    void go_on() {
        again_ = true;
        if (std::exchange(going_, true)) return;
        while (std::exchange(again_, false))
            take();
        going_ = false;
    }

    void take() {
        if (!parser_) {
            if (buffer_.size() == 0) return read(kReadBytes);
            parser_.emplace();
            parser_->header_limit(config().header_bytes_max);
            parser_->body_limit(config().body_bytes_max);
        }
        if (!parser_->is_header_done()) {
            const auto error = parse();
            if (error == http::error::need_more) {
                if (!late_set_) done_within(ms(config().header_timeout_ms));
                late_set_ = true;
                return read(kReadBytes);
            }
            if (error) return refuse(error);
            late_set_ = false;
            return on_header();
        }
        take_body();
    }

    void take_body() {
        while (!parser_->is_done()) {
            const auto error =
                buffer_.size() == 0 ? http::make_error_code(http::error::need_more) : parse();
            if (error && error != http::error::need_more) return refuse(error);
            if (!error) continue;
            if (!late_set_) done_within(ms(config().body_timeout_ms));
            late_set_ = true;
            const std::uint64_t left = parser_->content_length_remaining().value_or(0);
            return read(std::clamp<std::size_t>(left, kReadBytes, kReadBytesMax));
        }
        late_set_ = false;
        handle();
    }

    beast::error_code parse() {
        beast::error_code error;
        buffer_.consume(parser_->put(buffer_.data(), error));
        return error;
    }

    void read(std::size_t bytes) {
        stream_.socket().async_read_some(
            buffer_.prepare(bytes),
            [self = shared_from_this()](beast::error_code error, std::size_t count) {
                if (error) return self->end();
                self->buffer_.commit(count);
                self->go_on();
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
            timer_.cancel();
            return serve_websocket(
                context_, std::move(stream_), std::move(ticket_), peer_, parser_->release());
        }
        if (header.method() == http::verb::options) return preflight();
        const bool head = header.method() == http::verb::head;
        if (head ||
            (header.method() == http::verb::get && header[http::field::content_length].empty()))
            return get(header.target(), head);
        if (header.method() != http::verb::post)
            return fail(http::status::method_not_allowed, "method not allowed\n");
        if (!is_json(header[http::field::content_type]))
            return fail(
                http::status::unsupported_media_type,
                "invalid content type, only application/json is supported\n");
        if (http::token_list(header[http::field::expect]).exists("100-continue"))
            return write("HTTP/1.1 100 Continue\r\n\r\n", {}, &HttpSession::go_on);
        take_body();
    }

    void handle() {
        deadline_ = SteadyTime::max();  // the door answers in time
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

    void refuse(beast::error_code error) {
        if (error == http::error::body_limit)
            return fail(http::status::payload_too_large, "request body too large\n");
        if (error == http::error::header_limit)
            return fail(http::status::request_header_fields_too_large, "header too large\n");
        fail(http::status::bad_request, "not an HTTP request\n");
    }

    // ---- out

    Head head_of(http::status status) {
        const auto& request = parser_->get();
        keep_ = !close_after_ && parser_->is_header_done() && request.keep_alive();
        const unsigned version = request.version() == 10 ? 10 : 11;
        Head head(status, version);
        if (!allowed_origin_.empty()) head.set("Access-Control-Allow-Origin", allowed_origin_);
        if (keep_ && version == 10) head.set("Connection", "keep-alive");
        if (!keep_ && version == 11) head.set("Connection", "close");
        return head;
    }

    void get(std::string_view target, bool head) {
        if (target == "/chain.json")
            return respond(
                http::status::ok,
                head ? "" : chain_json(context_.door.chain, parser_->get()[http::field::host]),
                "application/json");
        const page::Asset* asset = config().page ? page::find(target) : nullptr;
        if (asset != nullptr) return respond_page(*asset, head);
        respond(http::status::ok, "", "text/plain");  // as geth: for probes
    }

    void preflight() {
        Head head = head_of(http::status::ok);
        if (!allowed_origin_.empty())
            head.set("Access-Control-Allow-Methods", "POST, GET, OPTIONS")
                .set("Access-Control-Allow-Headers", "*, content-type")
                .set("Access-Control-Max-Age", "600");
        write(head.take(0), {});
    }

    // An answer to what is no JSON-RPC: the connection ends, its input is in an unknown state.
    void fail(http::status status, std::string text) {
        context_.door.stats.requests_refused.fetch_add(1, std::memory_order_relaxed);
        close_after_ = true;
        respond(status, std::move(text), "text/plain; charset=utf-8");
    }

    void respond(http::status status, std::string body, std::string_view content_type) {
        std::string head = head_of(status).set("Content-Type", content_type).take(body.size());
        write(std::move(head), std::move(body));
    }

    void respond_page(const page::Asset& asset, bool head_only) {
        const bool known = page::matches(parser_->get()[http::field::if_none_match], asset.etag);
        Head head = head_of(known ? http::status::not_modified : http::status::ok);
        head.set("ETag", asset.etag)
            .set("Cache-Control", asset.cache_control)
            .set("Content-Security-Policy", page::kContentSecurityPolicy)
            .set("X-Content-Type-Options", "nosniff")
            .set("Referrer-Policy", "no-referrer")
            .set("Cross-Origin-Resource-Policy", "same-origin");
        if (!known) head.set("Content-Type", asset.content_type);
        std::string body;
        if (!known && !head_only) body = asset.body;
        std::string fields = head.take(asset.body.size());
        write(std::move(fields), std::move(body));
    }

    void write(
        std::string head, std::string body, void (HttpSession::*then)() = &HttpSession::sent) {
        out_head_ = std::move(head);
        out_body_ = std::move(body);
        const std::array<asio::const_buffer, 2> both{
            asio::buffer(out_head_), asio::buffer(out_body_)};
        beast::error_code error;
        const std::size_t written = stream_.socket().write_some(both, error);
        if (error && error != asio::error::would_block && error != asio::error::try_again)
            return end();
        if (written == out_head_.size() + out_body_.size()) return (this->*then)();
        done_within(ms(config().write_timeout_ms));
        const std::size_t of_head = std::min(written, out_head_.size());
        const std::array<asio::const_buffer, 2> rest{
            both[0] + of_head, both[1] + (written - of_head)};
        asio::async_write(
            stream_.socket(), rest,
            [self = shared_from_this(), then](beast::error_code failed, std::size_t) {
                if (!failed) (self.get()->*then)();
            });
    }

    void sent() {
        if (!keep_) return end();
        next_request();
    }

    void end() {
        timer_.cancel();
        beast::error_code ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }

    SessionContext& context_;
    beast::tcp_stream stream_;
    PeerLimits::Ticket ticket_;
    const Peer peer_;
    asio::steady_timer timer_;
    SteadyTime deadline_ = SteadyTime::max();
    SteadyTime timer_at_ = SteadyTime::max();
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;  // while a request is there
    bool late_set_ = false;  // the header's or body's deadline is set
    bool going_ = false;
    bool again_ = false;
    std::string out_head_;
    std::string out_body_;
    std::string allowed_origin_;
    bool keep_ = true;
    bool close_after_ = false;
};

}  // namespace

void serve_http(SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket) {
    std::make_shared<HttpSession>(context, std::move(stream), std::move(ticket))->start();
}

}  // namespace troupe::node::jsonrpc
