#include "chain/crypto/keccak.hpp"
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <map>
#include <set>

namespace troupe::node::testing {

using actors::Reason;
using client::CallError;

namespace {

// The node executes all the time while a blocking call waits.
struct RunningEdge : Edge {
    RunningEdge() { node.run(20); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(submit)

BOOST_FIXTURE_TEST_CASE(an_accepted_transaction_is_answered_with_hash_and_place, RunningEdge) {
    const auto raw = fake_transaction(1);
    const auto result = client->submit(raw);
    BOOST_REQUIRE(result.ok());
    BOOST_TEST((result->transaction_hash == chain::crypto::keccak256(raw)));
    BOOST_TEST(result->block_number >= 1u);
    BOOST_TEST(result->micro_block >= 1u);
    BOOST_TEST((result->stage == Stage::kAccepted));
}

BOOST_FIXTURE_TEST_CASE(every_reason_comes_back_as_its_status_with_details, RunningEdge) {
    // The table of proto/troupe/v1/errors.proto: gRPC codes 3 INVALID_ARGUMENT, 6 ALREADY_EXISTS,
    // 8 RESOURCE_EXHAUSTED, 9 FAILED_PRECONDITION, 14 UNAVAILABLE.
    const std::map<Reason, std::pair<int, std::string>> expected{
        {Reason::kMalformed, {3, "MALFORMED"}},
        {Reason::kWrongChain, {3, "WRONG_CHAIN"}},
        {Reason::kBadSignature, {3, "BAD_SIGNATURE"}},
        {Reason::kNonceTooLow, {9, "NONCE_TOO_LOW"}},
        {Reason::kNonceTooHigh, {9, "NONCE_TOO_HIGH"}},
        {Reason::kInsufficientFunds, {9, "INSUFFICIENT_FUNDS"}},
        {Reason::kIntrinsicGas, {3, "INTRINSIC_GAS"}},
        {Reason::kFeeTooLow, {9, "FEE_TOO_LOW"}},
        {Reason::kGasLimitOverBlock, {3, "GAS_LIMIT_OVER_BLOCK"}},
        {Reason::kUnsupportedType, {3, "UNSUPPORTED_TYPE"}},
        {Reason::kUnsupported, {3, "UNSUPPORTED"}},
        {Reason::kAlreadyKnown, {6, "ALREADY_KNOWN"}},
        {Reason::kOverCapacity, {8, "OVER_CAPACITY"}},
        {Reason::kShuttingDown, {14, "SHUTTING_DOWN"}},
        {Reason::kStorageFailure, {14, "STORAGE_FAILURE"}},
    };
    BOOST_REQUIRE(expected.size() == actors::kReasons - 1);
    for (const auto& [reason, told] : expected) {
        const auto result = client->submit(fake_transaction(7, reason));
        BOOST_REQUIRE(!result.ok());
        BOOST_TEST(result.error().code == told.first);
        BOOST_TEST(result.error().reason == told.second);
        BOOST_TEST(result.error().message == "nonce 7, next is 9");
        BOOST_TEST(result.error().retry_after_ms == (reason == Reason::kOverCapacity ? 250u : 0u));
    }
}

BOOST_FIXTURE_TEST_CASE(a_batch_tells_the_outcome_of_each_item_in_order, RunningEdge) {
    const auto result = client->submit_batch(
        {fake_transaction(1), fake_transaction(2, Reason::kNonceTooLow), fake_transaction(3),
         chain::Bytes{}});
    BOOST_REQUIRE(result.ok());
    BOOST_REQUIRE(result->size() == 4u);
    BOOST_TEST(!(*result)[0].refusal.has_value());
    BOOST_TEST((*result)[1].refusal->reason == "NONCE_TOO_LOW");
    BOOST_TEST((*result)[1].refusal->code == 9);
    BOOST_TEST(((*result)[2].transaction_hash == chain::crypto::keccak256(fake_transaction(3))));
    BOOST_TEST((*result)[3].refusal->reason == "MALFORMED");
}

BOOST_FIXTURE_TEST_CASE(an_empty_or_too_long_batch_names_the_field, RunningEdge) {
    const auto empty = client->submit_batch({});
    BOOST_REQUIRE(!empty.ok());
    BOOST_TEST(empty.error().reason == "INVALID_FIELD");
    BOOST_TEST(empty.error().message == "raw_transactions: 0, must be 1 to 4096");
    const auto long_batch =
        client->submit_batch(std::vector<chain::Bytes>(4'097, fake_transaction(1)));
    BOOST_REQUIRE(!long_batch.ok());
    BOOST_TEST(long_batch.error().code == 3);
}

BOOST_FIXTURE_TEST_CASE(waiting_for_sequenced_brings_the_receipt, RunningEdge) {
    const auto result = client->submit(fake_transaction(1), Stage::kSequenced, 5'000);
    BOOST_REQUIRE(result.ok());
    BOOST_TEST((result->stage >= Stage::kSequenced));
    BOOST_REQUIRE(result->receipt.has_value());
    BOOST_TEST(result->receipt->gas_used == 21'000u);
    BOOST_TEST(result->receipt->success);
    const auto sealed = client->submit(fake_transaction(2), Stage::kSealed, 5'000);
    BOOST_REQUIRE(sealed.ok());
    BOOST_TEST((sealed->stage == Stage::kSealed));
    BOOST_TEST(sealed->receipt->block_hash.has_value());
}

BOOST_FIXTURE_TEST_CASE(waiting_in_vain_ends_in_time_and_says_the_stage_reached, RunningEdge) {
    const auto result = client->submit(fake_transaction(1), Stage::kFinalized, 100);
    BOOST_REQUIRE(result.ok());
    BOOST_TEST((result->stage >= Stage::kSequenced));
    BOOST_TEST((result->stage < Stage::kFinalized));
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_the_whole_batch_with_a_delay) {
    Edge edge({}, 10);
    const auto result =
        edge.client->submit_batch(std::vector<chain::Bytes>(11, fake_transaction(1)));
    BOOST_REQUIRE(!result.ok());
    BOOST_TEST(result.error().code == 8);
    BOOST_TEST(result.error().reason == "OVER_CAPACITY");
    BOOST_TEST(result.error().retry_after_ms == 250u);
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_says_so) {
    Edge edge;
    edge.node.set_shutting_down(true);
    const auto result = edge.client->submit(fake_transaction(1));
    BOOST_REQUIRE(!result.ok());
    BOOST_TEST(result.error().code == 14);
    BOOST_TEST(result.error().reason == "SHUTTING_DOWN");
}

// ---- streams

namespace {

struct Answers {
    std::mutex mutex;
    std::vector<std::uint64_t> batches;  // sequences in the order of the answers
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::set<std::pair<std::uint64_t, std::uint32_t>> receipts;
    std::uint64_t receipt_count = 0;
    std::string last_reason;

    client::StreamHandlers handlers() {
        return {
            .on_outcomes =
                [this](const client::BatchOutcome& outcome) {
                    const std::lock_guard lock(mutex);
                    batches.push_back(outcome.sequence);
                    refused += outcome.refusals.size();
                    accepted += outcome.count - outcome.refusals.size();
                    if (!outcome.refusals.empty())
                        last_reason = outcome.refusals.back().error.reason;
                },
            .on_receipts =
                [this](std::span<const client::SoftReceipt> all) {
                    const std::lock_guard lock(mutex);
                    for (const auto& receipt : all)
                        receipts.emplace(receipt.sequence, receipt.index);
                    receipt_count += all.size();
                }};
    }
};

std::vector<chain::Bytes> transactions(std::uint64_t first, std::uint64_t count) {
    std::vector<chain::Bytes> all;
    for (std::uint64_t id = first; id < first + count; ++id)
        all.push_back(fake_transaction(id));
    return all;
}

// Sends everything; returns how many batches it took.
std::uint64_t send_all(client::SubmitStream& stream, const std::vector<chain::Bytes>& all) {
    std::uint64_t batches = 0;
    for (std::size_t at = 0; at < all.size(); ++batches) {
        const auto piece = std::span<const chain::Bytes>(all).subspan(
            at, std::min<std::size_t>(256, all.size() - at));
        const auto sent = stream.send(piece);
        if (sent.count == 0) break;
        at += sent.count;
    }
    return batches;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_stream_answers_every_batch_in_order, RunningEdge) {
    Answers answers;
    const auto stream = client->open_stream(false, answers.handlers());
    const auto batches = send_all(*stream, transactions(0, 20'000));
    BOOST_TEST(stream->finish().ok());
    BOOST_TEST(answers.accepted == 20'000u);
    BOOST_TEST(answers.batches.size() == batches);
    BOOST_TEST(std::is_sorted(answers.batches.begin(), answers.batches.end()));
    BOOST_TEST(eventually([&] { return node.executed() == 20'000u; }));  // after the answers
}

BOOST_FIXTURE_TEST_CASE(a_stream_brings_one_soft_receipt_per_accepted_transaction, RunningEdge) {
    Answers answers;
    const auto stream = client->open_stream(true, answers.handlers());
    auto all = transactions(0, 5'000);
    for (std::size_t i = 0; i < all.size(); i += 10)
        all[i] = fake_transaction(i, Reason::kNonceTooHigh);
    send_all(*stream, all);
    BOOST_TEST(stream->finish().ok());
    BOOST_TEST(answers.accepted == 4'500u);
    BOOST_TEST(answers.refused == 500u);
    BOOST_TEST(answers.last_reason == "NONCE_TOO_HIGH");
    BOOST_TEST(answers.receipt_count == 4'500u);
    BOOST_TEST(answers.receipts.size() == 4'500u);
}

BOOST_AUTO_TEST_CASE(credits_never_exceed_the_window_while_nothing_is_answered) {
    GrpcConfig config;
    config.stream_credits_max = 100;
    Edge edge(config);
    Answers answers;
    const auto stream = edge.client->open_stream(false, answers.handlers());
    const auto all = transactions(0, 100);
    BOOST_TEST(stream->send(all).count == 100u);
    // Nothing is answered, so nothing may be granted, however many ticks pass.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    BOOST_TEST(stream->credits() == 0u);
    BOOST_TEST(edge.stats.credits_granted.load() == 100u);
    edge.node.execute();
    BOOST_TEST(eventually([&] { return stream->credits() == 100u; }));
    BOOST_TEST(stream->finish().ok());
    BOOST_TEST(answers.accepted == 100u);
}

BOOST_AUTO_TEST_CASE(what_the_node_is_about_to_take_is_not_granted_again) {
    Edge edge({}, 64);
    Answers answers;
    const auto stream = edge.client->open_stream(false, answers.handlers());
    BOOST_TEST(eventually([&] { return stream->credits() == 64u; }));
    std::promise<void> go_on;
    edge.node.before_submit = [&go_on] { go_on.get_future().wait(); };
    BOOST_TEST(stream->send(transactions(0, 64)).count == 64u);
    // Ticks pass, and the stream has no credit.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    BOOST_TEST(stream->credits() == 0u);
    go_on.set_value();
    BOOST_TEST(eventually([&] { return edge.node.free_credits() == 0u; }));
    edge.node.execute();
    BOOST_TEST(eventually([&] { return stream->credits() == 64u; }));
    BOOST_TEST(stream->finish().ok());
    BOOST_TEST(answers.accepted == 64u);
}

BOOST_AUTO_TEST_CASE(what_was_granted_is_taken_by_a_node_that_has_become_busy) {
    Edge edge({}, 64);
    Answers answers;
    const auto stream = edge.client->open_stream(false, answers.handlers());
    BOOST_TEST(eventually([&] { return stream->credits() == 64u; }));
    edge.node.busy = true;
    BOOST_TEST(stream->send(transactions(0, 64)).count == 64u);
    BOOST_TEST(eventually([&] { return edge.node.submissions == 1; }));
    BOOST_TEST(!edge.client->submit(fake_transaction(99)).ok());
    edge.node.execute();
    BOOST_TEST(stream->finish().ok());
    BOOST_TEST(answers.accepted == 64u);
    BOOST_TEST(stream->credits() == 0u);
}

BOOST_AUTO_TEST_CASE(credit_is_split_evenly_and_follows_what_the_node_can_take) {
    GrpcConfig config;
    config.stream_credits_max = 1'000;
    Edge edge(config, 600);
    Answers answers;
    const auto first = edge.client->open_stream(false, answers.handlers());
    BOOST_TEST(eventually([&] { return first->credits() != 0; }));
    BOOST_TEST(first->credits() == 600u);  // alone: all that is free
    const auto second = edge.client->open_stream(false, answers.handlers());
    BOOST_TEST(eventually([&] { return second->credits() != 0; }));
    BOOST_TEST(second->credits() == 300u);  // two streams share 600
    BOOST_TEST(first->finish().ok());
    BOOST_TEST(second->finish().ok());
}

BOOST_AUTO_TEST_CASE(a_stream_whose_soft_receipts_are_lost_ends_rather_than_stay_silent) {
    Edge edge;
    Answers answers;
    const auto stream = edge.client->open_stream(true, answers.handlers());
    BOOST_TEST(stream->send(transactions(0, 5)).count == 5u);
    BOOST_TEST(eventually([&] { return edge.node.free_credits() == 16'384u - 5u; }));
    edge.node.answer();
    edge.node.seal();  // their block is sealed, and no micro-block told what became of them
    const auto result = stream->finish();
    BOOST_REQUIRE(!result.ok());
    BOOST_TEST(result.error().reason == "STREAM_ENDED");
    BOOST_TEST(answers.receipt_count == 0u);
}

BOOST_FIXTURE_TEST_CASE(half_closing_at_once_ends_with_ok, RunningEdge) {
    const auto stream = client->open_stream(true, {});
    BOOST_TEST(stream->finish().ok());
}

BOOST_FIXTURE_TEST_CASE(a_client_that_disappears_leaves_nothing_behind, RunningEdge) {
    for (int i = 0; i < 20; ++i) {
        Answers answers;
        const auto stream = client->open_stream(true, answers.handlers());
        BOOST_TEST(stream->send(transactions(0, 64)).count != 0u);
        stream->cancel();
    }
    constexpr auto kStream = static_cast<std::size_t>(RpcMethod::kSubmitStream);
    BOOST_TEST(eventually([this] { return stats.snapshot().methods[kStream].open_gauge == 0; }));
    BOOST_TEST(client->submit(fake_transaction(99)).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::testing
