#pragma once

#include "actors/partition/state_tables.hpp"
#include "actors/sequencer/block_hashes.hpp"
#include "chain/state/effect.hpp"
#include "chain/state/state_view.hpp"

#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Where addresses live, remembered: a Keccak each. A direct mapped cache of fixed size.
class PlaceCache {
  public:
    explicit PlaceCache(TableSeed seed) : seed_(seed), entries_(kEntries) {}
    [[nodiscard]] Place find(const chain::Address& address);

    static constexpr std::size_t kEntries = 8'192;

  private:
    struct Entry {
        chain::Address address;
        bool used = false;
        Place place;
    };
    TableSeed seed_;
    std::vector<Entry> entries_;
};

/// The state of all partitions, with changes of its own in front. Lives while the tables are lent.
class TablesView final : public chain::state::StateView {
  public:
    /// @param hashes  of the blocks before the open one
    TablesView(const Views& views, const BlockHashes& hashes, PlaceCache& places) noexcept
        : views_(views), hashes_(hashes), places_(places) {}

    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override {
        return hashes_.of(number);
    }

    /// Puts a write or a delta in front. Codes come before the effects that name them.
    void apply(const chain::state::Effect& effect);
    void add_code(const chain::Hash32& hash, const chain::Bytes& code) {
        codes_.try_emplace(hash, code);
    }

    [[nodiscard]] Place place(const chain::Address& address) const { return places_.find(address); }
    [[nodiscard]] std::uint32_t partition(std::uint8_t sub_trie) const noexcept {
        return partition_of(sub_trie, static_cast<std::uint32_t>(views_.size()));
    }

  private:
    struct SlotKey {
        std::uint64_t hash;  // seeded, of the two below
        chain::Address address;
        chain::Hash32 slot;
        friend bool operator==(const SlotKey& a, const SlotKey& b) noexcept {
            return a.slot == b.slot && a.address == b.address;
        }
    };
    struct AccountKey {
        std::uint64_t hash;  // seeded
        chain::Address address;
        friend bool operator==(const AccountKey& a, const AccountKey& b) noexcept {
            return a.address == b.address;
        }
    };
    struct KeyHash {
        std::size_t operator()(const SlotKey& key) const noexcept { return key.hash; }
        std::size_t operator()(const AccountKey& key) const noexcept { return key.hash; }
    };
    [[nodiscard]] chain::Account base_account(
        const Place& place, const chain::Address& address) const noexcept;

    const Views& views_;
    const BlockHashes& hashes_;
    PlaceCache& places_;
    std::unordered_map<AccountKey, chain::Account, KeyHash> accounts_;
    std::unordered_map<SlotKey, chain::Uint256, KeyHash> slots_;
    std::map<chain::Hash32, chain::Bytes> codes_;
};

}  // namespace troupe::actors
