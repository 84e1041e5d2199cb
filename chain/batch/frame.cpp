#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/batch/channel.hpp"

#include <limits>

namespace troupe::chain::batch {
namespace {

constexpr std::size_t kFramesPerChannelMax = std::size_t{1} << 16;  // frame numbers have 16 bits

// Reads one frame off the front of `rest`.
Result<Frame> take_frame(ByteView& rest) {
    if (rest.size() < kFrameOverhead) return Error::kFrameTruncated;
    Frame frame;
    frame.channel = ChannelId::from(rest.first(ChannelId::kSize));
    frame.number = load_be<std::uint16_t>(rest.data() + 16);
    const std::size_t length = load_be<std::uint32_t>(rest.data() + 18);
    if (length > rest.size() - kFrameOverhead) return Error::kFrameTruncated;
    if (length == 0) return Error::kFrameMalformed;
    const std::uint8_t last = rest[22];
    if (last > 1) return Error::kFrameMalformed;
    frame.last = last == 1;
    const ByteView data = rest.subspan(kFrameOverhead, length);
    frame.data.assign(data.begin(), data.end());
    rest = rest.subspan(kFrameOverhead + length);
    return frame;
}

}  // namespace

std::vector<Frame> split(ByteView channel, std::size_t frame_bytes_max) {
    TROUPE_ASSERT(!channel.empty() && frame_bytes_max > 0);
    const std::size_t count = (channel.size() + frame_bytes_max - 1) / frame_bytes_max;
    TROUPE_ASSERT(count <= kFramesPerChannelMax);
    const ChannelId id = channel_id(channel);
    std::vector<Frame> frames;
    frames.reserve(count);
    for (std::size_t number = 0; number < count; ++number) {
        const std::size_t begin = number * frame_bytes_max;
        const ByteView data =
            channel.subspan(begin, std::min(frame_bytes_max, channel.size() - begin));
        frames.push_back(
            {.channel = id,
             .number = static_cast<std::uint16_t>(number),
             .last = number + 1 == count,
             .data = Bytes(data.begin(), data.end())});
    }
    return frames;
}

Bytes encode_frames(const std::vector<Frame>& frames) {
    TROUPE_ASSERT(!frames.empty() && frames.size() <= kFramesPerTransactionMax);
    Bytes out{kFramesVersion};
    for (const Frame& frame : frames) {
        TROUPE_ASSERT(
            !frame.data.empty() && frame.data.size() <= std::numeric_limits<std::uint32_t>::max());
        append(out, frame.channel);
        append_be(out, frame.number);
        append_be(out, static_cast<std::uint32_t>(frame.data.size()));
        out.push_back(frame.last ? 1 : 0);
        append(out, frame.data);
    }
    return out;
}

Result<std::vector<Frame>> decode_frames(ByteView data) {
    if (data.empty()) return Error::kFrameTruncated;
    if (data[0] != kFramesVersion) return Error::kFrameVersionUnknown;
    ByteView rest = data.subspan(1);
    std::vector<Frame> frames;
    do {
        if (frames.size() == kFramesPerTransactionMax) return Error::kFrameTooLarge;
        TROUPE_TRY(frame, take_frame(rest));
        frames.push_back(std::move(frame));
    } while (!rest.empty());
    return frames;
}

}  // namespace troupe::chain::batch
