#include "chain/batch/derivation.hpp"

#include "chain/batch/testing/posted_l1.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;
using namespace troupe::chain::batch::testing;
namespace data = boost::unit_test::data;

using Words = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(derivation)

BOOST_AUTO_TEST_CASE(a_posted_batch_becomes_its_blocks) {
    Poster poster;
    const SpanBatch batch = poster.batch(3, kL1Start + 1);
    Reader reader;
    reader.feed();
    reader.feed({data_of(batch, 50)});
    poster.note(batch);
    BOOST_TEST(reader.dropped().empty());
    BOOST_TEST((reader.sink.hashes == poster.posted));
    BOOST_TEST((reader.pipeline.safe_head() == poster.head));
    BOOST_TEST(reader.pipeline.quiescent());
    const DerivedBlock& last = reader.sink.blocks.back();
    BOOST_TEST(last.number == 3U);
    BOOST_TEST(last.l1_inclusion_number == kL1Start + 2);
    BOOST_TEST((last.l1_origin == L1Origin{kL1Start + 1, l1_hash(kL1Start + 1)}));
    BOOST_TEST((last.transactions == batch.blocks.back().transactions));
}

BOOST_AUTO_TEST_CASE(rule_1_1_only_the_batcher_of_that_l1_block_is_heard) {
    Poster poster;
    Reader reader;
    L1Block block = l1_block(kL1Start + 1, {data_of(poster.batch(1, kL1Start))});
    block.batcher = kStranger;
    reader.pipeline.advance(block, reader.sink);
    BOOST_TEST((reader.dropped() == Words{"data inbox_sender_wrong"}));
    BOOST_TEST(reader.safe() == 0U);
    block = l1_block(kL1Start + 2, {data_of(poster.batch(1, kL1Start))});
    block.batcher = block.inbox[0].from = kStranger;  // SystemConfig named another one
    reader.pipeline.advance(block, reader.sink);
    BOOST_TEST(reader.safe() == 1U);
}

BOOST_AUTO_TEST_CASE(rule_1_2_malformed_data_is_dropped_whole) {
    Poster poster;
    Reader reader;
    Bytes longer = data_of(poster.batch(1, kL1Start));
    longer.push_back(0);
    reader.feed({longer, {}, {0}, {1, 2, 3}});
    BOOST_TEST(
        (reader.dropped() == Words{
                                 "data frame_truncated", "data frame_truncated",
                                 "data frame_truncated", "data frame_version_unknown"}));
    BOOST_TEST(reader.safe() == 0U);
    BOOST_TEST(reader.pipeline.quiescent());
}

BOOST_AUTO_TEST_CASE(rule_2_1_frame_0_opens_a_channel_and_discards_an_unfinished_one) {
    Poster poster;
    Reader reader;
    const auto abandoned = split(channel_of(poster.batch(2, kL1Start)), 60);
    BOOST_TEST_REQUIRE(abandoned.size() > 2U);
    reader.feed({encode_frames({abandoned[0], abandoned[1]})});
    BOOST_TEST(!reader.pipeline.quiescent());
    const SpanBatch batch = poster.batch(1, kL1Start);
    reader.feed({data_of(batch)});
    BOOST_TEST((reader.dropped() == Words{"channel channel_unfinished"}));
    BOOST_TEST(reader.safe() == 1U);
    reader.feed({encode_frames({abandoned[2]})});
    BOOST_TEST((reader.dropped() == Words{"frame frame_out_of_order"}));
}

BOOST_AUTO_TEST_CASE(rule_2_1_the_same_channel_may_begin_again) {
    Poster poster;
    Reader reader;
    const auto frames = split(channel_of(poster.batch(2, kL1Start)), 60);
    reader.feed({encode_frames({frames[0], frames[1]})});
    reader.feed({encode_frames(frames)});
    BOOST_TEST((reader.dropped() == Words{"channel channel_unfinished"}));
    BOOST_TEST(reader.safe() == 2U);
}

