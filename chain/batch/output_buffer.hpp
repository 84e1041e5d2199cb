#pragma once

#include "chain/base/bytes.hpp"

#include <limits>
#include <span>
#include <utility>

namespace troupe::chain::batch {

/// Where a decompressor writes: grows with what was really written, never on a stream's word, and
/// stops one byte beyond its limit (half of that is held besides while it grows the last time).
class OutputBuffer {
  public:
    explicit OutputBuffer(std::size_t bytes_max)
        : bytes_max_(std::min(bytes_max, std::numeric_limits<std::size_t>::max() - 1)) {}

    /// Room to write to, at least one byte: the byte beyond the limit tells a stream that is too
    /// long from one that just fits. Valid until the next call.
    [[nodiscard]] std::span<std::uint8_t> room() {
        if (bytes_.size() == written_) {
            const std::size_t wanted = std::max(kFirstBytes, 2 * bytes_.size());
            bytes_.resize(std::min(wanted, bytes_max_ + 1));
        }
        return {bytes_.data() + written_, bytes_.size() - written_};
    }

    /// Notes that `count` bytes of the room were written. False: that is beyond the limit.
    [[nodiscard]] bool advance(std::size_t count) noexcept {
        written_ += count;
        return written_ <= bytes_max_;
    }

    [[nodiscard]] Bytes take() && {
        bytes_.resize(written_);
        return std::move(bytes_);
    }

  private:
    static constexpr std::size_t kFirstBytes = 65'536;

    Bytes bytes_;
    std::size_t written_ = 0;
    std::size_t bytes_max_;
};

}  // namespace troupe::chain::batch
