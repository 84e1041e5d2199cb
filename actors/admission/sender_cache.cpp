#include "actors/admission/sender_cache.hpp"

#include "chain/base/assert.hpp"

namespace troupe::actors {

void SenderCache::find(
    std::span<const chain::Hash32> hashes, std::span<std::optional<chain::Address>> senders) {
    TROUPE_ASSERT(hashes.size() == senders.size());
    for (const chain::Hash32& hash : hashes)
        __builtin_prefetch(&set_of(hash));
    std::uint64_t hits = 0;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            senders[i].reset();
            for (const Entry& entry : set_of(hashes[i]).entries) {
                if (entry.hash != hashes[i]) continue;
                senders[i] = entry.sender;
                ++hits;
                break;
            }
        }
    }
    hits_.fetch_add(hits, std::memory_order_relaxed);
    misses_.fetch_add(hashes.size() - hits, std::memory_order_relaxed);
}

void SenderCache::add(
    std::span<const chain::Hash32> hashes, std::span<const std::optional<chain::Address>> senders) {
    TROUPE_ASSERT(hashes.size() == senders.size());
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (!senders[i]) continue;
        Set& set = set_of(hashes[i]);
        set.entries[set.next] = {hashes[i], *senders[i]};
        set.next = static_cast<std::uint8_t>((set.next + 1) % kWays);
    }
}

}  // namespace troupe::actors
