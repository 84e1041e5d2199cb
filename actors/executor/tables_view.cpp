#include "actors/executor/tables_view.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/execution/transaction.hpp"

namespace troupe::actors {

using chain::Account;
using chain::Address;
using chain::Hash32;
using chain::Uint256;

Place PlaceCache::look_up(const Address& address) {
    const std::uint64_t hash = table_hash(address, seed_);
    Entry& entry = entries_[hash % kEntries];
    if (!entry.used || entry.address != address)
        entry = {address, true, {chain::crypto::keccak256(address)[0], hash}};
    return entry.place;
}

KeyPlace TablesView::place_of_account(const Address& address) const {
    const Place where = place(address);
    return {where.hash, partition_of(where.sub_trie, static_cast<std::uint32_t>(views_.size()))};
}

KeyPlace TablesView::place_of(const chain::state::Effect& effect) const {
    if (effect.field != chain::state::Field::kStorage) return place_of_account(effect.address);
    const std::uint64_t hash = hash_of_slot(effect.address, effect.slot);
    return {hash, partition_of_slot(hash, static_cast<std::uint32_t>(views_.size()))};
}

Account TablesView::account_at(const KeyPlace& place, const Address& address) const noexcept {
    return views_[place.partition]->accounts.account_at(place.hash, address);
}

std::optional<Account> TablesView::account(const Address& address) const noexcept {
    const Account account = account_at(place_of_account(address), address);
    if (account.is_empty()) return std::nullopt;
    return account;
}

Uint256 TablesView::storage(const Address& address, const Hash32& slot) const noexcept {
    return storage_in(views_, address, slot);
}

chain::ByteView TablesView::code(const Hash32& code_hash) const noexcept {
    return owner_of(views_, code_hash[0]).codes.find(code_hash);
}

std::optional<Account> SpeculativeView::account(const Address& address) const noexcept {
    const KeyPlace where = place_of_account(address);
    const Account* changed = overlay_.accounts.find(where.hash, address);
    const Account account = changed != nullptr ? *changed : account_at(where, address);
    if (account.is_empty()) return std::nullopt;
    return account;
}

Uint256 SpeculativeView::storage(const Address& address, const Hash32& slot) const noexcept {
    const std::uint64_t hash = hash_of_slot(address, slot);
    const Uint256* changed = overlay_.slots.find(hash, {address, slot});
    return changed != nullptr ? *changed : storage_in(views(), hash, address, slot);
}

chain::ByteView SpeculativeView::code(const Hash32& code_hash) const noexcept {
    if (const auto found = overlay_.codes.find(code_hash); found != overlay_.codes.end())
        return found->second;
    return TablesView::code(code_hash);
}

Account& SpeculativeView::account_to_change(const KeyPlace& place, const Address& address) {
    const auto [account, fresh] = overlay_.accounts.insert(place.hash, address);
    if (fresh) account = account_at(place, address);
    return account;
}

void SpeculativeView::apply(const PlacedEffect& placed) {
    using chain::state::EffectKind;
    const chain::state::Effect& effect = placed.effect;
    if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) return;
    if (effect.field == chain::state::Field::kStorage) {
        const auto [value, fresh] =
            overlay_.slots.insert(placed.hash, {effect.address, effect.slot});
        if (fresh && effect.kind == EffectKind::kDelta)
            value = storage_in(views(), placed.hash, effect.address, effect.slot);
        value = chain::state::value_after(effect, value);
        return;
    }
    Account& account = account_to_change({placed.hash, placed.partition}, effect.address);
    chain::execution::apply_effect(account, effect);
    if (placed.joined == PlacedEffect::Joined::kPayment) account.nonce = placed.nonce + 1;
}

}  // namespace troupe::actors
