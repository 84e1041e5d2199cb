#include "chain/crypto/keccak.hpp"
#include "sequencer/grpc/log_query.hpp"
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::testing {

BOOST_AUTO_TEST_SUITE(contract_queries)

namespace {

chain::Hash32 hash_of(std::uint8_t last) {
    chain::Hash32 hash;
    hash[31] = last;
    return hash;
}

chain::Address address_of(std::uint8_t last) {
    chain::Address address;
    address[19] = last;
    return address;
}

chain::Log log_of(std::uint8_t address, std::vector<std::uint8_t> topics) {
    chain::Log log;
    log.address = address_of(address);
    for (const std::uint8_t topic : topics)
        log.topics.push_back(hash_of(topic));
    return log;
}

}  // namespace

BOOST_AUTO_TEST_CASE(calls_run_on_the_newest_state_and_tell_the_words_of_a_revert) {
    Edge edge;
    BOOST_REQUIRE_MESSAGE(edge.server, edge.failure);
    // CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, PUSH0: then RETURN, or REVERT
    const chain::Bytes copy{0x36, 0x5f, 0x5f, 0x37, 0x36, 0x5f};
    chain::Bytes echo = copy;
    echo.push_back(0xf3);
    chain::Bytes refuse = copy;
    refuse.push_back(0xfd);
    edge.node.put_code(address_of(0x81), echo);
    edge.node.put_code(address_of(0x82), refuse);
    client::CallRequest request;
    request.to = address_of(0x81);
    request.data = {1, 2, 3};
    const auto done = edge.client->call(request);
    BOOST_REQUIRE(done.ok());
    BOOST_TEST(done->success);
    BOOST_TEST((done->output == request.data));
    // EIP-7623: 21,000, and at least 10 for each of the four tokens of a byte that is not zero.
    BOOST_TEST(done->gas_used == 21'000u + 3 * 4 * 10u);
    BOOST_TEST(done->block_number == 1u);  // the open block

    // Error(string) with "no": selector, offset 32, length 2, the text.
    request.to = address_of(0x82);
    request.data = {0x08, 0xc3, 0x79, 0xa0};
    request.data.resize(4 + 96);
    request.data[4 + 31] = 32;
    request.data[4 + 63] = 2;
    request.data[4 + 64] = 'n';
    request.data[4 + 65] = 'o';
    const auto reverted = edge.client->call(request);
    BOOST_REQUIRE(reverted.ok());
    BOOST_TEST(!reverted->success);
    BOOST_TEST(reverted->failure == "revert");
    BOOST_TEST(reverted->message == "no");
    const auto estimate = edge.client->estimate_gas(request);
    BOOST_REQUIRE(estimate.ok());
    BOOST_TEST(estimate->gas == 0u);
    BOOST_TEST(estimate->message == "no");
    request.to = address_of(0x83);
    request.data = {};
    BOOST_TEST(edge.client->estimate_gas(request)->gas == 21'000u);

    request.gas = 30'000'001;
    const auto too_much = edge.client->call(request);
    BOOST_REQUIRE(!too_much.ok());
    BOOST_TEST(too_much.error().reason == "INVALID_FIELD");
}

// The order of transactions goes on meanwhile: an actor is only asked for values.
BOOST_AUTO_TEST_CASE(a_call_that_takes_too_long_is_given_up) {
    GrpcConfig config;
    config.call_ms_max = 50;
    Edge edge(config);
    BOOST_REQUIRE_MESSAGE(edge.server, edge.failure);
    edge.node.forget_queries();
    client::CallRequest request;
    request.to = address_of(1);
    const auto late = edge.client->call(request);
    BOOST_REQUIRE(!late.ok());
    BOOST_TEST(late.error().reason == "LIMIT_REACHED");
}

BOOST_AUTO_TEST_CASE(code_and_slots_are_told) {
    Edge edge;
    BOOST_REQUIRE_MESSAGE(edge.server, edge.failure);
    BOOST_TEST((*edge.client->code(address_of(1)) == chain::Bytes{0x60, 0x01}));
    // The fake says that a slot holds its last byte.
    BOOST_TEST((*edge.client->storage(address_of(1), hash_of(9)) == chain::Uint256{9}));
    const auto account = edge.client->account(address_of(1), true, {hash_of(4), hash_of(2)});
    BOOST_REQUIRE(account.ok());
    BOOST_REQUIRE(account->slots.size() == 2u);
    BOOST_TEST((account->slots[0].slot == hash_of(4)));
    BOOST_TEST((account->slots[1].value == chain::Uint256{2}));
}

// eth_getLogs: positions match one by one, an empty position matches anything that is there.
BOOST_AUTO_TEST_CASE(filters_match_by_address_and_topic_position) {
    BOOST_TEST(LogFilter().matches(log_of(1, {})));
    const std::vector<chain::Address> addresses{address_of(1), address_of(2)};
    const LogFilter by_address(addresses, {});
    BOOST_TEST(by_address.matches(log_of(2, {7})));
    BOOST_TEST(!by_address.matches(log_of(3, {7})));
    const LogFilter filter(addresses, {{hash_of(7), hash_of(8)}, {}});
    BOOST_TEST(filter.matches(log_of(1, {8, 1})));
    BOOST_TEST(!filter.matches(log_of(1, {8})));  // has no second topic
    BOOST_TEST(!filter.matches(log_of(1, {9, 1})));
    BOOST_TEST(filter.may_match(chain::logs_bloom({log_of(1, {8, 1})})));
    BOOST_TEST(!filter.may_match(chain::logs_bloom({log_of(1, {200, 1})})));
    BOOST_TEST(!LogFilter{}.may_match(chain::Bloom{}));  // there is no log at all
}

BOOST_AUTO_TEST_CASE(a_full_answer_says_where_the_next_one_begins) {
    actors::SealedBlock block;
    block.block.header.number = 3;
    for (std::uint8_t i = 0; i < 4; ++i) {
        chain::Receipt receipt;
        receipt.logs = {log_of(1, {i}), log_of(2, {i})};
        block.receipts.push_back(receipt);
        block.transaction_hashes.push_back(hash_of(i));
    }
    const LogFilter filter({address_of(1)}, {});
    troupe::v1::GetLogsResponse response;
    LogCollector collector(filter, 3, 1'000'000, response);
    BOOST_TEST(collector.take(block, 0).value() == 6u);  // indices 0, 2 and 4 are in
    BOOST_REQUIRE(response.logs_size() == 3);
    BOOST_TEST(response.logs(2).log().index() == 4u);
    BOOST_TEST(response.logs(2).transaction_index() == 2u);
    troupe::v1::GetLogsResponse rest;
    LogCollector second(filter, 3, 1'000'000, rest);
    BOOST_TEST(!second.take(block, 6).has_value());
    BOOST_REQUIRE(rest.logs_size() == 1);
    BOOST_TEST(rest.logs(0).log().index() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
