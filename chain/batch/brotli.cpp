#include "chain/batch/brotli.hpp"

#include "chain/base/assert.hpp"
#include "chain/batch/output_buffer.hpp"

#include <brotli/decode.h>
#include <brotli/encode.h>

#include <algorithm>
#include <memory>

namespace troupe::chain::batch {
namespace {

struct FreeDecoder {
    void operator()(BrotliDecoderState* decoder) const noexcept {
        BrotliDecoderDestroyInstance(decoder);
    }
};

}  // namespace

void brotli_compress(Bytes& out, ByteView input, int level) {
    const std::size_t begin = out.size();
    std::size_t size = BrotliEncoderMaxCompressedSize(input.size());
    TROUPE_ASSERT(size != 0);
    out.resize(begin + size);
    const int quality = std::clamp(level == 0 ? kBrotliLevelDefault : level, 1, kBrotliLevelMax);
    const auto done = BrotliEncoderCompress(
        quality, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_GENERIC, input.size(), input.data(), &size,
        out.data() + begin);
    TROUPE_ASSERT(done == BROTLI_TRUE);
    out.resize(begin + size);
}

Result<Bytes> brotli_decompress(ByteView stream, std::size_t output_bytes_max) {
    const std::unique_ptr<BrotliDecoderState, FreeDecoder> decoder{
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
    TROUPE_ASSERT(decoder != nullptr);
    std::size_t input_left = stream.size();
    const std::uint8_t* input = stream.data();
    OutputBuffer buffer{output_bytes_max};
    while (true) {
        const auto room = buffer.room();
        std::size_t output_left = room.size();
        std::uint8_t* output = room.data();
        const BrotliDecoderResult result = BrotliDecoderDecompressStream(
            decoder.get(), &input_left, &input, &output_left, &output, nullptr);
        if (!buffer.advance(room.size() - output_left)) return Error::kChannelTooLarge;
        if (result == BROTLI_DECODER_RESULT_SUCCESS) break;
        if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return Error::kChannelCorrupt;
    }
    if (input_left != 0) return Error::kChannelCorrupt;
    return std::move(buffer).take();
}

}  // namespace troupe::chain::batch
