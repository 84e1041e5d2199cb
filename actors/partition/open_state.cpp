#include "actors/partition/open_state.hpp"

#include "actors/mutation.hpp"
#include "chain/execution/transaction.hpp"

#include <algorithm>

namespace troupe::actors {

using chain::state::EffectKind;
using chain::state::Field;
using Joined = PlacedEffect::Joined;

namespace {

constexpr std::size_t kPrefetchAhead = 8;  // accounts: hides one memory access

const chain::Uint256 kNoCode = chain::uint256_from_be(chain::kEmptyCodeHash);

/// For tests of the test: which checks are left out.
bool unchecked(Field field, bool guard) noexcept {
    switch (field) {
        case Field::kStorage:
            return mutated(guard ? Mutation::kSlotGuardsUnchecked : Mutation::kSlotReadsUnchecked);
        case Field::kBalance:
            return mutated(
                guard ? Mutation::kBalanceGuardsUnchecked : Mutation::kBalanceReadsUnchecked);
        case Field::kNonce:
            return mutated(Mutation::kNoncesUnchecked);
        case Field::kCode:
            return mutated(Mutation::kCodesUnchecked);
    }
    return false;
}

}  // namespace

void OpenState::load(const chain::Address& address, const chain::Account& account) {
    tables_.accounts.reserve(1);
    AccountRecord& record = find_or_insert(tables_.accounts.hash(address), address);
    record.nonce = account.nonce;
    record.balance = account.balance;
    if (account.storage_root != chain::kEmptyTrieRoot)
        tables_.accounts.set_storage_root(record, account.storage_root);
    if (account.has_code()) tables_.accounts.set_code(record, account.code_hash, false);
}

void OpenState::load_code(const chain::Hash32& hash, const chain::Bytes& code) {
    tables_.codes.add(hash, code);
}

void OpenState::load_delegation(const chain::Address& address) {
    AccountRecord& record = *tables_.accounts.find(tables_.accounts.hash(address), address);
    tables_.accounts.set_code(record, tables_.accounts.account(record).code_hash, true);
}

void OpenState::load_slot(
    const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
    SlotTable& slots = tables_.slots;
    slots.reserve(1, epoch_);
    slots.find_or_insert(slots.hash(address, slot), address, slot).value = value;
}

void OpenState::begin_round(std::size_t inserts) {
    undo_.clear();
    tables_.accounts.reserve(tables_.accounts.bounded() ? 2 * inserts : inserts);  // senders, too
    if (epoch_ < AccountRecord::kEpochMax) return;
    // Once in 134 million blocks. What this block touched already is marked again.
    tables_.accounts.clear_epochs();
    tables_.slots.clear_epochs();
    epoch_ = 1;
    epochs_cleared_ = true;
    for (const Touched& touched : touched_)
        tables_.accounts.find(touched.hash, touched.address)->set_epoch(epoch_);
    for (const TouchedSlot& touched : touched_slots_)
        tables_.slots.find(touched.hash, touched.address, touched.slot)->set_epoch(epoch_);
}

void OpenState::reserve(std::size_t effects) {
    tables_.accounts.reserve(effects);
    tables_.slots.reserve(effects, epoch_);
}

void OpenState::roll_back() noexcept {
    for (; !undo_.empty(); undo_.pop_back()) {
        const Undo& undo = undo_.back();
        if (undo.field == Field::kStorage) {
            if (mutated(Mutation::kSlotsNotTakenBack)) continue;
            tables_.slots.find(undo.hash, undo.address, undo.slot)->value = undo.value;
            continue;
        }
        AccountRecord& record = *find(undo.hash, undo.address);
        if (undo.field == Field::kNonce) record.nonce = undo.value.low_u64();
        if (undo.field == Field::kBalance && !mutated(Mutation::kBalancesNotTakenBack))
            record.balance = undo.value;
        if (undo.payment) record.nonce = undo.nonce;
        if (undo.field == Field::kCode)
            tables_.accounts.set_code(record, chain::to_be32(undo.value), undo.delegated);
    }
}

void OpenState::offer(
    std::uint64_t hash, const chain::Address& address, const StoredAccount& stored,
    std::uint32_t departed) noexcept {
    if (mutated(Mutation::kOldReadAhead)) departed = tables_.accounts.departures()->at(hash);
    tables_.accounts.offer(hash, address, stored, departed);
}

void OpenState::offer(const SlotAhead& ahead) {
    const bool any = mutated(Mutation::kOldSlotsAhead);
    tables_.slots.offer(
        ahead.hash, ahead.key, ahead.value,
        any ? tables_.slots.departures()->at(ahead.hash) : ahead.departed);
}

bool OpenState::holds(std::uint64_t hash, const chain::state::Effect& effect) noexcept {
    if (effect.kind != EffectKind::kRead && effect.kind != EffectKind::kGuard) return true;
    if (unchecked(effect.field, effect.kind == EffectKind::kGuard)) return true;
    if (effect.field == Field::kStorage) {
        const SlotRecord* record = tables_.slots.fetch(hash, effect.address, effect.slot);
        return holds_for(effect, record != nullptr ? record->value : chain::Uint256{});
    }
    const AccountRecord* record = find(hash, effect.address);
    if (effect.field == Field::kNonce)
        return chain::Uint256{record != nullptr ? record->nonce : 0} == effect.value;
    if (effect.field == Field::kBalance) {
        return holds_for(effect, record != nullptr ? record->balance : chain::Uint256{});
    }
    return code_of(record) == effect.value;
}

chain::Uint256 OpenState::code_of(const AccountRecord* record) const noexcept {
    if (record == nullptr || !record->has_code()) return kNoCode;
    return chain::uint256_from_be(tables_.accounts.code_hash(*record));
}

void OpenState::apply(std::uint64_t hash, const chain::state::Effect& effect, bool delegated) {
    if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) return;
    if (effect.field == Field::kStorage) {
        apply_storage(hash, effect);
        return;
    }
    AccountRecord& record = find_or_insert(hash, effect.address);
    touch(record, hash);
    apply_account(record, hash, effect, delegated);
}

