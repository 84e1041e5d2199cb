#include "sequencer/page/page.hpp"

#include "sequencer/page/page_files.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace troupe::node::page {
namespace {

std::string path_of(std::string_view name) {
    return "/page/" + std::string(version()) + "/" + std::string(name);
}

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(every_place_inside_the_page_is_the_document) {
    const Asset* document = find("/");
    BOOST_REQUIRE(document != nullptr);
    BOOST_TEST(document->content_type == "text/html; charset=utf-8");
    BOOST_TEST(document->cache_control == "no-cache");
    for (const char* place : {"/block/7", "/tx/0xab", "/address/0xab", "/search/x", "/?a=b"})
        BOOST_TEST(find(place) == document);
}

BOOST_AUTO_TEST_CASE(what_the_document_loads_is_there_and_never_changes) {
    const std::string html(find("/")->body);
    BOOST_TEST(html.find("@PAGE@") == html.npos);
    std::size_t loaded = 0;
    for (std::size_t at = 0; (at = html.find("\"/page/", at)) != html.npos; ++loaded) {
        const std::size_t end = html.find('"', at + 1);
        const Asset* asset = find(std::string_view(html).substr(at + 1, end - at - 1));
        BOOST_REQUIRE_MESSAGE(asset != nullptr, html.substr(at, end - at));
        BOOST_TEST(asset->cache_control == "public, max-age=31536000, immutable");
        at = end;
    }
    BOOST_TEST(loaded >= 3u);  // style, icon, script
}

BOOST_AUTO_TEST_CASE(the_program_has_the_files_byte_for_byte) {
    for (const File& file : files()) {
        if (file.name == "index.html") continue;  // its addresses are filled in
        std::ifstream in("sequencer/page/assets/" + std::string(file.name), std::ios::binary);
        const std::string source{std::istreambuf_iterator<char>(in), {}};
        BOOST_TEST(!source.empty());
        BOOST_TEST((source == file.body), file.name);
    }
}

BOOST_AUTO_TEST_CASE(the_document_needs_nothing_that_its_policy_forbids) {
    for (const File& file : files()) {
        if (file.name != "index.html") continue;
        // No inline script, style or handler, nothing of other hosts.
        for (const char* forbidden :
             {"<script>", "<style", "style=", " onclick", "http://", "//cdn"})
            BOOST_TEST(file.body.find(forbidden) == file.body.npos, forbidden);
    }
}

BOOST_AUTO_TEST_CASE(no_script_turns_text_into_markup) {
    for (const File& file : files())
        for (const char* forbidden :
             {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
              "new Function", "DOMParser"})
            BOOST_TEST(
                file.body.find(forbidden) == file.body.npos, std::string(file.name)
                                                                 << " has " << forbidden);
}

BOOST_AUTO_TEST_CASE(nothing_else_is_served) {
    for (const std::string& target :
         {std::string("/page/"), path_of(""), path_of("../style.css"), path_of("index.html"),
          std::string("/page/0000000000000000/style.css"), std::string("/index.html"),
          std::string("/style.css"), std::string(), std::string("/../../etc/passwd")})
        BOOST_TEST(find(target) == nullptr, target);
    BOOST_TEST(find(path_of("style.css")) != nullptr);
}

BOOST_AUTO_TEST_CASE(an_etag_is_found_among_those_a_client_has) {
    BOOST_TEST(matches("\"a\", W/\"b\"", "\"b\""));
    BOOST_TEST(matches("*", "\"b\""));
    BOOST_TEST(!matches("\"a\"", "\"b\""));
    BOOST_TEST(!matches("", "\"b\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::page
