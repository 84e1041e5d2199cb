#include "chain/batch/channel.hpp"

#include "chain/batch/testing/document_example.hpp"
#include "chain/batch/testing/random_batch.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::chain::batch {

// Found by argument-dependent lookup when a test names its codec.
inline std::ostream& operator<<(std::ostream& out, Codec codec) {
    return out << static_cast<int>(codec);
}

}  // namespace troupe::chain::batch

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;
namespace data = boost::unit_test::data;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kZstd, Codec::kBrotli};
constexpr const char* kDocument = "channel.md";

template <class T>
bool refused(const Result<T>& result, Error error) {
    if (!result.ok() && result.error() != error) BOOST_TEST_MESSAGE(to_string(result.error()));
    return !result.ok() && result.error() == error;
}

// Compressible and not, alternating, so that codecs use all their block kinds.
Bytes mixed_bytes(Rng& rng, std::size_t count) {
    Bytes out;
    while (out.size() < count) {
        append(out, rng.one_in(2) ? rng.bytes(rng.below(5'000)) : Bytes(rng.below(5'000), 0x5a));
    }
    out.resize(count);
    return out;
}

Bytes text(std::string_view characters) {
    return {characters.begin(), characters.end()};
}

BOOST_AUTO_TEST_SUITE(channel)

BOOST_AUTO_TEST_CASE(the_example_of_the_document_holds) {
    const Bytes batch = text("troupe troupe troupe");
    const Bytes none = document_bytes(kDocument, "channel none");
    for (const char* block : {"channel none", "channel zstd", "channel brotli"}) {
        BOOST_TEST(decompress(document_bytes(kDocument, block), {}).value() == batch);
    }
    BOOST_TEST(compress(batch, Codec::kNone, 0) == none);
    const Bytes frames = document_bytes(kDocument, "frames");
    BOOST_TEST(encode_frames(split(none, 8)) == frames);
    BOOST_TEST((decode_frames(frames).value() == split(none, 8)));
}

BOOST_AUTO_TEST_CASE(the_id_is_the_beginning_of_the_hash) {
    const Bytes content = text("abc");
    BOOST_TEST(equal(channel_id(content), crypto::keccak256(content).view().first(16)));
}

