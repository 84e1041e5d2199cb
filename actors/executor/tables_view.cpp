#include "actors/executor/tables_view.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/execution/transaction.hpp"

namespace troupe::actors {

using chain::Account;
using chain::Address;
using chain::Hash32;
using chain::Uint256;

Place PlaceCache::find(const Address& address) {
    const std::uint64_t hash = table_hash(address, seed_);
    Entry& entry = entries_[hash % kEntries];
    if (!entry.used || entry.address != address)
        entry = {address, true, {chain::crypto::keccak256(address)[0], hash}};
    return entry.place;
}

Account TablesView::base_account(const Place& place, const Address& address) const noexcept {
    const AccountTable& table = views_[partition(place.sub_trie)]->accounts;
    const AccountRecord* record = table.find(place.hash, address);
    return record != nullptr ? table.account(*record) : Account{};
}

std::optional<Account> TablesView::account(const Address& address) const noexcept {
    const Place where = place(address);
    const auto found = accounts_.find({where.hash, address});
    const Account account = found != accounts_.end() ? found->second : base_account(where, address);
    if (account.is_empty()) return std::nullopt;
    return account;
}

Uint256 TablesView::storage(const Address& address, const Hash32& slot) const noexcept {
    const SlotTable& table = views_[partition(place(address).sub_trie)]->slots;
    const std::uint64_t hash = table.hash(address, slot);
    if (!slots_.empty()) {
        const auto found = slots_.find({hash, address, slot});
        if (found != slots_.end()) return found->second;
    }
    const SlotRecord* record = table.find(hash, address, slot);
    return record != nullptr ? record->value : Uint256{};
}

chain::ByteView TablesView::code(const Hash32& code_hash) const noexcept {
    if (const auto found = codes_.find(code_hash); found != codes_.end()) return found->second;
    return views_[partition(code_hash[0])]->codes.find(code_hash);
}

void TablesView::apply(const chain::state::Effect& effect) {
    const Place where = place(effect.address);
    const auto [entry, fresh] = accounts_.try_emplace({where.hash, effect.address});
    if (fresh) entry->second = base_account(where, effect.address);
    if (effect.field != chain::state::Field::kStorage) {
        chain::execution::apply_effect(entry->second, effect);
        return;
    }
    const SlotTable& table = views_[partition(where.sub_trie)]->slots;
    slots_[{table.hash(effect.address, effect.slot), effect.address, effect.slot}] = effect.value;
}

}  // namespace troupe::actors
