#include "sequencer/jsonrpc/door.hpp"

#include "sequencer/grpc/outcome_collector.hpp"
#include "sequencer/grpc/testing/edge_fixture.hpp"
#include "sequencer/jsonrpc/testing/door_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

using node::testing::eventually;
using node::testing::fake_sender;
using node::testing::fake_transaction;
using testing::DoorFixture;
using testing::Json;

// Keeps what it is sent.
class Collected final : public Connection {
  public:
    void push(std::shared_ptr<const std::string> message) override {
        const std::lock_guard lock(mutex);
        messages.push_back(Json::parse(*message));
    }
    [[nodiscard]] std::size_t count() {
        const std::lock_guard lock(mutex);
        return messages.size();
    }
    std::mutex mutex;
    std::vector<Json> messages;
};

std::string hex(std::span<const std::uint8_t> bytes) {
    return chain::to_hex(bytes);
}

BOOST_AUTO_TEST_SUITE(door)

// JSON-RPC 2.0, section 7: its examples.
BOOST_FIXTURE_TEST_CASE(requests_are_answered_as_the_specification_says, DoorFixture) {
    BOOST_TEST(
        text(R"({"jsonrpc":"2.0","method":"eth_chainId","id":"a\"b"})") ==
        R"({"jsonrpc":"2.0","id":"a\"b","result":"0x1267"})");
    BOOST_TEST(
        text(R"({"jsonrpc":"2.0","method":"eth_chainId","params":null,"id":null})") ==
        R"({"jsonrpc":"2.0","id":null,"result":"0x1267"})");
    BOOST_TEST(
        text("{\"jsonrpc\":\"2.0\",\"method\"") ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}})");
    BOOST_TEST(
        text("[]") ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"empty batch"}})");
    const std::string invalid =
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}})";
    BOOST_TEST(text("[1]") == "[" + invalid + "]");
    BOOST_TEST(text("1") == invalid);
    BOOST_TEST(text(R"({"jsonrpc":"2.0","method":1,"params":"bar"})") == invalid);
    BOOST_TEST(text(R"({"jsonrpc":"2.0","method":"eth_chainId","id":{}})") == invalid);
    // Notifications are not answered.
    BOOST_TEST(text(R"({"jsonrpc":"2.0","method":"eth_chainId"})") == "");
    BOOST_TEST(text(R"([{"jsonrpc":"2.0","method":"eth_chainId"}])") == "");
    const Json batch = ask(R"([{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},)"
                           R"({"jsonrpc":"2.0","method":"eth_chainId"},{"foo":"boo"},)"
                           R"({"jsonrpc":"2.0","id":"5","method":"foo.get"}])");
    BOOST_REQUIRE(batch.size() == 3u);
    BOOST_TEST(batch[0]["result"] == "0x1267");
    BOOST_TEST(batch[1]["error"]["code"] == -32600);
    BOOST_TEST(
        batch[2]["error"]["message"] == "the method foo.get does not exist/is not available");
}

BOOST_FIXTURE_TEST_CASE(arguments_are_counted, DoorFixture) {
    BOOST_TEST(result("eth_getBalance")["message"] == "missing value for required argument 0");
    BOOST_TEST(result("eth_chainId", {1})["message"] == "too many arguments, want at most 0");
    BOOST_TEST(result("eth_chainId", Json::object())["message"] == "non-array args");
    BOOST_TEST(
        result("eth_getBlockByHash", {Json()})["message"] ==
        "missing value for required argument 0");
}

BOOST_AUTO_TEST_CASE(batches_and_answers_are_bounded) {
    JsonRpcConfig config;
    config.batch_calls_max = 3;
    config.response_bytes_max = 65'536;
    DoorFixture fixture(config);
    const auto batch = [&](std::size_t count, const std::string& method) {
        Json all = Json::array();
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({{"jsonrpc", "2.0"}, {"id", i + 7}, {"method", method}});
        return fixture.ask(all.dump());
    };
    BOOST_TEST(batch(3, "eth_chainId").size() == 3u);
    const Json refused = batch(4, "eth_chainId");
    BOOST_REQUIRE(refused.size() == 1u);
    BOOST_TEST(refused[0]["id"] == 7);
    BOOST_TEST(refused[0]["error"]["message"] == "batch too large");
    BOOST_TEST(batch(3, "net_listening")[2]["result"] == true);
}

