#include "sequencer/evm_tools/blob_fee.hpp"
#include "sequencer/evm_tools/state_test_suite.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace troupe;
using namespace troupe::node;

namespace {

/// A transfer of 1 wei with gas price 10 under base fee 7: no account but these three.
constexpr const char* kTransfer = R"({"transfer": {
  "env": {"currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
          "currentGasLimit": "0x0f4240", "currentNumber": "0x01", "currentTimestamp": "0x03e8",
          "currentBaseFee": "0x07", "currentDifficulty": "0x00"},
  "pre": {"0x8a0a19589531694250d570040a0c4b74576919b8":
             {"nonce": "0x00", "balance": "0x0f4240", "code": "0x", "storage": {}},
          "0x0000000000000000000000000000000000001000":
             {"nonce": "0x01", "balance": "0x00", "code": "0x", "storage": {"0x01": "0x02"}}},
  "transaction": {"nonce": "NONCE", "gasPrice": "0x0a", "gasLimit": ["0x5208"],
      "to": "0x0000000000000000000000000000000000001000", "value": ["0x01"], "data": ["0x"],
      "secretKey": "0x9e7645d0cfd9c3a04eb7a9db59a4eb7d359f2e75c9164a9d6b9a7d54e1b6a36f"},
  "post": {"Cancun": [{EXPECT "indexes": {"data": 0, "gas": 0, "value": 0},
      "hash": "0x0000000000000000000000000000000000000000000000000000000000000000",
      "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
      "state": {
          "0x8a0a19589531694250d570040a0c4b74576919b8":
             {"nonce": "0x01", "balance": "0xc1c6f", "code": "0x", "storage": {}},
          "0x0000000000000000000000000000000000001000":
             {"nonce": "0x01", "balance": "RECEIVED", "code": "0x", "storage": {"0x01": "0x02"}},
          "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba":
             {"nonce": "0x00", "balance": "0xf618", "code": "0x", "storage": {}}}}],
    "London": [{"indexes": {"data": 0, "gas": 0, "value": 0},
      "hash": "0x0000000000000000000000000000000000000000000000000000000000000000",
      "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"}]}}})";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    text.replace(text.find(what), what.size(), by);
    return text;
}

struct TestFile {
    std::string write(const std::string& content) const {
        const std::string path = (directory.path() / "test.json").string();
        std::ofstream(path) << content;
        return path;
    }
    StateTestFileReport run(const std::string& content) const {
        return run_state_test_files({write(content)}, {}, 1).at(0);
    }
    TempDirectory directory;
};

std::string transfer(
    const std::string& nonce, const std::string& expect, const std::string& received) {
    std::string text = replaced(kTransfer, "NONCE", nonce);
    text = replaced(text, "EXPECT", expect);
    return replaced(text, "RECEIVED", received);
}

}  // namespace

BOOST_AUTO_TEST_CASE(blob_gas_costs_one_wei_until_the_excess_doubles_it) {
    using chain::Revision;
    // EIP-4844: e^(2314057 / 3338477) = 1.99999..., one more unit of gas reaches 2.
    BOOST_TEST(blob_base_fee(0, Revision::kCancun).low_u64() == 1u);
    BOOST_TEST(blob_base_fee(2'314'057, Revision::kCancun).low_u64() == 1u);
    BOOST_TEST(blob_base_fee(2'314'058, Revision::kCancun).low_u64() == 2u);
    // e^(10485760 / 3338477) = e^3.1409 = 23.12; under Prague e^(10485760 / 5007716) = e^2.0939
    // = 8.1
    BOOST_TEST(blob_base_fee(10'485'760, Revision::kCancun).low_u64() == 23u);
    BOOST_TEST(blob_base_fee(10'485'760, Revision::kPrague).low_u64() == 8u);
}

