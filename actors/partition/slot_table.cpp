#include "actors/partition/slot_table.hpp"

#include <bit>
#include <utility>

namespace troupe::actors {

SlotTable::SlotTable(TableSeed seed)
    : seed_(seed), records_(kCapacityMin), mask_(kCapacityMin - 1) {}

const SlotRecord* SlotTable::find(
    std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) const noexcept {
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
        const SlotRecord& record = records_[at];
        if (!record.used()) return nullptr;
        if (record.slot == slot && record.address == address) return &record;
    }
}

SlotRecord* SlotTable::find(
    std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept {
    return const_cast<SlotRecord*>(std::as_const(*this).find(hash, address, slot));
}

inline SlotRecord& SlotTable::probe(
    std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept {
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
        SlotRecord& record = records_[at];
        if (!record.used() || (record.slot == slot && record.address == address)) return record;
    }
}

inline void SlotTable::take(
    SlotRecord& free, const chain::Address& address, const chain::Hash32& slot) noexcept {
    free.meta = SlotRecord::kUsed;
    free.address = address;
    free.slot = slot;
    ++size_;
}

SlotRecord& SlotTable::find_or_insert(
    std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept {
    SlotRecord& record = probe(hash, address, slot);
    if (record.used()) return record;
    take(record, address, slot);
    if (store_ != nullptr) [[unlikely]] {
        record.meta |= SlotRecord::kRecent;
        record.value = store_->read_slot(address, slot);
        ++counts_.reads;
    }
    return record;
}

void SlotTable::offer(
    std::uint64_t hash, const SlotKey& key, const chain::Uint256& value, std::uint32_t departed) {
    if (departed != departures_->at(hash)) return;
    reserve(1, 0);
    SlotRecord& record = probe(hash, key.address, key.slot);
    if (record.used()) return;
    take(record, key.address, key.slot);
    record.meta |= SlotRecord::kRecent;
    record.value = value;
    ++counts_.offered;
}

void SlotTable::reserve(std::size_t additional, std::uint32_t epoch) {
    if ((size_ + additional) * 10 <= records_.size() * 6) return;
    const std::vector<SlotRecord> old = std::move(records_);
    records_ = std::vector<SlotRecord>(std::bit_ceil((size_ + additional) * 2));
    mask_ = records_.size() - 1;
    size_ = 0;
    hand_ = 0;
    for (const SlotRecord& record : old) {
        // The store may still have what a zero one was before.
        const bool absent = store_ == nullptr && record.value.is_zero() && record.epoch() != epoch;
        if (!record.used() || absent) continue;
        std::size_t at = hash(record.address, record.slot) & mask_;
        while (records_[at].used())
            at = (at + 1) & mask_;
        records_[at] = record;
        ++size_;
    }
}

void SlotTable::evict(std::size_t kept, std::uint32_t epoch) noexcept {
    const std::size_t before = size_;
    for (std::size_t steps = 0; steps < records_.size() && size_ > kept; ++steps) {
        SlotRecord& record = records_[hand_];
        if (record.used() && record.epoch() <= epoch && (record.meta & SlotRecord::kRecent) == 0) {
            departures_->note(hash(record.address, record.slot));
            erase(hand_);  // what comes to its place is next
            continue;
        }
        record.meta &= ~SlotRecord::kRecent;
        hand_ = (hand_ + 1) & mask_;
    }
    counts_.evicted += before - size_;
}

// Moves those back that stand behind the place only because it was taken.
void SlotTable::erase(std::size_t at) noexcept {
    std::size_t hole = at;
    for (std::size_t next = (hole + 1) & mask_; records_[next].used(); next = (next + 1) & mask_) {
        const std::size_t home = hash(records_[next].address, records_[next].slot) & mask_;
        if (((next - home) & mask_) < ((next - hole) & mask_)) continue;
        records_[hole] = records_[next];
        hole = next;
    }
    records_[hole] = SlotRecord{};
    --size_;
}

void SlotTable::clear_epochs() noexcept {
    for (SlotRecord& record : records_)
        if (record.used()) record.set_epoch(0);
}

}  // namespace troupe::actors
