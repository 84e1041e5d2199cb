#include "tests/system/support/test_rollup.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::chrono::milliseconds kPoll{20};
constexpr std::size_t kLogTailBytes = 6'000;

bool test_has_failed() {
    namespace ut = boost::unit_test;
    if (std::uncaught_exceptions() > 0) return true;
    if (!ut::framework::test_in_progress()) return false;
    return !ut::results_collector.results(ut::framework::current_test_case_id()).passed();
}

std::vector<std::string> node_arguments(const std::map<std::string, std::string>& wanted) {
    std::map<std::string, std::string> options{
        {"block-time-ms", "200"},
        {"batcher.channel-age-ms", "1000"},
        {"l1.poll-ms", "100"},
        {"l1.confirmations", "1"},
    };
    for (const auto& [name, value] : wanted)
        options[name] = value;
    std::vector<std::string> arguments;
    for (const auto& [name, value] : options)
        arguments.push_back("--" + name + "=" + value);
    return arguments;
}

chain::Genesis make_genesis(
    const std::vector<node::WorkloadWallet>& wallets,
    const std::vector<chain::GenesisAccount>& funded) {
    chain::Genesis genesis;
    genesis.chain_id = TestRollup::kChainId;
    genesis.gas_limit = TestRollup::kGasLimit;
    genesis.base_fee_per_gas = TestRollup::kBaseFee;
    genesis.alloc = node::fund(wallets, *chain::uint256_from_text("1000000000000000000000"));
    genesis.alloc.insert(genesis.alloc.end(), funded.begin(), funded.end());
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    return genesis;
}

}  // namespace

void need(bool good, const std::string& message) {
    if (!good) throw std::runtime_error(message);
}

bool eventually(std::chrono::milliseconds patience, const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        if (condition()) return true;
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(kPoll);
    }
}

std::uint64_t number_from_environment(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read only
    if (text == nullptr) return fallback;
    const auto number = chain::u64_from_text(text);
    need(number.ok(), std::string(name) + " is not a number");
    return *number;
}

std::string program() {
    const char* named = std::getenv("TROUPE_PROGRAM");  // NOLINT(concurrency-mt-unsafe): read only
    return named != nullptr ? named : TROUPE_PROGRAM;
}

TestRollup::TestRollup(RollupShape shape)
    : wallets_(node::make_wallets("troupe system tests", shape.wallets)) {
    node::LocalRollup::Options options;
    options.program = program();
    options.genesis = make_genesis(wallets_, shape.funded);
    options.l1_arguments = shape.l1_arguments;
    options.node_arguments = node_arguments(shape.node_options);
    options.node_l1_url = shape.node_l1_url;
    options.keep = std::getenv("TROUPE_KEEP") != nullptr;  // NOLINT(concurrency-mt-unsafe)
    parts_ = std::make_unique<node::LocalRollup>(std::move(options));
    need(parts_->start_l1(), parts_->failure());
    need(parts_->deploy(), parts_->failure());
    l1::RpcConfig patient;
    patient.timeout = std::chrono::seconds(20);
    l1_ = get(l1::EthClient::open(parts_->l1_url(), patient));
}

TestRollup::~TestRollup() {
    if (!test_has_failed()) return;
    const std::string log = read_file("node.log");
    std::cout << "--- end of " << parts_->file("node.log") << "\n"
              << log.substr(log.size() - std::min(log.size(), kLogTailBytes)) << "---\n";
}

void TestRollup::start_node() {
    need(parts_->start_node(), parts_->failure());
}

std::unique_ptr<node::client::Client> TestRollup::connect() {
    auto client = parts_->connect();
    need(client != nullptr, parts_->failure());
    return client;
}

node::client::Heads TestRollup::heads() {
    return get(connect()->chain_info()).heads;
}

void TestRollup::wait_until_safe(std::uint64_t number, std::chrono::seconds patience) {
    const auto admin = parts_->connect_admin();
    need(admin != nullptr, parts_->failure());
    const auto client = connect();
    get(admin->flush());
    const bool safe =
        eventually(patience, [&] { return get(client->chain_info()).heads.safe >= number; });
    need(
        safe, "block " + std::to_string(number) + " is not safe after " +
                  std::to_string(patience.count()) + " s, block " +
                  std::to_string(get(client->chain_info()).heads.safe) + " is");
}

std::vector<chain::Bytes> TestRollup::next_transfers(
    std::size_t count, decltype(node::TransferMix::change) change) {
    const auto client = connect();
    node::TransferMix mix;
    mix.chain_id = kChainId;
    mix.count = count;
    mix.change = std::move(change);
    mix.seed = ++signed_sets_;  // others than last time, where those were not taken
    for (const auto& wallet : wallets_)
        mix.first_nonces.push_back(get(client->account(wallet.address)).pending_nonce);
    return node::sign_transfers(wallets_, mix);
}

std::string TestRollup::l1_request(const std::string& method, const std::string& params_json) {
    return get(l1_->request(method, params_json));
}

std::string TestRollup::read_file(const std::string& name) const {
    std::ifstream file(parts_->file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Verdict verify(TestRollup& rollup, const std::vector<std::string>& more) {
    Verdict verdict;
    verdict.status = rollup->verify(verdict.text, more);
    const auto json = nlohmann::json::parse(verdict.text, nullptr, false);
    need(json.is_object(), "verify says no JSON: " + rollup.read_file("verify.log"));
    verdict.verified = json.value("verified", false);
    verdict.blocks = json.value("blocks", std::uint64_t{0});
    verdict.transactions = json.value("transactions", std::uint64_t{0});
    verdict.batches = json.value("batches", std::uint64_t{0});
    verdict.dropped = json.value("dropped", std::uint64_t{0});
    verdict.claims_right = json.value("claims_right", std::uint64_t{0});
    verdict.claims_wrong = json.value("claims_wrong", std::uint64_t{0});
    verdict.state_root = json.value("state_root", std::string{});
    verdict.head_hash = json.value("head_hash", std::string{});
    return verdict;
}

}  // namespace troupe::tests
