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

SlotRecord& SlotTable::find_or_insert(
    std::uint64_t hash, const chain::Address& address, const chain::Hash32& slot) noexcept {
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
        SlotRecord& record = records_[at];
        if (!record.used()) {
            record.meta = SlotRecord::kUsed;
            record.address = address;
            record.slot = slot;
            ++size_;
            return record;
        }
        if (record.slot == slot && record.address == address) return record;
    }
}

void SlotTable::reserve(std::size_t additional, std::uint32_t epoch) {
    if ((size_ + additional) * 10 <= records_.size() * 6) return;
    const std::vector<SlotRecord> old = std::move(records_);
    records_ = std::vector<SlotRecord>(std::bit_ceil((size_ + additional) * 2));
    mask_ = records_.size() - 1;
    size_ = 0;
    for (const SlotRecord& record : old) {
        if (!record.used() || (record.value.is_zero() && record.epoch() != epoch)) continue;
        std::size_t at = hash(record.address, record.slot) & mask_;
        while (records_[at].used())
            at = (at + 1) & mask_;
        records_[at] = record;
        ++size_;
    }
}

void SlotTable::clear_epochs() noexcept {
    for (SlotRecord& record : records_)
        if (record.used()) record.set_epoch(0);
}

}  // namespace troupe::actors
