#include "chain/crypto/keccak.hpp"
#include "sequencer/grpc/cursor.hpp"
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include "troupe/v1/watch.grpc.pb.h"

#include <boost/test/unit_test.hpp>
#include <grpcpp/grpcpp.h>

#include <random>

namespace troupe::node::testing {

namespace pb = troupe::v1;
using client::AccountEvent;
using client::BlockContent;
using client::BlockEvent;
using client::TransactionEvent;

namespace {

// Puts `count` transactions into the open block.
void fill_block(FakeNode& node, std::uint64_t first_id, std::uint64_t count) {
    struct Nobody final : actors::SubmitSink {
        void on_outcomes(std::span<Item>) noexcept override {}
    };
    std::vector<chain::Bytes> raw;
    for (std::uint64_t id = first_id; id < first_id + count; ++id)
        raw.push_back(
            fake_transaction(id, actors::Reason::kNone, static_cast<std::uint8_t>(id % 7)));
    BOOST_REQUIRE(node.submit(std::move(raw), std::make_shared<Nobody>()));
    node.execute();
}

// Blocks 1..count with `transactions` each.
void make_blocks(FakeNode& node, std::uint64_t count, std::uint64_t transactions) {
    for (std::uint64_t n = 0; n < count; ++n) {
        if (transactions != 0) fill_block(node, 1'000'000 + n * transactions, transactions);
        node.seal();
    }
}

// What a subscriber has seen of the chain: fails the test on a gap or a repetition.
struct Follower {
    std::uint64_t next_block = 1;
    std::uint32_t next_index = 0;

