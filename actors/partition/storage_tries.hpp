#pragma once

#include "actors/partition/seal_board.hpp"
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

    [[nodiscard]] bool is_wide(const chain::Address& address) const {
        return !parts_.empty() && parts_.contains(address);
    }
    /// Of an account here; null: it never had any.
    [[nodiscard]] const Storage* find(const chain::Address& address) const;
    /// Of a wide contract, the sub-trie here that `key` is in.
    [[nodiscard]] const Trie& part(const chain::Address& address, const chain::Hash32& key) const {
        return parts_.at(address).tries[key[0] - first_];
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
        std::uint32_t home = 0;   // partition of the account
        std::vector<Trie> tries;  // by first byte, from first_ on
    };
    [[nodiscard]] Storage& at(const chain::Address& address);
    [[nodiscard]] std::uint32_t home_of(const chain::Hash32& account_key) const noexcept {
        return partition_of(account_key[0], partitions_);
    }
    void sort_slots(Job& job) const;
    void fill_row(Job& job, SealBoard::Row& row);
    [[nodiscard]] std::size_t update_contract(Job& job, std::vector<Trie*>& changed);
    [[nodiscard]] std::size_t update_part(
        Job& job, SealBoard::Row& row, std::vector<Trie*>& changed);
    void give_leaves(SealBoard::Widened& widened);
    void adopt(const SealBoard::Widened& widened);

    std::uint32_t index_;
    std::uint32_t partitions_;
    std::uint32_t first_ = 0;  // sub-trie
    std::uint32_t count_ = 0;  // of sub-tries
    std::size_t wide_leaves_;
    Trie::Memory memory_;
    std::unordered_map<chain::Address, Storage, AddressHash> storages_;  // of accounts here
    std::map<chain::Address, Part> parts_;                               // of all wide contracts
    std::vector<chain::Address> to_widen_;                               // accounts here
};

}  // namespace troupe::actors
