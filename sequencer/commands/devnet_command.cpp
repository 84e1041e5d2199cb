#include "chain/base/hex.hpp"
#include "l1-client/json_rpc_client.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/deployment.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/commands/devnet_banner.hpp"
#include "sequencer/commands/duration.hpp"
#include "sequencer/commands/run_node.hpp"
#include "sequencer/config/genesis_file.hpp"
#include "sequencer/config/predeploys.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/process/anvil_program.hpp"
#include "sequencer/process/child_process.hpp"
#include "sequencer/storage/data_directory.hpp"
#include "sequencer/terminal/progress.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <random>
#include <string_view>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kAnvilChainId = 31'337;
constexpr const char* kNoL1 = "none";
constexpr const char* kLockFile = "LOCK";
// Where --chain-id random draws from: beyond every chain a wallet knows by name.
constexpr std::uint64_t kRandomChainIds = 1'000'000'000;
constexpr std::uint64_t kGasLimit = 1'200'000'000;
constexpr std::chrono::seconds kL1Patience{20};
// Options of a node that follow from --dir and --l1 here.
constexpr std::string_view kDecided[] = {"data-dir",          "rollup",
                                         "l1.enabled",        "l1.url",
                                         "batcher.key-file",  "batcher.password-file",
                                         "proposer.key-file", "proposer.password-file",
                                         "dev-keys"};

struct DevnetArguments {
    std::string directory = "troupe-devnet";
    std::string anvil;
    std::string l1;
    std::string genesis;
    std::string chain_id = "42069";
    std::uint16_t l1_port = 18'545;
    std::uint32_t l1_block_time = 1;
    std::string block_time;
    std::string host;
    std::optional<std::uint16_t> port;
    std::optional<std::uint16_t> grpc_port;
    std::optional<std::uint16_t> admin_port;
    std::optional<std::uint16_t> metrics_port;
};

// Receives the tips. None of the ten accounts, so that a receipt's gas is all that its sender pays.
chain::Address fee_vault() {
    return *chain::fixed_from_hex<chain::Address>("0x4200000000000000000000000000000000000011");
}

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

std::optional<ChildProcess> start_l1(
    const DevnetArguments& arguments, std::uint16_t port, std::string& failure) {
    const std::optional<std::string> program =
        arguments.anvil.empty() ? find_anvil(failure) : arguments.anvil;
    if (!program) return std::nullopt;
    if (!port_is_free(port)) {
        failure =
            "port " + std::to_string(port) +
            ", for anvil, is taken: name another one with --l1-port, or a running L1 with --l1";
        return std::nullopt;
    }
    ChildProcess::Options options;
    options.arguments = {
        *program, "--host",  "127.0.0.1", "--port", std::to_string(port), "--slots-in-an-epoch",
        "4",      "--silent"};
    options.output_file = (std::filesystem::path(arguments.directory) / "anvil.log").string();
    auto anvil = ChildProcess::start(options, failure);
    if (!anvil) failure += "; name another one with --anvil, or a running L1 with --l1";
    return anvil;
}

