#include "chain/crypto/keccak.hpp"
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <set>

namespace troupe::node::testing {

BOOST_AUTO_TEST_SUITE(server)

namespace {

// Services by name, asked of reflection (v1alpha) with a hand-made message: field 7 is
// list_services. Names are looked for in the bytes of the answer.
std::string list_services(int port) {
    const auto channel = grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const std::string request = {'\x3a', '\x01', '*'};
    const grpc::Slice slice(request);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    queue.Next(&tag, &ok);
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    queue.Next(&tag, &ok);
    std::vector<grpc::Slice> slices;
    static_cast<void>(answer.Dump(&slices));
    std::string text;
    for (const auto& part : slices)
        text.append(reinterpret_cast<const char*>(part.begin()), part.size());
    grpc::Status status;
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    return text;
}

bool mentions(const std::string& text, const std::string& name) {
    return text.find(name) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(calls_wait_for_the_node_with_a_retry_delay_and_health_says_so) {
    FakeNode node;
    EventHub hub({}, {});
    node.attach(hub);
    node.run(10);
    RpcStats stats;
    GrpcConfig config;
    config.listen = "127.0.0.1:0";
    config.admin_listen = "127.0.0.1:0";
    std::string failure;
    const auto server = GrpcServer::start(config, {}, node, hub, stats, nullptr, failure);
    BOOST_REQUIRE(server != nullptr);
    const auto client = Edge::connect(server->port());
    const auto early = client->submit(fake_transaction(1));
    BOOST_REQUIRE(!early.ok());
    BOOST_TEST(early.error().code == 14);
    BOOST_TEST(early.error().reason == "NOT_READY");
    BOOST_TEST(early.error().retry_after_ms == 1'000u);
    BOOST_TEST(client->chain_info().error().reason == "NOT_READY");
    BOOST_TEST(!client->is_serving());

    server->serve(node);
    BOOST_TEST(client->is_serving());
    BOOST_TEST(client->is_serving("troupe.v1.SubmitService"));
    BOOST_TEST(client->is_serving("troupe.v1.QueryService"));
    BOOST_TEST(client->is_serving("troupe.v1.WatchService"));
    BOOST_TEST(!client->is_serving("troupe.v1.NoSuchService"));
    BOOST_TEST(client->submit(fake_transaction(1)).ok());

    server->set_submit_healthy(false);
    BOOST_TEST(!client->is_serving("troupe.v1.SubmitService"));
    BOOST_TEST(client->is_serving("troupe.v1.QueryService"));

    server->drain();
    BOOST_TEST(!client->is_serving());
    BOOST_TEST(client->submit(fake_transaction(2)).error().reason == "STREAM_ENDED");
    node.stop();
}

BOOST_AUTO_TEST_CASE(reflection_lists_the_services_of_each_listener) {
    Edge edge;
    const std::string open = list_services(edge.server->port());
    BOOST_TEST(mentions(open, "troupe.v1.SubmitService"));
    BOOST_TEST(mentions(open, "troupe.v1.QueryService"));
    BOOST_TEST(mentions(open, "troupe.v1.WatchService"));
    BOOST_TEST(mentions(open, "grpc.health.v1.Health"));
    BOOST_TEST(!mentions(open, "troupe.v1.AdminService"));
    BOOST_TEST(mentions(list_services(edge.server->admin_port()), "troupe.v1.AdminService"));
}

BOOST_FIXTURE_TEST_CASE(admin_calls_reach_the_node_and_only_through_their_listener, Edge) {
    BOOST_TEST(admin->stop_sequencing().ok());
    BOOST_TEST(!node.sequencing());
    BOOST_TEST(!admin->status()->sequencing);
    BOOST_TEST(admin->start_sequencing().ok());
    BOOST_TEST(node.sequencing());
    BOOST_TEST(admin->flush().ok());
    BOOST_TEST(node.flushes == 1);
    BOOST_TEST(admin->set_log_level("grpc", 2).ok());
    BOOST_TEST((log_level == LogLevel::kDebug));
    BOOST_TEST(admin->set_log_level("nonsense", 2).error().reason == "INVALID_FIELD");
    BOOST_TEST(admin->set_log_level("grpc", 77).error().reason == "INVALID_FIELD");
    const auto status = admin->status();
    BOOST_REQUIRE(status.ok());
    BOOST_TEST(status->version == "troupe/test");
    BOOST_TEST(status->free_credits == 16'384u);
    BOOST_TEST(status->open_block == 1u);
    hub.on_fatal("the disk is full");
    BOOST_TEST(admin->status()->fatal == "the disk is full");
    constexpr int kUnimplemented = 12;
    BOOST_TEST(client->stop_sequencing().error().code == kUnimplemented);
    BOOST_TEST(admin->submit(fake_transaction(1)).error().code == kUnimplemented);
}

BOOST_FIXTURE_TEST_CASE(chain_info_says_what_a_wallet_needs, Edge) {
    const auto info = client->chain_info();
    BOOST_REQUIRE(info.ok());
    BOOST_TEST(info->chain_id == 4'711u);
    BOOST_TEST((info->genesis_hash == chain.genesis_hash));
    BOOST_TEST(info->l1_chain_id == 31'337u);
    BOOST_TEST((info->base_fee_per_gas == chain::Uint256(7)));
    BOOST_TEST(info->gas_limit == 30'000'000u);
    BOOST_TEST(info->block_time_ms == 1'000u);
    BOOST_TEST(info->stream_credits_max == config.stream_credits_max);
}

BOOST_FIXTURE_TEST_CASE(an_account_comes_with_pending_nonce_and_proof, Edge) {
    const auto plain = client->account(fake_sender(3));
    BOOST_REQUIRE(plain.ok());
    BOOST_TEST(plain->account.balance.is_zero());
    BOOST_TEST(plain->pending_nonce == 1u);
    BOOST_TEST(plain->proof.empty());
    const auto proven = client->account(fake_sender(3), true);
    BOOST_REQUIRE(proven.ok());
    BOOST_TEST((proven->proof == std::vector<chain::Bytes>{{1, 2, 3}, {4}}));
    BOOST_TEST(proven->state_root[0] == 0x5a);
}

BOOST_AUTO_TEST_CASE(receipts_are_there_from_execution_on_and_survive_sealing_and_eviction) {
    Edge edge;
    const auto raw = fake_transaction(1);
    const auto hash = chain::crypto::keccak256(raw);
    BOOST_TEST(edge.client->receipt(hash).error().code == 5);  // NOT_FOUND
    struct Nobody final : actors::SubmitSink {
        void on_outcomes(std::span<Item>) noexcept override {}
    };
    BOOST_REQUIRE(edge.node.submit({raw}, std::make_shared<Nobody>()));
    edge.node.execute();
    const auto soft = edge.client->receipt(hash);
    BOOST_REQUIRE(soft.ok());
    BOOST_TEST((soft->stage == Stage::kSequenced));
    BOOST_TEST(!soft->block_hash.has_value());
    edge.node.seal();
    const auto sealed = edge.client->receipt(hash);
    BOOST_REQUIRE(sealed.ok());
    BOOST_TEST((sealed->stage == Stage::kSealed));
    BOOST_TEST(sealed->block_hash.has_value());
    for (int i = 0; i < 100; ++i)
        edge.node.seal();  // the hub forgets, the store does not
    const auto stored = edge.client->receipt(hash);
    BOOST_REQUIRE(stored.ok());
    BOOST_TEST((stored->block_hash == sealed->block_hash));
    BOOST_TEST(stored->gas_used == soft->gas_used);
    BOOST_TEST((stored->effective_gas_price == soft->effective_gas_price));
    const auto transaction = edge.client->transaction(hash);
    BOOST_REQUIRE(transaction.ok());
    BOOST_TEST((transaction->raw == raw));
    edge.node.prune_before(50);
    BOOST_TEST(edge.client->receipt(hash).error().code == 11);  // OUT_OF_RANGE
}

BOOST_AUTO_TEST_CASE(a_block_is_found_by_number_hash_and_tag_and_put_together_from_parts) {
    GrpcConfig small;
    small.response_bytes_target = 65'536;
    Edge edge(small);
    struct Nobody final : actors::SubmitSink {
        void on_outcomes(std::span<Item>) noexcept override {}
    };
    std::vector<chain::Bytes> raw;
    for (std::uint64_t id = 0; id < 1'000; ++id)
        raw.push_back(fake_transaction(id));
    BOOST_REQUIRE(edge.node.submit(raw, std::make_shared<Nobody>()));
    edge.node.execute();
    edge.node.seal();
    edge.node.seal();
    edge.node.settle(2, 1, {2, 1, 0});
    const auto whole = edge.client->block(1, client::BlockContent::kTransactions);
    BOOST_REQUIRE(whole.ok());
    BOOST_TEST((whole->transactions == raw));
    BOOST_TEST(whole->transaction_hashes.size() == 1'000u);
    BOOST_TEST(edge.client->block(client::BlockTag::kLatest)->number == 2u);
    BOOST_TEST(edge.client->block(client::BlockTag::kSafe)->number == 1u);
    BOOST_TEST(edge.client->block(client::BlockTag::kFinalized)->number == 0u);
    BOOST_TEST(edge.client->block(client::BlockTag::kEarliest)->number == 0u);
    const auto header = edge.client->block(1, client::BlockContent::kHeader);
    BOOST_TEST(header->transaction_hashes.empty());
    BOOST_TEST(header->transaction_count == 1'000u);
    BOOST_TEST(edge.client->block(77).error().reason == "NOT_FOUND");
}

BOOST_FIXTURE_TEST_CASE(calls_are_counted_by_method_and_code, Edge) {
    static_cast<void>(client->chain_info());
    static_cast<void>(client->block(77));
    const auto snapshot = stats.snapshot();
    const auto calls = [&snapshot](RpcMethod method, std::size_t code) {
        return snapshot.methods[static_cast<std::size_t>(method)].calls[code];
    };
    BOOST_TEST(calls(RpcMethod::kGetChainInfo, 0) == 1u);
    BOOST_TEST(calls(RpcMethod::kGetBlock, 5) == 1u);
    BOOST_TEST(calls(RpcMethod::kGetBlock, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(an_address_in_use_and_a_public_admin_address_are_refused_in_words) {
    Edge edge;
    GrpcConfig config;
    config.listen = "127.0.0.1:" + std::to_string(edge.server->port());
    config.admin_listen = "";
    std::string failure;
    BOOST_TEST(
        GrpcServer::start(config, {}, edge.node, edge.hub, edge.stats, nullptr, failure) ==
        nullptr);
    BOOST_TEST(failure.find("can't listen on") != std::string::npos);
    config.listen = "127.0.0.1:0";
    config.admin_listen = "0.0.0.0:0";
    BOOST_TEST(
        GrpcServer::start(config, {}, edge.node, edge.hub, edge.stats, nullptr, failure) ==
        nullptr);
    BOOST_TEST(failure.find("admin_listen: 0.0.0.0:0 can be reached") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(calls_that_the_node_never_answers_end_with_the_server) {
    Edge edge;
    edge.node.forget_queries();
    std::vector<std::thread> callers;
    std::atomic<int> refused{0};
    callers.emplace_back([&] { refused += edge.client->account(fake_sender(1)).ok() ? 0 : 1; });
    callers.emplace_back([&] { refused += edge.client->submit(fake_transaction(1)).ok() ? 0 : 1; });
    callers.emplace_back(
        [&] { refused += edge.client->submit_batch({fake_transaction(2)}).ok() ? 0 : 1; });
    const auto open = [&edge](RpcMethod method) {
        return edge.stats.snapshot().methods[static_cast<std::size_t>(method)].open_gauge;
    };
    BOOST_TEST(eventually([&] {
        return open(RpcMethod::kGetAccount) == 1 && open(RpcMethod::kSubmitTransaction) == 1 &&
               open(RpcMethod::kSubmitTransactions) == 1;
    }));
    edge.server->shut_down(std::chrono::milliseconds(100));
    for (auto& caller : callers)
        caller.join();
    BOOST_TEST(refused == 3);
    edge.node.execute();  // answers that come too late harm nobody
}

BOOST_AUTO_TEST_CASE(shutting_down_with_open_calls_ends_by_its_deadline) {
    Edge edge;
    std::vector<std::thread> watchers;
    std::atomic<int> ended{0};
    for (int i = 0; i < 8; ++i)
        watchers.emplace_back([&] {
            const auto client = Edge::connect(edge.server->port());
            static_cast<void>(client->watch_blocks(
                {.from_block = 0, .reconnect = false},
                [](const client::BlockEvent&) { return true; }));
            ++ended;
        });
    BOOST_TEST(eventually([&] {
        return edge.admin->status()->uptime_s < 100 && edge.stats.watch_messages.load() >= 8;
    }));
    edge.server->shut_down(std::chrono::milliseconds(500));
    for (auto& watcher : watchers)
        watcher.join();
    BOOST_TEST(ended == 8);
}

BOOST_AUTO_TEST_CASE(what_the_grpc_library_says_goes_where_the_node_logs) {
    static std::mutex mutex;  // the library may speak after this test, too
    static std::string heard;
    route_grpc_log([](std::string_view message) {
        const std::lock_guard lock(mutex);
        heard.append(message);
    });
    Edge edge;
    GrpcConfig config;
    config.listen = "127.0.0.1:" + std::to_string(edge.server->port());
    config.admin_listen = "";
    std::string failure;
    BOOST_TEST(
        GrpcServer::start(config, {}, edge.node, edge.hub, edge.stats, nullptr, failure) ==
        nullptr);
    const std::lock_guard lock(mutex);
    BOOST_TEST(heard.find("Address already in use") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
