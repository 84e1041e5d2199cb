#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace troupe::actors {

/// A hash table that is emptied often, keeps its memory, and is mostly asked for what it does not
/// have: a small index that stays in the nearest cache, and the entries one behind the other. Keys
/// come with their hash.
template <class Key, class Value>
class OverlayTable {
  public:
    OverlayTable() : index_(kIndexMin) {}

    void clear() noexcept {
        std::fill(index_.begin(), index_.end(), 0);
        entries_.clear();
    }
    /// Valid until the next insert().
    [[nodiscard]] Value* find(std::uint64_t hash, const Key& key) noexcept {
        const std::uint64_t found = index_[locate(hash, key)];
        return found != 0 ? &entries_[position(found)].value : nullptr;
    }
    /// The value, and whether it is new: then it is empty. Valid until the next insert().
    [[nodiscard]] std::pair<Value&, bool> insert(std::uint64_t hash, const Key& key) {
        if ((entries_.size() + 1) * 2 > index_.size()) grow();
        std::uint64_t& found = index_[locate(hash, key)];
        if (found != 0) return {entries_[position(found)].value, false};
        entries_.push_back({hash, key, {}});
        found = (hash & kTag) | entries_.size();
        return {entries_.back().value, true};
    }

  private:
    struct Entry {
        std::uint64_t hash = 0;
        Key key;
        Value value;
    };
    static constexpr std::size_t kIndexMin = 2'048;
    static constexpr std::uint64_t kTag = 0xffff'ffff'0000'0000;

    [[nodiscard]] static std::size_t position(std::uint64_t found) noexcept {
        return (found & ~kTag) - 1;
    }
    /// Where in the index the key is, or would be.
    [[nodiscard]] std::size_t locate(std::uint64_t hash, const Key& key) const noexcept {
        const std::size_t mask = index_.size() - 1;
        for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
            const std::uint64_t found = index_[at];
            if (found == 0) return at;
            if (((found ^ hash) & kTag) == 0 && entries_[position(found)].key == key) return at;
        }
    }
    void grow() {
        index_.assign(index_.size() * 2, 0);
        const std::size_t mask = index_.size() - 1;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const std::uint64_t hash = entries_[i].hash;
            std::size_t at = hash & mask;
            while (index_[at] != 0)
                at = (at + 1) & mask;
            index_[at] = (hash & kTag) | (i + 1);
        }
    }

    std::vector<std::uint64_t> index_;  // 0: free; else half a hash, and the position + 1
    std::vector<Entry> entries_;
};

}  // namespace troupe::actors
