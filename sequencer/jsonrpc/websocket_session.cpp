#include "sequencer/jsonrpc/session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>

namespace troupe::node::jsonrpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

class WebsocketSession final : public Connection,
                               public std::enable_shared_from_this<WebsocketSession> {
  public:
    WebsocketSession(
        SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket, Peer peer)
        : context_(context),
          socket_(std::move(stream)),
          ticket_(std::move(ticket)),
          peer_(std::move(peer)) {
        context_.door.stats.websocket_connections.fetch_add(1, std::memory_order_relaxed);
    }
    ~WebsocketSession() override {
        context_.door.feed->remove_all(*this);
        context_.door.stats.websocket_connections.fetch_sub(1, std::memory_order_relaxed);
    }
    WebsocketSession(const WebsocketSession&) = delete;
    WebsocketSession& operator=(const WebsocketSession&) = delete;

    void start(HttpRequest request) {
        const JsonRpcConfig& config = context_.door.config;
        beast::get_lowest_layer(socket_).expires_never();  // the WebSocket has timeouts of its own
        websocket::stream_base::timeout timeout;
        timeout.handshake_timeout = std::chrono::milliseconds(config.header_timeout_ms);
        timeout.idle_timeout = std::chrono::milliseconds(config.idle_timeout_ms);
        timeout.keep_alive_pings = true;
        socket_.set_option(timeout);
        websocket::permessage_deflate deflate;
        deflate.server_enable = true;
        deflate.compLevel = 3;
        deflate.server_no_context_takeover = true;  // no window per connection: memory is bounded
        deflate.client_no_context_takeover = true;
        deflate.msg_size_threshold = 1'024;
        socket_.set_option(deflate);
        socket_.read_message_max(config.body_bytes_max);
        socket_.text(true);
        socket_.async_accept(request, [self = shared_from_this()](beast::error_code error) {
            if (!error) self->read();
        });
    }

    void push(std::shared_ptr<const std::string> message) override {
        asio::post(
            socket_.get_executor(),
            [self = shared_from_this(), message = std::move(message)] { self->send(message); });
    }

  private:
    void read() {
        if (reading_ || closing_ || in_flight_ >= context_.door.config.in_flight_max) return;
        reading_ = true;
        socket_.async_read(
            buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
                self->reading_ = false;
                if (error) return self->end();
                self->on_message();
            });
    }

    void on_message() {
        std::string body = beast::buffers_to_string(buffer_.data());
        buffer_.consume(buffer_.size());
        if (buffer_.capacity() > kKeepBytes) buffer_.shrink_to_fit();
        ++in_flight_;
        context_.door.handle(
            std::move(body), shared_from_this(),
            [self = shared_from_this()](std::string answer) {
                auto message = std::make_shared<const std::string>(std::move(answer));
                asio::post(self->socket_.get_executor(), [self, message] {
                    --self->in_flight_;
                    if (!message->empty()) self->send(message);
                    self->read();
                });
            },
            {peer_, false});
        read();
    }

    void send(const std::shared_ptr<const std::string>& message) {
        if (closing_) return;
        queued_bytes_ += message->size();
        if (queued_bytes_ > context_.door.config.queue_bytes_max) {
            context_.door.stats.slow_readers_cut.fetch_add(1, std::memory_order_relaxed);
            closing_ = true;
            // What waits would never be read: no closing handshake, which would wait behind it.
            return beast::get_lowest_layer(socket_).close();
        }
        queue_.push_back(message);
        if (queue_.size() == 1) write();
    }

    void write() {
        socket_.async_write(
            asio::buffer(*queue_.front()),
            [self = shared_from_this()](beast::error_code error, std::size_t) {
                if (error) return self->end();
                self->queued_bytes_ -= self->queue_.front()->size();
                self->queue_.pop_front();
                if (!self->queue_.empty()) self->write();
            });
    }

    void end() { closing_ = true; }

    static constexpr std::size_t kKeepBytes = 65'536;

    SessionContext& context_;
    websocket::stream<beast::tcp_stream> socket_;
    PeerLimits::Ticket ticket_;
    const Peer peer_;
    beast::flat_buffer buffer_;
    std::deque<std::shared_ptr<const std::string>> queue_;  // the first one is being written
    std::size_t queued_bytes_ = 0;
    std::uint32_t in_flight_ = 0;
    bool reading_ = false;
    bool closing_ = false;
};

}  // namespace

void serve_websocket(
    SessionContext& context, beast::tcp_stream stream, PeerLimits::Ticket ticket, Peer peer,
    HttpRequest request) {
    std::make_shared<WebsocketSession>(
        context, std::move(stream), std::move(ticket), std::move(peer))
        ->start(std::move(request));
}

}  // namespace troupe::node::jsonrpc
