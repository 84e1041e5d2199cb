#include "chain/batch/channel.hpp"

#include "chain/base/assert.hpp"
#include "chain/batch/brotli.hpp"
#include "chain/batch/zstd.hpp"
#include "chain/crypto/keccak.hpp"

namespace troupe::chain::batch {

Bytes compress(ByteView batch, Codec codec, int level) {
    Bytes channel;
    channel.reserve(1 + batch.size());
    channel.push_back(static_cast<std::uint8_t>(codec));
    switch (codec) {
        case Codec::kNone:
            append(channel, batch);
            break;
        case Codec::kZstd:
            zstd_compress(channel, batch, level);
            break;
        case Codec::kBrotli:
            brotli_compress(channel, batch, level);
            break;
    }
    return channel;
}

Result<Bytes> decompress(ByteView channel, const ChainConfig& config) {
    if (channel.size() > config.channel_bytes_max) return Error::kChannelTooLarge;
    if (channel.empty()) return Error::kChannelCorrupt;
    const ByteView stream = channel.subspan(1);
    const auto batch_bytes_max = static_cast<std::size_t>(config.batch_bytes_max);
    switch (static_cast<Codec>(channel[0])) {
        case Codec::kNone:
            if (stream.size() > batch_bytes_max) return Error::kChannelTooLarge;
            return Bytes(stream.begin(), stream.end());
        case Codec::kZstd:
            return zstd_decompress(stream, batch_bytes_max);
        case Codec::kBrotli:
            return brotli_decompress(stream, batch_bytes_max);
    }
    return Error::kChannelCodecUnknown;
}

ChannelId channel_id(ByteView channel) noexcept {
    return ChannelId::from(crypto::keccak256(channel).view().first(ChannelId::kSize));
}

}  // namespace troupe::chain::batch
