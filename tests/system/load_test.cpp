// `troupe load` through real nodes: every door, loop and mix, and the file that is used again.
#include "sequencer/process/child_process.hpp"
#include "sequencer/testing/temp_directory.hpp"
#include "sequencer/workload/published_code.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::tests {
namespace {

constexpr std::chrono::seconds kPatience{100};

struct Ended {
    int status = -1;
    nlohmann::json json;  ///< what --json wrote
    std::string text;     ///< all output
};

std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

class Loads {
  public:
    Ended run(std::vector<std::string> arguments) {
        const std::string json = file("load.json");
        const std::string log = file("load.log");
        std::filesystem::remove(json);
        std::filesystem::remove(log);
        arguments.insert(arguments.begin(), {program(), "load", "--json", json});
        std::string failure;
        auto child = node::ChildProcess::start(
            {.arguments = arguments, .output_file = log, .error_file = {}}, failure);
        need(child.has_value(), failure);
        Ended ended;
        ended.status = child->wait(kPatience).value_or(-1);
        ended.text = read(log);
        ended.json = nlohmann::json::parse(read(json), nullptr, false);
        return ended;
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return directory_.path() / name;
    }

  private:
    node::TempDirectory directory_;
};

/// All of `count` were executed in a sealed block, none refused, none reverted, and counted right.
void check_all(const Ended& ended, std::uint64_t count) {
    BOOST_TEST_REQUIRE(ended.status == 0, ended.text);
    const auto& json = ended.json;
    BOOST_TEST(json.at("confirmed") == count);
    BOOST_TEST(json.at("refused") == 0);
    BOOST_TEST(json.at("reverted") == 0);
    BOOST_TEST(json.at("all_sealed") == true);
    BOOST_TEST(json.at("sealed_blocks") >= 1);
    BOOST_TEST(json.at("soft_ms").at("p50") > 0.0);
    BOOST_TEST(json.at("soft_ms_corrected").at("p99") > 0.0);
    BOOST_TEST(json.at("node_bytes").size() >= 2u);
    BOOST_TEST(json.at("node_bytes").at(0) > 1'000'000);
    std::uint64_t sum = 0;
    for (const std::uint64_t second : json.at("each_second"))
        sum += second;
    BOOST_TEST(sum == count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(a_closed_loop_of_transfers_and_again_from_the_same_file) {
    Loads loads;
    const std::vector<std::string> arguments{
        "--transactions", "20000", "--wallets", "500",
        "--window",       "1024",  "--file",    loads.file("transfers")};
    const Ended first = loads.run(arguments);
    check_all(first, 20'000);
    BOOST_TEST(first.json.at("loop") == "closed");
    // 21,000 gas each.
    const double gas =
        first.json.at("gas_per_s").get<double>() * first.json.at("seconds").get<double>();
    BOOST_TEST(gas == 20'000 * 21'000.0, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(first.text.find("\"what\":\"sign\"") != std::string::npos);
    const Ended again = loads.run(arguments);
    check_all(again, 20'000);
    BOOST_TEST(again.text.find("\"what\":\"sign\"") == std::string::npos, again.text);
}

BOOST_AUTO_TEST_CASE(an_open_loop_keeps_its_rate_and_ends_with_its_time) {
    Loads loads;
    const Ended ended = loads.run(
        {"--transactions", "100000", "--wallets", "500", "--rate", "2000", "--seconds", "2"});
    BOOST_TEST_REQUIRE(ended.status == 0, ended.text);
    BOOST_TEST(ended.json.at("loop") == "open");
    // 4,000 arrivals expected; five standard deviations of a Poisson variable are 316.
    BOOST_TEST(ended.json.at("confirmed").get<double>() > 4'000 - 316);
    BOOST_TEST(ended.json.at("confirmed").get<double>() < 4'000 + 316);
    BOOST_TEST(ended.json.at("confirmed") == ended.json.at("sent"));
    BOOST_TEST(ended.json.at("soft_ms") == ended.json.at("soft_ms_corrected"));
}

BOOST_AUTO_TEST_CASE(both_loops_through_json_rpc) {
    Loads loads;
    const Ended closed = loads.run(
        {"--transactions", "5000", "--wallets", "200", "--via", "json-rpc", "--connections", "4"});
    check_all(closed, 5'000);
    BOOST_TEST(closed.json.at("via") == "json-rpc");
    const Ended open = loads.run(
        {"--transactions", "1000", "--wallets", "200", "--via", "json-rpc", "--connections", "2",
         "--rate", "1000", "--seconds", "10"});
    check_all(open, 1'000);
}

BOOST_AUTO_TEST_CASE(tokens_and_swaps_in_their_shares) {
    Loads loads;
    const Ended tokens =
        loads.run({"--transactions", "5000", "--wallets", "100", "--mix", "erc20"});
    check_all(tokens, 5'000);
    // A transfer of a token between holders: between 30,000 and 40,000.
    const double each =
        tokens.json.at("gas_per_s").get<double>() * tokens.json.at("seconds").get<double>() / 5'000;
    BOOST_TEST(each > 30'000);
    BOOST_TEST(each < 40'000);

    if (!node::published_code("@uniswap/v2-periphery/build/UniswapV2Router02.json")) {
        BOOST_TEST_MESSAGE("no swaps: the npm packages of Uniswap are not installed");
        return;
    }
    const std::vector<std::string> mix{
        "--transactions", "5000", "--wallets", "100", "--mix", "transfers=60,erc20=30,swap=10",
        "--hot",          "30"};
    check_all(loads.run(mix), 5'000);
    auto by_rpc = mix;
    by_rpc.insert(by_rpc.end(), {"--via", "json-rpc"});
    check_all(loads.run(by_rpc), 5'000);
}

BOOST_AUTO_TEST_CASE(a_mix_that_does_not_add_up_is_a_usage_error) {
    Loads loads;
    const Ended ended = loads.run({"--mix", "transfers=60,erc20=30"});
    BOOST_TEST(ended.status == 2);
    BOOST_TEST(ended.text.find("adds up to 90 percent, not 100") != std::string::npos, ended.text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