BOOST_AUTO_TEST_CASE(before_it_is_ready_a_call_may_be_tried_again) {
    node::testing::FakeNode node;
    EventHub hub{{}, {}};
    node.attach(hub);
    JsonRpcStats stats{json_rpc_method_names()};
    Door door({}, {}, node, hub, stats);
    std::string answer;
    door.handle(
        R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})", nullptr,
        [&](std::string text) { answer = std::move(text); });
    BOOST_TEST(Json::parse(answer)["error"]["code"] == -32005);
}

BOOST_AUTO_TEST_CASE(a_call_that_the_engine_never_answers_times_out) {
    JsonRpcConfig config;
    config.request_timeout_ms = 100;
    config.sync_timeout_ms = 50;
    config.sync_timeout_max_ms = 50;
    DoorFixture fixture(config);
    fixture.node.forget_queries();
    const Json answer = fixture.call("eth_getBalance", {hex(fake_sender(1)), "pending"});
    BOOST_TEST(answer["error"]["code"] == -32002);
    BOOST_TEST(answer["error"]["message"] == "request timed out");
}

BOOST_FIXTURE_TEST_CASE(state_is_that_of_the_block_asked_for, DoorFixture) {
    const std::string address = hex(fake_sender(1));
    const auto nonce = [&](const char* block) {
        return result("eth_getTransactionCount", {address, block});
    };
    for (std::uint64_t block = 1; block <= 3; ++block) {
        BOOST_TEST(door->backend().submit(
            {fake_transaction(block)}, std::make_shared<OutcomeCollector>(1, [] {})));
        node.execute();
        node.seal();
    }
    // The fake counts a nonce per transaction and one more as pending.
    BOOST_TEST(nonce("0x0") == "0x0");
    BOOST_TEST(nonce("0x1") == "0x1");
    BOOST_TEST(nonce("0x2") == "0x2");
    BOOST_TEST(nonce("latest") == "0x3");
    BOOST_TEST(nonce("pending") == "0x4");
    BOOST_TEST(nonce("0x4")["message"] == "header not found");
    BOOST_TEST(nonce("0x4")["code"] == -32000);
    BOOST_TEST(nonce("safe")["message"] == "safe block not found");
    BOOST_TEST(nonce("finalized")["message"] == "finalized block not found");
    node.settle(3, 3, {3, 2, 1});
    BOOST_TEST(nonce("safe") == "0x2");
    BOOST_TEST(nonce("finalized") == "0x1");
    const std::string unknown = "0x" + std::string(64, 'e');
    BOOST_TEST(nonce(unknown.c_str())["message"] == "header for hash not found");
}

BOOST_FIXTURE_TEST_CASE(what_is_missing_is_null_and_no_error, DoorFixture) {
    const std::string unknown = "0x" + std::string(64, 'e');
    for (const char* method :
         {"eth_getTransactionByHash", "eth_getTransactionReceipt", "eth_getBlockByHash",
          "eth_getBlockReceipts", "eth_getBlockTransactionCountByHash",
          "troupe_getTransactionStatus"})
        BOOST_TEST(result(method, {unknown}).is_null(), method);
    BOOST_TEST(result("eth_getBlockByNumber", {"0x9", false}).is_null());
    BOOST_TEST(result("eth_getBlockReceipts", {"0x9"}).is_null());
    BOOST_TEST(result("eth_getHeaderByNumber", {"0x9"}).is_null());
    BOOST_TEST(result("eth_getHeaderByHash", {unknown}).is_null());
    BOOST_TEST(result("eth_getUncleByBlockHashAndIndex", {unknown, "0x0"}).is_null());
    BOOST_TEST(result("eth_getRawTransactionByHash", {unknown}) == "0x");
    BOOST_TEST(result("eth_getRawTransactionByBlockNumberAndIndex", {"0x9", "0x0"}) == "0x");
    BOOST_TEST(result("debug_getRawTransaction", {unknown}) == "0x");
    BOOST_TEST(result("debug_getRawBlock", {"0x9"})["message"] == "block #9 not found");
}

