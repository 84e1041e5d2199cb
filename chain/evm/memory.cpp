#include "chain/evm/memory.hpp"

#include <algorithm>
#include <functional>

namespace troupe::chain::evm {

std::ptrdiff_t MemoryArena::grow(std::size_t base, std::size_t size, std::size_t larger) {
    std::ptrdiff_t moved = 0;
    if (base + larger > capacity_) {
        const std::size_t capacity = std::max({kBytesMin, 2 * capacity_, base + larger});
        // Not cleared: what is used is cleared below, when it is used.
        std::unique_ptr<std::uint8_t[]> buffer{new std::uint8_t[capacity]};
        if (base + size > 0) std::memcpy(buffer.get(), buffer_.get(), base + size);
        moved = reinterpret_cast<std::intptr_t>(buffer.get()) -
                reinterpret_cast<std::intptr_t>(buffer_.get());
        buffer_ = std::move(buffer);
        capacity_ = capacity;
    }
    std::memset(buffer_.get() + base + size, 0, larger - size);
    return moved;
}

void MemoryArena::trim() noexcept {
    if (capacity_ <= kBytesKept) return;
    buffer_.reset();
    capacity_ = 0;
}

Uint256* StackPool::stack_after(Uint256* top) {
    std::size_t next = 0;
    if (top != nullptr) {
        // The newest block that holds `top`; one word past a block's end still belongs to it.
        for (next = blocks_.size(); next > 0; --next) {
            Uint256* start = blocks_[next - 1].get();
            if (std::less_equal<>{}(start, top) && std::less_equal<>{}(top, start + kBlockWords)) {
                if (start + kBlockWords - top >= static_cast<std::ptrdiff_t>(kWordsMax)) return top;
                break;
            }
        }
    }
    if (next == blocks_.size()) blocks_.emplace_back(new Uint256[kBlockWords]);
    return blocks_[next].get();
}

void StackPool::trim() noexcept {
    if (blocks_.size() > kBlocksKept) blocks_.resize(kBlocksKept);
}

}  // namespace troupe::chain::evm
