#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>

namespace troupe::actors {

/// What admission wanted lately, so that it is probably in memory: by the lowest bits of a hash,
/// the last hash there. A wrong answer costs a read, ahead or when it is needed. Any thread.
class RecentlyRead {
  public:
    /// @param remembered  hashes, about
    explicit RecentlyRead(std::size_t remembered)
        : mask_(std::bit_ceil(remembered + 1) - 1),
          last_(std::make_unique<std::atomic<std::uint64_t>[]>(mask_ + 1)) {}

    /// Whether it was wanted lately; from now on it was.
    [[nodiscard]] bool seen(std::uint64_t hash) noexcept {
        return last_[hash & mask_].exchange(hash, std::memory_order_relaxed) == hash;
    }

  private:
    std::size_t mask_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> last_;
};

}  // namespace troupe::actors
