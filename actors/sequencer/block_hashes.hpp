#pragma once

#include "chain/execution/block_env.hpp"

#include <array>
#include <memory>

namespace troupe::actors {

/// Hashes of the newest sealed blocks, by number: what BLOCKHASH reads. Immutable once shared.
class BlockHashes {
  public:
    /// @pre number follows the newest one, or is the first
    void add(std::uint64_t number, const chain::Hash32& hash) noexcept {
        hashes_[number % hashes_.size()] = hash;
        if (count_ < hashes_.size()) ++count_;
        newest_ = number;
    }
    /// Zero for a number that is not among the newest kBlockHashes.
    [[nodiscard]] chain::Hash32 of(std::uint64_t number) const noexcept {
        if (number > newest_ || newest_ - number >= count_) return {};
        return hashes_[number % hashes_.size()];
    }

  private:
    std::array<chain::Hash32, chain::execution::kBlockHashes> hashes_{};
    std::uint64_t newest_ = 0;
    std::uint64_t count_ = 0;
};
using BlockHashesPtr = std::shared_ptr<const BlockHashes>;

}  // namespace troupe::actors