// @param anvil  the L1's process, where it is ours
bool wait_for_l1(
    l1::EthClient& l1, const DevnetArguments& arguments, std::optional<ChildProcess>& anvil,
    std::string& failure) {
    const auto deadline = std::chrono::steady_clock::now() + kL1Patience;
    while (true) {
        const auto chain_id = l1.chain_id();
        if (chain_id) return true;
        failure = "the L1 does not answer: " + chain_id.error().text;
        if (anvil && !anvil->running()) {
            failure = "anvil ended; " + arguments.directory + "/anvil.log says why";
            return false;
        }
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

std::optional<RollupFile> deploy_to(
    chain::Genesis genesis, l1::EthClient& l1, std::string& failure) {
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
        l1, dev_keys()[kDevOwner], config, std::move(genesis), fee_vault(), failure);
}

// From now on as a real L1: a block now and then, whether or not there is anything in it.
bool mine_every(const std::string& url, std::uint32_t seconds, std::string& failure) {
    l1::JsonRpcClient client(*l1::parse_url(url), {});
    const auto answer = client.call("evm_setIntervalMining", l1::Json::array({seconds}));
    if (!answer) failure = "anvil does not mine by the clock: " + answer.error().text;
    return answer.ok();
}

// The chain of a devnet without an L1: contracts that nobody deployed, and the present as its
// start.
RollupFile rollup_without_l1(chain::Genesis genesis) {
    RollupFile rollup;
    chain::ChainConfig& config = rollup.chain;
    config.chain_id = genesis.chain_id;
    config.l1_chain_id = kAnvilChainId;
    config.gas_limit = genesis.gas_limit;
    config.fee_vault = fee_vault();
    std::uint8_t last_byte = 1;
    for (auto* contract : {&config.system_config, &config.batch_inbox, &config.output_registry})
        contract->bytes.back() = last_byte++;
    const auto now = static_cast<std::uint64_t>(std::time(nullptr));
    config.l1_start_timestamp = now;
    genesis.timestamp = std::max(genesis.timestamp, now);
    rollup.genesis = std::move(genesis);
    rollup.genesis_hash = genesis_hash_of(rollup.genesis, config);
    return rollup;
}

// Starts or finds the L1, and puts the contracts there.
std::optional<RollupFile> make_l1(
    const DevnetArguments& arguments, chain::Genesis genesis, L1Config& config,
    std::optional<ChildProcess>& anvil, std::string& failure) {
    const bool own = arguments.l1.empty();
    config.url = arguments.l1;
    if (own) {
        const std::uint16_t port = arguments.l1_port != 0 ? arguments.l1_port : free_port();
        anvil = start_l1(arguments, port, failure);
        if (!anvil) return std::nullopt;
        config.url = "http://127.0.0.1:" + std::to_string(port);
    }
    l1::RpcConfig rpc;
    rpc.attempts_max = 1;
    auto client = l1::EthClient::open(config.url, rpc);
    if (!client) {
        failure = "--l1: " + client.error().text;
        return std::nullopt;
    }
    if (!wait_for_l1(**client, arguments, anvil, failure)) return std::nullopt;
    auto rollup = deploy_to(std::move(genesis), **client, failure);
    if (!rollup) return std::nullopt;
    if (own && !mine_every(config.url, arguments.l1_block_time, failure)) return std::nullopt;
    return rollup;
}

// A devnet begins anew with its L1: the old chain belongs to an L1 that is gone. Nothing else runs
// in the directory while `lock` lives.
std::string empty_directory(
    const std::filesystem::path& directory, const std::filesystem::path& marker,
    std::unique_ptr<LockFile>& lock) {
    std::error_code error;
    const bool marked = std::filesystem::exists(marker, error);
    if (!marked && std::filesystem::exists(directory, error) &&
        !std::filesystem::is_empty(directory, error))
        return directory.string() + " exists and is no devnet's: name another one with --dir";
    std::filesystem::create_directories(directory, error);
    if (error) return "cannot create " + directory.string() + ": " + error.message();
    // Names the directory as a devnet's from the first moment on.
    std::string failure = marked ? "" : write_file_atomically(marker, "{}\n");
    if (!failure.empty()) return failure;
    lock = LockFile::take(directory / kLockFile, failure);
    if (!lock)
        return directory.string() + ": " + failure + ": stop it, or name another one with --dir";
    for (const auto& entry : std::filesystem::directory_iterator(directory, error))
        if (entry.path() != marker && entry.path().filename() != kLockFile)
            std::filesystem::remove_all(entry.path(), error);
    if (error) return "cannot empty " + directory.string() + ": " + error.message();
    return {};
}

// "127.0.0.1:9464" with the port that was bound
std::string bound(const std::string& listen, int port) {
    return listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
}

void print_banner(
    const NodeRuntime& node, const NodeConfig& config, const DevnetArguments& arguments,
    const std::string& rollup_path) {
    DevnetFacts facts;
    facts.chain = config.rollup.chain;
    facts.block_time_ms = config.engine.block_time_ms;
    const std::string host = config.json_rpc.listen.substr(0, config.json_rpc.listen.rfind(':'));
    if (host != "0.0.0.0" && host != "[::]") facts.host = host;
    facts.rpc_port = node.rpc_port();
    facts.grpc = bound(config.grpc.listen, node.grpc_port());
    if (!config.grpc.admin_listen.empty())
        facts.admin = bound(config.grpc.admin_listen, node.admin_port());
    if (!config.metrics_listen.empty())
        facts.metrics = bound(config.metrics_listen, node.metrics_port());
    if (config.l1.enabled) facts.l1_url = config.l1.url;
    facts.rollup_path = rollup_path;
    facts.data_directory = config.data_directory.string();
    facts.well_known_accounts = arguments.genesis.empty();
    std::fputs(devnet_banner(facts, wants_colour(stdout)).c_str(), stdout);
    std::fflush(stdout);
}

// What the devnet's own flags say, over what the node's options say.
std::string apply_arguments(const DevnetArguments& arguments, NodeConfig& config) {
    if (!arguments.block_time.empty()) {
        const auto ms = read_duration_ms(arguments.block_time);
        const Option& option = *find_option("block-time-ms");
        const std::string wrong =
            ms ? check_value(option, std::to_string(*ms)) : "a duration such as 200ms or 1s";
        if (!wrong.empty())
            return "--block-time is \"" + arguments.block_time + "\", expected " + wrong +
                   (ms ? " milliseconds" : "");
        config.engine.block_time_ms = static_cast<std::uint32_t>(*ms);
    }
    const auto listen = [&](std::optional<std::uint16_t> port, std::string& address) {
        if (!port && (arguments.host.empty() || address.empty())) return;
        const std::size_t colon = address.rfind(':');
        std::string host = arguments.host;
        if (host.empty()) host = colon == address.npos ? "127.0.0.1" : address.substr(0, colon);
        address = host + ":" + (port ? std::to_string(*port) : address.substr(colon + 1));
    };
    listen(arguments.port, config.json_rpc.listen);
    listen(arguments.grpc_port, config.grpc.listen);
    const auto loopback = [](std::optional<std::uint16_t> port, std::string& address) {
        if (port) address = "127.0.0.1:" + std::to_string(*port);
    };
    loopback(arguments.admin_port, config.grpc.admin_listen);
    loopback(arguments.metrics_port, config.metrics_listen);
    return {};
}

std::optional<chain::Genesis> make_genesis(const DevnetArguments& arguments, std::string& failure) {
    if (!arguments.genesis.empty()) return read_genesis_file(arguments.genesis, failure);
    if (arguments.chain_id == "random")
        return dev_genesis(kRandomChainIds + std::random_device()() % kRandomChainIds);
    const auto chain_id = chain::u64_from_text(arguments.chain_id);
    if (!chain_id || *chain_id == 0) {
        failure = "--chain-id is \"" + arguments.chain_id + "\", expected a number or random";
        return std::nullopt;
    }
    return dev_genesis(*chain_id);
}

// An environment or file made for a node says more than a devnet uses.
void say_what_is_not_used(const Settings& settings) {
    for (const std::string_view name : kDecided) {
        const std::string& origin = settings.origin(name);
        if (origin == "default") continue;
        log_warn(
            Component::kNode, "{} ({}) is not used: a devnet decides it by itself", name, origin);
    }
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
    if (failure = apply_arguments(arguments, config); !failure.empty())
        return report(failure, kExitUsage);

    say_what_is_not_used(*settings);
    // Pages that are being written may call a devnet from anywhere, unless that was decided.
    if (settings->origin("rpc.origins") == "default") config.json_rpc.origins = {"*"};

    auto genesis = make_genesis(arguments, failure);
    if (!genesis) return report(failure, kExitUsage);
    const std::filesystem::path directory = arguments.directory;
    const std::string rollup_path = (directory / "rollup.json").string();
    std::unique_ptr<LockFile> lock;
    if (failure = empty_directory(directory, rollup_path, lock); !failure.empty())
        return report(failure, kExitUsage);
    config.data_directory = directory / "data";

    std::optional<ChildProcess> anvil;
    config.l1.enabled = arguments.l1 != kNoL1;
    if (config.l1.enabled) {
        auto rollup = make_l1(arguments, std::move(*genesis), config.l1, anvil, failure);
        if (!rollup) return report(failure);
        config.rollup = std::move(*rollup);
    } else {
        config.rollup = rollup_without_l1(std::move(*genesis));
    }
    failure = write_rollup_file(rollup_path, config.rollup);
    if (!failure.empty()) return report(failure);
    NodeKeys keys;
    keys.batcher.emplace(dev_keys()[kDevBatcher]);
    keys.proposer.emplace(dev_keys()[kDevProposer]);
    const NodeConfig shown = config;
    const auto node = NodeRuntime::start(std::move(config), keys, failure);
    if (!node) return report(failure);
    print_banner(*node, shown, arguments, rollup_path);
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
    app->add_option(
           "--l1", arguments->l1,
           "Use this running development L1 instead of anvil; none: do without an L1")
        ->type_name("URL|none");
    app->add_option("--l1-port", arguments->l1_port, "Port of anvil")->capture_default_str();
    app->add_option("--l1-block-time", arguments->l1_block_time, "Seconds between anvil's blocks")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'600));
    app->add_option(
           "--block-time", arguments->block_time,
           "Time between blocks: 200ms, 1s, or seconds as anvil has them [default: 1s]")
        ->type_name("TIME");
    app->add_option(
           "--host", arguments->host, "Where JSON-RPC and gRPC listen [default: 127.0.0.1]")
        ->type_name("ADDRESS");
    app->add_option("-p,--port", arguments->port, "Port of JSON-RPC and the page [default: 8545]");
    app->add_option("--grpc-port", arguments->grpc_port, "Port of gRPC [default: 50051]");
    app->add_option("--admin-port", arguments->admin_port, "Port of admin gRPC [default: 50052]");
    app->add_option(
        "--metrics-port", arguments->metrics_port, "Port of metrics and health [default: 9464]");
    app->add_option(
        "--genesis", arguments->genesis, "genesis.json to use instead of ten funded accounts");
    app->add_option("--chain-id", arguments->chain_id, "Chain id of the L2, or random")
        ->capture_default_str();
    NodeOptions options(*app, kDecided);
    app->footer(
        "Examples:\n"
        "  troupe devnet\n"
        "  troupe devnet --l1 none --block-time 200ms --port 9545\n"
        "Port 0 takes a free one; the banner says which.");
    return {app, [arguments, options] { return run_devnet(*arguments, options); }};
}

}  // namespace troupe::node