BOOST_AUTO_TEST_CASE(blob_gas_beyond_all_numbers_costs_the_largest) {
    const auto fee = blob_base_fee(~std::uint64_t{0}, chain::Revision::kCancun);
    BOOST_TEST((fee == chain::Uint256() - 1));
}

BOOST_FIXTURE_TEST_CASE(first_difference_names_account_and_field, TestFile) {
    const auto report = run(transfer("0x00", "", "0x02"));
    BOOST_REQUIRE(report.failure.empty());
    BOOST_REQUIRE(report.results.size() == 1u);
    BOOST_TEST(!report.results[0].passed);
    BOOST_TEST(report.results[0].gas_used == 21'000u);
    BOOST_TEST(
        report.results[0].difference.starts_with(
            "account 0x0000000000000000000000000000000000001000"
            ": balance is 1, expected 2"),
        report.results[0].difference);
    BOOST_TEST(report.other_revisions == 1u);
}

BOOST_FIXTURE_TEST_CASE(only_the_root_differs_where_every_account_is_right, TestFile) {
    // 1,000,000 - 210,000 - 1 = 789,999 = 0xc0def left, 3 * 21,000 = 63,000 = 0xf618 to the
    // coinbase
    const auto report = run(replaced(transfer("0x00", "", "0x01"), "0xc1c6f", "0xc0def"));
    BOOST_REQUIRE(report.results.size() == 1u);
    BOOST_TEST(report.results[0].difference.starts_with("state root is 0x"));
}

BOOST_FIXTURE_TEST_CASE(a_refusal_that_is_expected_leaves_the_state, TestFile) {
    const std::string expect = R"("expectException": "TransactionException.NONCE",)";
    const auto refused = run(transfer("0x05", expect, "0x01"));
    BOOST_REQUIRE(refused.results.size() == 1u);
    // The expected state is that of a transfer: the sender's nonce says that nothing ran.
    BOOST_TEST(refused.results[0].difference.find("nonce_too_high") != std::string::npos);
    const auto ran = run(transfer("0x00", expect, "0x01"));
    BOOST_REQUIRE(ran.results.size() == 1u);
    BOOST_TEST(ran.results[0].difference.starts_with("ran (gas used 21000"));
    const auto unexpected = run(transfer("0x05", "", "0x01"));
    BOOST_REQUIRE(unexpected.results.size() == 1u);
    BOOST_TEST(
        unexpected.results[0].difference == "refused: nonce_too_high (5, 0), expected to run");
}

BOOST_FIXTURE_TEST_CASE(a_broken_file_says_what_is_wrong_with_it, TestFile) {
    BOOST_TEST(run("{").failure.ends_with("not JSON"));
    BOOST_TEST(
        run(R"({"a": {"env": {}}})").failure.find("a.env.currentCoinbase: is missing") !=
        std::string::npos);
    const auto report = run_state_test_files({"/no/such/file.json"}, {}, 1).at(0);
    BOOST_TEST(report.failure.find("cannot be opened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_account_that_a_transaction_empties_leaves_the_trie) {
    using chain::state::Effect;
    using chain::state::EffectKind;
    const auto address = chain::Address{{1}};
    World world;
    world.put(address, 0, 5, {}, {{chain::Hash32{{1}}, 7}});
    BOOST_TEST((world.root() != chain::kEmptyTrieRoot));
    chain::execution::Outcome outcome;
    Effect less{.kind = EffectKind::kDelta, .negative = true, .address = address};
    less.value = 5;
    outcome.effects.push_back(less);
    world.apply(outcome);
    BOOST_TEST((world.root() == chain::kEmptyTrieRoot));
}

BOOST_AUTO_TEST_CASE(an_account_that_was_empty_before_stays_until_it_is_touched) {
    World world;
    world.put(chain::Address{{1}}, 0, 0, {}, {});
    BOOST_TEST((world.root() != chain::kEmptyTrieRoot));
    BOOST_TEST(!world.account(chain::Address{{1}}).has_value());
}
