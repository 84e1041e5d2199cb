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

}  // namespace troupe::node::jsonrpc
