#pragma once

#include "actors/partition/paged_tries.hpp"
#include "actors/partition/seal_board.hpp"
#include "actors/partition/storage_pages.hpp"
#include "actors/placement.hpp"

#include <map>
#include <optional>
#include <unordered_map>

namespace troupe::actors {

/// One partition's part of the storage of all contracts, hashed: the tries of its own accounts, and
/// of the contracts that are *wide*, wherever their accounts are, the sub-tries under the first
/// bytes of keccak256(slot) that are its own. A contract gets wide when its trie has more than
/// `wide_leaves` leaves and a block changes many; its slots are hashed by all partitions from then
/// on. It stays wide while the node runs. Roots don't depend on it.
///
/// All tries of a partition share one memory, and what of them a slice changed is hashed together.
///
/// All of them are in memory until bound(): from then on a storage that is not here has the root
/// that its account's leaf says, and its slots are in a store. Whatever is large is wide then, so
/// that buckets (StoragePages) can be divided one sub-trie after the other as they grow.
class StorageTries {
  public:
    using Trie = chain::trie::SubTrie;
    using WideRoots = std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries>;

    /// Of an account of this partition.
    struct Storage {
        explicit Storage(const Trie::Memory& memory) : trie(Trie::Depth::kWhole, memory) {}
        chain::Hash32 root = chain::kEmptyTrieRoot;  ///< after the last block that is hashed
        Trie trie;                                   ///< empty when it is wide
        std::unique_ptr<WideRoots> wide;             ///< else null
        std::unique_ptr<TriePages> pages;            ///< null: bound() was not called
    };
    /// What a block changed in the storage of an account of this partition.
    struct Contract {
        chain::Address address;
        chain::Hash32 account_key;
        std::vector<chain::execution::SlotChange> slots;  ///< sorted
        chain::Hash32 root_before;
        chain::Hash32 root_after;
    };
    /// A closed block on its way into the tries.
    struct Job {
        std::vector<SlotUpdate> slots;  // changed ones of this partition's table; then in the row
        std::size_t keys = 0;           // of slots: those that have theirs
        struct RunRef {
            const SealBoard::Row* row;
            const SealBoard::Run* run;
        };
        std::vector<RunRef> runs;  // of accounts here, by address
        std::size_t runs_done = 0;
        std::vector<const SlotUpdate*> wide;  // of sub-tries here, by address and key
        std::size_t wide_done = 0;
        std::vector<Contract> contracts;  // by address
    };

    StorageTries(
        std::uint32_t index, std::uint32_t partitions, TableSeed seed, std::size_t wide_leaves);

    // Loading: accounts with their roots, then slots. See partition_set.hpp.
    void load_root(const chain::Address& address, const chain::Hash32& root) {
        at(address).root = root;
    }
    /// Of an account here that is not wide. @return whether it is to be made wide now
    [[nodiscard]] bool load(
        const chain::Address& address, const chain::Hash32& key, const chain::Uint256& value);
    /// Of a wide contract, of a sub-trie here.
    void load_wide(const chain::Address& address, const chain::trie::TrieUpdate& leaf);
    /// Makes room for a contract that is wide from now on; everybody does.
    void make_wide(const chain::Address& address);
    /// Instead of loading slots: takes them from `store` as they are needed. Before anything is
    /// here, but for load_whole() and load_part().
    /// @param accounts  of this partition; both outlive this, and nothing moves any more
    void bound(const SlotStore& store, const StoragePages::Bounds& bounds, PagedTries& accounts) {
        pages_ = std::make_unique<StoragePages>(store, bounds, memory_);
        accounts_ = &accounts;
    }
    /// Of an account here that is not wide: hashes its storage, and keeps what has to stay.
    /// @param leaves  sorted @return whether they give the root
    [[nodiscard]] bool load_whole(
        const chain::Address& address, const chain::Hash32& root,
        std::span<const chain::trie::TrieUpdate> leaves);
    /// Of a wide contract: hashes the sub-tries that are here, and keeps their upper levels.
    void load_parts(const chain::Address& address, std::size_t bucket_depth);
    /// Takes all leaves of an account here, which is wide from now on.
    [[nodiscard]] std::vector<chain::trie::TrieUpdate> take_leaves(const chain::Address& address);
    /// Hashes everything.
    void rehash_all();
    /// The sub-tries here of all wide contracts. @pre rehash_all()
    [[nodiscard]] std::vector<SealBoard::WideRoot> all_wide_roots() const;
    /// Of an account here.
    void set_wide_root(const SealBoard::WideRoot& root);
    /// @return an account here whose slots do not give its root, if any
    [[nodiscard]] std::optional<chain::Address> wrong_root() const;

