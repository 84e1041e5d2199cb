#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace troupe::actors {

/// A hash table that is emptied often and keeps its memory: open addressing, at most half full.
/// Keys come with their hash.
template <class Key, class Value>
class ScratchTable {
  public:
    ScratchTable() : entries_(kCapacityMin) {}
    /// While it holds no more than `size` keys, what it has given stays where it is.
    explicit ScratchTable(std::size_t size) : entries_(std::bit_ceil(2 * size)) {}

    void clear() noexcept {
        size_ = 0;
        if (++epoch_ != 0) return;
        for (Entry& entry : entries_)
            entry.epoch = 0;
        epoch_ = 1;
    }
    [[nodiscard]] Value* find(std::uint64_t hash, const Key& key) noexcept {
        if (size_ == 0) return nullptr;
        Entry& entry = locate(hash, key);
        return entry.epoch == epoch_ ? &entry.value : nullptr;
    }
    /// The value, and whether it is new: then it is as another key left it.
    [[nodiscard]] std::pair<Value&, bool> insert(std::uint64_t hash, const Key& key) {
        if ((size_ + 1) * 2 > entries_.size()) grow();
        Entry& entry = locate(hash, key);
        const bool fresh = entry.epoch != epoch_;
        if (fresh) {
            entry.epoch = epoch_;
            entry.hash = hash;
            entry.key = key;
            ++size_;
        }
        return {entry.value, fresh};
    }

  private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t epoch = 0;  // live when it is the table's
        Key key{};
        Value value{};
    };
    static constexpr std::size_t kCapacityMin = 1'024;

    [[nodiscard]] Entry& locate(std::uint64_t hash, const Key& key) noexcept {
        const std::size_t mask = entries_.size() - 1;
        for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
            Entry& entry = entries_[slot];
            if (entry.epoch != epoch_ || (entry.hash == hash && entry.key == key)) return entry;
        }
    }
    void grow() {
        std::vector<Entry> old(entries_.size() * 2);
        old.swap(entries_);
        for (Entry& entry : old)
            if (entry.epoch == epoch_) locate(entry.hash, entry.key) = std::move(entry);
    }

    std::vector<Entry> entries_;
    std::size_t size_ = 0;
    std::uint32_t epoch_ = 1;
};

}  // namespace troupe::actors
