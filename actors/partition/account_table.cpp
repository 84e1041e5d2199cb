#include "actors/partition/account_table.hpp"

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

AccountRecord& AccountTable::find_or_insert(
    std::uint64_t hash, const chain::Address& address) noexcept {
    for (std::size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
        AccountRecord& record = records_[slot];
        if (!record.used()) {
            record.meta = AccountRecord::kUsed;
            record.address = address;
            ++size_;
            return record;
        }
        if (record.address == address) return record;
    }
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

void AccountTable::clear_epochs() noexcept {
    for (std::size_t i = 0; i < capacity(); ++i)
        records_[i].set_epoch(0);
}

std::size_t AccountTable::memory_bytes() const noexcept {
    return capacity() * sizeof(AccountRecord) + contracts_.size() * (sizeof(ContractPart) + 64);
}

}  // namespace troupe::actors