BOOST_FIXTURE_TEST_CASE(ranges_of_logs_are_checked_in_geths_words, DoorFixture) {
    node.seal();
    const auto logs = [&](const char* from, const char* to) {
        return result("eth_getLogs", {{{"fromBlock", from}, {"toBlock", to}}});
    };
    BOOST_TEST(logs("0x0", "0x1").empty());
    BOOST_TEST(logs("0x1", "0x0")["message"] == "invalid block range params");
    BOOST_TEST(logs("0x0", "0x9")["message"] == "block range extends beyond current head block");
    BOOST_TEST(logs("0x0", "pending")["message"] == "pending logs are not supported");
    BOOST_TEST(logs("0x1", "0x0")["code"] == -32602);
    const std::string unknown = "0x" + std::string(64, 'e');
    BOOST_TEST(result("eth_getLogs", {{{"blockHash", unknown}}})["message"] == "unknown block");
}

BOOST_FIXTURE_TEST_CASE(filters_tell_each_block_and_transaction_once, DoorFixture) {
    const std::string blocks = result("eth_newBlockFilter");
    const std::string pending = result("eth_newPendingTransactionFilter");
    BOOST_TEST(result("eth_getFilterChanges", {blocks}).empty());
    BOOST_TEST(door->backend().submit(
        {fake_transaction(1), fake_transaction(2)}, std::make_shared<OutcomeCollector>(2, [] {})));
    node.execute();
    node.seal();
    node.seal();
    BOOST_TEST(result("eth_getFilterChanges", {blocks}).size() == 2u);
    BOOST_TEST(result("eth_getFilterChanges", {blocks}).empty());
    BOOST_TEST(eventually([&] { return door->soft.next_number() == 2; }));
    BOOST_TEST(result("eth_getFilterChanges", {pending}).size() == 2u);
    BOOST_TEST(result("eth_getFilterChanges", {pending}).empty());
    BOOST_TEST(result("eth_uninstallFilter", {blocks}) == true);
    BOOST_TEST(result("eth_uninstallFilter", {blocks}) == false);
    BOOST_TEST(result("eth_getFilterChanges", {blocks})["message"] == "filter not found");
}

BOOST_AUTO_TEST_CASE(filters_are_bounded_and_forgotten) {
    JsonRpcConfig config;
    config.filters_max = 2;
    config.filter_timeout_ms = 50;
    DoorFixture fixture(config);
    BOOST_TEST(fixture.result("eth_newBlockFilter").is_string());
    BOOST_TEST(fixture.result("eth_newBlockFilter").is_string());
    BOOST_TEST(fixture.result("eth_newBlockFilter")["code"] == -32005);
    BOOST_TEST(eventually([&] { return fixture.door->filters.size() == 0; }));
}

BOOST_AUTO_TEST_CASE(one_client_cannot_take_the_filters_of_all) {
    Filters filters(10, 2);
    const auto make = [&](const char* owner) {
        PolledFilter filter;
        filter.owner = std::make_shared<const std::string>(owner);
        filter.last_asked = {};
        return filters.add(std::move(filter));
    };
    const auto first = make("a");
    BOOST_TEST(first.id.size() == 34u);  // 0x and 16 bytes
    BOOST_TEST(!make("a").id.empty());
    BOOST_TEST(make("a").id.empty());
    BOOST_TEST(make("a").limit == 2u);
    BOOST_TEST(!make("b").id.empty());
    BOOST_TEST(filters.remove(first.id));
    BOOST_TEST(!filters.remove(first.id));
    BOOST_TEST(!make("a").id.empty());
    filters.expire(std::chrono::steady_clock::now());
    BOOST_TEST(filters.size() == 0u);
    BOOST_TEST(!make("a").id.empty());
    BOOST_TEST(!make("a").id.empty());
}

