#include "chain/state/journal.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain::state {
namespace {

/// What a reused vector keeps between transactions [elements]: beyond it memory is given back.
constexpr std::size_t kRecordsKept = 16'384;

/// Linear slots of one transaction; further ones are read like any other.
constexpr std::size_t kLinearSlotsMax = 1'024;

template <class T>
void empty(std::vector<T>& records) {
    records.clear();
    if (records.capacity() > kRecordsKept) records.shrink_to_fit();
}

Effect effect(EffectKind kind, Field field, const Address& address, const Uint256& value) noexcept {
    Effect result;
    result.kind = kind;
    result.field = field;
    result.address = address;
    result.value = value;
    return result;
}

}  // namespace

void Journal::begin(const StateView& view, std::uint64_t seed) {
    view_ = &view;
    seed_ = seed;
    refund = 0;
    empty(accounts_);
    empty(slots_);
    ranges_.clear();
    empty(transients_);
    empty(undo_);
    logs_.clear();
    codes_.clear();
    account_index_.clear();
    slot_index_.clear();
    transient_index_.clear();
}

void Journal::revert(const Checkpoint& checkpoint) {
    while (undo_.size() > checkpoint.undo) {
        const Undo& undo = undo_.back();
        switch (undo.change) {
            case Change::kWarmAccount:
                accounts_[undo.index].warm = false;
                break;
            case Change::kWarmSlot:
                slots_[undo.index].warm = false;
                break;
            case Change::kBalance:
                accounts_[undo.index].balance = undo.value;
                break;
            case Change::kNonce:
                accounts_[undo.index].nonce = undo.value.low_u64();
                break;
            case Change::kCode:
                accounts_[undo.index].code_hash = to_be32(undo.value);
                accounts_[undo.index].code_loaded = false;
                break;
            case Change::kCreated:
                accounts_[undo.index].created = false;
                break;
            case Change::kDestroyed:
                accounts_[undo.index].destroyed = false;
                break;
            case Change::kSlot:
                slots_[undo.index].now = undo.value;
                break;
            case Change::kTransient:
                transients_[undo.index].value = undo.value;
                break;
        }
        undo_.pop_back();
    }
    logs_.resize(checkpoint.logs);
    refund = checkpoint.refund;
}

Journal::AccountId Journal::account(const Address& address) {
    const std::uint64_t hash = keyed_hash(uint256_from_be(address), 0, seed_);
    const AccountId found =
        account_index_.find(hash, [&](AccountId id) { return accounts_[id].address == address; });
    if (found != HashIndex::kNone) return found;
    const Account account = view_->account(address).value_or(Account{});
    const auto id = static_cast<AccountId>(accounts_.size());
    AccountRecord& record = accounts_.emplace_back();
    record.address = address;
    record.has_storage = account.storage_root != kEmptyTrieRoot;
    record.nonce = record.nonce_before = account.nonce;
    record.balance = record.balance_before = account.balance;
    record.code_hash = record.code_hash_before = account.code_hash;
    account_index_.insert(hash, id);
    return id;
}

bool Journal::warm_account(AccountId id) {
    AccountRecord& record = accounts_[id];
    if (record.warm) return false;
    record.warm = true;
    remember(Change::kWarmAccount, id);
    return true;
}

bool Journal::can_pay(AccountId id, const Uint256& amount) noexcept {
    AccountRecord& record = accounts_[id];
    if (record.balance < amount) {
        record.balance_seen = true;
        return false;
    }
    // What came in since the beginning may already be enough; else the beginning must have had the
    // rest: before - (now - amount) or more.
    const Uint256 left = record.balance - amount;
    if (left < record.balance_before)
        record.balance_least = std::max(record.balance_least, record.balance_before - left);
    return true;
}

void Journal::add_balance(AccountId id, const Uint256& amount) {
    if (amount.is_zero()) return;
    AccountRecord& record = accounts_[id];
    remember(Change::kBalance, id, record.balance);
    record.balance += amount;
}

void Journal::take_balance(AccountId id, const Uint256& amount) {
    if (amount.is_zero()) return;
    AccountRecord& record = accounts_[id];
    remember(Change::kBalance, id, record.balance);
    record.balance -= amount;
}

void Journal::set_nonce(AccountId id, std::uint64_t nonce) {
    AccountRecord& record = accounts_[id];
    remember(Change::kNonce, id, record.nonce);
    record.nonce = nonce;
}

