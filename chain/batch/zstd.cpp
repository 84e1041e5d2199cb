#include "chain/batch/zstd.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/batch/output_buffer.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>

namespace troupe::chain::batch {
namespace {

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};
template <class Context>
using Owned = std::unique_ptr<Context, FreeContext>;

void set(ZSTD_CCtx* context, ZSTD_cParameter parameter, int value) {
    TROUPE_ASSERT(!ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)));
}

// RFC 8878, 3.1.1: the magic number, and in the descriptor after it no dictionary. Skippable and
// pre-1.0 frames, which the library would read too, begin with other magic numbers.
bool begins_a_plain_frame(ByteView stream) noexcept {
    constexpr std::uint8_t kDictionaryIdFlag = 0x03;
    return stream.size() > 4 && load_le<std::uint32_t>(stream.data()) == ZSTD_MAGICNUMBER &&
           (stream[4] & kDictionaryIdFlag) == 0;
}

}  // namespace

void zstd_compress(Bytes& out, ByteView input, int level) {
    const Owned<ZSTD_CCtx> context{ZSTD_createCCtx()};
    TROUPE_ASSERT(context != nullptr);
    set(context.get(), ZSTD_c_compressionLevel,
        std::clamp(level == 0 ? kZstdLevelDefault : level, 1, kZstdLevelMax));
    // The channel's id already covers every byte: a checksum would be four bytes for nothing.
    set(context.get(), ZSTD_c_checksumFlag, 0);
    const std::size_t begin = out.size();
    out.resize(begin + ZSTD_compressBound(input.size()));
    const std::size_t size = ZSTD_compress2(
        context.get(), out.data() + begin, out.size() - begin, input.data(), input.size());
    TROUPE_ASSERT(!ZSTD_isError(size));
    out.resize(begin + size);
}

Result<Bytes> zstd_decompress(ByteView stream, std::size_t output_bytes_max) {
    if (!begins_a_plain_frame(stream)) return Error::kChannelCorrupt;
    const Owned<ZSTD_DCtx> context{ZSTD_createDCtx()};
    TROUPE_ASSERT(context != nullptr);
    TROUPE_ASSERT(!ZSTD_isError(
        ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax)));
    ZSTD_inBuffer input{stream.data(), stream.size(), 0};
    OutputBuffer buffer{output_bytes_max};
    while (true) {
        const auto room = buffer.room();
        ZSTD_outBuffer output{room.data(), room.size(), 0};
        const std::size_t hint = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(hint)) return Error::kChannelCorrupt;
        if (!buffer.advance(output.pos)) return Error::kChannelTooLarge;
        if (hint == 0) break;
        // Room was left, so the library has written all it could: it waits for bytes that no
        // stream has.
        if (input.pos == input.size && output.pos < output.size) return Error::kChannelCorrupt;
    }
    if (input.pos != input.size) return Error::kChannelCorrupt;
    return std::move(buffer).take();
}

}  // namespace troupe::chain::batch
