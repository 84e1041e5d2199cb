#include "chain/types/receipt.hpp"

#include "chain/base/hex.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(receipt)

namespace {

Log transfer_log() {
    Log log;
    log.address.bytes.fill(0x11);
    // ERC-20: Transfer(address,address,uint256)
    log.topics = {
        *fixed_from_hex<Hash32>(
            "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
        Hash32{}, Hash32{}};
    log.data.assign(32, 0x22);
    return log;
}

Receipt receipt_with_logs(TxType type) {
    return {
        .type = type,
        .success = true,
        .cumulative_gas_used = 51'000,
        .logs = {transfer_log(), Log{}}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_transfer_has_status_gas_empty_bloom_and_no_logs) {
    const Receipt receipt{.success = true, .cumulative_gas_used = 21'000};
    // payload: 1 (status) + 3 (0x5208) + 3 + 256 (bloom) + 1 (no logs) = 264 = 0x0108
    BOOST_TEST(
        to_hex(encode_receipt(receipt)) == "0xf9010801825208b90100" + std::string(512, '0') + "c0");
}

BOOST_AUTO_TEST_CASE(receipts_of_every_type_read_back) {
    for (const auto type :
         {TxType::kLegacy, TxType::kAccessList, TxType::kDynamicFee, TxType::kBlob,
          TxType::kSetCode}) {
        const Receipt receipt = receipt_with_logs(type);
        const Bytes raw = encode_receipt(receipt);
        BOOST_TEST((raw[0] == static_cast<std::uint8_t>(type)) == (type != TxType::kLegacy));
        BOOST_TEST((*decode_receipt(raw) == receipt));
    }
}

BOOST_AUTO_TEST_CASE(a_bloom_of_other_logs_is_refused) {
    Bytes raw = encode_receipt({.success = true, .cumulative_gas_used = 21'000});
    raw[20] = 1;  // within the bloom, which starts at byte 10
    BOOST_TEST((decode_receipt(raw).error() == Error::kRlpNonCanonical));
}

BOOST_AUTO_TEST_CASE(malformed_receipts_are_refused) {
    BOOST_TEST((decode_receipt({}).error() == Error::kRlpTruncated));
    BOOST_TEST((decode_receipt(Bytes{0x05, 0xc0}).error() == Error::kTxTypeUnknown));
    BOOST_TEST((decode_receipt(Bytes{0x00, 0xc0}).error() == Error::kTxTypeUnknown));
    Bytes raw = encode_receipt({.success = true, .cumulative_gas_used = 21'000});
    raw[3] = 2;  // the status
    BOOST_TEST((decode_receipt(raw).error() == Error::kRlpIntegerTooLarge));
    Receipt receipt = receipt_with_logs(TxType::kLegacy);
    receipt.logs[0].topics.resize(5);
    BOOST_TEST((decode_receipt(encode_receipt(receipt)).error() == Error::kRlpTooManyItems));
}

BOOST_AUTO_TEST_CASE(a_bloom_has_three_bits_for_an_address_and_for_each_topic) {
    const auto bits = [](const Bloom& bloom) {
        int count = 0;
        for (const std::uint8_t byte : bloom)
            count += __builtin_popcount(byte);
        return count;
    };
    Log log;
    log.address.bytes.fill(0x11);
    const Bloom of_address = logs_bloom({log});
    BOOST_TEST(bits(of_address) == 3);
    log.topics.push_back(*fixed_from_hex<Hash32>(
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"));
    const Bloom of_both = logs_bloom({log});
    BOOST_TEST(bits(of_both) == 6);
    Bloom merged = of_address;
    merge_into(merged, of_both);
    BOOST_TEST((merged == of_both));
    BOOST_TEST((logs_bloom({}) == Bloom{}));
}

BOOST_AUTO_TEST_CASE(blooms_of_many_receipts_are_those_of_each) {
    std::vector<chain::Receipt> receipts(700);
    std::uint8_t next = 0;
    for (std::size_t i = 0; i < receipts.size(); ++i)
        for (std::size_t log = 0; log < i % 4; ++log) {  // some have none
            chain::Log& made = receipts[i].logs.emplace_back();
            made.address.bytes.fill(++next);
            made.topics.resize((i + log) % 5);
            for (chain::Hash32& topic : made.topics)
                topic.bytes.fill(next *= 7);
        }
    const auto blooms = chain::logs_blooms(receipts);
    BOOST_REQUIRE(blooms.size() == receipts.size());
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        BOOST_TEST_CONTEXT("receipt " << i) {
            BOOST_TEST((blooms[i] == chain::logs_bloom(receipts[i].logs)));
            BOOST_TEST(
                (chain::encode_receipt(receipts[i], blooms[i]) ==
                 chain::encode_receipt(receipts[i])));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
