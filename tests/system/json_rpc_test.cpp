// Wallets' libraries against the built program: tests/clients/json_rpc_client_test.mjs says what.
#include "chain/base/hex.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/process/child_process.hpp"
#include "tests/support/anvil.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace troupe::tests {
namespace {

constexpr int kSkipped = 77;

chain::Genesis genesis_with_anvils_first_account() {
    chain::Genesis genesis;
    genesis.chain_id = TestRollup::kChainId;
    genesis.gas_limit = 30'000'000;
    genesis.base_fee_per_gas = 1'000'000'000;
    chain::GenesisAccount account;
    account.address =
        *chain::fixed_from_hex<chain::Address>("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    account.balance = chain::Uint256(10'000) * chain::Uint256(1'000'000'000'000'000'000);
    genesis.alloc.push_back(account);
    return genesis;
}

BOOST_AUTO_TEST_SUITE(json_rpc)

// Runs a script of tests/clients against a new node.
void run_script(const std::string& name, const std::vector<std::string>& more_arguments) {
    node::LocalRollup::Options options;
    options.program = program();
    options.genesis = genesis_with_anvils_first_account();
    options.node_arguments = {"--block-time-ms", "200"};
    node::LocalRollup rollup(std::move(options));
    BOOST_REQUIRE_MESSAGE(rollup.do_without_l1() && rollup.start_node(), rollup.failure());
    const std::string repository = std::filesystem::current_path().string();
    std::vector<std::string> command{
        "node", repository + "/tests/clients/" + name, rollup.rpc_url()};
    command.insert(command.end(), more_arguments.begin(), more_arguments.end());
    command.push_back(repository);
    std::string failure;
    auto script =
        node::ChildProcess::start({std::move(command), rollup.file("clients.log"), {}}, failure);
    BOOST_REQUIRE_MESSAGE(script.has_value(), failure);
    const auto status = script->wait(std::chrono::seconds(90));
    std::ifstream log(rollup.file("clients.log"));
    const std::string said{std::istreambuf_iterator<char>(log), {}};
    BOOST_TEST_MESSAGE(said);
    if (status == kSkipped) return;
    BOOST_TEST(status.value_or(-1) == 0, said);
    BOOST_TEST(rollup.stop_node() == 0);
}

BOOST_AUTO_TEST_CASE(viem_ethers_and_cast_work_unchanged) {
    run_script("json_rpc_client_test.mjs", {});
}

BOOST_AUTO_TEST_CASE(who_asks_for_too_much_is_refused_and_others_are_answered) {
    run_script("misuse_client_test.mjs", {});
}

BOOST_AUTO_TEST_CASE(traces_are_those_that_anvil_makes) {
    const Anvil anvil({0, {"--chain-id", "424242", "--steps-tracing"}});
    run_script("trace_client_test.mjs", {anvil.url()});
}

BOOST_AUTO_TEST_CASE(simulations_are_those_that_anvil_makes) {
    const Anvil anvil({0, {"--chain-id", "424242"}});
    run_script("simulate_client_test.mjs", {anvil.url()});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::tests