BOOST_AUTO_TEST_CASE(rule_2_2_a_frame_that_does_not_continue_is_dropped_and_the_channel_stays) {
    Poster poster;
    Reader reader;
    const auto frames = split(channel_of(poster.batch(2, kL1Start)), 60);
    BOOST_TEST_REQUIRE(frames.size() > 3U);
    Frame foreign = frames[1];
    foreign.channel[0] ^= 1;
    reader.feed({encode_frames({frames[1]})});                      // nothing is open
    reader.feed({encode_frames({frames[0], foreign, frames[2]})});  // another's; one too far
    reader.feed({encode_frames({frames[1], frames[1]})});           // one twice
    BOOST_TEST((reader.dropped() == Words(4, "frame frame_out_of_order")));
    reader.feed({encode_frames({frames.begin() + 2, frames.end()})});
    BOOST_TEST(reader.dropped().empty());
    BOOST_TEST(reader.safe() == 2U);
}

BOOST_AUTO_TEST_CASE(rule_2_3_a_channel_beyond_its_limit_is_dropped) {
    ChainConfig config = test_config();
    Poster poster;
    const SpanBatch batch = poster.batch(3, kL1Start);
    const auto frames = split(channel_of(batch), 60);
    config.channel_bytes_max = channel_of(batch).size();
    Reader fits{config};
    fits.feed({encode_frames(frames)});
    BOOST_TEST(fits.safe() == 3U);
    --config.channel_bytes_max;
    Reader exceeds{config};
    exceeds.feed({encode_frames(frames)});
    BOOST_TEST((exceeds.dropped() == Words{"channel channel_too_large"}));
    BOOST_TEST(exceeds.pipeline.quiescent());
    BOOST_TEST(exceeds.safe() == 0U);
}

BOOST_AUTO_TEST_CASE(rule_2_4_a_channel_has_its_timeout_and_not_a_block_more) {
    Poster poster;
    const auto frames = split(channel_of(poster.batch(2, kL1Start)), 60);
    const Bytes first = encode_frames({frames[0]});
    const Bytes rest = encode_frames({frames.begin() + 1, frames.end()});
    Reader in_time;
    in_time.feed({first});  // timeout 5: the fifth block after this one
    for (int i = 0; i < 4; ++i) {
        in_time.feed();
    }
    Reader late = in_time;
    in_time.feed({rest});
    BOOST_TEST(in_time.safe() == 2U);
    late.feed();
    BOOST_TEST(!late.pipeline.quiescent());
    late.feed({rest});
    BOOST_TEST(late.safe() == 0U);
    Words expected(frames.size(), "frame frame_out_of_order");
    expected[0] = "channel channel_timed_out";
    BOOST_TEST((late.dropped() == expected));
}

