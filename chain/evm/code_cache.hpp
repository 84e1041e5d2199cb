#pragma once

#include "chain/evm/code.hpp"
#include "chain/state/hash_index.hpp"

#include <memory>

namespace troupe::chain::evm {

/// Decoded code by code hash, within a bound of bytes. One per executor: nothing is shared.
/// Code that a call runs (Code::users) stays whatever the bound says; there are at most as many of
/// these as calls are deep. Otherwise the code that was not asked for the longest goes first
/// ("second chance").
class CodeCache {
  public:
    static constexpr std::size_t kBytesMax = 64u << 20;

    explicit CodeCache(std::size_t bytes_max = kBytesMax) noexcept : bytes_max_(bytes_max) {}

    /// Decodes `code` unless it is there. Valid until the next call, or while users > 0.
    /// @param code  whose Keccak-256 is `hash`
    [[nodiscard]] Code& get(const Hash32& hash, ByteView code, HandlerTable handlers);

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  private:
    struct Entry {
        Hash32 hash;
        std::unique_ptr<Code> code;
        std::size_t bytes = 0;
        bool used = false;
    };
    void make_room();
    void rebuild_index();

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::size_t hand_ = 0;
    std::vector<Entry> entries_;
    state::HashIndex index_;
};

}  // namespace troupe::chain::evm
