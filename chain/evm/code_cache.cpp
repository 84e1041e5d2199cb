#include "chain/evm/code_cache.hpp"

#include "chain/base/endian.hpp"

namespace troupe::chain::evm {
namespace {

std::uint64_t hash_of(const Hash32& code_hash) noexcept {
    return load_le<std::uint64_t>(code_hash.data());
}

}  // namespace

Code& CodeCache::get(const Hash32& hash, ByteView code, HandlerTable handlers) {
    const std::uint32_t found =
        index_.find(hash_of(hash), [&](std::uint32_t id) { return entries_[id].hash == hash; });
    if (found != state::HashIndex::kNone) {
        Entry& entry = entries_[found];
        Code& result = *entry.code;
        entry.used = true;
        const std::size_t bytes = result.memory_bytes();  // decoding is lazy: it grows
        bytes_ += bytes - entry.bytes;
        entry.bytes = bytes;
        if (bytes_ > bytes_max_) {
            ++result.users;
            make_room();
            --result.users;
        }
        return result;
    }
    if (bytes_ > bytes_max_) make_room();
    Entry entry{hash, std::make_unique<Code>(code, CodeKind::kBlocks, handlers), 0, true};
    entry.bytes = entry.code->memory_bytes();
    bytes_ += entry.bytes;
    Code& result = *entry.code;
    index_.insert(hash_of(hash), static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back(std::move(entry));
    return result;
}

/// Frees a quarter of the bound, so that the index is not built anew for every code.
void CodeCache::make_room() {
    const std::size_t goal = bytes_max_ - bytes_max_ / 4;
    // Twice around: the first time may only take the second chances away.
    for (std::size_t steps = 2 * entries_.size(); steps > 0 && bytes_ > goal; --steps) {
        hand_ = (hand_ + 1) % entries_.size();
        Entry& entry = entries_[hand_];
        if (entry.code == nullptr || entry.code->users > 0) continue;
        if (entry.used) {
            entry.used = false;
            continue;
        }
        bytes_ -= entry.bytes;
        entry.code.reset();
    }
    std::erase_if(entries_, [](const Entry& entry) { return entry.code == nullptr; });
    rebuild_index();
}

void CodeCache::rebuild_index() {
    hand_ = 0;
    index_.clear();
    for (std::uint32_t id = 0; id < entries_.size(); ++id)
        index_.insert(hash_of(entries_[id].hash), id);
}

}  // namespace troupe::chain::evm
