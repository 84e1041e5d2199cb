#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/types/transaction.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

namespace troupe::tests {
namespace {

using chain::Bytes;
using chain::Transaction;
using node::WorkloadWallet;

constexpr std::uint64_t kGwei = 1'000'000'000;
constexpr int kNotFound = 5;  // gRPC status codes
constexpr int kResourceExhausted = 8;

/// A transfer to the same wallet that is good but for what `change` does to it.
Bytes signed_by(
    const WorkloadWallet& wallet, std::uint64_t nonce,
    const std::function<void(Transaction&)>& change = [](Transaction&) {}) {
    Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = TestRollup::kChainId;
    tx.nonce = nonce;
    tx.max_fee_per_gas = 100 * kGwei;
    tx.max_priority_fee_per_gas = 1;
    tx.gas_limit = 21'000;
    tx.to = wallet.address;
    tx.value = 1;
    change(tx);
    need(chain::sign_transaction(tx, wallet.key).ok(), "not signed");
    return chain::encode_transaction(tx);
}

/// Refused with this reason and these words in the text, and nowhere to be found afterwards.
void check_refused(
    node::client::Client& client, const Bytes& raw, const std::string& reason,
    const std::vector<std::string>& words) {
    const auto answer = client.submit(raw);
    BOOST_TEST_REQUIRE(!answer.ok(), reason);
    BOOST_TEST(answer.error().reason == reason, answer.error().text());
    for (const std::string& word : words)
        BOOST_TEST(
            answer.error().message.find(word) != std::string::npos,
            word << " is not in: " << answer.error().message);
    const auto found = client.transaction(chain::crypto::keccak256(raw));
    BOOST_TEST_REQUIRE(!found.ok(), reason << ": it is there");
    BOOST_TEST(found.error().code == kNotFound, found.error().text());
}

/// Accepted, and executed.
void check_accepted(node::client::Client& client, const Bytes& raw) {
    const auto answer = client.submit(raw, node::Stage::kSequenced, 5'000);
    BOOST_TEST_REQUIRE(answer.ok(), (answer.ok() ? "" : answer.error().text()));
    BOOST_TEST(get(client.receipt(answer->transaction_hash)).success);
}

struct Running {
    TestRollup rollup;
    std::unique_ptr<node::client::Client> client;
    explicit Running(RollupShape shape = {}) : rollup(std::move(shape)) {
        rollup.start_node();
        client = rollup.connect();
    }
    [[nodiscard]] const WorkloadWallet& wallet(std::size_t number) const {
        return rollup.wallets()[number];
    }
    [[nodiscard]] std::uint64_t nonce(std::size_t number) const {
        return get(client->account(wallet(number).address)).pending_nonce;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(refusal)

// R3: what was refused for what it is. The right one takes its place: nothing was used up.
BOOST_AUTO_TEST_CASE(a_wrong_transaction_is_refused_with_its_numbers_and_leaves_no_trace) {
    Running run;
    node::client::Client& client = *run.client;
    const WorkloadWallet& wallet = run.wallet(1);
    check_refused(client, Bytes{0x02, 0xc0}, "MALFORMED", {});
    check_refused(client, Bytes{}, "MALFORMED", {});
    Bytes longer = signed_by(wallet, 0);
    longer.push_back(0);
    check_refused(client, longer, "MALFORMED", {});
    check_refused(
        client, signed_by(wallet, 0, [](auto& tx) { tx.chain_id = 1; }), "WRONG_CHAIN",
        {"chain 1", std::to_string(TestRollup::kChainId)});
    check_refused(
        client, signed_by(wallet, 0, [](auto& tx) { tx.gas_limit = 20'999; }), "INTRINSIC_GAS",
        {"20999", "21000"});
    check_refused(
        client, signed_by(wallet, 0, [](auto& tx) { tx.gas_limit = TestRollup::kGasLimit + 1; }),
        "GAS_LIMIT_OVER_BLOCK",
        {std::to_string(TestRollup::kGasLimit + 1), std::to_string(TestRollup::kGasLimit)});
    check_refused(
        client,
        signed_by(
            wallet, 0,
            [](auto& tx) {
                tx.to.reset();
                tx.gas_limit = 52'999;  // 21,000 and, for a creation, 32,000
            }),
        "INTRINSIC_GAS", {"52999", "53000"});
    check_refused(
        client,
        signed_by(
            wallet, 0,
            [](auto& tx) {
                tx.type = chain::TxType::kBlob;
                tx.max_fee_per_blob_gas = 1;
                tx.blob_versioned_hashes = {chain::Hash32{{0x01}}};  // EIP-4844: a KZG commitment's
            }),
        "UNSUPPORTED_TYPE", {"type 3"});
    BOOST_TEST(run.nonce(1) == 0u);
    check_accepted(client, signed_by(wallet, 0));
    check_refused(
        client, signed_by(wallet, 0, [](auto& tx) { tx.value = 2; }), "NONCE_TOO_LOW",
        {"nonce 0", "next is 1"});
    const auto twice = client.submit(signed_by(wallet, 0));
    BOOST_TEST_REQUIRE(!twice.ok());
    BOOST_TEST(twice.error().reason == "ALREADY_KNOWN", twice.error().text());
}

// R3: what was refused for the moment. The same bytes are taken when the moment has passed.
BOOST_AUTO_TEST_CASE(a_refused_transaction_is_taken_when_its_cause_is_gone) {
    Running run;
    node::client::Client& client = *run.client;

    const Bytes second = signed_by(run.wallet(1), 1);
    check_refused(client, second, "NONCE_TOO_HIGH", {"nonce 1", "next is 0"});
    check_accepted(client, signed_by(run.wallet(1), 0));
    check_accepted(client, second);

    const WorkloadWallet poor = node::make_wallets("a poor wallet", 1)[0];
    const Bytes beyond_means = signed_by(poor, 0, [](auto& tx) { tx.value = 1'000 * kGwei; });
    check_refused(client, beyond_means, "INSUFFICIENT_FUNDS", {"balance 0 wei"});
    check_accepted(client, signed_by(run.wallet(1), 2, [&](auto& tx) {
                       tx.to = poor.address;
                       tx.value = chain::Uint256{100'000'000} * chain::Uint256{kGwei};
                   }));
    check_accepted(client, beyond_means);

    const Bytes cheap = signed_by(run.wallet(2), 0, [](auto& tx) {
        tx.max_fee_per_gas = TestRollup::kBaseFee / 8;  // blocks are empty: the fee falls to this
    });
    check_refused(client, cheap, "FEE_TOO_LOW", {std::to_string(TestRollup::kBaseFee / 8)});
    BOOST_TEST(eventually(std::chrono::seconds(20), [&] {
        return get(client.chain_info()).base_fee_per_gas < TestRollup::kBaseFee / 8;
    }));
    check_accepted(client, cheap);

    const auto admin = run.rollup->connect_admin();
    const Bytes late = signed_by(run.wallet(3), 0);
    get(admin->stop_sequencing());
    check_refused(client, late, "SHUTTING_DOWN", {});
    get(admin->start_sequencing());
    check_accepted(client, late);
}

BOOST_AUTO_TEST_CASE(what_is_beyond_the_queue_is_refused_with_a_delay_and_taken_later) {
    RollupShape shape;
    shape.node_options["queue-txs"] = "64";
    Running run(shape);
    const auto transfers = run.rollup.next_transfers(200);
    const auto refused = run.client->submit_batch(transfers);
    BOOST_TEST_REQUIRE(!refused.ok());
    BOOST_TEST(refused.error().reason == "OVER_CAPACITY", refused.error().text());
    BOOST_TEST(refused.error().code == kResourceExhausted);
    BOOST_TEST(refused.error().retry_after_ms > 0u);
    for (const Bytes& raw : transfers)
        BOOST_TEST_REQUIRE(!run.client->transaction(chain::crypto::keccak256(raw)).ok());
    // A stream goes by what the node grants, and so gets everything in.
    BOOST_TEST(submit_all(*run.client, transfers).accepted.size() == transfers.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
