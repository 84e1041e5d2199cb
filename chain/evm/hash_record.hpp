#pragma once

#include "chain/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

namespace troupe::chain::evm {

/// What the KECCAK256 instructions of a transaction hashed, as far as it is short enough to be the
/// name of a slot or of a contract: keys of mappings, salts, CREATE2. Bounded: what comes after the
/// first kEntriesMax is not written down. Results do not depend on it.
class HashRecord {
  public:
    static constexpr std::size_t kEntriesMax = 64;
    static constexpr std::size_t kInputMax = 96;

    struct Entry {
        Hash32 hash;
        std::uint8_t size = 0;
        std::array<std::uint8_t, kInputMax> bytes{};

        [[nodiscard]] ByteView input() const noexcept { return {bytes.data(), size}; }
    };

    void add(ByteView input, const Hash32& hash) {
        if (input.empty() || input.size() > kInputMax || entries_.size() == kEntriesMax) return;
        Entry& entry = entries_.emplace_back();
        entry.hash = hash;
        entry.size = static_cast<std::uint8_t>(input.size());
        std::memcpy(entry.bytes.data(), input.data(), input.size());
    }
    void clear() noexcept { entries_.clear(); }
    /// In the order of their computation.
    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

  private:
    std::vector<Entry> entries_;
};

}  // namespace troupe::chain::evm
