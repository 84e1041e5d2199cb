#include "bench/anvil_peer.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/json_rpc_client.hpp"
#include "sequencer/process/child_process.hpp"
#include "sequencer/workload/transfers.hpp"

#include <chrono>
#include <thread>

namespace troupe::bench {
namespace {

constexpr std::uint64_t kAnvilChainId = 31'337;
constexpr std::size_t kWallets = 100;
constexpr std::size_t kTransactions = 20'000;
constexpr std::size_t kBatch = 100;  // calls per HTTP request
constexpr std::chrono::seconds kStartMax{10};
constexpr std::chrono::seconds kMineMax{60};

using Clock = std::chrono::steady_clock;

l1::RpcConfig batch_config() {
    l1::RpcConfig config;
    config.batch_calls_max = kBatch;
    config.timeout = std::chrono::seconds(60);
    config.attempts_max = 1;  // a transaction sent twice is an error here
    return config;
}

std::optional<l1::Url> wait_until_ready(std::uint16_t port, std::string& version) {
    const auto url = l1::parse_url("http://127.0.0.1:" + std::to_string(port));
    const auto deadline = Clock::now() + kStartMax;
    while (Clock::now() < deadline) {
        l1::JsonRpcClient client(*url, {.attempts_max = 1});
        if (const auto answer = client.call("web3_clientVersion", l1::Json::array())) {
            version = answer->get<std::string>();
            return *url;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return std::nullopt;
}

bool fund_wallets(const l1::Url& url, const std::vector<node::WorkloadWallet>& wallets) {
    l1::JsonRpcClient client(url, batch_config());
    std::vector<l1::RpcCall> calls;
    for (const auto& wallet : wallets) {
        calls.push_back(
            {"anvil_setBalance",
             l1::Json::array({chain::to_hex(wallet.address), "0x3635c9adc5dea00000"})});
    }
    return client.batch(calls).ok();
}

/// Sends all and waits for the last one's receipt.
/// @return an empty string, or what anvil said
std::string drive(const l1::Url& url, const std::vector<chain::Bytes>& raw) {
    l1::JsonRpcClient client(url, batch_config());
    std::vector<l1::RpcCall> calls;
    std::string last_hash;
    const auto flush = [&]() -> std::string {
        const auto answers = client.batch(calls);
        calls.clear();
        if (!answers) return answers.error().text;
        last_hash = answers->back().get<std::string>();
        return {};
    };
    for (const auto& transaction : raw) {
        calls.push_back({"eth_sendRawTransaction", l1::Json::array({chain::to_hex(transaction)})});
        if (calls.size() < kBatch) continue;
        if (auto failure = flush(); !failure.empty()) return failure;
    }
    if (!calls.empty()) {
        if (auto failure = flush(); !failure.empty()) return failure;
    }
    const auto deadline = Clock::now() + kMineMax;
    while (Clock::now() < deadline) {
        const auto receipt = client.call("eth_getTransactionReceipt", l1::Json::array({last_hash}));
        if (receipt && receipt->is_object()) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return "no receipt of " + last_hash;
}

}  // namespace

std::optional<Peer> measure_anvil(const std::string& anvil, std::string& failure) {
    const std::uint16_t port = node::free_port();
    auto process = node::ChildProcess::start(
        {{anvil, "--port", std::to_string(port), "--silent", "--block-time", "1", "--gas-limit",
          "5000000000"},
         "/dev/null"},
        failure);
    if (!process) return std::nullopt;
    std::string version;
    const auto url = wait_until_ready(port, version);
    const auto wallets = node::make_wallets("bench anvil", kWallets);
    if (!url || !fund_wallets(*url, wallets)) {
        failure = "anvil does not answer";
        return std::nullopt;
    }
    const auto raw =
        node::sign_transfers(wallets, {.chain_id = kAnvilChainId, .count = kTransactions});
    const auto start = Clock::now();
    failure = drive(*url, raw);
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    if (!failure.empty()) return std::nullopt;
    Peer peer;
    peer.name = version;
    peer.workload = "W14";
    peer.tps = static_cast<double>(kTransactions) / elapsed.count();
    return peer;
}

}  // namespace troupe::bench
