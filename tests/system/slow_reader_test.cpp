#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::tests {
namespace {

namespace client = node::client;

constexpr std::size_t kTransfers = 50'000;  // about 12 MB on the wire: more than a connection holds
constexpr auto kSleep = std::chrono::seconds(14);  // beyond the node's patience of 10 s

/// Puts the parts of blocks together and sees that none is missing.
struct Follower {
    std::uint64_t next_block = 1;
    std::uint32_t next_index = 0;
    std::uint64_t transactions = 0;
    bool gap = false;

    void take(const client::BlockEvent& event) {
        if (!event.block) return;
        const client::BlockInfo& block = *event.block;
        gap = gap || block.number != next_block || block.first_index != next_index;
        transactions += block.transaction_hashes.size();
        if (block.complete) {
            ++next_block;
            next_index = 0;
        } else {
            next_index = block.next_index;
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_reader)

// R10.
BOOST_AUTO_TEST_CASE(a_subscriber_that_stops_reading_is_cut_off_and_can_resume_and_harms_nobody) {
    TestRollup rollup;
    rollup.start_node();
    const auto sender = rollup.connect();
    const auto record = submit_all(*sender, rollup.next_transfers(kTransfers));
    const std::uint64_t last = last_block({record});

    const client::Client::WatchBlocksOptions from_the_first{
        .cursor = {},
        .from_block = 1,
        .head = client::BlockTag::kLatest,
        .content = client::BlockContent::kTransactions,
        .reconnect = false};
    Follower slow;
    std::optional<client::CallError> cut;
    std::thread sleeper([&] {
        const auto connection = rollup->connect();
        bool slept = false;
        const auto ended = connection->watch_blocks(from_the_first, [&](const auto& event) {
            slow.take(event);
            if (!slept) std::this_thread::sleep_for(kSleep);
            slept = true;
            return slow.next_block <= last;
        });
        if (!ended) cut = ended.error();
    });

    // Others meanwhile: one that reads everything, one that submits.
    Follower quick;
    const auto reader = rollup.connect();
    get(reader->watch_blocks(from_the_first, [&](const auto& event) {
        quick.take(event);
        return quick.next_block <= last;
    }));
    BOOST_TEST(!quick.gap);
    BOOST_TEST(quick.transactions == kTransfers);
    BOOST_TEST(submit_all(*sender, rollup.next_transfers(2'000)).accepted.size() == 2'000u);

    sleeper.join();
    BOOST_TEST_REQUIRE(cut.has_value(), "it was not cut off");
    BOOST_TEST(cut->reason == "SLOW_READER", cut->text());
    BOOST_TEST_REQUIRE(!cut->resume_cursor.empty());
    BOOST_TEST(slow.next_block <= last);
    auto resume = from_the_first;
    resume.from_block.reset();
    resume.cursor = cut->resume_cursor;
    get(reader->watch_blocks(resume, [&](const auto& event) {
        slow.take(event);
        return slow.next_block <= last;
    }));
    BOOST_TEST(!slow.gap);
    BOOST_TEST(slow.transactions == kTransfers);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
