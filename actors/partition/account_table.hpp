#pragma once

#include "actors/partition/read_ahead.hpp"
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
    static constexpr std::uint32_t kRecent = 16;    ///< since the clock came by: see evict()
    static constexpr std::uint32_t kFlags = kUsed | kHasExtra | kHasCode | kDelegated;
    static constexpr std::uint32_t kEpochShift = 5;
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
        meta = (meta & kFlags) | kRecent | (epoch << kEpochShift);
    }
};
static_assert(sizeof(AccountRecord) == 64);

/// The accounts of one partition: open addressing, linear probing, at most 60 % full. Addresses
/// are given with their seeded hash (placement.hpp). An account that is empty (only a rolled back
/// credit makes one) counts as absent.
///
/// The table holds all accounts, and records are never removed, until bound(): from then on it
/// holds some of those in a store. What it does not hold has its present value there; fetch() and
/// find_or_insert() bring it, a record without content where there is nothing, and evict() lets go
/// what has not changed since the store took it.
/// Not thread-safe: one writer, and readers only while nobody writes.
class AccountTable {
  public:
    struct ContractPart {
        chain::Hash32 storage_root = chain::kEmptyTrieRoot;
        chain::Hash32 code_hash = chain::kEmptyCodeHash;
    };
    explicit AccountTable(TableSeed seed);

    /// @param store  outlives the table
    void bound(const AccountStore& store) {
        store_ = &store;
        departures_ = std::make_shared<Departures>();
    }
    [[nodiscard]] bool bounded() const noexcept { return store_ != nullptr; }

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
    /// The record; brings it if the table is bounded and does not hold it: records may move then,
    /// unless reserve() has made room.
    [[nodiscard]] AccountRecord* fetch(std::uint64_t hash, const chain::Address& address) noexcept {
        AccountRecord* const held = find(hash, address);
        if (held != nullptr || store_ == nullptr) return held;
        reserve(1);
        return &find_or_insert(hash, address);
    }
    /// What find() or the store has, without bringing it: for several readers at once. `visit` is
    /// given the record and the account's code hash; it is not called where there is neither.
    template <class Visit>
    void look(std::uint64_t hash, const chain::Address& address, const Visit& visit) const {
        if (const AccountRecord* const held = find(hash, address)) {
            visit(*held, held->has_extra() ? contracts_.at(held->address) : ContractPart{});
            return;
        }
        if (store_ == nullptr) return;
        ContractPart part;
        const AccountRecord stored = read_stored(address, part);
        visit(stored, part);
    }
    /// The value that the account has, wherever it is.
    [[nodiscard]] chain::Account account_at(
        std::uint64_t hash, const chain::Address& address) const noexcept {
        chain::Account account;
        look(hash, address, [&account](const AccountRecord& record, const ContractPart& part) {
            account = {record.nonce, record.balance, part.storage_root, part.code_hash};
        });
        return account;
    }

    /// Takes in an account that was read from the store ahead, unless it is here.
    /// @param departed  what departures() said of it before it was read; if that has changed, the
    ///                  account may have been here, changed, and gone meanwhile: it is left alone
    /// @pre reserve() has made room
    void offer(
        std::uint64_t hash, const chain::Address& address, const StoredAccount& stored,
        std::uint32_t departed) noexcept;
    /// @pre bounded()
    [[nodiscard]] DeparturesPtr departures() const noexcept { return departures_; }
    /// Lets records go until `kept` are left, if it can: those that were not touched since the
    /// clock's hand came by last, and not since `epoch`, whose changes the store has. The hand goes
    /// round once at most. @return how many went
    std::size_t evict(std::size_t kept, std::uint32_t epoch) noexcept;
    struct Counts {
        std::uint64_t reads = 0;    ///< accounts that had to be read while somebody waited
        std::uint64_t offered = 0;  ///< that were taken in from those read ahead
        std::uint64_t evicted = 0;
    };
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
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
    struct FreeRecords {
        void operator()(AccountRecord* records) const noexcept;
    };
    using Records = std::unique_ptr<AccountRecord[], FreeRecords>;
    [[nodiscard]] static Records allocate(std::size_t capacity);

    void grow(std::size_t wanted);
    [[nodiscard]] AccountRecord read_stored(
        const chain::Address& address, ContractPart& part) const noexcept;
    /// The record of `address`, or the one that is free for it.
    [[nodiscard]] AccountRecord& probe(std::uint64_t hash, const chain::Address& address) noexcept;
    void take(AccountRecord& free, const chain::Address& address) noexcept;
    void fill(AccountRecord& record, const StoredAccount& stored) noexcept;
    void fill_stored(AccountRecord& record) noexcept;
    void erase(std::size_t slot) noexcept;

    static constexpr std::size_t kCapacityMin = 64;

    TableSeed seed_;
    Records records_;
    std::size_t mask_;
    std::size_t size_ = 0;
    std::map<chain::Address, ContractPart> contracts_;  // of records with kHasExtra
    const AccountStore* store_ = nullptr;
    std::size_t hand_ = 0;  // of the clock
    std::shared_ptr<Departures> departures_;
    Counts counts_;
};

}  // namespace troupe::actors
