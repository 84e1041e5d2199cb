#include "sequencer/grpc/event_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

namespace troupe::node {

namespace {

chain::Hash32 hash_of(std::uint64_t id) {
    chain::Hash32 hash;
    chain::store_be(hash.data(), id);
    return hash;
}

MicroBlockPtr micro_block(
    std::uint64_t sequence, std::uint64_t block, std::uint64_t first_id, std::uint64_t count) {
    auto made = std::make_shared<actors::CommittedMicroBlock>();
    made->sequence = sequence;
    made->block_number = block;
    for (std::uint64_t id = first_id; id < first_id + count; ++id) {
        made->receipts.emplace_back();
        made->receipts.back().transaction_hash = hash_of(id);
        made->receipts.back().block_number = block;
    }
    return made;
}

actors::SealedBlockPtr sealed(std::uint64_t number, std::size_t transactions = 0) {
    auto block = std::make_shared<actors::SealedBlock>();
    block->block.header.number = number;
    block->receipts.resize(transactions);
    return block;
}

struct Counter final : HubSubscriber {
    std::atomic<int> marks{0};
    std::atomic<int> lost{0};
    std::vector<std::uint64_t> sequences;  // the hub's thread; read after stop()

    void on_marks() noexcept override { ++marks; }
    void on_micro_block(const MicroBlockPtr& made) noexcept override {
        sequences.push_back(made->sequence);
    }
    void on_micro_blocks_lost() noexcept override { ++lost; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(event_hub)

BOOST_AUTO_TEST_CASE(a_read_includes_every_event_that_was_reported_before_it) {
    EventHub hub({}, {});
    for (std::uint64_t n = 1; n <= 1'000; ++n) {
        hub.on_micro_block(micro_block(n, n, n * 10, 1));
        BOOST_REQUIRE(hub.find(hash_of(n * 10)).has_value());
        BOOST_REQUIRE(hub.last_micro_block() == n);
        hub.on_block(sealed(n));
        BOOST_REQUIRE(hub.marks().heads.unsafe == n);
        BOOST_REQUIRE(hub.recent_block(n) != nullptr);
    }
}

BOOST_AUTO_TEST_CASE(stages_follow_the_marks) {
    ChainMarks marks;
    marks.heads = {10, 4, 2};
    marks.posted = 6;
    marks.batched = 8;
    const std::vector<Stage> expected{Stage::kFinalized, Stage::kFinalized, Stage::kSafe,
                                      Stage::kSafe,      Stage::kPosted,    Stage::kPosted,
                                      Stage::kBatched,   Stage::kBatched,   Stage::kSealed,
                                      Stage::kSealed,    Stage::kSequenced};
    for (std::uint64_t number = 1; number <= 11; ++number)
        BOOST_TEST((stage_of(marks, number) == expected[number - 1]), number);
}

BOOST_AUTO_TEST_CASE(the_newest_block_is_announced_by_its_block_not_by_a_head) {
    EventHub hub({}, {});
    hub.on_heads({7, 5, 3});  // block 7 can't be read yet
    BOOST_TEST(hub.marks().heads.unsafe == 0u);
    BOOST_TEST(hub.marks().heads.safe == 0u);
    hub.on_block(sealed(1));
    hub.on_heads({1, 1, 0});
    BOOST_TEST(hub.marks().heads.safe == 1u);
}

BOOST_AUTO_TEST_CASE(a_safe_head_that_goes_back_takes_batches_and_posts_with_it) {
    EventHub hub({}, {});
    for (std::uint64_t n = 1; n <= 9; ++n)
        hub.on_block(sealed(n));
    hub.on_batched(1, 8);
    hub.on_posted(1, 4, 100);
    hub.on_posted(5, 8, 101);
    hub.on_heads({9, 8, 2});
    BOOST_TEST(hub.posted_in(6).value() == 101u);
    hub.on_heads({9, 4, 2});
    BOOST_TEST(hub.marks().batched == 4u);
    BOOST_TEST(hub.marks().posted == 4u);
    BOOST_TEST(!hub.posted_in(6).has_value());
    BOOST_TEST(hub.posted_in(3).value() == 100u);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_blocks_and_by_transactions) {
    EventHub by_blocks({.recent_blocks_max = 4}, {});
    for (std::uint64_t n = 1; n <= 20; ++n)
        by_blocks.on_block(sealed(n));
    BOOST_TEST(by_blocks.oldest_recent() == 17u);
    BOOST_TEST(by_blocks.recent_block(16) == nullptr);

    EventHub by_transactions({.recent_transactions_max = 100}, {});
    for (std::uint64_t n = 1; n <= 20; ++n) {
        by_transactions.on_micro_block(micro_block(n, n, n * 100, 30));
        by_transactions.on_block(sealed(n, 30));
    }
    BOOST_TEST(by_transactions.oldest_recent() == 18u);  // three blocks of 30 fit, four do not
    BOOST_TEST(!by_transactions.find(hash_of(17 * 100)).has_value());
    BOOST_TEST(by_transactions.find(hash_of(18 * 100)).has_value());
}

BOOST_AUTO_TEST_CASE(subscribers_hear_micro_blocks_in_order_and_marks_and_go_without_a_trace) {
    EventHub hub({}, {});
    auto counter = std::make_shared<Counter>();
    auto gone = std::make_shared<Counter>();
    auto marks_only = std::make_shared<Counter>();
    hub.subscribe(counter, true);
    hub.subscribe(gone, true);
    hub.subscribe(marks_only, false);
    gone = nullptr;
    for (std::uint64_t n = 1; n <= 500; ++n)
        hub.on_micro_block(micro_block(n, 1, n, 1));
    hub.on_block(sealed(1));
    hub.stop();  // runs what was posted
    BOOST_REQUIRE(counter->sequences.size() == 500u);
    BOOST_TEST(std::is_sorted(counter->sequences.begin(), counter->sequences.end()));
    BOOST_TEST(counter->marks >= 1);
    BOOST_TEST(marks_only->marks >= 1);
    BOOST_TEST(marks_only->sequences.empty());
}

BOOST_AUTO_TEST_CASE(a_full_inbox_loses_micro_blocks_only_and_says_so) {
    EventHub hub({.inbox_events_max = 0}, {});
    auto counter = std::make_shared<Counter>();
    hub.subscribe(counter, true);
    hub.on_micro_block(micro_block(1, 1, 1, 1));
    hub.on_block(sealed(1));
    hub.stop();
    BOOST_TEST(counter->lost >= 1);
    BOOST_TEST(counter->sequences.empty());
    BOOST_TEST(hub.marks().heads.unsafe == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