void OpenState::apply_account(
    AccountRecord& record, std::uint64_t hash, const chain::state::Effect& effect, bool delegated) {
    Undo& undo = undo_.emplace_back();
    undo.hash = hash;
    undo.field = effect.field;
    undo.address = effect.address;
    if (effect.field == Field::kNonce) {
        undo.value = record.nonce;
        record.nonce = effect.value.low_u64();
    } else if (effect.field == Field::kBalance) {
        undo.value = record.balance;
        record.balance = value_after(effect, record.balance);
    } else {
        const chain::Hash32 before = tables_.accounts.account(record).code_hash;
        undo.value = chain::uint256_from_be(before);
        undo.delegated = record.delegated();
        touched_codes_.emplace_back(record.address, before);
        tables_.accounts.set_code(record, chain::to_be32(effect.value), delegated);
    }
}

void OpenState::apply_storage(std::uint64_t hash, const chain::state::Effect& effect) {
    change_slot(tables_.slots.find_or_insert(hash, effect.address, effect.slot), hash, effect);
}

void OpenState::change_slot(
    SlotRecord& record, std::uint64_t hash, const chain::state::Effect& effect) {
    if (record.epoch() != epoch_) {
        record.set_epoch(epoch_);
        touched_slots_.push_back({hash, record.address, record.slot, record.value});
    }
    Undo& undo = undo_.emplace_back();
    undo.hash = hash;
    undo.field = Field::kStorage;
    undo.address = effect.address;
    undo.slot = effect.slot;
    undo.value = record.value;
    record.value = value_after(effect, record.value);
}

// What is joined: found once, checked and changed.

