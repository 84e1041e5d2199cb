#pragma once

#include <span>
#include <string_view>

/// What sequencer/page/embed.cmake makes of assets/: the page's files inside the program.
namespace troupe::node::page {

struct File {
    std::string_view name;  ///< "style.css"
    std::string_view content_type;
    std::string_view etag;  ///< with its quotes, from the content's SHA-256
    std::string_view body;
};

[[nodiscard]] std::span<const File> files() noexcept;
/// A hash of all files, as it stands in their addresses.
[[nodiscard]] std::string_view version() noexcept;

}  // namespace troupe::node::page
