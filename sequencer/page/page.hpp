#pragma once

#include <string_view>

/// The explorer page that the node serves at its JSON-RPC port: index.html for "/" and for every
/// address inside the page ("/block/7", "/tx/0x…", "/address/0x…", so that wallets can link to
/// them), and the files it loads under "/page/<version>/". Plain GET; no state.
namespace troupe::node::page {

struct Asset {
    std::string_view content_type;
    std::string_view etag;           ///< with its quotes
    std::string_view cache_control;  ///< the document is asked for again, its files never
    std::string_view body;
};

/// What to answer to GET or HEAD.
/// @param target  of the request line; what follows a '?' is ignored
/// @return null where the page has nothing there
[[nodiscard]] const Asset* find(std::string_view target) noexcept;

/// Whether an If-None-Match header names `etag` (RFC 9110, section 13.1.2: weak comparison).
[[nodiscard]] bool matches(std::string_view if_none_match, std::string_view etag) noexcept;

/// Sent with every asset: the page runs its own files only, talks to its own node only, is in
/// nobody's frame.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace troupe::node::page