std::optional<Field> OpenState::payment_differs(
    const PlacedEffect& placed, const AccountRecord* record) const noexcept {
    const std::uint64_t nonce = record != nullptr ? record->nonce : 0;
    if (nonce != placed.nonce && !unchecked(Field::kNonce, true)) return Field::kNonce;
    const bool enough =
        placed.before.is_zero() || (record != nullptr && !(record->balance < placed.before));
    if (!enough && !unchecked(Field::kBalance, true)) return Field::kBalance;
    return std::nullopt;
}

void OpenState::pay(AccountRecord& record, const PlacedEffect& placed) {
    touch(record, placed.hash);
    Undo& undo = undo_.emplace_back();
    undo.hash = placed.hash;
    undo.payment = true;
    undo.address = record.address;
    undo.nonce = record.nonce;
    undo.value = record.balance;
    record.nonce = placed.nonce + 1;
    record.balance = value_after(placed.effect, record.balance);
}

bool OpenState::was_read(const PlacedEffect& placed, const chain::Uint256& value) noexcept {
    return unchecked(placed.effect.field, false) || value == placed.before;
}

bool OpenState::in_range(const PlacedEffect& placed, const chain::Uint256& value) noexcept {
    return unchecked(Field::kStorage, true) || mutated(Mutation::kRangesUnchecked) ||
           (!(value < placed.before) && !(placed.most < value));
}

bool OpenState::has_code(const PlacedEffect& placed, const AccountRecord* record) const noexcept {
    return unchecked(Field::kCode, false) || mutated(Mutation::kCreditsUnchecked) ||
           code_of(record) == placed.before;
}

bool OpenState::slot_holds(const PlacedEffect& placed, const chain::Uint256& value) noexcept {
    return placed.joined == Joined::kRange ? in_range(placed, value) : was_read(placed, value);
}

std::optional<Field> OpenState::account_differs(
    const PlacedEffect& placed, const AccountRecord* record) const noexcept {
    if (placed.joined == Joined::kPayment) return payment_differs(placed, record);
    if (placed.joined == Joined::kCredit)
        return has_code(placed, record) ? std::nullopt : std::optional{Field::kCode};
    const bool same = was_read(placed, record != nullptr ? record->balance : chain::Uint256{});
    return same ? std::nullopt : std::optional{Field::kBalance};
}

std::optional<Field> OpenState::differs(const PlacedEffect& placed) noexcept {
    const chain::state::Effect& effect = placed.effect;
    if (placed.joined == Joined::kNothing)
        return holds(placed.hash, effect) ? std::nullopt : std::optional{effect.field};
    if (effect.field == Field::kStorage) {
        const SlotRecord* record = tables_.slots.fetch(placed.hash, effect.address, effect.slot);
        const bool same = slot_holds(placed, record != nullptr ? record->value : chain::Uint256{});
        return same ? std::nullopt : std::optional{Field::kStorage};
    }
    return account_differs(placed, find(placed.hash, effect.address));
}

void OpenState::apply(const PlacedEffect& placed) {
    if (placed.joined == Joined::kPayment)
        pay(find_or_insert(placed.hash, placed.effect.address), placed);
    else
        apply(placed.hash, placed.effect, placed.delegated);
}

bool OpenState::merge(const PlacedEffect& placed) {
    const chain::state::Effect& effect = placed.effect;
    if (placed.joined == Joined::kNothing) {
        if (!holds(placed.hash, effect)) return false;
        apply(placed.hash, effect, placed.delegated);
        return true;
    }
    if (effect.field == Field::kStorage) {
        SlotRecord& record = tables_.slots.find_or_insert(placed.hash, effect.address, effect.slot);
        if (!slot_holds(placed, record.value)) return false;
        change_slot(record, placed.hash, effect);
        return true;
    }
    AccountRecord& record = find_or_insert(placed.hash, effect.address);
    if (account_differs(placed, &record)) return false;
    if (placed.joined == Joined::kPayment) {
        pay(record, placed);
        return true;
    }
    touch(record, placed.hash);
    apply_account(record, placed.hash, effect, placed.delegated);
    return true;
}

