#pragma once

#include "chain/base/uint256.hpp"

#include <vector>

namespace troupe::chain::state {

/// Finds records that live in a vector by a 64-bit hash: open addressing, emptied in constant time.
/// The order of records is that of the vector, so no result depends on the hash.
class HashIndex {
  public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    HashIndex() : cells_(kCellsMin) {}

    /// Forgets everything. Memory that an unusual transaction needed is given back.
    void clear() {
        used_ = 0;
        if (cells_.size() > kCellsKept || ++stamp_ == 0) {
            cells_.assign(kCellsMin, {});
            cells_.shrink_to_fit();
            stamp_ = 1;
        }
    }

    /// @param is_it  whether the record at an index is the one that is looked for
    template <class Predicate>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, Predicate is_it) const noexcept {
        const std::size_t mask = cells_.size() - 1;
        for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
            const Cell& cell = cells_[at];
            if (cell.stamp != stamp_) return kNone;
            if (cell.hash == hash && is_it(cell.index)) return cell.index;
        }
    }

    /// @pre there is no record with this key yet
    void insert(std::uint64_t hash, std::uint32_t index) {
        if (++used_ * 2 > cells_.size()) grow();
        place(cells_, {hash, index, stamp_});
    }

  private:
    struct Cell {
        std::uint64_t hash = 0;
        std::uint32_t index = 0;
        std::uint32_t stamp = 0;  ///< in use where it is the table's
    };
    static constexpr std::size_t kCellsMin = 256;
    static constexpr std::size_t kCellsKept = 65'536;

    static void place(std::vector<Cell>& cells, const Cell& cell) noexcept {
        const std::size_t mask = cells.size() - 1;
        std::size_t at = cell.hash & mask;
        while (cells[at].stamp == cell.stamp)
            at = (at + 1) & mask;
        cells[at] = cell;
    }
    void grow() {
        std::vector<Cell> larger(cells_.size() * 2);
        for (const Cell& cell : cells_) {
            if (cell.stamp == stamp_) place(larger, cell);
        }
        cells_.swap(larger);
    }

    std::vector<Cell> cells_;
    std::size_t used_ = 0;
    std::uint32_t stamp_ = 1;
};

/// A keyed hash of 256 bits and a number: chosen keys don't collide more often than others.
[[nodiscard]] inline std::uint64_t keyed_hash(
    const Uint256& key, std::uint64_t number, std::uint64_t seed) noexcept {
    const auto fold = [](std::uint64_t a, std::uint64_t b) {
        const Uint128 product = static_cast<Uint128>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    // Odd constants without meaning: digits of pi.
    const std::uint64_t low =
        fold(key.limbs[0] ^ seed ^ 0x243f6a8885a308d3, key.limbs[1] ^ 0x13198a2e03707345);
    const std::uint64_t high =
        fold(key.limbs[2] ^ seed ^ 0xa4093822299f31d1, key.limbs[3] ^ 0x082efa98ec4e6c89);
    return fold(low ^ number ^ 0x452821e638d01377, high ^ 0xbe5466cf34e90c6d ^ seed);
}

}  // namespace troupe::chain::state
