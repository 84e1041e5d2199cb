#include "sequencer/jsonrpc/access.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cctype>

namespace troupe::node::jsonrpc {
namespace {

bool same_text(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

// "localhost:8545" -> "localhost", "[::1]:8545" -> "::1"
std::string_view without_port(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

bool listed(std::string_view value, const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& allowed) {
        return allowed == "*" || same_text(allowed, value);
    });
}

}  // namespace

bool host_allowed(std::string_view host, const std::vector<std::string>& hosts) {
    const std::string name(without_port(host));
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error || name.empty() || listed(name, hosts);
}

bool origin_allowed(std::string_view origin, const std::vector<std::string>& origins) {
    return listed(origin, origins);
}

bool same_origin(std::string_view origin, std::string_view host) {
    // https: behind a proxy that ends TLS.
    for (const std::string_view scheme : {"http://", "https://"})
        if (origin.starts_with(scheme)) return same_text(origin.substr(scheme.size()), host);
    return false;
}

}  // namespace troupe::node::jsonrpc
