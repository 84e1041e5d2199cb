#pragma once

#include "actors/ports.hpp"

#include <atomic>
#include <memory>

namespace troupe::actors {

/// How many records have gone from a table whose store holds what it does not, for each of a fixed
/// number of places that records fall on by their hash. It tells whether a value that was read from
/// the store is still the present one (docs/execution.md, "Read ahead").
class Departures {
  public:
    /// So many that little that was read is found too old because of others: of 10,000 records that
    /// go between reading and use, 7 % of what was read is lost. 512 KiB.
    static constexpr std::size_t kPlaces = 1 << 17;

    Departures() : counts_(std::make_unique<std::atomic<std::uint32_t>[]>(kPlaces)) {}

    /// For any thread; for who reads ahead, before it reads.
    [[nodiscard]] std::uint32_t at(std::uint64_t hash) const noexcept {
        return counts_[hash % kPlaces].load(std::memory_order_acquire);
    }
    /// For the one who is alone with the table, once the store has what the record was.
    void note(std::uint64_t hash) noexcept {
        counts_[hash % kPlaces].fetch_add(1, std::memory_order_release);
    }

  private:
    std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;
};
using DeparturesPtr = std::shared_ptr<const Departures>;

/// An account that was read from the store before anybody needs it.
struct ReadAhead {
    StoredAccount stored;
    std::uint32_t departed = 0;  ///< of its place, before it was read
};

/// A slot, likewise.
struct SlotAhead {
    SlotKey key;
    std::uint64_t hash = 0;  ///< slot_hash
    chain::Uint256 value;
    std::uint32_t departed = 0;
};

}  // namespace troupe::actors
