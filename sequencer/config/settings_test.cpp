#include "sequencer/config/settings.hpp"

#include "sequencer/testing/temp_directory.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace troupe::node {

std::string write_toml(const TempDirectory& directory, const std::string& text) {
    const std::string path = (directory.path() / "node.toml").string();
    std::ofstream(path) << text;
    return path;
}

std::string failure_of(const Settings::Sources& sources) {
    std::string failure;
    BOOST_TEST(!Settings::resolve(sources, failure).has_value());
    return failure;
}

BOOST_AUTO_TEST_SUITE(settings)

// Every subset of the three sources: the strongest of those that speak decides.
BOOST_DATA_TEST_CASE(
    flags_beat_the_environment_which_beats_the_file, boost::unit_test::data::xrange(8)) {
    const TempDirectory directory;
    Settings::Sources sources;
    std::string expected = "1000";
    std::string origin = "default";
    if (sample & 1) {
        sources.toml_file = write_toml(directory, "\nblock-time-ms = 300\n");
        expected = "300";
        origin = "file " + sources.toml_file + ", line 2";
    }
    if (sample & 2) {
        sources.environment = [](const std::string& name) -> std::optional<std::string> {
            if (name == "TROUPE_BLOCK_TIME_MS") return "400";
            return std::nullopt;
        };
        expected = "400";
        origin = "environment TROUPE_BLOCK_TIME_MS";
    }
    if (sample & 4) {
        sources.flags["block-time-ms"] = "500";
        expected = "500";
        origin = "flag --block-time-ms";
    }
    std::string failure;
    const auto settings = Settings::resolve(sources, failure);
    BOOST_REQUIRE_MESSAGE(settings, failure);
    BOOST_TEST(settings->text("block-time-ms") == expected);
    BOOST_TEST(settings->origin("block-time-ms") == origin);
}

BOOST_AUTO_TEST_CASE(every_option_has_all_four_forms_and_a_default_that_is_allowed) {
    std::map<std::string, std::string> variables;
    for (const Option& option : all_options()) {
        BOOST_TEST_CONTEXT(option.name) {
            BOOST_TEST(check_value(option, option.fallback) == "");
            BOOST_TEST(!option.help.empty());
            BOOST_TEST(option.help.back() != '.');
            BOOST_TEST(!option.group.empty());
            BOOST_TEST(variables.emplace(environment_name(option), option.name).second);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_dump_read_back_gives_the_same_settings) {
    const TempDirectory directory;
    std::string failure;
    Settings::Sources sources;
    sources.flags = {
        {"grpc.listen", "0.0.0.0:1"}, {"data-dir", "a \"b\" \\c"}, {"l1.enabled", "false"}};
    const auto settings = Settings::resolve(sources, failure);
    BOOST_REQUIRE_MESSAGE(settings, failure);
    BOOST_TEST(
        settings->dump().find("listen = \"0.0.0.0:1\"  # flag --grpc.listen") != std::string::npos);
    Settings::Sources dumped;
    dumped.toml_file = write_toml(directory, settings->dump());
    const auto again = Settings::resolve(dumped, failure);
    BOOST_REQUIRE_MESSAGE(again, failure);
    for (const Option& option : all_options())
        BOOST_TEST(again->text(option.name) == settings->text(option.name));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_its_line_and_the_nearest_key) {
    const TempDirectory directory;
    const std::string path =
        write_toml(directory, "[grpc]\nlisten = \"127.0.0.1:1\"\nlissten = 3\n");
    BOOST_TEST(
        failure_of({.toml_file = path}) ==
        "file " + path + ", line 3: unknown key \"grpc.lissten\"; did you mean \"grpc.listen\"?");
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_refused_with_where_it_was_said_and_what_was_expected) {
    const TempDirectory directory;
    BOOST_TEST(
        failure_of({.flags = {{"partitions", "257"}}}) ==
        "flag --partitions: partitions is \"257\", expected a number from 0 to 256");
    BOOST_TEST(
        failure_of({.flags = {{"grpc.listen", "50051"}}}) ==
        "flag --grpc.listen: grpc.listen is \"50051\", expected host:port, such as "
        "127.0.0.1:50051");
    BOOST_TEST(
        failure_of({.flags = {{"log.format", "xml"}}}) ==
        "flag --log.format: log.format is \"xml\", expected one of text|json");
    for (const char* wrong : {"1023K", "1025G", "12Q", "M", "-1", "99999999999999999999G"})
        BOOST_TEST(
            failure_of({.flags = {{"state-cache", wrong}}}) ==
            "flag --state-cache: state-cache is \"" + std::string(wrong) +
                "\", expected 0 or a size from 1M to 1024G, such as 512M");
    BOOST_TEST((bytes_of("512M") == std::optional<std::uint64_t>(512ull << 20)));
    BOOST_TEST((bytes_of("1500000000") == std::optional<std::uint64_t>(1'500'000'000)));
    BOOST_TEST((bytes_of("0") == std::optional<std::uint64_t>(0)));
    const std::string path = write_toml(directory, "dev-keys = [1]\n");
    BOOST_TEST(
        failure_of({.toml_file = path}) ==
        "file " + path + ", line 1: dev-keys must be a string, a whole number or a boolean");
    const std::string broken = write_toml(directory, "a = \n");
    BOOST_TEST(failure_of({.toml_file = broken}).starts_with(broken + ", line 1, column 5: "));
    BOOST_TEST(failure_of({.toml_file = "/nowhere/x.toml"}).starts_with("/nowhere/x.toml: "));
}

// The row of docs/configuration.md that an option must have.
std::string document_row(const Option& option) {
    std::string allowed = option.empty_allowed ? "may be empty" : "";
    if (option.kind == OptionKind::kNumber)
        allowed = std::to_string(option.min) + " to " + std::to_string(option.max);
    if (option.kind == OptionKind::kBytes)
        allowed = "0, " + std::to_string(option.min >> 20) + "M to " +
                  std::to_string(option.max >> 30) + "G";
    if (option.kind == OptionKind::kSwitch) allowed = "true, false";
    if (option.kind == OptionKind::kChoice) {
        allowed = std::string(option.choices);
        std::replace(allowed.begin(), allowed.end(), '|', ',');
    }
    const std::string fallback =
        option.fallback.empty() ? "" : "`" + std::string(option.fallback) + "`";
    return "| `" + std::string(option.name) + "` | `" + environment_name(option) + "` | " +
           fallback + " | " + allowed + " | " + std::string(option.help) + " |";
}

BOOST_AUTO_TEST_CASE(the_configuration_page_lists_every_option_as_it_is) {
    std::ifstream in("docs/configuration.md");
    std::set<std::string> rows;
    for (std::string line; std::getline(in, line);)
        rows.insert(line);
    for (const Option& option : all_options())
        BOOST_TEST(rows.contains(document_row(option)), "missing row:\n" + document_row(option));
    const auto is_row = [](const std::string& line) { return line.starts_with("| `"); };
    BOOST_TEST(
        static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), is_row)) ==
        all_options().size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
