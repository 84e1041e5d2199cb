#include "sequencer/demo/local_rollup.hpp"

#include "l1-client/eth_client.hpp"
#include "sequencer/config/genesis_file.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/process/anvil_program.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace troupe::node {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kL1StartMax{20};
constexpr std::chrono::seconds kNodeStartMax{60};
constexpr std::chrono::seconds kDeployMax{120};
constexpr std::chrono::minutes kVerifyMax{30};
constexpr std::chrono::minutes kBenchMax{2};
constexpr std::size_t kLogTailBytes = 2'000;

std::string loopback(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

LocalRollup::LocalRollup(Options options)
    : options_(std::move(options)), directory_(options_.directory) {
    if (options_.program.empty()) options_.program = own_program();
    if (directory_.empty()) {
        std::string pattern = (fs::temp_directory_path() / "troupe-XXXXXX").string();
        temporary_ = mkdtemp(pattern.data()) != nullptr;
        directory_ = pattern;
    } else {
        fs::create_directories(directory_);
    }
}

LocalRollup::~LocalRollup() {
    node_.reset();
    l1_.reset();
    std::error_code ignored;
    if (temporary_ && !options_.keep) fs::remove_all(directory_, ignored);
}

std::string LocalRollup::l1_url() const {
    return "http://" + loopback(l1_port_);
}
std::string LocalRollup::grpc_target() const {
    return loopback(grpc_port_);
}
std::string LocalRollup::rpc_url() const {
    return "http://" + loopback(rpc_port_);
}
std::string LocalRollup::metrics_url() const {
    return "http://" + loopback(metrics_port_);
}

bool LocalRollup::fail(std::string message) {
    failure_ = std::move(message);
    return false;
}

std::string LocalRollup::tail_of(const std::string& log) const {
    const std::string text = read_file(file(log));
    return "\n--- end of " + file(log) + "\n" +
           text.substr(text.size() - std::min(text.size(), kLogTailBytes));
}

bool LocalRollup::start_l1() {
    const auto program = find_anvil(failure_);
    if (!program) return false;
    if (l1_port_ == 0) l1_port_ = free_port();
    std::vector<std::string> arguments{*program, "--port", std::to_string(l1_port_)};
    arguments.insert(arguments.end(), options_.l1_arguments.begin(), options_.l1_arguments.end());
    l1_ = ChildProcess::start({arguments, file("l1.log"), {}}, failure_);
    if (!l1_) return false;
    const auto deadline = Clock::now() + kL1StartMax;
    while (Clock::now() < deadline && l1_->running()) {
        l1::RpcConfig once;
        once.attempts_max = 1;
        const auto client = l1::EthClient::open(l1_url(), once);
        if (client && (*client)->chain_id()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return fail("the L1 does not answer at " + l1_url() + tail_of("l1.log"));
}

bool LocalRollup::write_genesis_file() {
    std::ofstream out(file("genesis.json"));
    out << write_genesis(options_.genesis).dump(1) << "\n";
    return out.good() || fail(file("genesis.json") + " cannot be written");
}

bool LocalRollup::deploy() {
    if (!write_genesis_file()) return false;
    auto child = ChildProcess::start(
        {{options_.program, "deploy", "--l1", l1_url(), "--genesis", file("genesis.json"),
          "--rollup", file("rollup.json"), "--dev-keys"},
         file("deploy.log"),
         {}},
        failure_);
    if (!child) return false;
    if (child->wait(kDeployMax) == 0) return true;
    return fail("the contracts could not be deployed" + tail_of("deploy.log"));
}

bool LocalRollup::do_without_l1() {
    with_l1_ = false;
    RollupFile rollup;
    rollup.genesis = options_.genesis;
    chain::ChainConfig& config = rollup.chain;
    config.chain_id = rollup.genesis.chain_id;
    config.l1_chain_id = 31'337;
    config.gas_limit = rollup.genesis.gas_limit;
    config.fee_vault.bytes.fill(0xfe);
    std::uint8_t last_byte = 1;
    for (auto* contract : {&config.system_config, &config.batch_inbox, &config.output_registry}) {
        contract->bytes.back() = last_byte++;
    }
    rollup.funded = options_.funded;
    rollup.genesis_hash = genesis_hash_of(rollup.genesis, config, rollup.funded);
    failure_ = write_rollup_file(file("rollup.json"), rollup);
    return failure_.empty();
}

std::vector<std::string> LocalRollup::node_command() {
    if (grpc_port_ == 0) {
        grpc_port_ = free_port();
        admin_port_ = free_port();
        metrics_port_ = free_port();
        rpc_port_ = free_port();
    }
    std::vector<std::string> arguments{
        options_.program,
        "node",
        "--data-dir",
        file("data"),
        "--rollup",
        file("rollup.json"),
        "--grpc.listen",
        loopback(grpc_port_),
        "--grpc.admin-listen",
        loopback(admin_port_),
        "--metrics.listen",
        loopback(metrics_port_),
        "--rpc.listen",
        loopback(rpc_port_)};
    if (with_l1_) {
        const std::string& url = options_.node_l1_url;
        arguments.insert(
            arguments.end(), {"--l1.url", url.empty() ? l1_url() : url, "--dev-keys=true"});
    } else {
        arguments.emplace_back("--l1.enabled=false");
    }
    arguments.insert(
        arguments.end(), options_.node_arguments.begin(), options_.node_arguments.end());
    return arguments;
}

bool LocalRollup::start_node() {
    const auto start = Clock::now();
    node_ = ChildProcess::start({node_command(), file("node.log"), {}}, failure_);
    if (!node_ || !wait_until_serving()) return false;
    start_ms_ = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    return true;
}

bool LocalRollup::wait_until_serving() {
    const auto deadline = Clock::now() + kNodeStartMax;
    while (Clock::now() < deadline && node_->running()) {
        // A new connection each time: gRPC waits a second before it tries a refused one again.
        const auto client = connect();
        if (client && client->wait_connected(50) && client->is_serving() &&
            client->chain_info().ok())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return fail("the node does not serve at " + grpc_target() + tail_of("node.log"));
}

int LocalRollup::stop_node() {
    const int status = node_ ? node_->stop() : 0;
    node_.reset();
    return status;
}

void LocalRollup::kill_node() {
    if (!node_) return;
    node_->signal(SIGKILL);
    node_->wait(std::chrono::seconds(20));
    node_.reset();
}

int LocalRollup::verify(std::string& json, const std::vector<std::string>& more) {
    fs::remove(file("verify.json"));
    std::vector<std::string> arguments{options_.program,    "verify", "--l1", l1_url(), "--rollup",
                                       file("rollup.json"), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto child =
        ChildProcess::start({arguments, file("verify.json"), file("verify.log")}, failure_);
    if (!child) return -1;
    const auto status = child->wait(kVerifyMax);
    json = read_file(file("verify.json"));
    return status.value_or(-1);
}

int LocalRollup::bench(const std::string& workload, std::string& json) {
    const ChildProcess::Options run{
        {options_.program, "bench", "--workloads", workload, "--json", file("bench.json")},
        file("bench.log"),
        {}};
    auto child = ChildProcess::start(run, failure_);
    if (!child) return -1;
    const auto status = child->wait(kBenchMax);
    json = read_file(file("bench.json"));
    return status.value_or(-1);
}

std::unique_ptr<client::Client> LocalRollup::connect_to(std::uint16_t port) {
    client::ClientConfig config;
    config.target = loopback(port);
    return client::Client::create(config, failure_);
}

std::unique_ptr<client::Client> LocalRollup::connect() {
    return connect_to(grpc_port_);
}
std::unique_ptr<client::Client> LocalRollup::connect_admin() {
    return connect_to(admin_port_);
}

}  // namespace troupe::node
