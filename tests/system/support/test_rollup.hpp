#pragma once

#include "l1-client/eth_client.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/workload/transfers.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Helpers of the system tests. What keeps a test from going on is thrown as std::runtime_error
/// with the reason in the text: the test framework prints it.
namespace troupe::tests {

/// Throws `message` unless `good`.
void need(bool good, const std::string& message);

/// The value, or throws what the node or the L1 said.
template <class T>
T get(node::client::CallResult<T> result) {
    need(result.ok(), result.ok() ? "" : result.error().text());
    return std::move(*result);
}
inline void get(const node::client::CallResult<void>& result) {
    need(result.ok(), result.ok() ? "" : result.error().text());
}
template <class T>
T get(l1::Result<T> result) {
    need(result.ok(), result.ok() ? "" : result.error().text);
    return std::move(*result);
}

/// Asks `condition` again and again. @return whether it held within `patience`
[[nodiscard]] bool eventually(
    std::chrono::milliseconds patience, const std::function<bool()>& condition);

/// A number from the environment, for longer runs by hand: TROUPE_CRASH_ROUNDS=200.
[[nodiscard]] std::uint64_t number_from_environment(const char* name, std::uint64_t fallback);

/// The troupe under test: that of this build, or the one that TROUPE_PROGRAM names.
[[nodiscard]] std::string program();

struct RollupShape {
    std::size_t wallets = 64;  ///< each with 1,000 ether
    std::vector<std::string> l1_arguments{"--block-time", "1"};
    /// Options of the node, over those that make a test quick: blocks of 200 ms, channels of 1 s.
    std::map<std::string, std::string> node_options;
    std::string node_l1_url;                    ///< where the node finds the L1; empty: the L1
    std::vector<chain::GenesisAccount> funded;  ///< further accounts of the genesis
};

/// An L1, the contracts and a node of the built troupe program, with wallets that have money.
/// Prints the end of the node's log where the test has failed.
class TestRollup {
  public:
    static constexpr std::uint64_t kChainId = 424'242;
    static constexpr std::uint64_t kGasLimit = 5'000'000'000;
    static constexpr std::uint64_t kBaseFee = 1'000'000'000;  ///< of the first block [wei]

    /// Starts the L1 and deploys the contracts.
    explicit TestRollup(RollupShape shape = {});
    ~TestRollup();
    TestRollup(const TestRollup&) = delete;
    TestRollup& operator=(const TestRollup&) = delete;

    node::LocalRollup* operator->() noexcept { return &*parts_; }

    void start_node();
    /// A connection of its own.
    [[nodiscard]] std::unique_ptr<node::client::Client> connect();
    [[nodiscard]] node::client::Heads heads();
    /// Posts what is there and waits until the L1 derives to block `number`.
    void wait_until_safe(
        std::uint64_t number, std::chrono::seconds patience = std::chrono::seconds(60));

    /// Every account's next transfers, signed, senders in turn: `count` of them in all.
    /// @param change  what they do instead, see node::TransferMix
    [[nodiscard]] std::vector<chain::Bytes> next_transfers(
        std::size_t count, decltype(node::TransferMix::change) change = {});

    [[nodiscard]] const std::vector<node::WorkloadWallet>& wallets() const noexcept {
        return wallets_;
    }
    /// A client of the L1 for the test's own questions, past any proxy.
    [[nodiscard]] l1::EthClient& l1() { return *l1_; }
    /// A method of the L1 without a typed wrapper; throws what it says.
    std::string l1_request(const std::string& method, const std::string& params_json = "[]");
    [[nodiscard]] std::string read_file(const std::string& name) const;

  private:
    std::vector<node::WorkloadWallet> wallets_;
    std::unique_ptr<node::LocalRollup> parts_;
    std::unique_ptr<l1::EthClient> l1_;
    std::uint64_t signed_sets_ = 0;
};

/// What `troupe verify --json` says, in another process that knows the L1 alone.
struct Verdict {
    int status = -1;
    bool verified = false;
    std::uint64_t blocks = 0;
    std::uint64_t transactions = 0;
    std::uint64_t batches = 0;
    std::uint64_t dropped = 0;
    std::uint64_t claims_right = 0;
    std::uint64_t claims_wrong = 0;
    std::string state_root;
    std::string head_hash;
    std::string text;  ///< all of it
};
[[nodiscard]] Verdict verify(TestRollup& rollup, const std::vector<std::string>& more = {});

}  // namespace troupe::tests
