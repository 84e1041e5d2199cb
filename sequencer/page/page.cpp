#include "sequencer/page/page.hpp"

#include "sequencer/page/page_files.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::node::page {
namespace {

constexpr std::string_view kDocument = "index.html";
constexpr std::string_view kFolder = "/page/";
// Places inside the page, which its router draws.
constexpr std::array<std::string_view, 5> kPlaces{
    "/block/", "/tx/", "/address/", "/search/", "/blocks"};

const std::vector<Asset>& assets() {
    static const auto made = [] {
        std::vector<Asset> all;
        for (const File& file : files())
            all.push_back(
                {.content_type = file.content_type,
                 .etag = file.etag,
                 .cache_control =
                     file.name == kDocument ? "no-cache" : "public, max-age=31536000, immutable",
                 .body = file.body});
        return all;
    }();
    return made;
}

const Asset* named(std::string_view name) {
    const auto found =
        std::find_if(files().begin(), files().end(), [&](const File& f) { return f.name == name; });
    return found == files().end() ? nullptr : &assets()[std::size_t(found - files().begin())];
}

}  // namespace

const Asset* find(std::string_view target) noexcept {
    target = target.substr(0, target.find('?'));
    const bool place = std::any_of(kPlaces.begin(), kPlaces.end(), [&](std::string_view start) {
        return target.starts_with(start);
    });
    if (target == "/" || place) return named(kDocument);
    if (!target.starts_with(kFolder)) return nullptr;
    target.remove_prefix(kFolder.size());
    if (!target.starts_with(version())) return nullptr;
    target.remove_prefix(version().size());
    if (!target.starts_with('/') || target.substr(1) == kDocument) return nullptr;
    return named(target.substr(1));
}

bool matches(std::string_view if_none_match, std::string_view etag) noexcept {
    return if_none_match == "*" || if_none_match.find(etag) != if_none_match.npos;
}

}  // namespace troupe::node::page
