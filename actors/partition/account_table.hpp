#pragma once

#include "actors/placement.hpp"
#include "chain/base/prefetch.hpp"
#include "chain/types/account.hpp"

#include <map>
#include <memory>
#include <utility>

namespace troupe::actors {

/// One account in one cache line. Fields below `meta` are what other actors may read while the
/// partition lends its view; `meta`'s epoch is the partition's own and written in rounds only.
struct alignas(64) AccountRecord {
    chain::Address address;
    std::uint32_t meta = 0;  ///< the flags below | epoch
    std::uint64_t nonce = 0;
    chain::Uint256 balance;

    static constexpr std::uint32_t kUsed = 1;
    static constexpr std::uint32_t kHasExtra = 2;  ///< storage or code: see contracts_
    static constexpr std::uint32_t kHasCode = 4;
    static constexpr std::uint32_t kDelegated = 8;  ///< its code is a delegation (EIP-7702)
    static constexpr std::uint32_t kFlags = kUsed | kHasExtra | kHasCode | kDelegated;
    static constexpr std::uint32_t kEpochShift = 4;
    static constexpr std::uint32_t kEpochMax = (1u << (32 - kEpochShift)) - 1;

    [[nodiscard]] bool used() const noexcept { return (meta & kUsed) != 0; }
    [[nodiscard]] bool has_extra() const noexcept { return (meta & kHasExtra) != 0; }
    [[nodiscard]] bool has_code() const noexcept { return (meta & kHasCode) != 0; }
    /// EIP-3607 and EIP-7702: an account with code signs nothing, unless the code is a delegation.
    [[nodiscard]] bool may_send() const noexcept {
        return (meta & (kHasCode | kDelegated)) != kHasCode;
    }
    [[nodiscard]] bool delegated() const noexcept { return (meta & kDelegated) != 0; }
    [[nodiscard]] std::uint32_t epoch() const noexcept { return meta >> kEpochShift; }
    void set_epoch(std::uint32_t epoch) noexcept {
        meta = (meta & kFlags) | (epoch << kEpochShift);
    }
};
static_assert(sizeof(AccountRecord) == 64);

/// The accounts of one partition: open addressing, linear probing, at most 60 % full. Addresses
/// are given with their seeded hash (placement.hpp). Records are never removed: an account that is
/// empty again (only a rolled back credit makes one) counts as absent.
/// Not thread-safe: one writer, and readers only while nobody writes.
class AccountTable {
  public:
    explicit AccountTable(TableSeed seed);

    [[nodiscard]] const AccountRecord* find(
        std::uint64_t hash, const chain::Address& address) const noexcept {
        for (std::size_t slot = hash & mask_;; slot = (slot + 1) & mask_) {
            const AccountRecord& record = records_[slot];
            if (!record.used()) return nullptr;
            if (record.address == address) return &record;
        }
    }
    [[nodiscard]] AccountRecord* find(std::uint64_t hash, const chain::Address& address) noexcept {
        return const_cast<AccountRecord*>(std::as_const(*this).find(hash, address));
    }
    /// The record, made empty if there is none. @pre reserve() has made room
    [[nodiscard]] AccountRecord& find_or_insert(
        std::uint64_t hash, const chain::Address& address) noexcept;
    /// Makes room for `additional` inserts; records may move, so no lent view may be in use.
    void reserve(std::size_t additional);
    [[nodiscard]] std::uint64_t hash(const chain::Address& address) const noexcept {
        return table_hash(address, seed_);
    }
    void prefetch(std::uint64_t hash) const noexcept {
        chain::prefetch_to_write(&records_[hash & mask_]);
    }

    /// The whole account. Its storage root is the one that it was loaded with, or empty: the trie
    /// that follows the slots is the partition's own.
    [[nodiscard]] chain::Account account(const AccountRecord& record) const noexcept;
    /// @pre record.has_code()
    [[nodiscard]] const chain::Hash32& code_hash(const AccountRecord& record) const noexcept {
        return contracts_.at(record.address).code_hash;
    }
    /// Once, when it is loaded.
    void set_storage_root(AccountRecord& record, const chain::Hash32& storage_root);
    /// @param delegated  whether the code is a delegation (EIP-7702)
    void set_code(AccountRecord& record, const chain::Hash32& code_hash, bool delegated);

    /// Forgets every record's epoch.
    void clear_epochs() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

  private:
    struct ContractPart {
        chain::Hash32 storage_root = chain::kEmptyTrieRoot;
        chain::Hash32 code_hash = chain::kEmptyCodeHash;
    };
    struct FreeRecords {
        void operator()(AccountRecord* records) const noexcept;
    };
    using Records = std::unique_ptr<AccountRecord[], FreeRecords>;
    [[nodiscard]] static Records allocate(std::size_t capacity);

    void grow(std::size_t wanted);

    static constexpr std::size_t kCapacityMin = 64;

    TableSeed seed_;
    Records records_;
    std::size_t mask_;
    std::size_t size_ = 0;
    std::map<chain::Address, ContractPart> contracts_;  // of records with kHasExtra
};

}  // namespace troupe::actors
