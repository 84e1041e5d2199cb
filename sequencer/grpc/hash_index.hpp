#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"

#include <cstdint>
#include <vector>

namespace troupe::node {

/// Finds a transaction among those of one block by its hash. Open addressing on 64 bits of the
/// hash, mixed with a secret, so that nobody can choose hashes that collide; the caller compares
/// the whole hash. Grows by doubling; 10 to 20 ns per insertion.
class HashIndex {
  public:
    explicit HashIndex(std::uint64_t secret) noexcept : secret_(secret) {}

    /// Position in the caller's own store.
    struct Position {
        std::uint32_t part = 0;
        std::uint32_t index = 0;
    };

    void insert(const chain::Hash32& hash, Position position) {
        if ((size_ + 1) * 2 > slots_.size()) grow();
        place({key_of(hash), position, true});
        ++size_;
    }

    /// Calls `matches(Position)` for each candidate until it returns true.
    template <class Matches>
    [[nodiscard]] bool find(const chain::Hash32& hash, Matches&& matches) const {
        if (slots_.empty()) return false;
        const std::uint64_t key = key_of(hash);
        for (std::size_t i = start_of(key); slots_[i].used; i = (i + 1) & (slots_.size() - 1))
            if (slots_[i].key == key && matches(slots_[i].position)) return true;
        return false;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    struct Slot {
        std::uint64_t key = 0;
        Position position;
        bool used = false;
    };

    [[nodiscard]] std::uint64_t key_of(const chain::Hash32& hash) const noexcept {
        return chain::load_le<std::uint64_t>(hash.data()) ^ secret_;
    }
    [[nodiscard]] std::size_t start_of(std::uint64_t key) const noexcept {
        // Multiplicative hashing: the high bits of the product depend on all bits of the key.
        return ((key * 0x9e37'79b9'7f4a'7c15ULL) >> 32) & (slots_.size() - 1);
    }
    void place(const Slot& slot) {
        std::size_t i = start_of(slot.key);
        while (slots_[i].used)
            i = (i + 1) & (slots_.size() - 1);
        slots_[i] = slot;
    }
    void grow() {
        std::vector<Slot> old = std::move(slots_);
        slots_.assign(old.empty() ? 64 : old.size() * 2, Slot{});
        for (const Slot& slot : old)
            if (slot.used) place(slot);
    }

    std::uint64_t secret_;
    std::size_t size_ = 0;
    std::vector<Slot> slots_;
};

}  // namespace troupe::node
