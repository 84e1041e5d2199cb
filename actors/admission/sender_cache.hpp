#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace troupe::actors {

/// Who signed what was admitted lately, by transaction hash: a transaction that comes again, from a
/// client that tries again or through another door, costs a look instead of a recovery. The hash is
/// over the signature as well, so that nobody can bring a sender to another's transaction; only
/// what recovery found is kept, never a failure. Shared by all admission actors, without locks: a
/// neighbourhood that somebody writes to is passed over by everybody else.
class SenderCache {
  public:
    /// Transactions remembered at most: 4 MiB, most of a second at 100,000 a second.
    static constexpr std::size_t kSendersMax = 65'536;

    SenderCache() : sets_(kSets) {}
    SenderCache(const SenderCache&) = delete;
    SenderCache& operator=(const SenderCache&) = delete;

    /// The senders of those that are remembered.
    /// @param senders  as many as hashes
    void find(
        std::span<const chain::Hash32> hashes, std::span<std::optional<chain::Address>> senders);
    /// Remembers those that have a sender.
    void add(
        std::span<const chain::Hash32> hashes,
        std::span<const std::optional<chain::Address>> senders);

    /// Transactions whose sender was remembered, and those that had to be recovered.
    [[nodiscard]] std::uint64_t hits() const noexcept {
        return hits_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t misses() const noexcept {
        return misses_.load(std::memory_order_relaxed);
    }

  private:
    /// A hash and its sender, in words that several threads may touch at once.
    static constexpr std::size_t kWords = 4 + 3;
    using Words = std::array<std::uint64_t, kWords>;
    static Words words_of(const chain::Hash32& hash, const chain::Address& sender) noexcept;

    /// Four of one hash's neighbourhood; the oldest makes room. A sequence lock: odd while somebody
    /// writes, and what was read counts only where it is the same before and after.
    /// @spec H.-J. Boehm: "Can Seqlocks Get Along with Programming Language Memory Models?" (2012)
    static constexpr std::size_t kWays = 4;
    static constexpr std::size_t kSets = kSendersMax / kWays;
    struct Set {
        std::atomic<std::uint32_t> version{0};
        std::array<std::array<std::atomic<std::uint64_t>, kWords>, kWays> entries{};

        [[nodiscard]] std::optional<chain::Address> find(const chain::Hash32& hash) const noexcept;
        void add(const chain::Hash32& hash, const chain::Address& sender) noexcept;
    };
    [[nodiscard]] Set& set_of(const chain::Hash32& hash) noexcept {
        return sets_[chain::load_le<std::uint64_t>(hash.data()) % kSets];
    }

    std::vector<Set> sets_;
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};
};
using SenderCachePtr = std::shared_ptr<SenderCache>;

}  // namespace troupe::actors
