#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"

#include <vector>

namespace troupe::actors {

/// Hashes of transactions ordered lately: tells "already known" from "nonce too low". A direct
/// mapped cache: an entry lives until another hash falls on it.
class RecentHashes {
  public:
    RecentHashes() : slots_(kSlots) {}

    void add(const chain::Hash32& hash) noexcept { slots_[slot_of(hash)] = hash; }
    [[nodiscard]] bool has(const chain::Hash32& hash) const noexcept {
        return slots_[slot_of(hash)] == hash;
    }

    static constexpr std::size_t kSlots = 65'536;

  private:
    [[nodiscard]] static std::size_t slot_of(const chain::Hash32& hash) noexcept {
        return chain::load_le<std::uint64_t>(hash.data()) % kSlots;
    }
    std::vector<chain::Hash32> slots_;
};

}  // namespace troupe::actors
