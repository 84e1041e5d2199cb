#include "sequencer/config/settings.hpp"
#include "sequencer/config/toml_file.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <set>

namespace troupe::node {
namespace {

const std::string kFile = "deploy/troupe.toml";

BOOST_AUTO_TEST_CASE(the_operators_example_is_a_valid_configuration) {
    Settings::Sources sources;
    sources.environment = [](const std::string&) { return std::optional<std::string>(); };
    sources.toml_file = kFile;
    std::string failure;
    const auto settings = Settings::resolve(sources, failure);
    BOOST_REQUIRE_MESSAGE(settings.has_value(), failure);
    BOOST_TEST(settings->text("data-dir") == "/var/lib/troupe");
    BOOST_TEST(settings->text("log.format") == "json");
}

BOOST_AUTO_TEST_CASE(the_operators_example_names_every_option_that_production_may_use) {
    std::vector<TomlEntry> entries;
    BOOST_REQUIRE_EQUAL(read_toml(kFile, entries), "");
    std::set<std::string_view> named{"dev-keys"};  // for development L1s only
    for (const TomlEntry& entry : entries)
        named.insert(entry.key);
    for (const Option& option : all_options())
        BOOST_TEST(named.contains(option.name), option.name << " is not in " << kFile);
}

// Which were measured together: one that is left behind here would be an operator's surprise.
BOOST_AUTO_TEST_CASE(the_operators_example_orders_and_executes_as_a_node_does_by_default) {
    std::vector<TomlEntry> entries;
    BOOST_REQUIRE_EQUAL(read_toml(kFile, entries), "");
    const std::string_view group = find_option("micro-block-gas")->group;
    std::size_t compared = 0;
    for (const TomlEntry& entry : entries) {
        const Option* const option = find_option(entry.key);
        if (option == nullptr || option->group != group) continue;
        BOOST_TEST(entry.value == option->fallback, entry.key << " has another default");
        ++compared;
    }
    BOOST_TEST(compared > 5u);
}

}  // namespace
}  // namespace troupe::node
