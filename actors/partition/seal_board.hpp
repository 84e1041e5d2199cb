#pragma once

#include "chain/execution/serial_chain.hpp"
#include "chain/trie/sub_trie.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace troupe::actors {

/// A slot that a block changed.
struct SlotUpdate {
    chain::Address address;
    chain::execution::SlotChange change;
    chain::Hash32 key;  ///< keccak256(slot)
};

/// What the partitions tell each other at the end of a block: a slot is executed where its seeded
/// hash says, and hashed where its contract's trie is (docs/execution.md, "The end of a block").
/// Each partition writes its own row, says that a stage of it is finished, and reads what the other
/// rows have for it when all have said so. Nobody locks, and nobody writes what is being read.
class SealBoard {
  public:
    enum class Stage : std::uint8_t {
        kSorted,  ///< `slots` to `widened` are there
        kHashed,  ///< `roots` and the leaves of `widened` are there
    };
    /// The changed slots of one contract in one row.
    struct Run {
        std::uint32_t begin = 0;  ///< of the row's slots
        std::uint32_t end = 0;
        chain::Hash32 account_key;  ///< keccak256(address)
    };
    /// A sub-trie of a wide contract after the block.
    struct WideRoot {
        chain::Address address;
        std::uint8_t first = 0;
        chain::trie::SubTrieRoot root;
    };
    /// A contract whose trie gets wide with this block.
    struct Widened {
        chain::Address address;
        std::vector<std::vector<chain::trie::TrieUpdate>> leaves;  ///< by partition
    };
    struct Row {
        std::vector<SlotUpdate> slots;  ///< by address, then slot
        std::vector<Run> runs;
        std::vector<std::vector<std::uint32_t>> home;  ///< by partition of the account: of runs
        std::vector<std::vector<std::uint32_t>> wide;  ///< by partition of the sub-trie: of slots
        std::vector<Widened> widened;
        bool is_wide = false;                      ///< has something in `wide` or `widened`
        std::vector<std::vector<WideRoot>> roots;  ///< by partition of the account
    };

    SealBoard(std::uint64_t block_number, std::uint32_t partitions)
        : block_number_(block_number), rows_(partitions) {
        for (std::atomic<std::uint32_t>& left : left_)
            left = partitions;
        for (Row& row : rows_) {
            row.home.resize(partitions);
            row.wide.resize(partitions);
            row.roots.resize(partitions);
        }
    }

    [[nodiscard]] std::uint64_t block_number() const noexcept { return block_number_; }
    [[nodiscard]] Row& row(std::uint32_t partition) noexcept { return rows_[partition]; }
    [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

    /// One row is that far. @return whether it was the last one: the others may wait for it
    [[nodiscard]] bool finish(Stage stage) noexcept {
        return left_[static_cast<std::size_t>(stage)].fetch_sub(1, std::memory_order_acq_rel) == 1;
    }
    [[nodiscard]] bool finished(Stage stage) const noexcept {
        return left_[static_cast<std::size_t>(stage)].load(std::memory_order_acquire) == 0;
    }
    /// Whether there is a second stage. @pre finished(Stage::kSorted)
    [[nodiscard]] bool is_wide() const noexcept {
        return std::any_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.is_wide; });
    }

  private:
    std::uint64_t block_number_;
    std::vector<Row> rows_;                             // by partition
    std::array<std::atomic<std::uint32_t>, 2> left_{};  // rows that are not that far, by stage
};
using SealBoardPtr = std::shared_ptr<SealBoard>;

}  // namespace troupe::actors
