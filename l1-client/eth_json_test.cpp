#include "l1-client/eth_json.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/deployer.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace troupe;
using l1::json::Json;

// As geth answers, shortened to what is read and a little more.
const Json kHeader = Json::parse(R"({
    "number":"0x10","hash":"0x1111111111111111111111111111111111111111111111111111111111111111",
    "parentHash":"0x2222222222222222222222222222222222222222222222222222222222222222",
    "timestamp":"0x65f0","baseFeePerGas":"0x3b9aca00","extraData":"0x","uncles":[]})");
const Json kLog = Json::parse(R"({
    "address":"0x00000000000000000000000000000000000000aa","data":"0x0102",
    "topics":["0x3333333333333333333333333333333333333333333333333333333333333333"],
    "blockNumber":"0x10","logIndex":"0x2","removed":false,
    "blockHash":"0x1111111111111111111111111111111111111111111111111111111111111111",
    "transactionHash":"0x4444444444444444444444444444444444444444444444444444444444444444"})");
const Json kTransaction = Json::parse(R"({
    "hash":"0x4444444444444444444444444444444444444444444444444444444444444444",
    "from":"0x00000000000000000000000000000000000000bb","to":null,"input":"0xabcd",
    "blockHash":null})");
const Json kReceipt = Json::parse(R"({
    "transactionHash":"0x4444444444444444444444444444444444444444444444444444444444444444",
    "blockNumber":"0x10","status":"0x1","gasUsed":"0x5208","effectiveGasPrice":"0x3b9aca07",
    "blockHash":"0x1111111111111111111111111111111111111111111111111111111111111111",
    "contractAddress":"0x00000000000000000000000000000000000000cc"})");

BOOST_AUTO_TEST_SUITE(eth_json)