    // The end of a block, in slices of about `updates_max` slots. -------------------------------
    /// Lays the changed slots out for those whose tries they change. @return whether that is all
    [[nodiscard]] bool sort_step(Job& job, SealBoard& board, std::size_t updates_max);
    /// Takes what is for this partition. @pre all have sorted
    void collect(Job& job, const SealBoard& board);
    /// Updates and hashes some tries. @return whether that is all
    [[nodiscard]] bool hash_step(Job& job, SealBoard& board, std::size_t updates_max);
    /// Combines the roots of wide contracts, and makes those wide that are to be.
    /// @pre all have hashed, if the board is wide
    void finish(Job& job, SealBoard& board);

    [[nodiscard]] std::size_t wide_leaves() const noexcept { return wide_leaves_; }
    [[nodiscard]] bool is_wide(const chain::Address& address) const {
        return !parts_.empty() && parts_.contains(address);
    }
    /// The storage root of an account here.
    [[nodiscard]] chain::Hash32 root(const chain::Address& address);
    /// Of an account here; null: it has none, and may never have had.
    [[nodiscard]] const Storage* find(
        const chain::Address& address, const chain::Hash32& account_key);
    /// Of such a storage that is not wide, with what `key` needs.
    [[nodiscard]] const Trie& trie(const Storage& storage, const chain::Hash32& key);
    /// Of a wide contract, the sub-trie here that `key` is in, with what `key` needs.
    [[nodiscard]] const Trie& part(const chain::Address& address, const chain::Hash32& key);
    /// Lets go what is too much, if it is bounded. @pre nothing is dirty
    void trim();
    [[nodiscard]] StoragePages::Counts page_counts() const noexcept {
        return pages_ ? pages_->counts() : StoragePages::Counts{};
    }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    struct AddressHash {
        TableSeed seed;
        [[nodiscard]] std::size_t operator()(const chain::Address& address) const noexcept {
            return table_hash(address, seed);
        }
    };
    /// The sub-tries here of a wide contract.
    struct Part {
        std::uint32_t home = 0;        // partition of the account
        std::vector<Trie> tries;       // by first byte, from first_ on
        std::vector<TriePages> pages;  // of them; empty: bound() was not called
    };
    /// What a slice changes.
    struct Slice {
        std::vector<StoragePages::Change> changes;
        std::vector<StoragePages::Whole> whole;  // to be brought before
        std::size_t updates = 0;
    };
    [[nodiscard]] Storage& at(const chain::Address& address);
    [[nodiscard]] std::uint32_t home_of(const chain::Hash32& account_key) const noexcept {
        return partition_of(account_key[0], partitions_);
    }
    void sort_slots(Job& job) const;
    void fill_row(Job& job, SealBoard::Row& row);
    void add_contract(Job& job, Slice& slice);
    void add_part(Job& job, SealBoard::Row& row, Slice& slice);
    void apply(const Slice& slice, std::uint64_t number);
    [[nodiscard]] chain::Hash32 root_of_leaf(const chain::Hash32& account_key);
    void give_leaves(SealBoard::Widened& widened);
    void adopt(const SealBoard::Widened& widened, std::uint64_t number);

    std::uint32_t index_;
    std::uint32_t partitions_;
    std::uint32_t first_ = 0;  // sub-trie
    std::uint32_t count_ = 0;  // of sub-tries
    std::size_t wide_leaves_;
    Trie::Memory memory_;
    std::unordered_map<chain::Address, Storage, AddressHash> storages_;  // of accounts here
    std::map<chain::Address, Part> parts_;                               // of all wide contracts
    std::vector<chain::Address> to_widen_;                               // accounts here
    std::unique_ptr<StoragePages> pages_;                                // null: all is here
    PagedTries* accounts_ = nullptr;                                     // where pages_ is
};

}  // namespace troupe::actors