BOOST_FIXTURE_TEST_CASE(subscribers_hear_of_blocks_and_transactions_in_order, DoorFixture) {
    BOOST_TEST(result("eth_subscribe", {"newHeads"})["message"] == "notifications not supported");
    const auto connection = std::make_shared<Collected>();
    const auto subscribe = [&](const Json& params) {
        const Json request{
            {"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_subscribe"}, {"params", params}};
        return Json::parse(text(request.dump(), connection));
    };
    const std::string heads = subscribe({"newHeads"})["result"];
    const std::string pending = subscribe({"newPendingTransactions"})["result"];
    BOOST_TEST(
        subscribe({"foo"})["error"]["message"] == "no \"foo\" subscription in eth namespace");
    // Registered once the id has been told: a moment later.
    BOOST_TEST(eventually([&] { return stats.snapshot().subscriptions_gauge == 2u; }));
    BOOST_TEST(door->backend().submit(
        {fake_transaction(1)}, std::make_shared<OutcomeCollector>(1, [] {})));
    node.execute();
    BOOST_TEST(eventually([&] { return connection->count() == 1; }));
    node.seal();
    node.seal();
    BOOST_TEST(eventually([&] { return connection->count() == 3; }));
    const auto& messages = connection->messages;
    BOOST_TEST(messages[0]["params"]["subscription"] == pending);
    BOOST_TEST(
        messages[0]["params"]["result"] == hex(chain::transaction_hash(fake_transaction(1))));
    BOOST_TEST(messages[1]["params"]["subscription"] == heads);
    BOOST_TEST(messages[1]["params"]["result"]["number"] == "0x1");
    BOOST_TEST(messages[2]["params"]["result"]["number"] == "0x2");
    const Json end{
        {"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_unsubscribe"}, {"params", {heads}}};
    BOOST_TEST(Json::parse(text(end.dump(), connection))["result"] == true);
    BOOST_TEST(
        Json::parse(text(end.dump(), connection))["error"]["message"] == "subscription not found");
    BOOST_TEST(stats.snapshot().subscriptions_gauge == 1u);
    door->feed->remove_all(*connection);
    BOOST_TEST(stats.snapshot().subscriptions_gauge == 0u);
}

BOOST_FIXTURE_TEST_CASE(accepted_transactions_give_their_hash_and_known_ones_again, DoorFixture) {
    node.run(20);
    const auto raw = fake_transaction(1);
    const std::string hash = hex(chain::transaction_hash(raw));
    BOOST_TEST(result("eth_sendRawTransaction", {hex(raw)}) == hash);
    const auto known = fake_transaction(2, actors::Reason::kAlreadyKnown);
    BOOST_TEST(
        result("eth_sendRawTransaction", {hex(known)}) == hex(chain::transaction_hash(known)));
    const Json status = result("troupe_getTransactionStatus", {hash});
    BOOST_TEST((status["stage"] == "sequenced" || status["stage"] == "sealed"), status.dump());
}

Json batch_of_transactions(std::uint64_t count) {
    Json batch = Json::array();
    for (std::uint64_t id = 0; id < count; ++id)
        batch.push_back(
            {{"jsonrpc", "2.0"},
             {"id", id},
             {"method", "eth_sendRawTransaction"},
             {"params", {hex(fake_transaction(id))}}});
    return batch;
}

BOOST_FIXTURE_TEST_CASE(transactions_of_a_batch_reach_the_node_together_and_in_order, DoorFixture) {
    Json batch = batch_of_transactions(3);
    batch.insert(
        batch.begin() + 1, Json{{"jsonrpc", "2.0"}, {"id", "head"}, {"method", "eth_blockNumber"}});
    std::promise<std::string> promise;
    door->handle(
        batch.dump(), nullptr, [&](std::string text) { promise.set_value(std::move(text)); });
    BOOST_TEST(node.submissions == 1);
    BOOST_TEST(node.execute() == 3u);
    const Json answers = Json::parse(promise.get_future().get());
    BOOST_REQUIRE(answers.size() == 4u);
    BOOST_TEST(answers[1]["id"] == "head");
    const std::uint64_t ids[] = {0, 2, 3};
    for (std::uint64_t i = 0; i < 3; ++i) {
        const std::string hash = hex(chain::transaction_hash(fake_transaction(i)));
        BOOST_TEST(answers[ids[i]]["result"] == hash);
        const auto found = hub.find(chain::transaction_hash(fake_transaction(i)));
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->receipt->transaction_index == i);
    }
}

BOOST_FIXTURE_TEST_CASE(of_a_batch_that_does_not_fit_what_fits_is_taken, DoorFixture) {
    std::vector<chain::Bytes> full(node.free_credits() - 2, chain::Bytes(21, 0));
    const auto count = full.size();
    BOOST_REQUIRE(
        door->backend().submit(std::move(full), std::make_shared<OutcomeCollector>(count, [] {})));
    std::promise<std::string> promise;
    door->handle(batch_of_transactions(3).dump(), nullptr, [&](std::string text) {
        promise.set_value(std::move(text));
    });
    node.execute();
    const Json answers = Json::parse(promise.get_future().get());
    BOOST_TEST(answers[0].contains("result"));
    BOOST_TEST(answers[1].contains("result"));
    BOOST_TEST(answers[2]["error"]["message"] == pool_full(250).message);
}

