#include "sequencer/jsonrpc/params.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/jsonrpc/log_query.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

// A document whose root is the value, kept while the value is used.
struct Value {
    explicit Value(const std::string& text) : document(JsonDocument::parse(text, 32)) {
        BOOST_REQUIRE_MESSAGE(document, text);
    }
    operator const JsonValue&() const {  // NOLINT(google-explicit-constructor)
        value = document->root();
        return value;
    }
    std::shared_ptr<const JsonDocument> document;
    mutable JsonValue value;
};

template <class T>
std::string fault(const Read<T>& read) {
    return read ? "accepted" : read.error().text;
}

BOOST_AUTO_TEST_SUITE(params)

// common/hexutil of go-ethereum: its error texts.
BOOST_AUTO_TEST_CASE(quantities_are_strict_in_geths_words) {
    BOOST_TEST(read_u64(Value("\"0x0\"")).value() == 0u);
    BOOST_TEST(read_u64(Value("\"0xffffffffffffffff\"")).value() == UINT64_MAX);
    const std::string to = " into Go value of type hexutil.Uint64";
    const std::string json = "json: cannot unmarshal ";
    BOOST_TEST(fault(read_u64(Value("1"))) == json + "non-string" + to);
    BOOST_TEST(fault(read_u64(Value("\"\""))) == json + "empty hex string" + to);
    BOOST_TEST(fault(read_u64(Value("\"1\""))) == json + "hex string without 0x prefix" + to);
    BOOST_TEST(fault(read_u64(Value("\"0x\""))) == json + "hex string \"0x\"" + to);
    BOOST_TEST(
        fault(read_u64(Value("\"0x01\""))) == json + "hex number with leading zero digits" + to);
    BOOST_TEST(fault(read_u64(Value("\"0xg\""))) == json + "invalid hex string" + to);
    BOOST_TEST(
        fault(read_u64(Value("\"0x0x1\""))) == json + "hex number with leading zero digits" + to);
    BOOST_TEST(fault(read_u64(Value("\"0x1x1\""))) == json + "invalid hex string" + to);
    BOOST_TEST(
        fault(read_u64(Value("\"0x10000000000000000\""))) == json + "hex number > 64 bits" + to);
    BOOST_TEST(read_u64_or_number(Value("20")).value() == 20u);
    BOOST_TEST(read_u64_or_number(Value("\"0x14\"")).value() == 20u);
}

BOOST_AUTO_TEST_CASE(fixed_sizes_are_checked_in_geths_words) {
    BOOST_TEST(
        fault(read_address(Value("\"0x1234\""))) ==
        "hex string has length 4, want 40 for common.Address");
    BOOST_TEST(
        fault(read_address(Value("7"))) ==
        "json: cannot unmarshal non-string into Go value of type common.Address");
    // debug_getRawTransaction/get-invalid-hash.io
    BOOST_TEST(
        fault(read_hash(Value("\"1000\""))) ==
        "json: cannot unmarshal hex string without 0x prefix into Go value of type "
        "common.Hash");
    BOOST_TEST(
        fault(read_bytes(Value("\"0x123\""))) ==
        "json: cannot unmarshal hex string of odd length into Go value of type "
        "hexutil.Bytes");
    BOOST_TEST(read_bytes(Value("\"0x\"")).value().empty());
}

BOOST_AUTO_TEST_CASE(blocks_are_numbers_tags_hashes_or_eip_1898_objects) {
    using enum BlockRef::Kind;
    BOOST_TEST((read_block_ref(Value("\"latest\"")).value().kind == kLatest));
    BOOST_TEST((read_block_ref(Value("\"pending\"")).value().kind == kPending));
    BOOST_TEST(read_block_ref(Value("\"0x10\"")).value().number == 16u);
    const std::string hash = "0x" + std::string(64, 'a');
    const auto by_hash = read_block_ref(Value("\"" + hash + "\""));
    BOOST_TEST((by_hash.value().kind == kHash));
    BOOST_TEST(chain::to_hex(by_hash.value().hash) == hash);
    const auto object =
        read_block_ref(Value("{\"blockHash\":\"" + hash + "\",\"requireCanonical\":true}"));
    BOOST_TEST((object.value().kind == kHash));
    BOOST_TEST(read_block_ref(Value("{\"blockNumber\":\"0x3\"}")).value().number == 3u);
    BOOST_TEST(
        fault(read_block_ref(Value("{}"))) ==
        "invalid arguments; neither block nor hash specified");
    // debug_getRawBlock/get-invalid-number.io
    BOOST_TEST(fault(read_block_number(Value("\"2\""))) == "hex string without 0x prefix");
    BOOST_TEST(fault(read_block_number(Value("2"))) == "hex string without 0x prefix");
    BOOST_TEST(
        fault(read_block_number(Value("\"0xffffffffffffffff\""))) ==
        "block number larger than int64");
}

