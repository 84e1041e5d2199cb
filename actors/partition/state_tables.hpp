#pragma once

#include "actors/partition/account_table.hpp"
#include "actors/partition/slot_table.hpp"

#include <map>

namespace troupe::actors {

/// Contract code by hash. A code lives in the partition that its hash's first byte names; it never
/// changes and never goes, so what find() gives stays valid.
class CodeTable {
  public:
    /// Empty where there is none.
    [[nodiscard]] chain::ByteView find(const chain::Hash32& hash) const noexcept {
        const auto found = codes_.find(hash);
        return found == codes_.end() ? chain::ByteView{} : chain::ByteView{found->second};
    }
    void add(const chain::Hash32& hash, const chain::Bytes& code) {
        if (codes_.try_emplace(hash, code).second) bytes_ += code.size();
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return bytes_ + codes_.size() * 128; }

  private:
    std::map<chain::Hash32, chain::Bytes> codes_;
    std::size_t bytes_ = 0;
};

/// What a partition lends to readers between its own writes.
struct StateTables {
    explicit StateTables(TableSeed seed) : accounts(seed), slots(seed) {}

    /// Of this partition's addresses; empty where there is none.
    [[nodiscard]] chain::Account account(const chain::Address& address) const {
        return accounts.account_at(accounts.hash(address), address);
    }

    AccountTable accounts;
    SlotTable slots;
    CodeTable codes;
};

/// All partitions' tables, by partition; lent to readers while no round writes them.
using Views = std::vector<const StateTables*>;

/// The value of a slot, in whichever of all partitions' tables it is. @param hash  its slot_hash
[[nodiscard]] inline chain::Uint256 storage_in(
    const Views& views, std::uint64_t hash, const chain::Address& address,
    const chain::Hash32& slot) noexcept {
    return owner_of_slot(views, hash).slots.look(hash, address, slot);
}
[[nodiscard]] inline chain::Uint256 storage_in(
    const Views& views, const chain::Address& address, const chain::Hash32& slot) noexcept {
    return storage_in(views, views.front()->slots.hash(address, slot), address, slot);
}

}  // namespace troupe::actors
