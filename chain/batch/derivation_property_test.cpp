#include "chain/batch/testing/posted_l1.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

// R7: wrong batches are dropped, right ones kept, by every reader alike. An honest poster's data
// goes through an adversary who holds the batcher's key; what is derived must be what was posted.
namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;
using namespace troupe::chain::batch::testing;
namespace data = boost::unit_test::data;

using L1Data = std::vector<std::vector<Bytes>>;  // per L1 block, what the batcher sent

// Batches of a few blocks, each in one to many frames, over many L1 blocks.
L1Data honest_l1(Poster& poster, Rng& rng) {
    static constexpr Codec kCodecs[] = {Codec::kNone, Codec::kZstd, Codec::kBrotli};
    L1Data l1(1 + rng.below(3));
    for (auto batches = 2 + rng.below(6); batches > 0; --batches) {
        const auto origin = kL1Start + rng.below(l1.size());
        const SpanBatch batch =
            poster.batch(1 + rng.below(4), std::max(origin, poster.head.l1_origin.number));
        const Bytes channel = channel_of(batch, kCodecs[rng.below(3)]);
        const auto frames = split(channel, 1 + channel.size() / (1 + rng.below(5)));
        for (std::size_t i = 0; i < frames.size();) {
            if (rng.one_in(2)) l1.emplace_back();
            const auto together = std::min<std::size_t>(1 + rng.below(3), frames.size() - i);
            const auto begin = frames.begin() + static_cast<std::ptrdiff_t>(i);
            l1.back().push_back(
                encode_frames({begin, begin + static_cast<std::ptrdiff_t>(together)}));
            i += together;
        }
        poster.note(batch);
        // A batch may be named as parent, and its L1 block as origin, from the next block on.
        l1.emplace_back();
    }
    return l1;
}

Bytes bomb() {
    return encode_frames(split(compress(Bytes(500'000, 0), Codec::kBrotli, 1), 1'000));
}

// One act of the adversary on the data of all L1 blocks.
void disturb(L1Data& l1, Rng& rng) {
    auto& inbox = l1[rng.below(l1.size())];
    if (inbox.empty() || rng.one_in(6)) {
        inbox.push_back(rng.one_in(2) ? bomb() : rng.bytes(rng.below(200)));
        return;
    }
    const std::size_t i = rng.below(inbox.size());
    Bytes& data = inbox[i];
    auto& other = l1[rng.below(l1.size())];
    switch (rng.below(7)) {
        case 0:
            data[rng.below(data.size())] ^= static_cast<std::uint8_t>(1 + rng.below(255));
            break;
        case 1:
            data.resize(1 + rng.below(data.size()));
            break;
        case 2:
            append(data, rng.bytes(1 + rng.below(40)));
            break;
        case 3:
            other.push_back(Bytes(data));
            break;  // again, earlier or later
        case 4:
            std::swap(data, inbox[rng.below(inbox.size())]);
            break;
        case 5:
            append(data, Bytes(100'000, 0));
            break;
        default:  // moved to another L1 block, or lost
            if (rng.one_in(2)) other.push_back(Bytes(data));
            inbox.erase(inbox.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (inbox.size() == 1 && inbox[0].empty()) inbox.clear();
}

bool is_prefix(const std::vector<Hash32>& derived, const std::vector<Hash32>& posted) {
    return derived.size() <= posted.size() &&
           std::equal(derived.begin(), derived.end(), posted.begin());
}

BOOST_AUTO_TEST_SUITE(derivation_property)

BOOST_DATA_TEST_CASE(undisturbed_data_is_derived_to_the_last_block, data::xrange(60u), seed) {
    Poster poster;
    Rng rng{seed};
    poster.rng = Rng{seed + 1'000};
    Reader reader;
    for (const auto& inbox : honest_l1(poster, rng)) {
        reader.feed(inbox);
    }
    BOOST_TEST(reader.dropped().empty());
    BOOST_TEST((reader.sink.hashes == poster.posted));
    BOOST_TEST((reader.pipeline.safe_head() == poster.head));
}

BOOST_DATA_TEST_CASE(
    disturbed_data_never_derives_what_was_not_posted_and_readers_agree, data::xrange(400u), seed) {
    Poster poster;
    Rng rng{seed};
    poster.rng = Rng{seed + 1'000};
    L1Data l1 = honest_l1(poster, rng);
    for (auto acts = 1 + rng.below(6); acts > 0; --acts) {
        disturb(l1, rng);
    }
    Reader first;
    Reader snapshot;  // a second reader, which also goes back to a snapshot now and then
    Reader second;
    std::size_t snapshot_at = 0;
    std::size_t rewinds = 3;
    for (const auto& inbox : l1) {
        first.feed(inbox);
    }
    for (std::size_t i = 0; i < l1.size();) {
        if (rng.one_in(4)) {
            snapshot = second;
            snapshot_at = i;
        }
        second.feed(l1[i++]);
        if (rewinds > 0 && rng.one_in(5)) {  // an L1 re-org that brings the same blocks again
            --rewinds;
            second = snapshot;
            i = snapshot_at;
        }
    }
    BOOST_TEST((first.pipeline.safe_head() == second.pipeline.safe_head()));
    BOOST_TEST((first.sink.hashes == second.sink.hashes));
    BOOST_TEST((first.dropped() == second.dropped()));
    BOOST_TEST(is_prefix(first.sink.hashes, poster.posted));
    // The poster notices what was dropped and posts again from the safe head: the chain goes on.
    Poster again;
    again.head = first.pipeline.safe_head();
    again.rng = Rng{seed + 2'000};
    const SpanBatch next = again.batch(2, again.head.l1_origin.number);
    first.feed({data_of(next)});
    BOOST_TEST(first.safe() == again.head.number + 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
