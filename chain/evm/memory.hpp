#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"

#include <memory>
#include <vector>

namespace troupe::chain::evm {

/// The memories of all calls that are under way, one behind the other in one buffer: only the
/// innermost call's grows, at the end, so that nothing moves but the buffer as a whole. What a call
/// leaves behind is not cleared: growing clears.
class MemoryArena {
  public:
    /// Grows the innermost memory, which starts at `base`, from `size` to `larger` bytes of zeros.
    /// @return how far the buffer moved: pointers into it must move with it
    std::ptrdiff_t grow(std::size_t base, std::size_t size, std::size_t larger);

    [[nodiscard]] std::uint8_t* at(std::size_t offset) noexcept { return buffer_.get() + offset; }
    [[nodiscard]] bool holds(const std::uint8_t* pointer) const noexcept {
        return buffer_ != nullptr && pointer >= buffer_.get() &&
               pointer <= buffer_.get() + capacity_;
    }
    /// Gives back what an unusual transaction needed. @pre no call is under way
    void trim() noexcept;

  private:
    static constexpr std::size_t kBytesMin = 64u << 10;
    static constexpr std::size_t kBytesKept = 16u << 20;

    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_ = 0;
};

/// The stacks of all calls that are under way. A call's stack starts where its caller's ends, in
/// blocks that always have room for the 1,024 words it may hold.
class StackPool {
  public:
    static constexpr std::size_t kWordsMax = 1'024;  ///< Yellow Paper, "Execution Model"

    /// Where a stack may start that follows `top` (its caller's first free word; null: none).
    [[nodiscard]] Uint256* stack_after(Uint256* top);
    void trim() noexcept;

  private:
    static constexpr std::size_t kBlockWords = 16 * kWordsMax;
    static constexpr std::size_t kBlocksKept = 4;
    std::vector<std::unique_ptr<Uint256[]>> blocks_;
};

}  // namespace troupe::chain::evm
