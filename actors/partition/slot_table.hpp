#pragma once

#include "actors/placement.hpp"
#include "chain/base/prefetch.hpp"

#include <memory>
#include <vector>

namespace troupe::actors {

/// One storage slot of one account.
struct SlotRecord {
    chain::Address address;
    std::uint32_t meta = 0;  ///< kUsed | epoch
    chain::Hash32 slot;
    chain::Uint256 value;

    static constexpr std::uint32_t kUsed = 1;
    static constexpr std::uint32_t kEpochShift = 1;

    [[nodiscard]] bool used() const noexcept { return (meta & kUsed) != 0; }
    [[nodiscard]] std::uint32_t epoch() const noexcept { return meta >> kEpochShift; }
    void set_epoch(std::uint32_t epoch) noexcept { meta = kUsed | (epoch << kEpochShift); }
};

/// The storage slots whose hashes name a partition, of any account: open addressing, linear
/// probing, at most 60 % full. A slot whose value is zero counts as absent; it goes when the table
/// grows. Not thread-safe: one writer, and readers only while nobody writes.
class SlotTable {
  public:
    explicit SlotTable(TableSeed seed);

    [[nodiscard]] std::uint64_t hash(
        const chain::Address& address, const chain::Hash32& slot) const noexcept {
        return slot_hash(address, slot, seed_);
    }
    [[nodiscard]] const SlotRecord* find(
        std::uint64_t hash, const chain::Address& address,
        const chain::Hash32& slot) const noexcept;
    [[nodiscard]] SlotRecord* find(
        std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept;
    /// The record, made zero if there is none. @pre reserve() has made room
    [[nodiscard]] SlotRecord& find_or_insert(
        std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept;
    void prefetch(std::uint64_t hash) const noexcept {
        chain::prefetch_to_write(&records_[hash & mask_]);
    }
    /// Makes room for `additional` inserts; records may move, and zero ones that were not touched
    /// in `epoch` go.
    void reserve(std::size_t additional, std::uint32_t epoch);
    /// Forgets every record's epoch.
    void clear_epochs() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return records_.capacity() * sizeof(SlotRecord);
    }

  private:
    static constexpr std::size_t kCapacityMin = 16;

    TableSeed seed_;
    std::vector<SlotRecord> records_;
    std::size_t mask_;
    std::size_t size_ = 0;  // zero ones included
};

}  // namespace troupe::actors
