#include "actors/partition/account_table.hpp"

#include "chain/crypto/keccak.hpp"

#include <bit>
#include <new>

namespace troupe::actors {

void AccountTable::FreeRecords::operator()(AccountRecord* records) const noexcept {
    ::operator delete[](records, std::align_val_t{alignof(AccountRecord)});
}

AccountTable::Records AccountTable::allocate(std::size_t capacity) {
    return Records{new AccountRecord[capacity]};
}

AccountTable::AccountTable(TableSeed seed)
    : seed_(seed), records_(allocate(kCapacityMin)), mask_(kCapacityMin - 1) {}

inline AccountRecord& AccountTable::probe(
    std::uint64_t hash, const chain::Address& address) noexcept {
    for (std::size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
        AccountRecord& record = records_[slot];
        if (!record.used() || record.address == address) return record;
    }
}

inline void AccountTable::take(AccountRecord& free, const chain::Address& address) noexcept {
    free.meta = AccountRecord::kUsed;
    free.address = address;
    ++size_;
}

AccountRecord& AccountTable::find_or_insert(
    std::uint64_t hash, const chain::Address& address) noexcept {
    AccountRecord& record = probe(hash, address);
    if (record.used()) return record;
    take(record, address);
    if (store_ != nullptr) fill_stored(record);
    return record;
}

void AccountTable::reserve(std::size_t additional) {
    const std::size_t wanted = size_ + additional;
    if (wanted * 10 > capacity() * 6) grow(wanted);
}

void AccountTable::grow(std::size_t wanted) {
    const std::size_t old_capacity = capacity();
    const std::size_t new_capacity = std::bit_ceil(wanted * 2);  // 25 to 50 % full
    const Records old = std::move(records_);
    records_ = allocate(new_capacity);
    mask_ = new_capacity - 1;
    hand_ = 0;
    for (std::size_t i = 0; i < old_capacity; ++i) {
        if (!old[i].used()) continue;
        std::size_t slot = table_hash(old[i].address, seed_) & mask_;
        while (records_[slot].used())
            slot = (slot + 1) & mask_;
        records_[slot] = old[i];
    }
}

chain::Account AccountTable::account(const AccountRecord& record) const noexcept {
    chain::Account account;
    account.nonce = record.nonce;
    account.balance = record.balance;
    if (record.has_extra()) {
        const ContractPart& part = contracts_.at(record.address);
        account.storage_root = part.storage_root;
        account.code_hash = part.code_hash;
    }
    return account;
}

void AccountTable::set_storage_root(AccountRecord& record, const chain::Hash32& storage_root) {
    record.meta |= AccountRecord::kHasExtra;
    contracts_[record.address].storage_root = storage_root;
}

void AccountTable::set_code(AccountRecord& record, const chain::Hash32& code_hash, bool delegated) {
    record.meta &= ~(AccountRecord::kHasCode | AccountRecord::kDelegated);
    record.meta |= AccountRecord::kHasExtra;
    if (code_hash != chain::kEmptyCodeHash) record.meta |= AccountRecord::kHasCode;
    if (delegated) record.meta |= AccountRecord::kDelegated;
    contracts_[record.address].code_hash = code_hash;
}

void AccountTable::fill(AccountRecord& record, const StoredAccount& stored) noexcept {
    const chain::Account& account = stored.account;
    record.meta |= AccountRecord::kRecent;
    record.nonce = account.nonce;
    record.balance = account.balance;
    if (account.storage_root != chain::kEmptyTrieRoot)
        set_storage_root(record, account.storage_root);
    if (account.has_code()) set_code(record, account.code_hash, stored.delegated);
}

void AccountTable::fill_stored(AccountRecord& record) noexcept {
    ++counts_.reads;
    fill(record, store_->read(chain::crypto::keccak256(record.address)));
}

AccountRecord AccountTable::read_stored(
    const chain::Address& address, ContractPart& part) const noexcept {
    const StoredAccount stored = store_->read(chain::crypto::keccak256(address));
    AccountRecord record;
    record.address = address;
    record.meta = AccountRecord::kUsed;
    if (stored.account.has_code()) record.meta |= AccountRecord::kHasCode;
    if (stored.delegated) record.meta |= AccountRecord::kDelegated;
    record.nonce = stored.account.nonce;
    record.balance = stored.account.balance;
    part = {stored.account.storage_root, stored.account.code_hash};
    return record;
}

void AccountTable::offer(
    std::uint64_t hash, const chain::Address& address, const StoredAccount& stored,
    std::uint32_t departed) noexcept {
    if (departed != departures_->at(hash)) return;
    AccountRecord& record = probe(hash, address);
    if (record.used()) return;
    take(record, address);
    ++counts_.offered;
    fill(record, stored);
}

std::size_t AccountTable::evict(std::size_t kept, std::uint32_t epoch) noexcept {
    if (size_ <= kept) return 0;
    const std::size_t before = size_;
    for (std::size_t steps = 0; steps < capacity() && size_ > kept; ++steps) {
        AccountRecord& record = records_[hand_];
        if (record.used() && record.epoch() <= epoch &&
            (record.meta & AccountRecord::kRecent) == 0) {
            departures_->note(hash(record.address));
            erase(hand_);  // what comes to its place is next
            continue;
        }
        record.meta &= ~AccountRecord::kRecent;
        hand_ = (hand_ + 1) & mask_;
    }
    counts_.evicted += before - size_;
    return before - size_;
}

// Moves those back that stand behind the place only because it was taken.
void AccountTable::erase(std::size_t slot) noexcept {
    if (records_[slot].has_extra()) contracts_.erase(records_[slot].address);
    std::size_t hole = slot;
    for (std::size_t next = (hole + 1) & mask_; records_[next].used(); next = (next + 1) & mask_) {
        const std::size_t home = hash(records_[next].address) & mask_;
        if (((next - home) & mask_) < ((next - hole) & mask_)) continue;
        records_[hole] = records_[next];
        hole = next;
    }
    records_[hole] = AccountRecord{};
    --size_;
}

void AccountTable::clear_epochs() noexcept {
    for (std::size_t i = 0; i < capacity(); ++i)
        records_[i].set_epoch(0);
}

std::size_t AccountTable::memory_bytes() const noexcept {
    return capacity() * sizeof(AccountRecord) + contracts_.size() * (sizeof(ContractPart) + 64);
}

}  // namespace troupe::actors
