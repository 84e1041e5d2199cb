#include "sequencer/jsonrpc/json_rpc_server.hpp"

#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/method.hpp"
#include "sequencer/jsonrpc/session.hpp"
#include "sequencer/jsonrpc/thread_priority.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/thread_name.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <thread>
#include <vector>

namespace troupe::node {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

std::vector<std::string_view> json_rpc_method_names() {
    std::vector<std::string_view> names;
    for (const jsonrpc::Method& method : jsonrpc::all_methods())
        names.push_back(method.name);
    return names;
}

struct JsonRpcServer::Impl {
    Impl(
        const JsonRpcConfig& config, const ChainDescription& chain, ChainReader& reader,
        EventHub& hub, JsonRpcStats& stats)
        : door(config, chain, reader, hub, stats),
          context{door, {config.connections_max, config.peer_connections_max}},
          io(static_cast<int>(config.threads)),
          work(asio::make_work_guard(io)),
          acceptor(asio::make_strand(io)),
          retry(acceptor.get_executor()) {}

    void accept() {
        acceptor.async_accept(
            asio::make_strand(io), [this](beast::error_code error, tcp::socket socket) {
                if (error == asio::error::operation_aborted) return;
                if (!error) {
                    admit(std::move(socket));
                    return accept();
                }
                // Out of descriptors: give it a moment instead of spinning.
                retry.expires_after(std::chrono::milliseconds(100));
                retry.async_wait([this](beast::error_code cancelled) {
                    if (!cancelled) accept();
                });
            });
    }

    void admit(tcp::socket socket) {
        beast::error_code error;
        const auto peer = socket.remote_endpoint(error);
        if (error) return;
        auto ticket = context.connections.take(
            (peer.address().is_v4() ? "ipv4:" : "ipv6:") + peer.address().to_string() + ":0");
        if (!ticket) {
            door.stats.connections_refused.fetch_add(1, std::memory_order_relaxed);
            return;  // closed: a client tries again
        }
        socket.set_option(tcp::no_delay(true), error);
        jsonrpc::serve_http(context, beast::tcp_stream(std::move(socket)), std::move(ticket));
    }

    void run() {
        name_this_thread("json-rpc");
        jsonrpc::take_short_turns();  // many short answers: they wait for nobody's long ones
        while (true) {
            try {
                io.run();
                return;
            } catch (const std::exception& fault) {
                // Out of memory for one request: its connection goes, the others stay.
                log_error(Component::kRpc, "JSON-RPC: {}", fault.what());
            }
        }
    }

    bool listen(const std::string& address, std::string& failure) {
        const std::size_t colon = address.rfind(':');
        std::string host = address.substr(0, colon);
        if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
        beast::error_code error;
        const auto found = tcp::resolver(io).resolve(
            host, address.substr(colon + 1), tcp::resolver::passive, error);
        if (!error) {
            const tcp::endpoint endpoint = *found.begin();
            acceptor.open(endpoint.protocol(), error);
            if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
            if (!error) acceptor.bind(endpoint, error);
            if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        }
        if (error) failure = "rpc.listen: cannot listen on " + address + ": " + error.message();
        return !error;
    }

    jsonrpc::Door door;
    jsonrpc::SessionContext context;
    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    tcp::acceptor acceptor;
    asio::steady_timer retry;
    int port = 0;
    std::vector<std::thread> threads;
    bool stopped = false;
};

JsonRpcServer::JsonRpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<JsonRpcServer> JsonRpcServer::start(
    const JsonRpcConfig& config, const ChainDescription& chain, ChainReader& reader, EventHub& hub,
    JsonRpcStats& stats, std::string& failure) {
    if (const auto broken = config.validate(); !broken.empty()) {
        failure = broken.front();
        return nullptr;
    }
    auto impl = std::make_unique<Impl>(config, chain, reader, hub, stats);
    if (!impl->listen(config.listen, failure)) return nullptr;
    impl->port = impl->acceptor.local_endpoint().port();
    impl->accept();
    for (std::uint32_t i = 0; i < config.threads; ++i)
        impl->threads.emplace_back([raw = impl.get()] { raw->run(); });
    return std::unique_ptr<JsonRpcServer>(new JsonRpcServer(std::move(impl)));
}

JsonRpcServer::~JsonRpcServer() {
    shut_down();
}

void JsonRpcServer::tell_figures(ReadFigures read) {
    impl_->door.read_figures = std::move(read);
}

void JsonRpcServer::serve(NodeBackend& backend) {
    impl_->door.serve(backend);
}

int JsonRpcServer::port() const noexcept {
    return impl_->port;
}

void JsonRpcServer::drain() {
    impl_->door.drain();
}

void JsonRpcServer::shut_down() {
    if (std::exchange(impl_->stopped, true)) return;
    impl_->door.stop();
    impl_->io.stop();
    for (auto& thread : impl_->threads)
        thread.join();
}

}  // namespace troupe::node
