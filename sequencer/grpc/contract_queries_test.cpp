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

BOOST_AUTO_TEST_CASE(calls_go_to_the_node_and_come_back_with_the_words_of_a_revert) {
    Edge edge;
    BOOST_REQUIRE_MESSAGE(edge.server, edge.failure);
    client::CallRequest request;
    request.to = address_of(1);
    request.data = {1, 2, 3};
    const auto done = edge.client->call(request);
    BOOST_REQUIRE(done.ok());
    BOOST_TEST(done->success);
    BOOST_TEST((done->output == request.data));  // the fake gives the data back
    BOOST_TEST(done->gas_used == 30'000'000u);   // as much as a block has
    BOOST_TEST(done->block_number == 7u);

    // Error(string) with "no": selector, offset 32, length 2, the text. 0xff makes the fake revert.
    request.data = {0xff, 0x08, 0xc3, 0x79, 0xa0};
    request.data.resize(5 + 96);
    request.data[5 + 31] = 32;
    request.data[5 + 63] = 2;
    request.data[5 + 64] = 'n';
    request.data[5 + 65] = 'o';
    const auto reverted = edge.client->call(request);
    BOOST_REQUIRE(reverted.ok());
    BOOST_TEST(!reverted->success);
    BOOST_TEST(reverted->failure == "revert");
    BOOST_TEST(reverted->message == "no");
    const auto estimate = edge.client->estimate_gas(request);
    BOOST_REQUIRE(estimate.ok());
    BOOST_TEST(estimate->gas == 0u);
    BOOST_TEST(estimate->message == "no");
    request.data = {};
    BOOST_TEST(edge.client->estimate_gas(request)->gas == 30'000u);

    request.gas = 30'000'001;
    const auto too_much = edge.client->call(request);
    BOOST_REQUIRE(!too_much.ok());
    BOOST_TEST(too_much.error().reason == "INVALID_FIELD");
    edge.node.takes_calls = false;
    request.gas = 0;
    const auto busy = edge.client->call(request);
    BOOST_REQUIRE(!busy.ok());
    BOOST_TEST(busy.error().reason == "LIMIT_REACHED");
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