BOOST_FIXTURE_TEST_CASE(sync_submission_takes_any_timeout_and_gives_the_receipt, DoorFixture) {
    node.run(50);
    std::uint64_t id = 0;
    for (const Json& timeout :
         {Json::array({500}), Json::array({"0x1f4"}), Json::array(), Json::array({nullptr}),
          Json::array({0}), Json::array({"0x0"})}) {
        const auto raw = fake_transaction(++id);
        Json params = {hex(raw)};
        for (const auto& one : timeout)
            params.push_back(one);
        const Json receipt = result("eth_sendRawTransactionSync", params);
        BOOST_TEST(receipt["transactionHash"] == hex(chain::transaction_hash(raw)), receipt.dump());
        BOOST_TEST(receipt["status"] == "0x1");
    }
    BOOST_TEST(result("eth_sendRawTransactionSync", {"0x00", "x"})["code"] == -32602);
}

BOOST_FIXTURE_TEST_CASE(sync_submission_that_is_not_executed_in_time_says_so, DoorFixture) {
    const auto raw = fake_transaction(1);
    std::promise<std::string> promise;
    door->handle(
        Json{
            {"jsonrpc", "2.0"},
            {"id", 1},
            {"method", "eth_sendRawTransactionSync"},
            {"params", {hex(raw), 50}}}
            .dump(),
        nullptr, [&](std::string text) { promise.set_value(std::move(text)); });
    node.answer();  // ordered, not executed
    const Json error = Json::parse(promise.get_future().get())["error"];
    BOOST_TEST(error["code"] == 4);
    BOOST_TEST(error["data"] == hex(chain::transaction_hash(raw)));
    BOOST_TEST(
        error["message"] ==
        "The transaction was added to the transaction pool but wasn't processed in 50ms");
}

BOOST_FIXTURE_TEST_CASE(the_pending_block_holds_what_was_executed, DoorFixture) {
    BOOST_TEST(door->backend().submit(
        {fake_transaction(1)}, std::make_shared<OutcomeCollector>(1, [] {})));
    node.execute();
    BOOST_TEST(eventually([&] { return door->soft.next_number() == 1; }));
    const Json block = result("eth_getBlockByNumber", {"pending", false});
    for (const char* field : {"hash", "nonce", "miner"})
        BOOST_TEST(block[field].is_null(), field);
    // ethers' block parser needs these even here.
    for (const char* field :
         {"parentHash", "number", "timestamp", "difficulty", "gasLimit", "gasUsed", "extraData"})
        BOOST_TEST(block[field].is_string(), field);
    BOOST_TEST(block["transactions"].size() == 1u);
    BOOST_TEST(result("eth_getBlockTransactionCountByNumber", {"pending"}) == "0x1");
    BOOST_TEST(result("txpool_status")["pending"] == "0x1");
}

BOOST_FIXTURE_TEST_CASE(fees_are_told_in_every_way_that_wallets_ask, DoorFixture) {
    node.seal();
    node.seal();
    BOOST_TEST(result("eth_baseFee") == "0x7");
    // 7 + 7/8 rounded down + 1,000,000
    BOOST_TEST(result("eth_gasPrice") == "0xf4247");
    BOOST_TEST(result("eth_maxPriorityFeePerGas") == "0xf4240");
    for (const Json& count : {Json("0x2"), Json(2)}) {
        const Json history = result("eth_feeHistory", {count, "latest", {25, 50}});
        BOOST_TEST(history["oldestBlock"] == "0x1", history.dump());
        BOOST_TEST(history["baseFeePerGas"].size() == 3u);
        BOOST_TEST(history["gasUsedRatio"].size() == 2u);
        BOOST_TEST(history["reward"].size() == 2u);
        BOOST_TEST(history["reward"][0].size() == 2u);
        BOOST_TEST(history["baseFeePerBlobGas"].size() == 3u);
        BOOST_TEST(history["blobGasUsedRatio"].size() == 2u);
    }
    BOOST_TEST(!result("eth_feeHistory", {"0x1", "latest"}).contains("reward"));
    BOOST_TEST(
        result("eth_feeHistory", {"0x1", "0x9"})["message"] ==
        "request beyond head block: requested 9, head 2");
    // eth/gasprice/feehistory.go's words
    BOOST_TEST(
        result("eth_feeHistory", {"0x1", "latest", {10, 5.5}})["message"] ==
        "invalid reward percentile: #0:10.000000 >= #1:5.500000");
    BOOST_TEST(
        result("eth_feeHistory", {"0x1", "latest", {101}})["message"] ==
        "invalid reward percentile: 101.000000");
}