BOOST_AUTO_TEST_CASE(answers_are_read_field_by_field) {
    const auto header = l1::json::read_header(kHeader);
    BOOST_REQUIRE(header.ok());
    BOOST_TEST(header->number == 16u);
    BOOST_TEST(header->timestamp == 0x65f0u);
    BOOST_TEST((header->base_fee_per_gas == chain::Uint256{1'000'000'000}));
    const auto log = l1::json::read_log(kLog);
    BOOST_REQUIRE(log.ok());
    BOOST_TEST(log->log_index == 2u);
    BOOST_TEST((log->data == chain::Bytes{1, 2}));
    BOOST_TEST(log->topics.size() == 1u);
    const auto transaction = l1::json::read_transaction(kTransaction);
    BOOST_REQUIRE(transaction.ok());
    BOOST_TEST(!transaction->to.has_value());
    BOOST_TEST(!transaction->block_hash.has_value());
    const auto receipt = l1::json::read_receipt(kReceipt);
    BOOST_REQUIRE(receipt.ok());
    BOOST_TEST(receipt->success);
    BOOST_TEST(receipt->gas_used == 21'000u);
}

BOOST_AUTO_TEST_CASE(a_header_from_before_eip1559_has_no_base_fee) {
    Json old = kHeader;
    old.erase("baseFeePerGas");
    BOOST_TEST(l1::json::read_header(old)->base_fee_per_gas.is_zero());
}

BOOST_AUTO_TEST_CASE(quantities_are_hexadecimal_numbers_that_fit) {
    BOOST_TEST(l1::json::read_u64("0xffffffffffffffff").ok());
    for (const auto* text : {"0x10000000000000000", "16", "0x", "", "0xg", "-0x1", " 0x1"})
        BOOST_TEST(!l1::json::read_u64(text).ok(), text);
    BOOST_TEST(!l1::json::read_u64(16).ok());
    BOOST_TEST(!l1::json::read_u64(nullptr).ok());
}

/// Replaces one member, or one nested value, with something else.
void damage(Json& value, std::mt19937& random) {
    static const Json kOthers = Json::parse(
        R"([null, 0, -1, 1.5, true, "", "0x", "0x0", "zz", [], {}, ["0x1"], "0x123", [[[]]],
            "0x11111111111111111111111111111111111111111111111111111111111111111111"])");
    auto at = value.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random() % value.size()));
    switch (random() % 3) {
        case 0:
            value.erase(at);
            break;
        default:
            *at = kOthers[random() % kOthers.size()];
    }
}

BOOST_DATA_TEST_CASE(
    damaged_answers_are_read_or_refused, boost::unit_test::data::xrange(400u), seed) {
    std::mt19937 random(seed);
    for (Json value : {kHeader, kLog, kTransaction, kReceipt}) {
        for (auto damages = random() % 3 + 1; damages > 0 && !value.empty(); --damages)
            damage(value, random);
        // Nothing is thrown and nothing is read past its end, whatever they answer.
        static_cast<void>(l1::json::read_header(value));
        static_cast<void>(l1::json::read_log(value));
        static_cast<void>(l1::json::read_transaction(value));
        static_cast<void>(l1::json::read_receipt(value));
    }
    for (const Json& value : {Json(), Json(7), Json::array({1}), Json("x"), Json::object()}) {
        BOOST_TEST(!l1::json::read_header(value).ok());
        BOOST_TEST(!l1::json::read_log(value).ok());
        BOOST_TEST(!l1::json::read_transaction(value).ok());
        BOOST_TEST(!l1::json::read_receipt(value).ok());
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(abi)

BOOST_AUTO_TEST_CASE(words_are_checked_against_their_type) {
    using l1::abi::WordReader;
    const chain::Bytes all_ones(32, 0xff);
    BOOST_TEST(!WordReader(all_ones).address().ok());
    BOOST_TEST(!WordReader(all_ones).u64().ok());
    BOOST_TEST(!WordReader(all_ones).boolean().ok());
    BOOST_TEST(WordReader(all_ones).bytes32().ok());
    BOOST_TEST(!WordReader(chain::ByteView(all_ones).first(31)).bytes32().ok());
    const chain::Address address{{1, 2, 3}};
    BOOST_TEST((*WordReader(l1::abi::word(address)).address() == address));
    BOOST_TEST(*WordReader(l1::abi::word(std::uint64_t{7})).u64() == 7u);
}

BOOST_AUTO_TEST_CASE(reverts_are_told_in_words) {
    const auto of = [](const char* hex) { return l1::describe_revert(*chain::from_hex(hex)); };
    BOOST_TEST(of("") == "without a reason");
    BOOST_TEST(of("d92e233d") == "ZeroAddress()");
    BOOST_TEST(  // L2BlockNotIncreasing(uint64,uint64)
        of("056d71e5"
           "0000000000000000000000000000000000000000000000000000000000000009"
           "0000000000000000000000000000000000000000000000000000000000000007") ==
        "L2BlockNotIncreasing(9, 7)");
    BOOST_TEST(  // Panic(uint256): arithmetic overflow
        of("4e487b710000000000000000000000000000000000000000000000000000000000000011") ==
        "Panic(0x11)");
    BOOST_TEST(  // Error(string) "no"
        of("08c379a0"
           "0000000000000000000000000000000000000000000000000000000000000020"
           "0000000000000000000000000000000000000000000000000000000000000002"
           "6e6f000000000000000000000000000000000000000000000000000000000000") == "no");
    BOOST_TEST(of("12345678") == "0x12345678");
}

BOOST_AUTO_TEST_CASE(reverts_of_any_bytes_are_told) {
    std::mt19937 random(1);
    for (int i = 0; i < 2'000; ++i) {
        chain::Bytes data = *chain::from_hex(i % 2 == 0 ? "08c379a0" : "c03b8e73");
        const auto size = random() % 140;
        for (std::size_t j = 0; j < size; ++j)
            data.push_back(static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0));
        BOOST_TEST(!l1::describe_revert(data).empty());
    }
}

BOOST_AUTO_TEST_CASE(created_addresses_are_those_of_the_yellow_paper) {
    // The examples of the Ethereum wiki's "Contract address": first contracts of this account.
    const auto creator =
        *chain::fixed_from_hex<chain::Address>("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
    const auto created = [&](std::uint64_t nonce) {
        return chain::to_hex(l1::created_address(creator, nonce));
    };
    BOOST_TEST(created(0) == "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d");
    BOOST_TEST(created(1) == "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8");
    BOOST_TEST(created(2) == "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91");
    BOOST_TEST(created(3) == "0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
