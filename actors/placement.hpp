#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"
#include "chain/base/uint256.hpp"

namespace troupe::actors {

/// Secret numbers of the hash tables, drawn at start: whoever chooses addresses can't choose
/// collisions. No result depends on them.
struct TableSeed {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

/// Multiplies and folds, as wyhash does.
[[nodiscard]] inline std::uint64_t fold(std::uint64_t x, std::uint64_t y) noexcept {
    const chain::Uint128 product = static_cast<chain::Uint128>(x) * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Seeded hash of an address.
[[nodiscard]] inline std::uint64_t table_hash(
    const chain::Address& address, const TableSeed& seed) noexcept {
    const std::uint64_t head = chain::load_le<std::uint64_t>(address.data());
    const std::uint64_t middle = chain::load_le<std::uint64_t>(address.data() + 8);
    const std::uint64_t tail = chain::load_le<std::uint32_t>(address.data() + 16);
    const std::uint64_t folded = fold(head ^ seed.a, middle ^ seed.b);
    return fold(folded ^ seed.a ^ 0x9e37'79b9'7f4a'7c15, tail ^ seed.b ^ 0xd6e8'feb8'6659'fd93);
}

/// Seeded hash of a slot of an account.
[[nodiscard]] inline std::uint64_t slot_hash(
    const chain::Address& address, const chain::Hash32& slot, const TableSeed& seed) noexcept {
    std::uint64_t words[4];
    for (std::size_t i = 0; i < 4; ++i)
        words[i] = chain::load_le<std::uint64_t>(slot.data() + 8 * i);
    const std::uint64_t low = fold(words[0] ^ seed.a, words[1] ^ seed.b);
    const std::uint64_t high = fold(words[2] ^ seed.b, words[3] ^ seed.a);
    return fold(table_hash(address, seed) ^ low, high ^ seed.a ^ 0xa076'1d64'78bd'642f);
}

/// The partition that executes a slot: by the upper half of its slot_hash; the tables find their
/// places by the lower.
[[nodiscard]] constexpr std::uint32_t partition_of_slot(
    std::uint64_t slot_hash, std::uint32_t partitions) noexcept {
    return static_cast<std::uint32_t>((slot_hash >> 32) * partitions >> 32);
}

/// Where an account lives.
struct Place {
    std::uint8_t sub_trie = 0;  ///< first byte of keccak256(address)
    std::uint64_t hash = 0;     ///< table_hash(address)
};

/// Partition `p` of `partitions` owns a contiguous range of the 256 sub-tries.
[[nodiscard]] constexpr std::uint32_t partition_of(
    std::uint8_t sub_trie, std::uint32_t partitions) noexcept {
    return static_cast<std::uint32_t>(sub_trie) * partitions / 256;
}

/// The one of `parts`, pointers by partition, that owns a sub-trie.
template <class Parts>
[[nodiscard]] auto& owner_of(const Parts& parts, std::uint8_t sub_trie) noexcept {
    return *parts[partition_of(sub_trie, static_cast<std::uint32_t>(parts.size()))];
}

/// The one of `parts`, pointers by partition, that executes a slot.
template <class Parts>
[[nodiscard]] auto& owner_of_slot(const Parts& parts, std::uint64_t slot_hash) noexcept {
    return *parts[partition_of_slot(slot_hash, static_cast<std::uint32_t>(parts.size()))];
}

/// Where a key of the state lives, an account's field or a slot.
struct KeyPlace {
    std::uint64_t hash = 0;  ///< table_hash of the address, or slot_hash
    std::uint32_t partition = 0;
};

}  // namespace troupe::actors
