#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

/// The doorway to libzstd: one frame of RFC 8878.
namespace troupe::chain::batch {

inline constexpr int kZstdLevelDefault = 3;
inline constexpr int kZstdLevelMax = 19;      ///< beyond it windows and memory grow
inline constexpr int kZstdWindowLogMax = 23;  ///< 8 MiB: a frame that asks for more is refused

/// Appends the compressed `input` to `out`. Levels beyond kZstdLevelMax are taken as that.
void zstd_compress(Bytes& out, ByteView input, int level);

/// @error kChannelTooLarge: more than `output_bytes_max`, of which no more than that was held;
///        kChannelCorrupt: not exactly one whole frame, a dictionary, a window beyond the limit
[[nodiscard]] Result<Bytes> zstd_decompress(ByteView stream, std::size_t output_bytes_max);

}  // namespace troupe::chain::batch
