#include "sequencer/jsonrpc/error.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

using actors::Reason;

chain::Transaction transfer() {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = 1'337;
    tx.nonce = 7;
    tx.gas_limit = 21'000;
    tx.max_fee_per_gas = 100;
    tx.max_priority_fee_per_gas = 2;
    tx.to = chain::Address();
    tx.to->bytes[0] = 0xaa;
    tx.value = 5;
    return tx;
}

RefusalFacts facts() {
    RefusalFacts known;
    known.chain_id = 1'337;
    known.block_gas_limit = 30'000'000;
    known.base_fee = 101;
    known.sender =
        *chain::fixed_from_hex<chain::Address>("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    known.next_nonce = 9;
    known.balance = 1'000'000;
    return known;
}

std::string words(Reason reason, chain::Transaction tx) {
    chain::crypto::PrivateKey key;
    key.bytes[31] = 1;
    BOOST_REQUIRE(chain::sign_transaction(tx, key).ok());
    actors::SubmitOutcome outcome;
    outcome.reason = reason;
    return json_of(refusal(outcome, chain::encode_transaction(tx), facts()));
}

std::string error(int code, const std::string& message, const std::string& data = "") {
    return "{\"code\":" + std::to_string(code) + ",\"message\":\"" + message + "\"" +
           (data.empty() ? "" : ",\"data\":" + data) + "}";
}

BOOST_AUTO_TEST_SUITE(errors)

// go-ethereum: core/txpool/validation.go, core/error.go, core/types/transaction_signing.go,
// internal/ethapi/api.go. viem and ethers look for these texts.
BOOST_AUTO_TEST_CASE(refusals_are_worded_as_geth_words_them) {
    BOOST_TEST(
        words(Reason::kNonceTooLow, transfer()) ==
        error(-32000, "nonce too low: next nonce 9, tx nonce 7"));
    BOOST_TEST(
        words(Reason::kNonceTooHigh, transfer()) ==
        error(-32000, "nonce too high: next nonce 9, tx nonce 7"));
    BOOST_TEST(words(Reason::kAlreadyKnown, transfer()) == error(-32000, "already known"));
    // 21,000 gas at 100 wei and 5 wei of value: 2,100,005; the balance is 1,000,000.
    BOOST_TEST(
        words(Reason::kInsufficientFunds, transfer()) ==
        error(
            -32000,
            "insufficient funds for gas * price + value: balance 1000000, tx cost "
            "2100005, overshot 1100005"));
    BOOST_TEST(
        words(Reason::kFeeTooLow, transfer()) ==
        error(
            -32000,
            "max fee per gas less than block base fee: address "
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed, maxFeePerGas: 100, baseFee: "
            "101"));
    auto tx = transfer();
    tx.gas_limit = 20'999;
    BOOST_TEST(
        words(Reason::kIntrinsicGas, tx) ==
        error(-32000, "intrinsic gas too low: gas 20999, minimum needed 21000"));
    tx = transfer();
    tx.data.assign(100, 0x01);  // 21,000 + 100 * 16 = 22,600; floor 21,000 + 100 * 40 = 25,000
    tx.gas_limit = 24'999;
    BOOST_TEST(
        words(Reason::kIntrinsicGas, tx) ==
        error(
            -32000,
            "insufficient gas for floor data gas cost: gas 24999, minimum needed "
            "25000"));
    tx = transfer();
    tx.gas_limit = 30'000'001;
    BOOST_TEST(words(Reason::kGasLimitOverBlock, tx) == error(-32000, "exceeds block gas limit"));
    tx = transfer();
    tx.chain_id = 1;
    BOOST_TEST(
        words(Reason::kWrongChain, tx) ==
        error(-32000, "invalid sender: invalid chain id for signer: have 1 want 1337"));
    tx = transfer();
    tx.type = chain::TxType::kLegacy;
    tx.chain_id.reset();
    BOOST_TEST(
        words(Reason::kWrongChain, tx) ==
        error(-32000, "only replay-protected (EIP-155) transactions allowed over RPC"));
    tx = transfer();
    tx.max_priority_fee_per_gas = 101;
    BOOST_TEST(
        words(Reason::kMalformed, tx) ==
        error(-32000, "max priority fee per gas higher than max fee per gas"));
    BOOST_TEST(
        words(Reason::kBadSignature, transfer()) ==
        error(-32000, "invalid sender: invalid transaction v, r, s values"));
    BOOST_TEST(
        json_of(replacement_underpriced()) == error(-32000, "replacement transaction underpriced"));
    BOOST_TEST(
        json_of(account_limit(64)) == error(-32000, "account limit exceeded: pooled 64 txs"));
    BOOST_TEST(json_of(pool_full(0)) == error(-32000, "txpool is full"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_transaction_are_worded_too) {
    actors::SubmitOutcome outcome;
    outcome.reason = Reason::kMalformed;
    const auto of = [&](chain::Bytes raw) { return json_of(refusal(outcome, raw, facts())); };
    BOOST_TEST(of({}) == error(-32000, "typed transaction too short"));
    BOOST_TEST(of({0x7d, 0xc0}) == error(-32000, "transaction type not supported"));
    BOOST_TEST(of(chain::Bytes(131'073, 0x03)) == error(-32000, "transaction type not supported"));
    BOOST_TEST(
        of(chain::Bytes(131'073, 0x02)) ==
        error(-32000, "oversized data: transaction size 131073, limit 131072"));
}

BOOST_AUTO_TEST_CASE(requests_are_refused_by_the_specification_s_numbers) {
    BOOST_TEST(json_of(parse_error()) == error(-32700, "parse error"));
    BOOST_TEST(json_of(invalid_request()) == error(-32600, "invalid request"));
    BOOST_TEST(json_of(empty_batch()) == error(-32600, "empty batch"));
    BOOST_TEST(json_of(batch_too_large()) == error(-32600, "batch too large"));
    BOOST_TEST(
        json_of(method_not_found("eth_foo")) ==
        error(-32601, "the method eth_foo does not exist/is not available"));
    BOOST_TEST(
        json_of(missing_argument(1)) == error(-32602, "missing value for required argument 1"));
    BOOST_TEST(
        json_of(too_many_arguments(2)) == error(-32602, "too many arguments, want at most 2"));
    BOOST_TEST(json_of(timed_out()) == error(-32002, "request timed out"));
    BOOST_TEST(json_of(response_too_large()) == error(-32003, "response too large"));
    BOOST_TEST(json_of(reversed_range()) == error(-32602, "invalid block range params"));
    BOOST_TEST(
        json_of(range_beyond_head()) ==
        error(-32602, "block range extends beyond current head block"));
    BOOST_TEST(
        json_of(range_too_large(10'000)) == error(-32602, "exceed maximum block range 10000"));
    BOOST_TEST(json_of(header_not_found()) == error(-32000, "header not found"));
    BOOST_TEST(json_of(tag_not_found("safe")) == error(-32000, "safe block not found"));
    BOOST_TEST(json_of(filter_not_found()) == error(-32000, "filter not found"));
    BOOST_TEST(
        json_of(beyond_head(9, 7)) ==
        error(-32000, "request beyond head block: requested 9, head 7"));
}

// EIP-7966.
BOOST_AUTO_TEST_CASE(waiting_in_vain_names_the_transaction) {
    const chain::Hash32 hash;
    const std::string data = "\"0x" + std::string(64, '0') + "\"";
    BOOST_TEST(
        json_of(sync_timed_out(hash, 20'000)) ==
        error(
            4, "The transaction was added to the transaction pool but wasn't processed in 20s",
            data));
    BOOST_TEST(json_of(sync_not_ready(hash, 3, 5)).starts_with("{\"code\":5,"));
    BOOST_TEST(json_of(sync_not_ready(hash, 3, 5)).ends_with(",\"data\":" + data + "}"));
}

// What viem tries again (-32603) must not be said of what would be refused again.
BOOST_AUTO_TEST_CASE(no_refusal_of_a_transaction_is_an_internal_error) {
    for (std::size_t i = 1; i < actors::kReasons; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (reason == Reason::kStorageFailure) continue;  // the node's fault indeed
        const std::string said = words(reason, transfer());
        BOOST_TEST(said.find("-32603") == said.npos, said);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