void OpenState::prefetch(std::uint64_t hash, const chain::state::Effect& effect) const noexcept {
    if (effect.field == Field::kStorage)
        tables_.slots.prefetch(hash);
    else
        tables_.accounts.prefetch(hash);
}

// Those that differ from before the block.
std::vector<SlotUpdate> OpenState::take_slots() {
    std::vector<SlotUpdate> changed;
    changed.reserve(touched_slots_.size());
    for (std::size_t i = 0; i < touched_slots_.size(); ++i) {
        if (i + kPrefetchAhead < touched_slots_.size())
            tables_.slots.prefetch(touched_slots_[i + kPrefetchAhead].hash);
        const TouchedSlot& touched = touched_slots_[i];
        const SlotRecord& record = *tables_.slots.find(touched.hash, touched.address, touched.slot);
        if (record.value != touched.value)
            changed.push_back({touched.address, {touched.slot, touched.value, record.value}, {}});
    }
    touched_slots_.clear();
    return changed;
}

// By account: its code before the first change.
std::map<chain::Address, chain::Hash32> OpenState::take_codes() {
    std::map<chain::Address, chain::Hash32> before;
    for (const auto& [address, hash] : touched_codes_)
        before.try_emplace(address, hash);
    touched_codes_.clear();
    return before;
}

OpenState::Changes OpenState::take_changes() {
    Changes changes;
    changes.accounts.reserve(touched_.size());
    const auto codes = take_codes();
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        if (i + kPrefetchAhead < touched_.size())
            tables_.accounts.prefetch(touched_[i + kPrefetchAhead].hash);
        const Touched& touched = touched_[i];
        const AccountRecord& record = *find(touched.hash, touched.address);
        const auto code = codes.empty() ? codes.end() : codes.find(touched.address);
        const bool same = record.nonce == touched.nonce && record.balance == touched.balance;
        if (same && code == codes.end()) continue;
        chain::execution::AccountChange change;
        change.address = touched.address;
        change.after = tables_.accounts.account(record);
        change.before = change.after;
        change.before.nonce = touched.nonce;
        change.before.balance = touched.balance;
        if (code != codes.end()) change.before.code_hash = code->second;
        if (change.before == change.after) continue;
        // The storage trie may still stand at an earlier block.
        if (record.has_extra()) change.after.storage_root = chain::Hash32{};
        changes.accounts.push_back(std::move(change));
    }
    touched_.clear();
    changes.slots = take_slots();
    ++epoch_;
    return changes;
}

void OpenState::evict(std::uint64_t written, std::uint64_t closed) noexcept {
    if (!tables_.accounts.bounded()) return;
    const std::uint64_t accounts = mutated(Mutation::kEvictedUnwritten) ? closed : written;
    if (const auto epoch = written_epoch(accounts, closed)) tables_.accounts.evict(kept_, *epoch);
    if (!tables_.slots.bounded()) return;
    if (mutated(Mutation::kSlotsEvictedUnwritten)) written = closed;
    if (const auto epoch = written_epoch(written, closed)) tables_.slots.evict(slots_kept_, *epoch);
}

// Of the last block that is written; none: it may be before all that have one.
std::optional<std::uint32_t> OpenState::written_epoch(
    std::uint64_t written, std::uint64_t closed) const noexcept {
    // Block `closed` + 1 has epoch_, those before it the numbers before.
    const std::uint64_t unwritten = closed - std::min(closed, written);
    const std::uint32_t last = epoch_ - 1;
    if (unwritten > last) return std::nullopt;
    // Where the numbers began again, a block without one may be unwritten as well.
    if (epochs_cleared_ && unwritten == last) return std::nullopt;
    return last - static_cast<std::uint32_t>(unwritten);
}

}  // namespace troupe::actors
