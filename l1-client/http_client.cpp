#include "l1-client/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <openssl/ssl.h>

#include <optional>

namespace troupe::l1 {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr std::string_view kUserAgent = "troupe";
constexpr std::size_t kQuotedBodyMax = 200;  // of an error answer, in its message

std::string base64(std::string_view input) {
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < input.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t count = std::min<std::size_t>(3, input.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? static_cast<std::uint8_t>(input[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

}  // namespace

std::string Url::origin() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (tls ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" + port;
}

Result<Url> parse_url(std::string_view text) {
    const auto bad = [](std::string_view why) {
        return Error{ErrorKind::kBadUrl, 0, "L1 URL: " + std::string(why), {}};
    };
    Url url;
    if (text.starts_with("https://")) {
        url.tls = true;
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
    } else {
        return bad("it must begin with http:// or https://");
    }
    const std::size_t path = text.find_first_of("/?");
    std::string_view authority = text.substr(0, path);
    url.target = path == std::string_view::npos ? "/" : std::string(text.substr(path));
    if (url.target.front() != '/') url.target.insert(0, "/");
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        url.user_info = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return bad("unclosed [ in the host");
        url.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        port = colon == std::string_view::npos ? "" : authority.substr(colon);
    }
    if (!port.empty() && port.front() != ':') return bad("unexpected text after the host");
    url.port = port.size() > 1 ? std::string(port.substr(1)) : (url.tls ? "443" : "80");
    if (url.host.empty()) return bad("no host");
    if (url.port.find_first_not_of("0123456789") != std::string::npos || url.port.size() > 5) {
        return bad("the port is not a number");
    }
    for (const char c : url.host + url.target) {
        if (c <= ' ' || c == 0x7f) return bad("blank or control character");
    }
    return url;
}

struct HttpClient::Impl {
    explicit Impl(Url parsed) : url(std::move(parsed)) {
        if (url.tls) {
            tls.emplace(asio::ssl::context::tls_client);
            error_code ignored;
            tls->set_default_verify_paths(ignored);
        }
    }

    /// Runs what `start` begins until it calls back. A cancel() before it begins is seen here, one
    /// after it waits in the queue of `io` and cancels what has begun.
    template <class Start>
    error_code wait(Start&& start) {
        error_code result = asio::error::operation_aborted;
        if (stop.load()) return result;
        io.restart();
        start([&result](error_code ec, auto&&...) { result = ec; });
        io.run();
        return result;
    }

    beast::tcp_stream& tcp() { return plain ? *plain : secure->next_layer(); }
    [[nodiscard]] bool connected() const { return plain || secure; }

    void close() noexcept {
        plain.reset();
        secure.reset();
        buffer.clear();
    }

    error_code connect(std::chrono::milliseconds timeout) {
        error_code ec;
        asio::ip::tcp::resolver resolver(io);
        const auto endpoints = resolver.resolve(url.host, url.port, ec);
        if (ec) return ec;
        if (url.tls) {
            secure.emplace(io, *tls);
            secure->set_verify_mode(asio::ssl::verify_peer, ec);
            secure->set_verify_callback(asio::ssl::host_name_verification(url.host), ec);
            // Server name indication, as hosts that share an address need it.
            if (SSL_ctrl(
                    secure->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    TLSEXT_NAMETYPE_host_name, url.host.data()) != 1) {
                return error_code(asio::error::invalid_argument);
            }
        } else {
            plain.emplace(io);
        }
        tcp().expires_after(timeout);
        ec = wait([&](auto done) { tcp().async_connect(endpoints, done); });
        if (ec) return ec;
        error_code ignored;
        tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        if (secure) {
            ec = wait(
                [&](auto done) { secure->async_handshake(asio::ssl::stream_base::client, done); });
        }
        return ec;
    }

    template <class Stream>
    error_code exchange(Stream& stream, http::request<http::string_body>& request) {
        error_code ec = wait([&](auto done) { http::async_write(stream, request, done); });
        if (ec) return ec;
        parser.emplace();
        parser->body_limit(kResponseBytesMax);
        return wait([&](auto done) { http::async_read(stream, buffer, *parser, done); });
    }

    error_code attempt(
        http::request<http::string_body>& request, std::chrono::milliseconds timeout) {
        if (!connected()) {
            if (const error_code ec = connect(timeout); ec) return ec;
        }
        tcp().expires_after(timeout);
        return plain ? exchange(*plain, request) : exchange(*secure, request);
    }

    [[nodiscard]] Error describe(const error_code& ec) const {
        const std::string where = "L1 at " + url.origin();
        if (stop.load()) return {ErrorKind::kCancelled, 0, where + ": cancelled", {}};
        if (ec == beast::error::timeout) {
            return {ErrorKind::kTimeout, 0, where + ": no answer in time", {}};
        }
        const bool malformed =
            ec.category() == make_error_code(http::error::bad_version).category();
        if (malformed && ec != http::error::end_of_stream && ec != http::error::partial_message) {
            return {ErrorKind::kMalformed, 0, where + ": " + ec.message(), {}};
        }
        return {
            ErrorKind::kUnreachable, ec.value(), where + " is unreachable: " + ec.message(), {}};
    }

    Url url;
    asio::io_context io{1};
    std::optional<asio::ssl::context> tls;
    std::optional<beast::tcp_stream> plain;                      // one of the two
    std::optional<beast::ssl_stream<beast::tcp_stream>> secure;  // when connected
    beast::flat_buffer buffer;
    std::optional<http::response_parser<http::string_body>> parser;
    std::atomic<bool> stop{false};
};

HttpClient::HttpClient(Url url) : impl_(std::make_unique<Impl>(std::move(url))) {}
HttpClient::~HttpClient() = default;

Result<std::string> HttpClient::post(std::string_view body, std::chrono::milliseconds timeout) {
    Impl& self = *impl_;
    try {
        http::request<http::string_body> request{http::verb::post, self.url.target, 11};
        request.set(http::field::host, self.url.host + ":" + self.url.port);
        request.set(http::field::user_agent, kUserAgent);
        request.set(http::field::content_type, "application/json");
        if (!self.url.user_info.empty()) {
            request.set(http::field::authorization, "Basic " + base64(self.url.user_info));
        }
        request.body() = body;
        request.prepare_payload();

        if (self.stop.load()) return self.describe({});
        const bool reused = self.connected();
        error_code ec = self.attempt(request, timeout);
        // An idle connection may have been closed by the other side: that says nothing about now.
        if (ec && reused && ec != beast::error::timeout && !self.stop.load()) {
            self.close();
            ec = self.attempt(request, timeout);
        }
        if (ec || self.stop.load()) {
            self.close();
            return self.describe(ec);
        }
        auto response = self.parser->release();
        if (!response.keep_alive()) self.close();
        if (response.result() != http::status::ok) {
            const auto status = static_cast<int>(response.result_int());
            return Error{
                ErrorKind::kHttp,
                status,
                "L1 at " + self.url.origin() + " answered HTTP " + std::to_string(status) + ": " +
                    response.body().substr(0, kQuotedBodyMax),
                {}};
        }
        return std::move(response.body());
    } catch (const std::exception& failure) {  // allocation, or a library's surprise: a value too
        self.close();
        return Error{
            ErrorKind::kUnreachable, 0, "L1 at " + self.url.origin() + ": " + failure.what(), {}};
    }
}

void HttpClient::cancel() noexcept {
    impl_->stop.store(true);
    try {
        asio::post(impl_->io, [this] {
            if (impl_->connected()) impl_->tcp().cancel();
        });
    } catch (...) {  // without memory for the message the flag still ends the next call
    }
}

bool HttpClient::cancelled() const noexcept {
    return impl_->stop.load();
}

const Url& HttpClient::url() const noexcept {
    return impl_->url;
}

}  // namespace troupe::l1