ByteView Journal::code(AccountId id) {
    AccountRecord& record = accounts_[id];
    record.code_seen = true;
    if (record.code_loaded) return record.code;
    record.code_loaded = true;
    record.code = {};
    if (record.code_hash == kEmptyCodeHash) return record.code;
    for (const DeployedCode& deployed : codes_) {
        if (deployed.hash == record.code_hash) return record.code = deployed.code;
    }
    return record.code = view_->code(record.code_hash);
}

void Journal::set_code(AccountId id, ByteView code) {
    AccountRecord& record = accounts_[id];
    remember(Change::kCode, id, uint256_from_be(record.code_hash));
    record.code_hash = code.empty() ? kEmptyCodeHash : crypto::keccak256(code);
    record.code_loaded = false;
    if (code.empty()) return;
    for (const DeployedCode& deployed : codes_) {
        if (deployed.hash == record.code_hash) return;
    }
    codes_.push_back({record.code_hash, Bytes(code.begin(), code.end())});
}

bool Journal::is_empty(AccountId id) noexcept {
    AccountRecord& record = accounts_[id];
    // One field that is not zero settles it, and then the result depends on that field alone.
    if (record.code_hash != kEmptyCodeHash) {
        record.code_seen = true;
        return false;
    }
    if (record.nonce != 0) {
        record.nonce_seen = true;
        return false;
    }
    if (can_pay(id, 1)) return false;
    record.code_seen = true;
    record.nonce_seen = true;
    return true;
}

bool Journal::is_taken(AccountId id) noexcept {
    AccountRecord& record = accounts_[id];
    record.nonce_seen = true;
    record.code_seen = true;
    return record.nonce != 0 || record.code_hash != kEmptyCodeHash || record.has_storage;
}

void Journal::mark_created(AccountId id) {
    if (accounts_[id].created) return;
    accounts_[id].created = true;
    remember(Change::kCreated, id);
}

void Journal::mark_destroyed(AccountId id) {
    AccountRecord& record = accounts_[id];
    record.balance_seen = true;  // what comes out is a balance of zero, not a difference
    if (record.destroyed) return;
    record.destroyed = true;
    remember(Change::kDestroyed, id);
}

Journal::SlotId Journal::slot(AccountId account, const Uint256& key) {
    const std::uint64_t hash = keyed_hash(key, account, seed_);
    const SlotId found = slot_index_.find(
        hash, [&](SlotId id) { return slots_[id].account == account && slots_[id].key == key; });
    if (found != HashIndex::kNone) return found;
    const auto id = static_cast<SlotId>(slots_.size());
    SlotRecord& record = slots_.emplace_back();
    record.key = key;
    record.account = account;
    slot_index_.insert(hash, id);
    return id;
}

bool Journal::warm_slot(SlotId id) {
    SlotRecord& record = slots_[id];
    if (record.warm) return false;
    record.warm = true;
    remember(Change::kWarmSlot, id);
    return true;
}

const Journal::SlotRecord& Journal::load_slot(SlotId id) {
    SlotRecord& record = slots_[id];
    if (!record.loaded) {
        record.loaded = true;
        const Address& address = accounts_[record.account].address;
        const Hash32 key = to_be32(record.key);
        record.before = record.now = view_->storage(address, key);
        if (ranges_.size() < kLinearSlotsMax && view_->is_contended(address, key)) {
            record.range = static_cast<std::uint32_t>(ranges_.size());
            ranges_.emplace_back();
        }
    }
    return record;
}

void Journal::restrict_slot(SlotId id, const Uint256& down, const Uint256& up) noexcept {
    const SlotRecord& slot = slots_[id];
    Range& range = ranges_[slot.range];
    if (down < slot.before) range.least = std::max(range.least, slot.before - down);
    if (up < ~slot.before) range.most = std::min(range.most, slot.before + up);
}

void Journal::set_slot(SlotId id, const Uint256& value) {
    SlotRecord& record = slots_[id];
    remember(Change::kSlot, id, record.now);
    record.now = value;
}

std::uint32_t Journal::find_transient(
    std::uint64_t hash, AccountId account, const Uint256& key) const noexcept {
    return transient_index_.find(hash, [&](std::uint32_t id) {
        return transients_[id].account == account && transients_[id].key == key;
    });
}

