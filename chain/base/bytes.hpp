#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace troupe::chain {

using Bytes = std::vector<std::uint8_t>;         ///< owned bytes
using ByteView = std::span<const std::uint8_t>;  ///< borrowed bytes; the owner outlives the view

/// Whether `N` bytes are the same, word by word in line: GCC 12 calls memcmp for 20 and 32 bytes,
/// which costs a table lookup more than the comparison.
template <std::size_t N>
[[nodiscard]] inline bool same_bytes(const std::uint8_t* a, const std::uint8_t* b) noexcept {
    const auto difference = [&]<class Word>(std::size_t at, Word) {
        Word left;
        Word right;
        std::memcpy(&left, a + at, sizeof(Word));
        std::memcpy(&right, b + at, sizeof(Word));
        return std::uint64_t{static_cast<Word>(left ^ right)};
    };
    std::uint64_t all = 0;
    std::size_t at = 0;
    for (; at + 8 <= N; at += 8)
        all |= difference(at, std::uint64_t{});
    for (; at + 4 <= N; at += 4)
        all |= difference(at, std::uint32_t{});
    for (; at < N; ++at)
        all |= difference(at, std::uint8_t{});
    return all == 0;
}

/// `N` bytes of one meaning: `Tag` keeps an address from being passed where a hash belongs.
/// Zero when default-constructed; ordered like a big-endian number.
template <std::size_t N, class Tag>
struct FixedBytes {
    std::array<std::uint8_t, N> bytes{};

    static constexpr std::size_t kSize = N;

    /// Copies exactly N bytes. The caller has checked the size.
    [[nodiscard]] static FixedBytes from(ByteView view) noexcept {
        FixedBytes result;
        std::memcpy(result.bytes.data(), view.data(), N);
        return result;
    }

    [[nodiscard]] constexpr const std::uint8_t* data() const noexcept { return bytes.data(); }
    [[nodiscard]] constexpr std::uint8_t* data() noexcept { return bytes.data(); }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
    [[nodiscard]] constexpr auto begin() const noexcept { return bytes.begin(); }
    [[nodiscard]] constexpr auto end() const noexcept { return bytes.end(); }
    [[nodiscard]] constexpr std::uint8_t operator[](std::size_t i) const noexcept {
        return bytes[i];
    }
    [[nodiscard]] constexpr std::uint8_t& operator[](std::size_t i) noexcept { return bytes[i]; }
    [[nodiscard]] constexpr ByteView view() const noexcept { return {bytes.data(), N}; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return *this == FixedBytes{}; }

    // Implicit on purpose: a hash is passed wherever bytes are read.
    // NOLINTNEXTLINE(google-explicit-constructor)
    constexpr operator ByteView() const noexcept { return view(); }

    friend constexpr bool operator==(const FixedBytes& a, const FixedBytes& b) noexcept {
        if (std::is_constant_evaluated()) return a.bytes == b.bytes;
        return same_bytes<N>(a.data(), b.data());
    }
    friend constexpr auto operator<=>(const FixedBytes&, const FixedBytes&) noexcept = default;
};

using Address = FixedBytes<20, struct AddressTag>;
using Hash32 = FixedBytes<32, struct Hash32Tag>;  ///< a Keccak-256 hash, or any 32 opaque bytes
using Bloom = FixedBytes<256, struct BloomTag>;   ///< Yellow Paper, "Transaction Receipt": M3:2048

[[nodiscard]] inline bool equal(ByteView a, ByteView b) noexcept {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

inline void append(Bytes& out, ByteView tail) {
    out.insert(out.end(), tail.begin(), tail.end());
}

}  // namespace troupe::chain
