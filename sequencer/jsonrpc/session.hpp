#pragma once

#include "sequencer/grpc/peer_limits.hpp"
#include "sequencer/jsonrpc/door.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <memory>

namespace troupe::node::jsonrpc {

/// What the connections of one server share. They end with the server's io_context, before this.
struct SessionContext {
    Door& door;
    PeerLimits connections;
};

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Serves one TCP connection: HTTP requests one after the other until it becomes a WebSocket.
/// @param stream  with a strand of its own as executor
void serve_http(
    SessionContext& context, boost::beast::tcp_stream stream, PeerLimits::Ticket ticket);

/// Goes on with a connection whose `request` asks for a WebSocket.
void serve_websocket(
    SessionContext& context, boost::beast::tcp_stream stream, PeerLimits::Ticket ticket, Peer peer,
    HttpRequest request);

}  // namespace troupe::node::jsonrpc