Uint256 Journal::transient(AccountId account, const Uint256& key) const noexcept {
    const std::uint32_t found = find_transient(keyed_hash(key, account, seed_), account, key);
    return found == HashIndex::kNone ? Uint256{} : transients_[found].value;
}

void Journal::set_transient(AccountId account, const Uint256& key, const Uint256& value) {
    const std::uint64_t hash = keyed_hash(key, account, seed_);
    std::uint32_t id = find_transient(hash, account, key);
    if (id == HashIndex::kNone) {
        id = static_cast<std::uint32_t>(transients_.size());
        transients_.push_back({key, {}, account});
        transient_index_.insert(hash, id);
    }
    remember(Change::kTransient, id, transients_[id].value);
    transients_[id].value = value;
}

void Journal::recycle(Effects&& effects) noexcept {
    if (effects.capacity() <= spare_.capacity() || effects.capacity() > kRecordsKept) return;
    spare_ = std::move(effects);
    spare_.clear();
}

void Journal::collect(Effects& effects, std::vector<DeployedCode>& codes) const {
    const auto add = [&](EffectKind kind, Field field, const Address& address,
                         const Uint256& value) -> Effect& {
        return effects.emplace_back(effect(kind, field, address, value));
    };
    effects.reserve(effects.size() + 3 * accounts_.size() + 2 * slots_.size());
    for (const AccountRecord& record : accounts_) {
        const Address& at = record.address;
        const std::uint64_t nonce = record.destroyed ? 0 : record.nonce;
        const Uint256 balance = record.destroyed ? Uint256{} : record.balance;
        const Hash32& code_hash = record.destroyed ? kEmptyCodeHash : record.code_hash;
        if (record.nonce_guarded)
            add(EffectKind::kGuard, Field::kNonce, at, record.nonce_before);
        else if (record.nonce_seen)
            add(EffectKind::kRead, Field::kNonce, at, record.nonce_before);
        if (nonce != record.nonce_before) add(EffectKind::kWrite, Field::kNonce, at, nonce);
        if (record.balance_seen) {
            add(EffectKind::kRead, Field::kBalance, at, record.balance_before);
            if (balance != record.balance_before)
                add(EffectKind::kWrite, Field::kBalance, at, balance);
        } else {
            if (!record.balance_least.is_zero())
                add(EffectKind::kGuard, Field::kBalance, at, record.balance_least);
            if (balance != record.balance_before) {
                const bool less = balance < record.balance_before;
                add(EffectKind::kDelta, Field::kBalance, at,
                    less ? record.balance_before - balance : balance - record.balance_before)
                    .negative = less;
            }
        }
        if (record.code_seen)
            add(EffectKind::kRead, Field::kCode, at, uint256_from_be(record.code_hash_before));
        if (code_hash != record.code_hash_before) {
            add(EffectKind::kWrite, Field::kCode, at, uint256_from_be(code_hash));
            for (const DeployedCode& deployed : codes_) {
                const auto same = [&](const DeployedCode& one) {
                    return one.hash == deployed.hash;
                };
                if (deployed.hash == code_hash && std::none_of(codes.begin(), codes.end(), same))
                    codes.push_back(deployed);
            }
        }
    }
    for (const SlotRecord& slot : slots_) {
        if (slot.loaded && !accounts_[slot.account].destroyed) collect_slot(slot, effects);
    }
}

void Journal::collect_slot(const SlotRecord& slot, Effects& effects) const {
    const Hash32 key = to_be32(slot.key);
    const auto add = [&](EffectKind kind, const Uint256& value) -> Effect& {
        Effect& added = effects.emplace_back(
            effect(kind, Field::kStorage, accounts_[slot.account].address, value));
        added.slot = key;
        return added;
    };
    if (!slot.is_linear()) {
        add(EffectKind::kRead, slot.before);
        if (slot.now != slot.before) add(EffectKind::kWrite, slot.now);
        return;
    }
    const Range& range = ranges_[slot.range];
    if (!range.least.is_zero()) add(EffectKind::kGuard, range.least);
    if (range.most != ~Uint256{}) add(EffectKind::kGuard, range.most).at_most = true;
    if (slot.now == slot.before) return;
    const bool less = slot.now < slot.before;
    add(EffectKind::kDelta, less ? slot.before - slot.now : slot.now - slot.before).negative = less;
}

}  // namespace troupe::chain::state
