#pragma once

#include "actors/partition/read_ahead.hpp"
#include "actors/placement.hpp"
#include "chain/base/prefetch.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace troupe::actors {

/// One storage slot of one account.
struct SlotRecord {
    chain::Address address;
    std::uint32_t meta = 0;  ///< the flags below | epoch
    chain::Hash32 slot;
    chain::Uint256 value;

    static constexpr std::uint32_t kUsed = 1;
    static constexpr std::uint32_t kRecent = 2;  ///< since the clock came by: see evict()
    static constexpr std::uint32_t kEpochShift = 2;

    [[nodiscard]] bool used() const noexcept { return (meta & kUsed) != 0; }
    [[nodiscard]] std::uint32_t epoch() const noexcept { return meta >> kEpochShift; }
    void set_epoch(std::uint32_t epoch) noexcept {
        meta = kUsed | kRecent | (epoch << kEpochShift);
    }
};

/// The storage slots whose hashes name a partition, of any account: open addressing, linear
/// probing, at most 60 % full. A slot whose value is zero counts as absent.
///
/// The table holds all slots, and zero ones go when it grows, until bound(): from then on it holds
/// some of those in a store, zero or not. What it does not hold has its present value there.
/// fetch() and find_or_insert() bring it, look() only reads it, and evict() lets go what has not
/// changed since the store took it.
/// Not thread-safe: one writer, and readers only while nobody writes.
class SlotTable {
  public:
    explicit SlotTable(TableSeed seed);

    /// @param store  outlives the table
    void bound(const SlotStore& store) {
        store_ = &store;
        departures_ = std::make_shared<Departures>();
    }
    [[nodiscard]] bool bounded() const noexcept { return store_ != nullptr; }

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
    /// The record; brings it if the table is bounded and does not hold it: records may move then,
    /// unless reserve() has made room. null: it is zero.
    [[nodiscard]] const SlotRecord* fetch(
        std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept {
        if (store_ == nullptr) return find(hash, address, slot);
        reserve(1, 0);
        SlotRecord& record = find_or_insert(hash, address, slot);
        record.meta |= SlotRecord::kRecent;
        return &record;
    }
    /// The value, here or in the store, without bringing it: for several readers at once.
    [[nodiscard]] chain::Uint256 look(
        std::uint64_t hash, const chain::Address& address,
        const chain::Hash32& slot) const noexcept {
        if (const SlotRecord* const held = find(hash, address, slot)) return held->value;
        return store_ == nullptr ? chain::Uint256{} : store_->read_slot(address, slot);
    }
    /// Takes in a slot that was read from the store ahead, unless it is here. Records may move.
    /// @param departed  see AccountTable::offer()
    void offer(
        std::uint64_t hash, const SlotKey& key, const chain::Uint256& value,
        std::uint32_t departed);
    /// @pre bounded()
    [[nodiscard]] DeparturesPtr departures() const noexcept { return departures_; }
    void prefetch(std::uint64_t hash) const noexcept {
        chain::prefetch_to_write(&records_[hash & mask_]);
    }
    /// Makes room for `additional` inserts; records may move, and zero ones that were not touched
    /// in `epoch` go if the table is not bounded.
    void reserve(std::size_t additional, std::uint32_t epoch);
    /// Lets records go until `kept` are left, if it can: those that were not touched since the
    /// clock's hand came by last, and not since `epoch`, whose changes the store has. The hand goes
    /// round once at most.
    void evict(std::size_t kept, std::uint32_t epoch) noexcept;
    /// Forgets every record's epoch.
    void clear_epochs() noexcept;

    struct Counts {
        std::uint64_t reads = 0;    ///< slots that came from the store when they were needed
        std::uint64_t offered = 0;  ///< that were taken in from those read ahead
        std::uint64_t evicted = 0;
    };
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return records_.capacity() * sizeof(SlotRecord);
    }

  private:
    /// The record of a slot, or the one that is free for it.
    [[nodiscard]] SlotRecord& probe(
        std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept;
    void take(SlotRecord& free, const chain::Address& address, const chain::Hash32& slot) noexcept;
    void erase(std::size_t at) noexcept;

    static constexpr std::size_t kCapacityMin = 16;

    TableSeed seed_;
    std::vector<SlotRecord> records_;
    std::size_t mask_;
    std::size_t size_ = 0;  // zero ones included
    const SlotStore* store_ = nullptr;
    std::size_t hand_ = 0;  // of the clock
    std::shared_ptr<Departures> departures_;
    Counts counts_;
};

}  // namespace troupe::actors
