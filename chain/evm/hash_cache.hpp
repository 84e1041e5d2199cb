#pragma once

#include "chain/base/uint256.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

namespace troupe::chain::evm {

/// Keccak-256 of two words, as solc makes it of a mapping's key and slot, remembered: contracts ask
/// for the same few entries again and again (their own balance, the two sides of a pool), and
/// comparing 64 bytes takes a tenth of hashing them. What is not asked for again costs some
/// nanoseconds more. A place holds one input, the last; results do not depend on what is held.
class HashCache {
  public:
    static constexpr std::size_t kInputBytes = 64;
    static constexpr std::size_t kEntries = 512;  ///< 54 KB: a part of a core's second cache

    HashCache() : entries_(kEntries) {}

    /// @param input  kInputBytes of them @return valid until the next call
    [[nodiscard]] const Uint256& of(const std::uint8_t* input) {
        Input words;
        std::memcpy(words.data(), input, kInputBytes);
        Entry& entry = entries_[place_of(words)];
        if (!entry.used || entry.input != words) [[unlikely]]
            fill(entry, input);
        return entry.hash;
    }

  private:
    using Input = std::array<std::uint64_t, kInputBytes / 8>;
    struct Entry {
        Input input{};
        Uint256 hash;
        bool used = false;
    };
    static constexpr int kPlaceBits = 9;
    static_assert(kEntries == std::size_t{1} << kPlaceBits);

    // The highest bits of a sum of products with odd numbers (digits of pi): all bits of the words
    // reach them.
    [[nodiscard]] static std::size_t place_of(const Input& words) noexcept {
        constexpr Input kFactors{0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1,
                                 0x082efa98ec4e6c89, 0x452821e638d01377, 0xbe5466cf34e90c6d,
                                 0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917};
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < words.size(); ++i)
            sum += words[i] * kFactors[i];
        return static_cast<std::size_t>(sum >> (64 - kPlaceBits));
    }
    static void fill(Entry& entry, const std::uint8_t* input);

    std::vector<Entry> entries_;
};

}  // namespace troupe::chain::evm