BOOST_DATA_TEST_CASE(what_was_compressed_comes_back, data::make(kCodecs), codec) {
    Rng rng{11};
    const int levels_of[] = {0, 1, 3, 9, 99};
    for (const std::size_t size : {0U, 1U, 1'000U, 65'536U, 65'537U, 400'000U}) {
        const Bytes batch = mixed_bytes(rng, size);
        for (const int level : levels_of) {
            if (size > 100'000 && level > 9) continue;  // seconds, and nothing new
            BOOST_TEST((decompress(compress(batch, codec, level), {}).value() == batch));
        }
    }
}

BOOST_DATA_TEST_CASE(
    exactly_the_limit_fits_and_one_byte_more_does_not, data::make(kCodecs), codec) {
    Rng rng{12};
    ChainConfig config;
    for (const std::size_t limit : {0U, 1U, 65'535U, 65'536U, 65'537U, 200'000U}) {
        config.batch_bytes_max = limit;
        const Bytes fits = mixed_bytes(rng, limit);
        BOOST_TEST((decompress(compress(fits, codec, 0), config).value() == fits));
        const Bytes beyond = mixed_bytes(rng, limit + 1);
        BOOST_TEST(
            refused(decompress(compress(beyond, codec, 0), config), Error::kChannelTooLarge));
    }
}

BOOST_AUTO_TEST_CASE(a_bomb_is_refused_at_the_limit) {
    ChainConfig config;
    config.batch_bytes_max = 1'000'000;
    const Bytes zeros(50'000'000, 0);
    for (const Codec codec : {Codec::kZstd, Codec::kBrotli}) {
        const Bytes bomb = compress(zeros, codec, 3);
        BOOST_TEST(bomb.size() < 10'000U);
        BOOST_TEST(refused(decompress(bomb, config), Error::kChannelTooLarge));
    }
}

BOOST_AUTO_TEST_CASE(a_channel_beyond_its_own_limit_is_refused) {
    ChainConfig config;
    config.channel_bytes_max = 11;
    BOOST_TEST(decompress(compress(Bytes(10, 1), Codec::kNone, 0), config).ok());
    BOOST_TEST(refused(
        decompress(compress(Bytes(11, 1), Codec::kNone, 0), config), Error::kChannelTooLarge));
}

BOOST_AUTO_TEST_CASE(unknown_codecs_are_refused) {
    for (int codec = 3; codec < 256; ++codec) {
        const Bytes content{static_cast<std::uint8_t>(codec), 1, 2, 3};
        BOOST_TEST(refused(decompress(content, {}), Error::kChannelCodecUnknown));
    }
    BOOST_TEST(refused(decompress({}, {}), Error::kChannelCorrupt));
}

BOOST_DATA_TEST_CASE(
    cut_and_continued_streams_are_refused, data::make({Codec::kZstd, Codec::kBrotli}), codec) {
    Rng rng{13};
    const Bytes content = compress(mixed_bytes(rng, 20'000), codec, 0);
    for (std::size_t size = 1; size < content.size(); size += 97) {
        BOOST_TEST(refused(decompress(ByteView{content}.first(size), {}), Error::kChannelCorrupt));
    }
    BOOST_TEST(refused(
        decompress(ByteView{content}.first(content.size() - 1), {}), Error::kChannelCorrupt));
    Bytes longer = content;
    longer.push_back(0);
    BOOST_TEST(refused(decompress(longer, {}), Error::kChannelCorrupt));
    Bytes twice = content;
    append(twice, ByteView{content}.subspan(1));
    BOOST_TEST(refused(decompress(twice, {}), Error::kChannelCorrupt));
}

BOOST_AUTO_TEST_CASE(only_plain_zstd_frames_of_a_bounded_window_are_read) {
    // RFC 8878, 3.1.2: a skippable frame, alone and in front of a good one.
    const Bytes skippable = from_hex("502a4d1804000000deadbeef").value();
    const Bytes good = document_bytes(kDocument, "channel zstd");
    Bytes content{1};
    append(content, skippable);
    BOOST_TEST(refused(decompress(content, {}), Error::kChannelCorrupt));
    append(content, ByteView{good}.subspan(1));
    BOOST_TEST(refused(decompress(content, {}), Error::kChannelCorrupt));
    Bytes with_dictionary = good;
    with_dictionary[5] |= 0x01;
    BOOST_TEST(refused(decompress(with_dictionary, {}), Error::kChannelCorrupt));
    // Window descriptors (RFC 8878, 3.1.1.1.2): exponent 13 is 8 MiB, 14 is 16 MiB. One raw block
    // with the byte 0x2a follows.
    const Bytes eight_mib = from_hex("0128b52ffd00680900002a").value();
    const Bytes sixteen_mib = from_hex("0128b52ffd00700900002a").value();
    BOOST_TEST(decompress(eight_mib, {}).value() == Bytes{0x2a});
    BOOST_TEST(refused(decompress(sixteen_mib, {}), Error::kChannelCorrupt));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(frames)

BOOST_DATA_TEST_CASE(frames_put_together_are_the_channel, data::xrange(1u, 40u), frame_bytes_max) {
    Rng rng{frame_bytes_max};
    const Bytes content = rng.bytes(1 + rng.below(200));
    Bytes joined;
    const auto frames = split(content, frame_bytes_max);
    for (const Frame& frame : frames) {
        BOOST_TEST(frame.number == &frame - frames.data());
        BOOST_TEST(frame.last == (&frame == &frames.back()));
        BOOST_TEST((frame.data.size() == frame_bytes_max || frame.last));
        append(joined, frame.data);
    }
    BOOST_TEST(joined == content);
    if (frames.size() <= kFramesPerTransactionMax) {
        BOOST_TEST((decode_frames(encode_frames(frames)).value() == frames));
    }
}

BOOST_AUTO_TEST_CASE(every_cut_is_noticed) {
    const Bytes whole = encode_frames(split(Bytes(20, 7), 8));
    const std::size_t one_frame = kFrameOverhead + 8;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto read = decode_frames(ByteView{whole}.first(size));
        const bool between_frames = size > 1 && (size - 1) % one_frame == 0;
        BOOST_TEST((between_frames ? read.ok() : refused(read, Error::kFrameTruncated)));
    }
}

BOOST_AUTO_TEST_CASE(malformed_frames_are_refused_with_all_that_came_along) {
    const Bytes good = encode_frames(split(Bytes(20, 7), 8));
    const std::size_t length_at = 1 + 16 + 2;
    const std::size_t last_at = length_at + 4;
    Bytes bad = good;
    bad[0] = 1;
    BOOST_TEST(refused(decode_frames(bad), Error::kFrameVersionUnknown));
    bad = good;
    bad[last_at] = 2;
    BOOST_TEST(refused(decode_frames(bad), Error::kFrameMalformed));
    bad = good;
    bad[length_at] = 0xff;  // 4 GiB announced
    BOOST_TEST(refused(decode_frames(bad), Error::kFrameTruncated));
    bad = Bytes(1 + kFrameOverhead, 0);  // no data
    BOOST_TEST(refused(decode_frames(bad), Error::kFrameMalformed));
}

BOOST_AUTO_TEST_CASE(one_transaction_carries_256_frames_and_no_more) {
    const Bytes most = encode_frames(split(Bytes(kFramesPerTransactionMax, 7), 1));
    BOOST_TEST(decode_frames(most).value().size() == kFramesPerTransactionMax);
    Bytes more = most;
    append(more, ByteView{most}.subspan(1, kFrameOverhead + 1));
    BOOST_TEST(refused(decode_frames(more), Error::kFrameTooLarge));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
