// The session's books, against a door that answers as the test says.
#include "sequencer/load/load_session.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::node::test {
namespace {

/// Answers each message at once, or after a while, on the thread that sends.
class FakeDoor final : public LoadDoor {
  public:
    struct Behaviour {
        std::size_t accepts = 1'000'000;       ///< transactions of a message at most
        std::size_t refuses_every = 0;         ///< every so manieth; 0: none
        std::size_t fails_every = 0;           ///< of the others
        std::size_t closes_after = 1'000'000;  ///< transactions
        std::chrono::milliseconds stall{0};    ///< before the answer of the second message
    };
    FakeDoor(Behaviour behaviour, client::StreamHandlers handlers, std::vector<std::size_t>& sizes)
        : behaviour_(behaviour), handlers_(std::move(handlers)), sizes_(sizes) {}

    client::SubmitStream::Sent send(std::span<const chain::ByteView> transactions) override {
        if (sent_ >= behaviour_.closes_after) return {};
        const std::size_t count = std::min(transactions.size(), behaviour_.accepts);
        const std::uint64_t sequence = ++messages_;
        if (sequence == 2) std::this_thread::sleep_for(behaviour_.stall);
        sizes_.push_back(count);
        std::vector<chain::Hash32> hashes(count);
        std::vector<std::uint64_t> blocks(count, sequence);
        std::vector<client::BatchOutcome::Refusal> refusals;
        std::vector<client::SoftReceipt> receipts;
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::size_t number = ++sent_;
            if (behaviour_.refuses_every != 0 && number % behaviour_.refuses_every == 0) {
                refusals.push_back({i, {9, "NONCE_TOO_LOW", std::to_string(number), 0, {}}});
                blocks[i] = 0;
                continue;
            }
            const bool fails = behaviour_.fails_every != 0 && number % behaviour_.fails_every == 0;
            receipts.push_back({sequence, i, sequence, i, !fails, 21'000});
        }
        handlers_.on_outcomes(
            {sequence, static_cast<std::uint32_t>(count), hashes, blocks, refusals});
        handlers_.on_receipts(receipts);
        return {sequence, static_cast<std::uint32_t>(count)};
    }
    client::CallResult<void> finish() override {
        if (sent_ >= behaviour_.closes_after)
            return client::CallError{14, {}, "the door has closed", 0, {}};
        return {};
    }

  private:
    Behaviour behaviour_;
    client::StreamHandlers handlers_;
    std::vector<std::size_t>& sizes_;
    std::uint64_t messages_ = 0;
    std::size_t sent_ = 0;
};

struct Run {
    std::optional<LoadSessionResult> result;
    std::string failure;
    std::vector<std::size_t> sizes;  ///< of the messages
};

Run run(std::size_t count, const LoadSessionConfig& config, FakeDoor::Behaviour behaviour = {}) {
    const std::vector<chain::Bytes> transactions(count, chain::Bytes{1, 2, 3});
    TransactionList source(transactions);
    Run run;
    run.result = run_load_session(
        [&](client::StreamHandlers handlers) {
            return std::make_unique<FakeDoor>(behaviour, std::move(handlers), run.sizes);
        },
        source, config, run.failure);
    return run;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_session)

BOOST_AUTO_TEST_CASE(everything_is_sent_once_and_counted) {
    const Run done =
        run(1'000, {.batch_txs = 64, .window_txs = 256}, {.refuses_every = 10, .fails_every = 7});
    BOOST_TEST_REQUIRE(done.result.has_value());
    BOOST_TEST(done.result->sent == 1'000u);
    BOOST_TEST(done.result->refused == 100u);
    BOOST_TEST(done.result->first_refusal == "NONCE_TOO_LOW: 10");
    BOOST_TEST(done.result->accepted == 900u);
    BOOST_TEST(done.result->confirmed == 900u);
    // Of 142 multiples of 7 up to 1,000, 14 are refused as multiples of 10.
    BOOST_TEST(done.result->failed == 128u);
    BOOST_TEST(done.result->gas_used == 900u * 21'000);
    BOOST_TEST(done.result->soft.count() == 900u);
    BOOST_TEST(done.sizes.size() == 16u);  // ceil(1,000 / 64)
    BOOST_TEST(done.result->last_block == 16u);
}

BOOST_AUTO_TEST_CASE(what_a_door_does_not_take_at_once_goes_with_the_next_message) {
    const Run done = run(100, {.batch_txs = 64, .window_txs = 256}, {.accepts = 10});
    BOOST_TEST_REQUIRE(done.result.has_value());
    BOOST_TEST(done.result->confirmed == 100u);
    BOOST_TEST(done.result->soft.count() == 100u);
    BOOST_TEST(done.sizes.size() == 11u);  // 64 as 6 * 10 + 4, then 36 as 3 * 10 + 6
}

BOOST_AUTO_TEST_CASE(a_window_smaller_than_a_message_sends_smaller_messages) {
    const Run done = run(10, {.batch_txs = 512, .window_txs = 3});
    BOOST_TEST_REQUIRE(done.result.has_value());
    BOOST_TEST(done.result->confirmed == 10u);
    BOOST_TEST(*std::max_element(done.sizes.begin(), done.sizes.end()) == 3u);
}

BOOST_AUTO_TEST_CASE(a_door_that_closes_ends_the_load_with_its_reason) {
    const Run done = run(1'000, {.batch_txs = 64, .window_txs = 256}, {.closes_after = 100});
    BOOST_TEST(!done.result.has_value());
    BOOST_TEST(done.failure == "the door has closed");
}

// 1,000 a second for a hundredth of a second each, and a stall of 0.2 s: the arrivals of the stall
// wait on average half of it, and their latency says so, although none was sent meanwhile.
BOOST_AUTO_TEST_CASE(an_open_loop_charges_a_stall_to_all_who_arrived_meanwhile) {
    const Run done = run(
        500, {.batch_txs = 100, .rate_per_s = 1'000}, {.stall = std::chrono::milliseconds(200)});
    BOOST_TEST_REQUIRE(done.result.has_value());
    BOOST_TEST(done.result->confirmed == 500u);
    // About 200 of 500 arrive during the stall, half of them more than 0.1 s before its end.
    BOOST_TEST(done.result->soft.percentile_us(0.90) >= 50'000u);
    BOOST_TEST(done.result->corrected.count() == done.result->soft.count());
}

BOOST_AUTO_TEST_CASE(a_closed_loop_is_corrected_for_what_it_did_not_send) {
    const Run done =
        run(2'000, {.batch_txs = 10, .window_txs = 20}, {.stall = std::chrono::milliseconds(200)});
    BOOST_TEST_REQUIRE(done.result.has_value());
    BOOST_TEST(done.result->soft.count() == 2'000u);
    // 20 places and 2,000 transactions in 0.2 s or more: one of each place in 2 ms or more. The ten
    // that met the stall stand for all that their places would have sent during it.
    BOOST_TEST(done.result->corrected.count() > done.result->soft.count());
    BOOST_TEST(done.result->corrected.percentile_us(0.95) > done.result->soft.percentile_us(0.95));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
