#include "tests/support/anvil.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/json_rpc_client.hpp"
#include "sequencer/process/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace troupe::tests {

namespace {

constexpr auto kStartTimeout = std::chrono::seconds(20);
constexpr auto kMinedMax = std::chrono::seconds(10);
constexpr std::array<const char*, Anvil::kAccounts> kKeys{
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
};

std::string anvil_binary() {
    const std::string packages = std::string(TROUPE_NODE_MODULES) + "/@foundry-rs/anvil-linux-";
    for (const char* machine : {"amd64", "arm64"}) {
        std::string path = packages + machine + "/bin/anvil";
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    throw std::runtime_error(
        "anvil is missing (" + packages + "*): run ./dev setup, or npm ci in the project root");
}

}  // namespace

Anvil::Anvil(AnvilOptions options) : options_(std::move(options)) {
    try {
        start();
    } catch (...) {  // no destructor runs for what was not constructed
        kill();
        if (log_ >= 0) ::close(log_);
        throw;
    }
}

Anvil::~Anvil() {
    kill();
    if (log_ >= 0) ::close(log_);
}

void Anvil::start() {
    const std::string binary = anvil_binary();
    // Not one that the system chooses: while nothing listens on such a port, between kill() and
    // restart(), anyone's outgoing connection may take it, even the one that looks for this anvil.
    if (port_ == 0) port_ = options_.port != 0 ? options_.port : node::free_port();
    std::vector<std::string> words{binary, "--host", "127.0.0.1", "--port", std::to_string(port_)};
    words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);

    if (log_ >= 0) ::close(log_);
    log_ = ::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (log_ < 0) throw std::runtime_error("no temporary file for anvil's output");
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) {  // only calls that are safe between fork and exec
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(127);
        ::dup2(log_, STDOUT_FILENO);
        ::dup2(log_, STDERR_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    wait_until_it_listens();
    if (client_) return;  // a restart keeps the port, and whoever uses the client
    l1::RpcConfig config;
    config.timeout = std::chrono::seconds(30);
    auto client = l1::EthClient::open(url(), config);
    if (!client) throw std::runtime_error(client.error().text);
    client_ = std::move(*client);
}

void Anvil::wait_until_it_listens() {
    const std::string sign = "Listening on 127.0.0.1:" + std::to_string(port_) + "\n";
    const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
    std::string output(1 << 16, '\0');
    while (true) {
        const ssize_t size = ::pread(log_, output.data(), output.size(), 0);
        const std::string_view text(output.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
        if (text.find(sign) != std::string_view::npos) return;
        const bool ended = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
        if (ended) pid_ = -1;
        if (ended || std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("anvil did not start: " + std::string(text));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

std::string Anvil::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

void Anvil::kill() noexcept {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void Anvil::restart() {
    automines_ = true;
    kill();
    start();
}

void Anvil::freeze() const noexcept {
    ::kill(pid_, SIGSTOP);
    ::waitpid(
        pid_, nullptr, WUNTRACED);  // the signal takes its time: until all threads stand still
}

void Anvil::thaw() const noexcept {
    ::kill(pid_, SIGCONT);
}

std::string Anvil::rpc(const std::string& method, const std::string& params_json) {
    auto answer = client_->request(method, params_json);
    if (!answer) throw std::runtime_error(answer.error().text);
    return std::move(*answer);
}

void Anvil::mine(std::uint64_t blocks) {
    rpc("anvil_mine", "[\"" + chain::to_hex_quantity(blocks) + "\"]");
}

void Anvil::set_automine(bool on) {
    rpc("evm_setAutomine", on ? "[true]" : "[false]");
    automines_ = on;
}

std::string Anvil::snapshot() {
    return rpc("evm_snapshot");
}

void Anvil::revert(const std::string& snapshot) {
    if (rpc("evm_revert", "[" + snapshot + "]") != "true") {
        throw std::runtime_error("evm_revert refused");
    }
}

void Anvil::wait_until_all_is_mined() {
    const auto deadline = std::chrono::steady_clock::now() + kMinedMax;
    while (rpc("txpool_status").find(R"("pending":"0x0")") == std::string::npos) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("anvil does not mine: " + rpc("txpool_status"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

void Anvil::set_next_base_fee(std::uint64_t wei) {
    rpc("anvil_setNextBlockBaseFeePerGas", "[\"" + chain::to_hex_quantity(wei) + "\"]");
}

chain::crypto::PrivateKey Anvil::key(std::size_t account) {
    return *chain::fixed_from_hex<chain::crypto::PrivateKey>(kKeys.at(account));
}

chain::Address Anvil::address(std::size_t account) {
    return chain::crypto::address_of(*chain::crypto::public_key_of(key(account)));
}

}  // namespace troupe::tests
