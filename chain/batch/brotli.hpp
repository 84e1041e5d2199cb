#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

/// The doorway to libbrotli: one stream of RFC 7932, windows up to 16 MiB.
namespace troupe::chain::batch {

inline constexpr int kBrotliLevelDefault = 5;
inline constexpr int kBrotliLevelMax = 11;

/// Appends the compressed `input` to `out`. Levels beyond kBrotliLevelMax are taken as that.
void brotli_compress(Bytes& out, ByteView input, int level);

/// @error kChannelTooLarge: more than `output_bytes_max`, of which no more than that was held;
///        kChannelCorrupt: not exactly one whole stream
[[nodiscard]] Result<Bytes> brotli_decompress(ByteView stream, std::size_t output_bytes_max);

}  // namespace troupe::chain::batch
