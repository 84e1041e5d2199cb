#include "chain/base/hex.hpp"
#include "l1-client/json_rpc_client.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/deployment.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/commands/run_node.hpp"
#include "sequencer/config/genesis_file.hpp"
#include "sequencer/config/predeploys.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/process/anvil_program.hpp"
#include "sequencer/process/child_process.hpp"
#include "sequencer/storage/data_directory.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kL2ChainId = 42'069;
constexpr std::uint64_t kGasLimit = 1'200'000'000;
constexpr std::chrono::seconds kL1Patience{20};

struct DevnetArguments {
    std::string directory = "troupe-devnet";
    std::string anvil;
    std::string l1;
    std::string genesis;
    std::uint64_t chain_id = kL2ChainId;
    std::uint16_t l1_port = 18'545;
    std::string l1_block_time = "1";
};

chain::Genesis dev_genesis(std::uint64_t chain_id) {
    chain::Genesis genesis;
    genesis.chain_id = chain_id;
    genesis.gas_limit = kGasLimit;
    genesis.base_fee_per_gas = 1'000'000'000;
    for (const chain::Address& address : dev_addresses()) {
        chain::GenesisAccount account;
        account.address = address;
        account.balance = chain::Uint256(10'000) * chain::Uint256(1'000'000'000'000'000'000);
        genesis.alloc.push_back(account);
    }
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    add_predeploys(genesis);
    return genesis;
}

std::optional<ChildProcess> start_l1(const DevnetArguments& arguments, std::string& failure) {
    const std::optional<std::string> program =
        arguments.anvil.empty() ? find_anvil(failure) : arguments.anvil;
    if (!program) return std::nullopt;
    ChildProcess::Options options;
    options.arguments = {
        *program,
        "--host",
        "127.0.0.1",
        "--port",
        std::to_string(arguments.l1_port),
        "--block-time",
        arguments.l1_block_time,
        "--slots-in-an-epoch",
        "4",
        "--silent"};
    options.output_file = (std::filesystem::path(arguments.directory) / "anvil.log").string();
    auto anvil = ChildProcess::start(options, failure);
    if (!anvil) failure += "; name another one with --anvil, or a running L1 with --l1";
    return anvil;
}

bool wait_for_l1(l1::EthClient& l1, std::string& failure) {
    const auto deadline = std::chrono::steady_clock::now() + kL1Patience;
    while (true) {
        const auto chain_id = l1.chain_id();
        if (chain_id) return true;
        failure = chain_id.error().text;
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

std::optional<RollupFile> make_rollup(
    const DevnetArguments& arguments, l1::EthClient& l1, std::string& failure) {
    chain::Genesis genesis = dev_genesis(arguments.chain_id);
    if (!arguments.genesis.empty()) {
        auto read = read_genesis_file(arguments.genesis, failure);
        if (!read) return std::nullopt;
        genesis = std::move(*read);
    }
    const auto l1_chain_id = l1.chain_id();
    if (!l1_chain_id) {
        failure = l1_chain_id.error().text;
        return std::nullopt;
    }
    if (!is_development_chain(*l1_chain_id)) {
        failure = "the L1 has chain id " + std::to_string(*l1_chain_id) +
                  ": a devnet uses well-known keys and runs on development chains only";
        return std::nullopt;
    }
    l1::DeployConfig config;
    config.l1_chain_id = *l1_chain_id;
    config.l2_chain_id = genesis.chain_id;
    config.gas_limit = genesis.gas_limit;
    config.owner = dev_addresses()[kDevOwner];
    config.guardian = dev_addresses()[kDevOwner];
    config.batcher = dev_addresses()[kDevBatcher];
    config.proposer = dev_addresses()[kDevProposer];
    config.challenge_window_s = 60;
    return deploy_rollup(
        l1, dev_keys()[kDevOwner], config, std::move(genesis), config.owner, failure);
}

void print_banner(
    const NodeRuntime& node, const NodeConfig& config, const std::string& rollup_path) {
    const std::string grpc = "127.0.0.1:" + std::to_string(node.grpc_port());
    const std::string rpc = "127.0.0.1:" + std::to_string(node.rpc_port());
    std::printf(
        "\n  troupe devnet is ready\n\n  Accounts (10,000 ETH each, on the L1 and on the L2)\n");
    for (std::size_t i = 0; i < kDevAccounts; ++i)
        std::printf(
            "  (%zu) %s  key %s\n", i, chain::to_hex(dev_addresses()[i]).c_str(),
            chain::to_hex(dev_keys()[i]).c_str());
    std::printf(
        "\n  L2 chain id     %llu\n  JSON-RPC        http://%s (WebSocket: ws://%s)\n"
        "  gRPC            %s\n  gRPC admin      127.0.0.1:%d\n"
        "  metrics         http://127.0.0.1:%d/metrics (also /healthz, /readyz)\n"
        "  L1 JSON-RPC     %s (chain id %llu)\n  rollup config   %s\n  data            %s\n\n",
        static_cast<unsigned long long>(config.rollup.chain.chain_id), rpc.c_str(), rpc.c_str(),
        grpc.c_str(), node.admin_port(), node.metrics_port(), config.l1.url.c_str(),
        static_cast<unsigned long long>(config.rollup.chain.l1_chain_id), rollup_path.c_str(),
        config.data_directory.c_str());
    std::printf(
        "  Try:\n"
        "    cast block latest --rpc-url http://%s\n"
        "    cast send %s --value 1ether --private-key %s --rpc-url http://%s\n"
        "    viem: createPublicClient({ transport: http('http://%s') })\n"
        "    MetaMask: add network, RPC URL http://%s, chain id %llu, currency ETH\n"
        "    troupe wallet balance %s --node %s\n"
        "    troupe wallet send --dev-account 0 --to %s --value 1ether --node %s --wait\n"
        "    troupe verify --l1 %s --rollup %s\n\n  Ctrl-C stops everything.\n\n",
        rpc.c_str(), chain::to_hex(dev_addresses()[9]).c_str(),
        chain::to_hex(dev_keys()[0]).c_str(), rpc.c_str(), rpc.c_str(), rpc.c_str(),
        static_cast<unsigned long long>(config.rollup.chain.chain_id),
        chain::to_hex(dev_addresses()[0]).c_str(), grpc.c_str(),
        chain::to_hex(dev_addresses()[9]).c_str(), grpc.c_str(), config.l1.url.c_str(),
        rollup_path.c_str());
    std::fflush(stdout);
}

int run_devnet(const DevnetArguments& arguments, const NodeOptions& options) {
    block_stop_signals();
    std::string failure;
    const auto settings = options.settings(failure);
    if (!settings) return report(failure, kExitUsage);
    if (failure = apply_log_settings(*settings); !failure.empty())
        return report(failure, kExitUsage);
    NodeConfig config;
    if (failure = apply_settings(*settings, config); !failure.empty())
        return report(failure, kExitUsage);

    // Pages that are being written may call a devnet from anywhere, unless that was decided.
    if (settings->origin("rpc.origins") == "default") config.json_rpc.origins = {"*"};

    // A devnet begins anew with its L1: the old chain belongs to an L1 that is gone.
    const std::filesystem::path directory = arguments.directory;
    std::error_code error;
    if (std::filesystem::exists(directory) && !std::filesystem::exists(directory / "rollup.json") &&
        !std::filesystem::is_empty(directory, error))
        return report(
            directory.string() + " exists and is no devnet's: name another one with --dir",
            kExitUsage);
    std::filesystem::remove_all(directory, error);
    std::filesystem::create_directories(directory, error);
    if (error) return report("cannot create " + directory.string() + ": " + error.message());
    config.data_directory = directory / "data";
    const std::string rollup_path = (directory / "rollup.json").string();
    // Names the directory as a devnet's from the first moment on.
    failure = write_file_atomically(rollup_path, "{}\n");
    if (!failure.empty()) return report(failure);

    std::optional<ChildProcess> anvil;
    if (arguments.l1.empty()) {
        anvil = start_l1(arguments, failure);
        if (!anvil) return report(failure);
        config.l1.url = "http://127.0.0.1:" + std::to_string(arguments.l1_port);
    } else {
        config.l1.url = arguments.l1;
    }
    l1::RpcConfig rpc;
    rpc.attempts_max = 1;
    auto client = l1::EthClient::open(config.l1.url, rpc);
    if (!client) return report("--l1: " + client.error().text, kExitUsage);
    if (!wait_for_l1(**client, failure)) return report("the L1 does not answer: " + failure);

    auto rollup = make_rollup(arguments, **client, failure);
    if (!rollup) return report(failure);
    failure = write_rollup_file(rollup_path, *rollup);
    if (!failure.empty()) return report(failure);
    config.rollup = std::move(*rollup);
    NodeKeys keys;
    keys.batcher.emplace(dev_keys()[kDevBatcher]);
    keys.proposer.emplace(dev_keys()[kDevProposer]);
    const NodeConfig shown = config;
    const auto node = NodeRuntime::start(std::move(config), keys, failure);
    if (!node) return report(failure);
    print_banner(*node, shown, rollup_path);
    return run_until_stopped(*node, [] {});
}

}  // namespace

Command add_devnet_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "devnet", "Runs an L1 (anvil), the contracts and a node for development");
    auto arguments = std::make_shared<DevnetArguments>();
    app->add_option("--dir", arguments->directory, "Directory of the devnet; emptied at the start")
        ->capture_default_str();
    app->add_option(
        "--anvil", arguments->anvil,
        "The anvil program [default: TROUPE_ANVIL, this project's node_modules, PATH]");
    app->add_option("--l1", arguments->l1, "Use this running development L1 instead of anvil");
    app->add_option("--l1-port", arguments->l1_port, "Port of anvil")->capture_default_str();
    app->add_option("--l1-block-time", arguments->l1_block_time, "Seconds between anvil's blocks")
        ->capture_default_str();
    app->add_option(
        "--genesis", arguments->genesis, "genesis.json to use instead of ten funded accounts");
    app->add_option("--chain-id", arguments->chain_id, "Chain id of the L2")->capture_default_str();
    NodeOptions options(*app);
    app->footer("Example: troupe devnet --block-time-ms 250");
    return {app, [arguments, options] { return run_devnet(*arguments, options); }};
}

}  // namespace troupe::node