BOOST_AUTO_TEST_CASE(slots_may_be_short_and_are_bounded) {
    BOOST_TEST(read_slot("0x0").value().is_zero());
    BOOST_TEST(read_slot("0x1").value()[31] == 1);
    // eth_getStorageAt/get-storage-invalid-key*.io
    BOOST_TEST(fault(read_slot("0xasdf")) == "invalid hex in storage key: \"0xasdf\"");
    const std::string wide = "0x" + std::string(65, '0');
    BOOST_TEST(
        fault(read_slot(wide)) == "storage key too long (want at most 32 bytes): \"" + wide + "\"");
}

std::string log_fault(const std::string& text) {
    const Value value(text);
    const auto query = read_log_query(Params({value}), 0);
    return query ? "accepted" : query.error().message;
}

BOOST_AUTO_TEST_CASE(log_filters_are_bounded) {
    const std::string hash = "\"0x" + std::string(64, '1') + "\"";
    const std::string address = "\"0x" + std::string(40, '2') + "\"";
    BOOST_TEST(log_fault("{}") == "accepted");
    BOOST_TEST(
        log_fault("{\"address\":[" + address + "],\"topics\":[null,[" + hash + "]]}") ==
        "accepted");
    // eth_getLogs/filter-error-invalid-blockHash-and-range.io
    BOOST_TEST(
        log_fault("{\"blockHash\":" + hash + ",\"fromBlock\":\"0x3\",\"toBlock\":\"0x4\"}") ==
        "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or "
        "the other");
    std::string many = address;
    for (int i = 0; i < 1'000; ++i)
        many += "," + address;
    BOOST_TEST(
        log_fault("{\"address\":[" + many + "]}") ==
        "exceed max addresses or topics per search position");
    BOOST_TEST(log_fault("{\"topics\":[null,null,null,null,null]}") == "exceed max topics");
    BOOST_TEST(log_fault("{\"topics\":7}") == "invalid argument 0: invalid topics");
}

BOOST_AUTO_TEST_CASE(a_log_filter_matches_positions_and_its_bloom_never_misses) {
    chain::Log log;
    log.address[0] = 7;
    for (std::uint8_t i = 1; i <= 3; ++i) {
        chain::Hash32 topic;
        topic[31] = i;
        log.topics.push_back(topic);
    }
    const chain::Bloom bloom = chain::logs_bloom({log});
    const auto matches = [&](std::vector<chain::Address> addresses,
                             std::vector<std::vector<chain::Hash32>> topics) {
        const LogFilter filter(std::move(addresses), std::move(topics));
        if (filter.matches(log)) BOOST_TEST(filter.may_match(bloom));
        return filter.matches(log);
    };
    const chain::Hash32 other;
    BOOST_TEST(matches({}, {}));
    BOOST_TEST(matches({log.address}, {}));
    BOOST_TEST(!matches({chain::Address()}, {}));
    BOOST_TEST(matches({chain::Address(), log.address}, {{log.topics[0]}, {}, {log.topics[2]}}));
    BOOST_TEST(matches({}, {{}, {other, log.topics[1]}}));
    BOOST_TEST(!matches({}, {{log.topics[1]}}));
    BOOST_TEST(!matches({}, {{}, {}, {}, {}}));  // the log has three topics
    const LogFilter absent({chain::Address()}, {});
    BOOST_TEST(!absent.may_match(bloom));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