BOOST_AUTO_TEST_CASE(rule_2_5_a_channel_is_what_its_id_says) {
    Poster poster;
    Reader reader;
    Bytes channel = channel_of(poster.batch(1, kL1Start), Codec::kNone);
    const ChannelId honest = channel_id(channel);
    channel.back() ^= 1;  // in s of the last transaction, or in a number: a well-formed batch
    auto frames = split(channel, 100'000);
    frames[0].channel = honest;
    reader.feed({encode_frames(frames)});
    BOOST_TEST((reader.dropped() == Words{"channel channel_corrupt"}));
    BOOST_TEST(reader.safe() == 0U);
}

BOOST_AUTO_TEST_CASE(rule_2_6_bombs_and_unreadable_streams_are_dropped) {
    Reader reader;
    const Bytes bomb = compress(Bytes(10'000'000, 0), Codec::kBrotli, 5);
    const Bytes noise{1, 2, 3, 4, 5, 6, 7};
    const Bytes unknown{9, 1};
    reader.feed(
        {encode_frames(split(bomb, 1'000)), encode_frames(split(noise, 1'000)),
         encode_frames(split(unknown, 1'000))});
    BOOST_TEST(
        (reader.dropped() == Words{
                                 "channel channel_too_large", "channel channel_corrupt",
                                 "channel channel_codec_unknown"}));
}

BOOST_AUTO_TEST_CASE(rule_3_1_what_is_no_batch_is_dropped) {
    Reader reader;
    reader.feed({encode_frames(split(compress(Bytes(100, 0), Codec::kNone, 0), 1'000))});
    BOOST_TEST((reader.dropped() == Words{"batch batch_non_canonical"}));  // no blocks
}

BOOST_AUTO_TEST_CASE(rule_3_2_a_batch_begins_right_after_the_safe_head) {
    Poster poster;
    Reader reader;
    const SpanBatch first = poster.batch(2, kL1Start);
    reader.feed({data_of(first)});
    reader.feed({data_of(first)});  // the same again: posted twice around a restart
    BOOST_TEST((reader.dropped() == Words{"batch block_number_mismatch"}));
    SpanBatch longer = first;  // overlaps and goes on
    longer.blocks.push_back(first.blocks.back());
    reader.feed({data_of(longer)});
    BOOST_TEST((reader.dropped() == Words{"batch block_number_mismatch"}));
    poster.note(first);
    SpanBatch gap = poster.batch(1, kL1Start);
    ++gap.first_block_number;
    reader.feed({data_of(gap)});
    BOOST_TEST((reader.dropped() == Words{"batch block_number_mismatch"}));
    BOOST_TEST((reader.pipeline.safe_head() == poster.head));
}

BOOST_AUTO_TEST_CASE(rule_3_3_a_batch_names_its_parent) {
    Poster poster;
    Reader reader;
    SpanBatch batch = poster.batch(1, kL1Start);
    batch.parent_hash[0] ^= 1;
    reader.feed({data_of(batch)});
    BOOST_TEST((reader.dropped() == Words{"batch block_parent_mismatch"}));
}

BOOST_AUTO_TEST_CASE(rule_3_4_a_batch_made_on_another_l1_is_dropped_whole) {
    Poster poster;
    Reader reader;
    reader.feed();
    SpanBatch batch = poster.batch(3, kL1Start + 1);
    batch.l1_origin_hash[5] ^= 1;
    reader.feed({data_of(batch)});
    SpanBatch future = poster.batch(3, kL1Start + 1);
    future.blocks.back().l1_origin_number = kL1Start + 50;
    reader.feed({data_of(future)});
    BOOST_TEST((reader.dropped() == Words(2, "batch block_origin_invalid")));
    BOOST_TEST(reader.safe() == 0U);
}

// What stays of a batch of two blocks when the second is changed before it is posted.
struct SecondBlockCase {
    const char* name;
    void (*change)(SpanBatch&);
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const SecondBlockCase& test) {
    return out << test.name;
}

const SecondBlockCase kSecondBlockCases[] = {
    {"4.2 skips an origin",
     [](SpanBatch& batch) { batch.blocks[1].l1_origin_number = kL1Start + 2; },
     "block block_origin_invalid"},
    {"4.4 before its origin",
     [](SpanBatch& batch) { batch.blocks[1].timestamp = l1_time(kL1Start + 1) - 1; },
     "block block_timestamp_invalid"},
    {"4.4 beyond the drift",
     [](SpanBatch& batch) { batch.blocks[1].timestamp = l1_time(kL1Start + 1) + 61; },
     "block block_timestamp_invalid"},
    {"4.4 at the end of time",
     [](SpanBatch& batch) { batch.blocks[1].timestamp = ~std::uint64_t{0}; },
     "block block_timestamp_invalid"},
};

BOOST_DATA_TEST_CASE(
    rule_4_the_first_bad_block_ends_the_batch_and_what_came_before_stays,
    data::make(kSecondBlockCases), test) {
    Poster poster;
    Reader reader;
    reader.feed();
    reader.feed();
    reader.feed();
    SpanBatch batch = poster.batch(2, kL1Start + 1);
    test.change(batch);
    // A third block that would be good again.
    batch.blocks.push_back(batch.blocks.back());
    batch.l1_origin_hash = l1_hash(batch.blocks.back().l1_origin_number);
    reader.feed({data_of(batch)});
    BOOST_TEST((reader.dropped() == Words{test.reason}));
    BOOST_TEST(reader.safe() == 1U);
    BOOST_TEST(reader.sink.blocks.size() == 1U);
}

BOOST_AUTO_TEST_CASE(rule_4_1_time_stands_still_but_does_not_go_back) {
    Poster poster;
    SpanBatch batch = poster.batch(2, kL1Start);
    batch.blocks[0].timestamp = batch.blocks[1].timestamp = kL1StartTime;  // as block 0
    Reader reader;
    reader.feed({data_of(batch)});
    BOOST_TEST(reader.safe() == 2U);

    ChainConfig config = test_config();
    SafeHead head = genesis();
    head.timestamp += 10;
    DerivationPipeline pipeline{config, head, kL1Start + 1};
    pipeline.add_origin({kL1Start, l1_hash(kL1Start), kL1StartTime});
    RecordingSink sink;
    pipeline.advance(l1_block(kL1Start + 1, {data_of(batch)}), sink);
    BOOST_TEST((pipeline.take_dropped().at(0).reason == Error::kBlockTimestampInvalid));
    BOOST_TEST(pipeline.safe_head().number == 0U);
}

BOOST_AUTO_TEST_CASE(rule_4_2_origins_do_not_go_back) {
    Poster poster;
    Reader reader;
    reader.feed();
    const SpanBatch first = poster.batch(2, kL1Start + 1);
    reader.feed({data_of(first)});
    poster.note(first);
    SpanBatch second = poster.batch(1, kL1Start + 1);
    second.blocks[0].l1_origin_number = kL1Start;
    second.l1_origin_hash = l1_hash(kL1Start);
    reader.feed({data_of(second)});
    BOOST_TEST(reader.safe() == 2U);
    BOOST_TEST(reader.dropped().size() == 1U);
}

BOOST_AUTO_TEST_CASE(rule_4_3_the_carrying_l1_block_is_no_origin_yet) {
    Poster poster;
    Reader reader;
    const SpanBatch batch = poster.batch(2, kL1Start + 1);
    Reader later = reader;
    reader.feed({data_of(batch)});  // in block kL1Start + 1 itself
    BOOST_TEST((reader.dropped() == Words{"batch block_origin_invalid"}));
    later.feed();
    later.feed({data_of(batch)});
    BOOST_TEST(later.safe() == 2U);
}

BOOST_AUTO_TEST_CASE(rule_4_5_a_block_that_execution_refuses_ends_the_batch) {
    Poster poster;
    Reader reader;
    reader.sink.refuse_number = 3;
    reader.feed({data_of(poster.batch(5, kL1Start))});
    BOOST_TEST((reader.dropped() == Words{"block block_transaction_invalid"}));
    BOOST_TEST(reader.safe() == 2U);
    BOOST_TEST(reader.sink.blocks.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_new_pipeline_goes_on_from_a_safe_head) {
    Poster poster;
    Reader whole;
    whole.feed();
    const SpanBatch first = poster.batch(3, kL1Start + 1);
    whole.feed({data_of(first)});
    poster.note(first);
    whole.feed();
    BOOST_TEST_REQUIRE(whole.pipeline.quiescent());
    const std::uint64_t next = whole.pipeline.next_l1_block();
    DerivationPipeline resumed{test_config(), whole.pipeline.safe_head(), next};
    for (auto number = whole.pipeline.safe_head().l1_origin.number; number < next; ++number) {
        resumed.add_origin({number, l1_hash(number), l1_time(number)});
    }
    const SpanBatch second = poster.batch(4, kL1Start + 3);
    RecordingSink sink;
    resumed.advance(l1_block(next, {data_of(second)}), sink);
    whole.feed({data_of(second)});
    BOOST_TEST((resumed.safe_head() == whole.pipeline.safe_head()));
    BOOST_TEST(resumed.safe_head().number == 7U);
}

BOOST_AUTO_TEST_CASE(the_list_of_dropped_data_is_bounded) {
    Reader reader;
    reader.feed(std::vector<Bytes>(DerivationPipeline::kDroppedKept + 50, Bytes{7}));
    BOOST_TEST(reader.dropped().size() == DerivationPipeline::kDroppedKept);
    reader.feed({{7}});
    BOOST_TEST(reader.dropped().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
