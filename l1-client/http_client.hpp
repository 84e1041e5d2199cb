#pragma once

#include "l1-client/error.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::l1 {

/// An http:// or https:// address taken apart.
struct Url {
    bool tls = false;
    std::string host;
    std::string port;       ///< 80 or 443 where the address names none
    std::string target;     ///< path and query, "/" at least
    std::string user_info;  ///< "user:password" for basic authentication; empty without

    /// scheme://host:port, for messages: paths and passwords often hold API keys.
    [[nodiscard]] std::string origin() const;
};

/// @error kBadUrl
[[nodiscard]] Result<Url> parse_url(std::string_view text);

inline constexpr std::size_t kResponseBytesMax = 256ull << 20;

/// One kept-alive HTTP/1.1 connection that posts JSON: the one doorway to Boost.Beast. Blocking;
/// used by one thread, except cancel(). https checks certificate and host name against the
/// system's trust store.
class HttpClient {
  public:
    explicit HttpClient(Url url);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Posts `body` and returns the body of the answer. A connection that the other side closed
    /// while it was idle is opened anew.
    /// @param timeout  for the whole exchange; resolving a host name is bounded by the system
    /// @error kUnreachable, kTimeout, kHttp (text ends with the start of the answer), kMalformed
    ///        (not HTTP, or beyond kResponseBytesMax), kCancelled
    [[nodiscard]] Result<std::string> post(
        std::string_view body, std::chrono::milliseconds timeout);

    /// Ends the call in progress and refuses all later ones. From any thread.
    void cancel() noexcept;
    [[nodiscard]] bool cancelled() const noexcept;
    [[nodiscard]] const Url& url() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::l1
