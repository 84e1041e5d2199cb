#pragma once

#include "actors/placement.hpp"
#include "chain/state/effect.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace troupe::actors {

/// A name for what an effect touches: an account's field or a slot. Different ones may rarely have
/// the same. @param hash  table_hash of the address; of a slot its slot_hash, which is its name
[[nodiscard]] inline std::uint64_t key_of(std::uint64_t hash, chain::state::Field field) noexcept {
    if (field == chain::state::Field::kStorage) return hash;
    return fold(hash, 2 * static_cast<std::uint64_t>(field) + 1);
}
[[nodiscard]] inline std::uint64_t key_of(
    std::uint64_t hash, const chain::state::Effect& effect) noexcept {
    return key_of(hash, effect.field);
}

/// A small set of keys (key_of) that is asked for often and made rarely.
class ContendedKeys {
  public:
    static constexpr std::size_t kKeysMax = 512;

    /// @pre not more than kKeysMax of them
    void add(std::uint64_t key) noexcept {
        std::uint64_t& entry = entries_[locate(key)];
        entry = key;
    }
    [[nodiscard]] bool contains(std::uint64_t key) const noexcept {
        return all_ || (entries_[locate(key)] == key && key != 0);
    }
    /// Every key.
    [[nodiscard]] static ContendedKeys all() noexcept {
        ContendedKeys keys;
        keys.all_ = true;
        return keys;
    }

  private:
    static constexpr std::size_t kEntries = 2 * kKeysMax;
    static_assert(std::has_single_bit(kEntries));

    /// Where the key is or would be; keys are hashes already, and 0 is none.
    [[nodiscard]] std::size_t locate(std::uint64_t key) const noexcept {
        std::size_t at = key % kEntries;
        while (entries_[at] != 0 && entries_[at] != key)
            at = (at + 1) % kEntries;
        return at;
    }

    std::array<std::uint64_t, kEntries> entries_{};
    bool all_ = false;
};
using ContendedKeysPtr = std::shared_ptr<const ContendedKeys>;

}  // namespace troupe::actors