    void take(const client::BlockInfo& block) {
        BOOST_REQUIRE(block.number == next_block);
        BOOST_REQUIRE(block.first_index == next_index);
        next_index += static_cast<std::uint32_t>(block.transaction_hashes.size());
        if (!block.complete) {
            BOOST_REQUIRE(block.next_index == next_index);
            return;
        }
        BOOST_REQUIRE(next_index == block.transaction_count);
        ++next_block;
        next_index = 0;
    }
};

GrpcConfig small_messages() {
    GrpcConfig config;
    config.response_bytes_target = 65'536;  // the least: big blocks come in parts
    return config;
}

std::string target(const GrpcServer& server) {
    return "127.0.0.1:" + std::to_string(server.port());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch)

BOOST_AUTO_TEST_CASE(blocks_come_in_order_from_the_store_and_live) {
    Edge edge;
    make_blocks(edge.node, 100, 0);  // 64 of them stay in the hub
    edge.node.run(5);
    Follower follower;
    const auto result = edge.client->watch_blocks({.from_block = 1}, [&](const BlockEvent& event) {
        if (event.block) follower.take(*event.block);
        return follower.next_block <= 120;
    });
    BOOST_TEST(result.ok());
}

BOOST_AUTO_TEST_CASE(without_a_start_the_next_block_is_the_first) {
    Edge edge;
    make_blocks(edge.node, 3, 0);
    edge.node.run(5);
    std::uint64_t first = 0;
    const auto result = edge.client->watch_blocks({}, [&](const BlockEvent& event) {
        if (event.block) first = event.block->number;
        return first == 0;
    });
    BOOST_TEST(result.ok());
    BOOST_TEST(first >= 4u);
}

BOOST_AUTO_TEST_CASE(resuming_after_disconnects_at_random_places_has_no_gap_and_no_duplicate) {
    Edge edge(small_messages());
    // 76 blocks of 0 to 600 transactions: many parts, some in the store only, some live.
    std::mt19937 random(20261121);
    std::uint64_t id = 0;
    for (int n = 0; n < 70; ++n) {
        const std::uint64_t count = random() % 3 == 0 ? random() % 600 : random() % 5;
        if (count != 0) fill_block(edge.node, id, count);
        id += count;
        edge.node.seal();
    }
    edge.node.run(5);
    Follower follower;
    std::string cursor;
    int disconnects = 0;
    while (follower.next_block <= 90) {
        auto again = Edge::connect(edge.server->port());
        client::Client::WatchBlocksOptions options;
        options.content = BlockContent::kTransactions;
        options.reconnect = false;
        if (cursor.empty())
            options.from_block = 1;
        else
            options.cursor = cursor;
        int messages = static_cast<int>(random() % 4);
        const auto result = again->watch_blocks(options, [&](const BlockEvent& event) {
            if (event.block) follower.take(*event.block);
            cursor = event.cursor;
            return messages-- > 0;
        });
        BOOST_REQUIRE(result.ok());
        ++disconnects;
    }
    BOOST_TEST(disconnects >= 30);
}

BOOST_AUTO_TEST_CASE(followers_of_the_safe_head_get_a_block_when_it_is_safe) {
    Edge edge;
    make_blocks(edge.node, 10, 0);
    edge.node.settle(6, 6, {10, 4, 2});
    std::vector<std::uint64_t> blocks;
    std::optional<client::Heads> heads;
    bool settled = false;
    const auto result = edge.client->watch_blocks(
        {.from_block = 1, .head = client::BlockTag::kSafe}, [&](const BlockEvent& event) {
            if (event.block) blocks.push_back(event.block->number);
            if (blocks.size() == 4 && !settled) {
                settled = true;
                edge.node.settle(6, 6, {10, 6, 5});
            }
            if (event.heads && !event.block) heads = event.heads;
            return !heads;
        });
    BOOST_TEST(result.ok());
    BOOST_TEST(blocks == (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
    BOOST_TEST(heads->safe == 6u);
    BOOST_TEST(heads->finalized == 5u);
}

BOOST_AUTO_TEST_CASE(a_pruned_start_is_refused_with_a_cursor_that_works) {
    Edge edge;
    make_blocks(edge.node, 20, 0);
    edge.node.prune_before(8);
    const auto refused =
        edge.client->watch_blocks({.from_block = 3}, [](const BlockEvent&) { return true; });
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST(refused.error().code == 11);  // OUT_OF_RANGE
    BOOST_TEST(refused.error().reason == "PRUNED");
    std::uint64_t first = 0;
    const auto resumed = edge.client->watch_blocks(
        {.cursor = refused.error().resume_cursor}, [&](const BlockEvent& event) {
            first = event.block->number;
            return false;
        });
    BOOST_TEST(resumed.ok());
    BOOST_TEST(first == 8u);
}

BOOST_AUTO_TEST_CASE(a_foreign_or_damaged_cursor_is_refused) {
    Edge edge;
    make_blocks(edge.node, 2, 0);
    const chain::Hash32 other_genesis;
    const std::string good = encode_cursor({CursorKind::kBlocks, 1, 0}, edge.chain.genesis_hash);
    std::string damaged = good;
    damaged[10] ^= 1;
    const std::string account_cursor =
        encode_cursor({CursorKind::kAccount, 1, 0}, edge.chain.genesis_hash);
    for (const std::string& cursor :
         {std::string("x"), damaged, account_cursor,
          encode_cursor({CursorKind::kBlocks, 1, 0}, other_genesis)}) {
        const auto refused = edge.client->watch_blocks(
            {.cursor = cursor, .reconnect = false}, [](const BlockEvent&) { return false; });
        BOOST_REQUIRE(!refused.ok());
        BOOST_TEST(refused.error().code == 3);
        BOOST_TEST(refused.error().reason == "CURSOR_INVALID");
    }
}

BOOST_AUTO_TEST_CASE(an_idle_stream_sends_heartbeats_that_can_be_resumed_from) {
    GrpcConfig config;
    config.heartbeat_ms = 30;
    Edge edge(config);
    make_blocks(edge.node, 3, 0);
    int heartbeats = 0;
    std::string cursor;
    const auto result = edge.client->watch_blocks({}, [&](const BlockEvent& event) {
        BOOST_TEST(!event.block.has_value());
        BOOST_TEST(event.heads->latest == 3u);
        cursor = event.cursor;
        return ++heartbeats < 3;
    });
    BOOST_TEST(result.ok());
    edge.node.seal();
    const auto resumed =
        edge.client->watch_blocks({.cursor = cursor}, [&](const BlockEvent& event) {
            BOOST_TEST(event.block->number == 4u);
            return false;
        });
    BOOST_TEST(resumed.ok());
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_does_not_read_is_cut_off_with_a_cursor_and_harms_nobody) {
    GrpcConfig config;
    config.write_timeout_ms = 200;
    Edge edge(config);
    // About 24 MB on the wire: far beyond what the connection's window buffers.
    make_blocks(edge.node, 20, 5'000);

    const auto channel =
        grpc::CreateChannel(target(*edge.server), grpc::InsecureChannelCredentials());
    const auto stub = pb::WatchService::NewStub(channel);
    grpc::ClientContext context;
    pb::WatchBlocksRequest request;
    request.set_from_block(1);
    request.set_content(pb::BLOCK_CONTENT_TRANSACTIONS);
    auto sleeper = stub->WatchBlocks(&context, request);
    BOOST_TEST(eventually([&] { return edge.stats.slow_readers_cut.load() == 1; }));

    // Another subscriber of the same server gets everything meanwhile.
    Follower other;
    BOOST_TEST(edge.client
                   ->watch_blocks(
                       {.from_block = 1, .content = BlockContent::kTransactions},
                       [&](const BlockEvent& event) {
                           if (event.block) other.take(*event.block);
                           return other.next_block <= 20;
                       })
                   .ok());

    // The sleeper wakes: what was sent before the cut, then the status with where to go on.
    Follower follower;
    pb::WatchBlocksResponse response;
    const auto take = [&follower](const pb::Block& block) {
        client::BlockInfo info;
        info.number = block.header().number();
        info.first_index = block.first_index();
        info.transaction_hashes.resize(static_cast<std::size_t>(block.transaction_hashes_size()));
        info.transaction_count = block.transaction_count();
        info.complete = block.complete();
        info.next_index = block.next_index();
        follower.take(info);
    };
    while (sleeper->Read(&response))
        take(response.block());
    const grpc::Status status = sleeper->Finish();
    BOOST_TEST(status.error_code() == grpc::StatusCode::ABORTED);
    BOOST_TEST(follower.next_block < 20u);
    const grpc::Status again = [&] {
        // Read by the client library: the resume point is in the details.
        grpc::ClientContext fresh;
        pb::WatchBlocksRequest resume = request;
        resume.set_cursor(response.cursor());
        auto reader = stub->WatchBlocks(&fresh, resume);
        while (follower.next_block <= 20 && reader->Read(&response))
            take(response.block());
        fresh.TryCancel();
        return reader->Finish();
    }();
    BOOST_TEST(again.error_code() == grpc::StatusCode::CANCELLED);
    BOOST_TEST(follower.next_block == 21u);
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_never_reads_again_is_given_up_after_the_grace) {
    GrpcConfig config;
    config.write_timeout_ms = 50;
    config.cut_off_grace_ms = 50;
    Edge edge(config);
    make_blocks(edge.node, 20, 5'000);
    const auto channel =
        grpc::CreateChannel(target(*edge.server), grpc::InsecureChannelCredentials());
    const auto stub = pb::WatchService::NewStub(channel);
    grpc::ClientContext context;
    pb::WatchBlocksRequest request;
    request.set_from_block(1);
    request.set_content(pb::BLOCK_CONTENT_TRANSACTIONS);
    auto sleeper = stub->WatchBlocks(&context, request);
    BOOST_TEST(eventually([&] { return edge.stats.slow_readers_cut.load() == 1; }));
    // Its place among the subscriptions is free again although the client is still connected.
    BOOST_TEST(eventually([&] {
        return edge.admin->status().ok() && [&] {
            constexpr auto kWatch = static_cast<std::size_t>(RpcMethod::kWatchBlocks);
            return edge.stats.snapshot().methods[kWatch].open_gauge == 0;
        }();
    }));
    context.TryCancel();
    static_cast<void>(sleeper->Finish());
}

BOOST_AUTO_TEST_CASE(subscriptions_beyond_the_limit_are_refused_and_places_come_free) {
    GrpcConfig config;
    config.peer_subscriptions_max = 2;
    config.heartbeat_ms = 20;
    Edge edge(config);
    const auto channel =
        grpc::CreateChannel(target(*edge.server), grpc::InsecureChannelCredentials());
    const auto stub = pb::WatchService::NewStub(channel);
    pb::WatchBlocksResponse response;
    grpc::ClientContext contexts[3];
    auto first = stub->WatchBlocks(&contexts[0], {});
    auto second = stub->WatchBlocks(&contexts[1], {});
    BOOST_REQUIRE(first->Read(&response));
    BOOST_REQUIRE(second->Read(&response));
    auto third = stub->WatchBlocks(&contexts[2], {});
    BOOST_TEST(!third->Read(&response));
    BOOST_TEST(third->Finish().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    contexts[0].TryCancel();
    static_cast<void>(first->Finish());
    BOOST_TEST(eventually([&] {
        grpc::ClientContext context;
        auto reader = stub->WatchBlocks(&context, {});
        const bool open = reader->Read(&response);
        context.TryCancel();
        static_cast<void>(reader->Finish());
        return open;
    }));
    contexts[1].TryCancel();
    static_cast<void>(second->Finish());
}

BOOST_AUTO_TEST_CASE(draining_ends_streams_with_a_cursor) {
    Edge edge;
    make_blocks(edge.node, 3, 0);
    const auto result = edge.client->watch_blocks(
        {.from_block = 1, .reconnect = false}, [&](const BlockEvent& event) {
            if (event.block && event.block->number == 3) edge.server->drain();
            return true;
        });
    BOOST_REQUIRE(!result.ok());
    BOOST_TEST(result.error().code == 14);
    BOOST_TEST(result.error().reason == "STREAM_ENDED");
    const auto cursor =
        decode_cursor(result.error().resume_cursor, CursorKind::kBlocks, edge.chain.genesis_hash);
    BOOST_REQUIRE(cursor.has_value());
    BOOST_TEST(cursor->position == 4u);
}

// ---- one transaction

namespace {

struct LifeEdge : Edge {
    const chain::Bytes raw = fake_transaction(5);
    const chain::Hash32 hash = chain::crypto::keccak256(raw);

    void submit() {
        struct Nobody final : actors::SubmitSink {
            void on_outcomes(std::span<Item>) noexcept override {}
        };
        BOOST_REQUIRE(node.submit({raw}, std::make_shared<Nobody>()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_unknown_transaction_is_waited_for_and_then_not_found, LifeEdge) {
    const auto never = [](const TransactionEvent&) { return true; };
    const auto result = client->watch_transaction(hash, {.wait_ms = 50}, never);
    BOOST_REQUIRE(!result.ok());
    BOOST_TEST(result.error().reason == "NOT_FOUND");
    const auto too_long = client->watch_transaction(hash, {.wait_ms = 60'001}, never);
    BOOST_TEST(too_long.error().message == "wait_ms: at most 60000");
}

BOOST_FIXTURE_TEST_CASE(a_transactions_life_is_told_stage_by_stage, LifeEdge) {
    submit();
    node.execute();
    std::vector<Stage> stages;
    const auto result = client->watch_transaction(hash, {}, [&](const TransactionEvent& event) {
        if (event.stage == Stage::kUnknown) return true;  // a heartbeat
        stages.push_back(event.stage);
        BOOST_TEST(event.block_number == 1u);
        BOOST_TEST(event.block_hash.has_value() == (event.stage >= Stage::kSealed));
        if (event.stage == Stage::kSequenced) {
            BOOST_TEST(event.receipt->gas_used == 21'000u);
            BOOST_TEST(!event.receipt->block_hash.has_value());
            node.seal();
        }
        if (event.stage == Stage::kSealed) {
            BOOST_TEST(event.receipt->block_hash.has_value());
            node.settle(1, 0, {1, 0, 0});
        }
        if (event.stage == Stage::kBatched) node.settle(1, 1, {1, 0, 0});
        if (event.stage == Stage::kPosted) {
            BOOST_TEST(event.l1_block == 1'001u);
            node.settle(0, 0, {1, 1, 1});  // two stages at once
        }
        return true;
    });
    BOOST_TEST(result.ok());  // ended after FINALIZED
    const std::vector<Stage> expected{Stage::kAccepted, Stage::kSequenced, Stage::kSealed,
                                      Stage::kBatched,  Stage::kPosted,    Stage::kSafe,
                                      Stage::kFinalized};
    BOOST_TEST((stages == expected));
}

BOOST_FIXTURE_TEST_CASE(a_transaction_may_be_watched_before_it_is_submitted, LifeEdge) {
    std::thread later([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        submit();
        node.execute();
    });
    Stage last = Stage::kUnknown;
    const auto result = client->watch_transaction(
        hash, {.wait_ms = 10'000, .until = Stage::kSequenced}, [&](const TransactionEvent& event) {
            last = event.stage;
            return true;
        });
    later.join();
    BOOST_TEST(result.ok());
    BOOST_TEST((last == Stage::kSequenced));
}

BOOST_FIXTURE_TEST_CASE(a_life_resumed_at_any_stage_goes_on_with_the_next, LifeEdge) {
    submit();
    node.execute();
    node.seal();
    node.settle(1, 1, {1, 1, 1});
    std::vector<std::string> cursors;
    std::vector<Stage> stages;
    BOOST_TEST(client
                   ->watch_transaction(
                       hash, {},
                       [&](const TransactionEvent& event) {
                           cursors.push_back(event.cursor);
                           stages.push_back(event.stage);
                           return true;
                       })
                   .ok());
    BOOST_REQUIRE(stages.size() == 7u);
    for (std::size_t i = 0; i < cursors.size(); ++i) {
        std::vector<Stage> rest;
        BOOST_TEST(client
                       ->watch_transaction(
                           hash, {.cursor = cursors[i]},
                           [&](const TransactionEvent& event) {
                               rest.push_back(event.stage);
                               return true;
                           })
                       .ok());
        BOOST_TEST(
            (rest == std::vector<Stage>(stages.begin() + static_cast<int>(i) + 1, stages.end())));
    }
}

BOOST_FIXTURE_TEST_CASE(an_l1_reorganisation_is_told_and_the_stages_come_again, LifeEdge) {
    submit();
    node.execute();
    node.seal();
    node.settle(1, 1, {1, 1, 0});
    std::vector<std::pair<Stage, bool>> told;
    const auto result = client->watch_transaction(
        hash, {.until = Stage::kFinalized}, [&](const TransactionEvent& event) {
            told.emplace_back(event.stage, event.fell_back);
            if (told.size() == 6) node.settle(0, 0, {1, 0, 0});  // SAFE was told
            if (event.fell_back) node.settle(1, 1, {1, 1, 1});
            return true;
        });
    BOOST_TEST(result.ok());
    BOOST_REQUIRE(told.size() == 11u);
    BOOST_TEST((told[5] == std::pair{Stage::kSafe, false}));
    BOOST_TEST((told[6] == std::pair{Stage::kSealed, true}));
    BOOST_TEST((told[7] == std::pair{Stage::kBatched, false}));
    BOOST_TEST((told[10] == std::pair{Stage::kFinalized, false}));
}

// ---- one account

BOOST_AUTO_TEST_CASE(an_account_is_told_once_per_block_that_changed_it) {
    Edge edge;
    // Sender 1 has transactions in every third block: ids n, n+1 with n % 7 == 1.
    std::vector<std::uint64_t> expected;
    for (std::uint64_t n = 1; n <= 100; ++n) {
        if (n % 3 == 0) {
            fill_block(edge.node, n * 7 + 1, 1);
            expected.push_back(n);
        }
        edge.node.seal();
    }
    std::vector<std::uint64_t> blocks;
    std::string cursor;
    while (blocks.size() < expected.size()) {
        int messages = 3;  // then it disconnects and resumes
        client::Client::WatchAccountOptions options;
        if (cursor.empty())
            options.from_block = 0;
        else
            options.cursor = cursor;
        const auto result =
            edge.client->watch_account(fake_sender(1), options, [&](const AccountEvent& event) {
                blocks.push_back(event.block_number);
                BOOST_TEST(event.account->nonce == blocks.size());
                cursor = event.cursor;
                return --messages > 0 && blocks.size() < expected.size();
            });
        BOOST_REQUIRE(result.ok());
    }
    BOOST_TEST(blocks == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
