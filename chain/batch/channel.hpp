#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/types/chain_config.hpp"

#include <vector>

/// docs/formats/channel.md: a compressed batch, and the frames that carry it.
namespace troupe::chain::batch {

enum class Codec : std::uint8_t {
    kNone = 0,
    kZstd = 1,
    kBrotli = 2,
};

/// The channel: codec byte ‖ compressed stream. `level` is the codec's own; 0 means its default
/// here.
[[nodiscard]] Bytes compress(ByteView batch, Codec codec, int level);
/// @error kChannelCodecUnknown; kChannelTooLarge: compressed beyond config.channel_bytes_max or
///        decompressed beyond config.batch_bytes_max, found out without holding more than that;
///        kChannelCorrupt: the stream is damaged, unfinished, or bytes follow it
[[nodiscard]] Result<Bytes> decompress(ByteView channel, const ChainConfig& config);

using ChannelId = FixedBytes<16, struct ChannelIdTag>;
/// The first 16 bytes of keccak256(channel).
[[nodiscard]] ChannelId channel_id(ByteView channel) noexcept;

struct Frame {
    ChannelId channel;
    std::uint16_t number = 0;
    bool last = false;
    Bytes data;
    friend bool operator==(const Frame&, const Frame&) noexcept = default;
};

inline constexpr std::size_t kFrameOverhead = 16 + 2 + 4 + 1;  ///< id, number, length, last flag
inline constexpr std::uint8_t kFramesVersion = 0;
inline constexpr std::size_t kFramesPerTransactionMax = 256;

/// Cuts a channel into frames of at most `frame_bytes_max` data bytes each.
/// @pre the channel is not empty and takes 65,536 frames at most
[[nodiscard]] std::vector<Frame> split(ByteView channel, std::size_t frame_bytes_max);
/// What one L1 transaction carries: version byte ‖ frames.
/// @pre 1 to kFramesPerTransactionMax frames, none without data
[[nodiscard]] Bytes encode_frames(const std::vector<Frame>& frames);
/// All frames or none. @error kFrameVersionUnknown; kFrameTruncated; kFrameMalformed: no data, or a
///        flag that is neither 0 nor 1; kFrameTooLarge: beyond kFramesPerTransactionMax
[[nodiscard]] Result<std::vector<Frame>> decode_frames(ByteView data);

}  // namespace troupe::chain::batch
