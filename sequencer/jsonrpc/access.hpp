#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::node::jsonrpc {

/// Whether the Host header names this node: an IP address, or one of `hosts` ("*": anything). A
/// page that a browser loads from a foreign name whose address was turned to 127.0.0.1 says that
/// name (DNS rebinding). @param host  with or without a port
[[nodiscard]] bool host_allowed(std::string_view host, const std::vector<std::string>& hosts);

/// Whether a web page of this origin may call. Clients that are no browsers send none.
[[nodiscard]] bool origin_allowed(std::string_view origin, const std::vector<std::string>& origins);

/// Whether a page of this origin came from this very server, as the node's own page does: its host
/// and port are those of the Host header. @pre host_allowed(host)
[[nodiscard]] bool same_origin(std::string_view origin, std::string_view host);

}  // namespace troupe::node::jsonrpc