// The same as in a block, in geth's other ways of asking.
BOOST_FIXTURE_TEST_CASE(headers_and_raw_transactions_are_those_of_blocks, DoorFixture) {
    const auto raw = fake_transaction(1);
    const std::string hash = hex(chain::transaction_hash(raw));
    static_cast<void>(node.submit({raw}, std::make_shared<OutcomeCollector>(1, [] {})));
    node.execute();
    node.seal();
    const Json block = result("eth_getBlockByNumber", {"latest", false});
    BOOST_REQUIRE(block["transactions"].size() == 1u);
    const Json header = result("eth_getHeaderByNumber", {"latest"});
    BOOST_TEST(!header.contains("transactions"));
    for (const auto& [field, value] : header.items())
        BOOST_TEST(block[field] == value, field);
    BOOST_TEST(result("eth_getRawTransactionByHash", {hash}) == hex(raw));
    BOOST_TEST(result("eth_getRawTransactionByBlockNumberAndIndex", {"latest", "0x0"}) == hex(raw));
    BOOST_TEST(result("eth_getRawTransactionByBlockNumberAndIndex", {"latest", "0x1"}) == "0x");
}

// A long request is read behind others of its kind, on a thread for what may take long.
BOOST_AUTO_TEST_CASE(long_requests_wait_and_are_refused_when_too_many_do) {
    JsonRpcConfig config;
    config.query_threads = 1;
    config.query_queue_max = 1;
    DoorFixture fixture(config);
    const std::string one = R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})";
    std::string batch = "[" + one;
    for (int i = 1; i < 500; ++i)
        batch += "," + one;
    batch += "]";
    const Json answers = fixture.ask(batch);
    BOOST_REQUIRE(answers.size() == 500u);
    BOOST_TEST(answers[499]["result"] == "0x1267");
    std::promise<void> began;
    std::promise<void> go;
    BOOST_TEST(fixture.door->pool.post([&] {
        began.set_value();
        go.get_future().wait();
    }));
    began.get_future().wait();
    std::promise<std::string> waiting;
    fixture.door->handle(
        batch, nullptr, [&](std::string text) { waiting.set_value(std::move(text)); });
    BOOST_TEST(fixture.ask(batch)["error"]["message"] == "too many requests wait, try again");
    BOOST_TEST(fixture.result("eth_chainId") == "0x1267");  // a short one does not wait
    go.set_value();
    BOOST_TEST(Json::parse(waiting.get_future().get()).size() == 500u);
}

BOOST_FIXTURE_TEST_CASE(calls_are_counted_by_method_and_strangers_make_no_labels, DoorFixture) {
    (void)call("eth_chainId");
    (void)call("no_such_method_1");
    (void)call("no_such_method_2");
    const auto snapshot = stats.snapshot();
    BOOST_TEST(snapshot.methods.size() == all_methods().size() + 1);
    BOOST_TEST(snapshot.methods.back().name == "unknown");
    BOOST_TEST(snapshot.methods.back().refused == 2u);
    BOOST_TEST(snapshot.methods.front().answered == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_node_tells_how_it_is_doing, DoorFixture) {
    door->read_figures = [] {
        NodeFigures figures;
        figures.ready_word = "ok";
        figures.ready_sentence = "transactions are \"taken\"";
        figures.accepted = 7;
        figures.queue_txs = 3;
        figures.submit_latency.observe(0.003, 5);  // above 0.002, at most 0.004: the fourth bucket
        return figures;
    };
    const Json status = result("troupe_nodeStatus");
    BOOST_TEST(status["version"] == "troupe/test");
    BOOST_TEST(status["chainId"] == 4'711);
    BOOST_TEST(status["heads"]["unsafe"] == 0);
    BOOST_TEST(status["ready"]["sentence"] == "transactions are \"taken\"");
    BOOST_TEST(status["transactions"]["accepted"] == 7);
    BOOST_TEST(status["queue"]["transactions"] == 3);
    const auto counts = status["latency"]["submit"].get<std::vector<int>>();
    BOOST_TEST(counts.size() == status["latency"]["boundsSeconds"].size() + 1);
    BOOST_TEST(counts[3] == 5);
    BOOST_TEST(status["latency"]["boundsSeconds"][3] == 0.004);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
