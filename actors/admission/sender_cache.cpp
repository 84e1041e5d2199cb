#include "actors/admission/sender_cache.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/prefetch.hpp"

#include <algorithm>

namespace troupe::actors {

SenderCache::Words SenderCache::words_of(
    const chain::Hash32& hash, const chain::Address& sender) noexcept {
    std::array<std::uint8_t, sizeof(Words)> bytes{};  // zeros fill up after the sender
    std::copy(hash.begin(), hash.end(), bytes.begin());
    std::copy(sender.begin(), sender.end(), bytes.begin() + chain::Hash32::kSize);
    Words words;
    for (std::size_t i = 0; i < kWords; ++i)
        words[i] = chain::load_le<std::uint64_t>(bytes.data() + 8 * i);
    return words;
}

std::optional<chain::Address> SenderCache::Set::find(const chain::Hash32& hash) const noexcept {
    const std::uint32_t before = version.load(std::memory_order_acquire);
    if (before % 2 != 0) return std::nullopt;
    const Words wanted = words_of(hash, {});
    for (const auto& entry : entries) {
        Words read;
        for (std::size_t i = 0; i < kWords; ++i)
            read[i] = entry[i].load(std::memory_order_relaxed);
        if (!std::equal(read.begin(), read.begin() + 4, wanted.begin())) continue;
        std::atomic_thread_fence(std::memory_order_acquire);
        if (version.load(std::memory_order_relaxed) != before) return std::nullopt;
        std::array<std::uint8_t, 24> bytes;
        for (std::size_t i = 0; i < 3; ++i)
            chain::store_le(bytes.data() + 8 * i, read[4 + i]);
        return chain::Address::from(chain::ByteView(bytes).first(chain::Address::kSize));
    }
    return std::nullopt;
}

void SenderCache::Set::add(const chain::Hash32& hash, const chain::Address& sender) noexcept {
    std::uint32_t before = version.load(std::memory_order_relaxed);
    if (before % 2 != 0 ||
        !version.compare_exchange_strong(before, before + 1, std::memory_order_acquire))
        return;  // somebody writes here: then this one is not remembered
    std::atomic_thread_fence(std::memory_order_release);
    const Words words = words_of(hash, sender);
    auto& entry = entries[before / 2 % kWays];
    for (std::size_t i = 0; i < kWords; ++i)
        entry[i].store(words[i], std::memory_order_relaxed);
    version.store(before + 2, std::memory_order_release);
}

void SenderCache::find(
    std::span<const chain::Hash32> hashes, std::span<std::optional<chain::Address>> senders) {
    TROUPE_ASSERT(hashes.size() == senders.size());
    for (const chain::Hash32& hash : hashes)
        chain::prefetch(&set_of(hash));
    std::uint64_t hits = 0;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        senders[i] = set_of(hashes[i]).find(hashes[i]);
        hits += senders[i] ? 1 : 0;
    }
    hits_.fetch_add(hits, std::memory_order_relaxed);
    misses_.fetch_add(hashes.size() - hits, std::memory_order_relaxed);
}

void SenderCache::add(
    std::span<const chain::Hash32> hashes, std::span<const std::optional<chain::Address>> senders) {
    TROUPE_ASSERT(hashes.size() == senders.size());
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (senders[i]) set_of(hashes[i]).add(hashes[i], *senders[i]);
    }
}

}  // namespace troupe::actors
