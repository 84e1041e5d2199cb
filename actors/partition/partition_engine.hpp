#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/partition/open_state.hpp"
#include "actors/partition/paged_tries.hpp"
#include "actors/partition/storage_tries.hpp"
#include "actors/sequencer/round.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/trie/sub_trie.hpp"

#include <deque>
#include <set>

namespace troupe::actors {

/// What a partition tells the sealer at the end of a block.
struct PartitionSeal {
    std::uint64_t block_number = 0;
    std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> roots;  ///< changed ones
    std::vector<chain::execution::AccountChange> changes;                  ///< sorted by address
};

/// A storage slot with its proof in the account's storage root.
struct SlotProof {
    chain::Hash32 slot;
    chain::Uint256 value;
    std::vector<chain::Bytes> nodes;  ///< from the storage root; empty where there is no storage
    /// Of a wide contract: what its sub-trie's partition has to add to, which is still to be asked.
    struct Rest {
        chain::Hash32 key;  ///< keccak256(slot)
        chain::trie::TopProof top;
    };
    std::optional<Rest> rest;
};

/// An account's part of a proof, as of the end of block `block_number`.
struct PartitionProof {
    std::uint64_t block_number = 0;
    chain::Address address;
    chain::Hash32 key;                ///< keccak256(address)
    std::vector<chain::Bytes> nodes;  ///< of SubTrie::prove
    std::vector<SlotProof> slots;
};

/// The accounts under some of the 256 sub-tries, the codes whose hashes begin like them, and the
/// slots whose seeded hashes name it. Its open state executes (and is lent for that, see
/// OpenState); its tries hash what blocks changed, meanwhile, and are nobody else's: they are the
/// accounts' and, of storage, see StorageTries.
class PartitionEngine {
  public:
    /// @param wide_leaves  see StorageTries
    PartitionEngine(
        std::uint32_t index, std::uint32_t partitions, TableSeed seed,
        std::size_t wide_leaves = kWideLeaves);

    /// Loads an account before the first round. See partition_set.hpp, for slots, too.
    void load(
        const chain::Address& address, const chain::Hash32& key, const chain::Account& account);
    /// Loads it into the table only: for runs that seal nothing.
    void load_flat(const chain::Address& address, const chain::Account& account) {
        open_.load(address, account);
    }
    /// Instead of loading accounts: takes them from `store` as they are needed, and keeps some.
    /// Reads and hashes all of them once. Before finish_loading().
    struct Paging {
        std::size_t accounts_kept = 0;
        std::size_t slots_kept = 0;
        PagedTries::Bounds tries;
        StoragePages::Bounds storage;
    };
    void page(const AccountStore& store, const Paging& paging);
    /// The same instead of loading slots. After page(); see load_storage().
    void page_slots(const SlotStore& store, const Paging& paging);
    /// Loads a code. Before the accounts that have it.
    void load_code(const chain::Hash32& hash, const chain::Bytes& code) {
        open_.load_code(hash, code);
    }
    /// Says that an account's code is a delegation (EIP-7702). After load().
    void load_delegation(const chain::Address& address) { open_.load_delegation(address); }
    /// Hashes the tries. @param head  the block whose state was loaded
    /// @return an account whose slots do not give the storage root that it was loaded with, if any
    [[nodiscard]] std::optional<chain::Address> finish_loading(std::uint64_t head);
    [[nodiscard]] std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> all_roots();

    /// For whoever holds it.
    [[nodiscard]] OpenState& open_state() noexcept { return open_; }
    [[nodiscard]] const StateTables& tables() const noexcept { return open_.tables(); }
    [[nodiscard]] StorageTries& storage() noexcept { return storage_; }

    /// Merges what the executors speculated for this partition's keys, in transaction order: checks
    /// reads and guards by value, does writes and deltas. Stops where one does not hold, here or in
    /// another partition. @return whether all held here
    [[nodiscard]] bool validate(Round& round);

    // The end of a block: docs/execution.md -----------------------------------------------------
    /// Takes what the block changed; rounds of the next block may follow when it returns.
    /// @param board  of this block, the same for all partitions
    void begin_seal(SealBoardPtr board);
    [[nodiscard]] bool sealing() const noexcept { return !jobs_.empty(); }
    /// Whether seal_step() can do nothing before another partition's says `wakes`.
    [[nodiscard]] bool waiting() const noexcept;
    struct SealStep {
        std::optional<PartitionSeal> seal;  ///< of the block, when that was its last slice
        bool wakes = false;                 ///< others may have waited for this
    };
    /// Sorts or hashes some (about kSliceUpdates slots or accounts) of the oldest block begun.
    /// @pre sealing()
    [[nodiscard]] SealStep seal_step();

    /// @pre !sealing(): the sub-tries stand at the end of one block
    [[nodiscard]] PartitionProof prove(
        const chain::Address& address, std::span<const chain::Hash32> slots);
    /// The partition that is to add to the proof next; none: it is complete.
    [[nodiscard]] std::optional<std::uint32_t> next_to_prove(const PartitionProof& proof) const;
    /// Adds the slots whose sub-tries are here.
    /// @pre !sealing() @return false: too late, the sub-tries stand at a later block
    [[nodiscard]] bool prove_rest(PartitionProof& proof);

    /// Counts of the open state are as of the last block's end.
    [[nodiscard]] PartitionStats stats() const;

    static constexpr std::size_t kSliceUpdates = 1'000;  ///< about a millisecond of hashing
    /// What a contract has to have so that splitting its trie pays (docs/benchmarks.md).
    static constexpr std::size_t kWideLeaves = 4'096;

  private:
    /// A closed block on its way into the tries.
    struct SealJob {
        enum class Stage : std::uint8_t {
            kSort,        // own slots, for others
            kAwaitRows,   // those of all others
            kStorage,     // tries of storage
            kAwaitRoots,  // of wide contracts
            kAccounts,
        };
        SealBoardPtr board;
        Stage stage = Stage::kSort;
        std::vector<chain::execution::AccountChange> changes;  // kAccounts: all, by address
        StorageTries::Job storage;
        std::vector<chain::Hash32> keys;    // keccak256 of the changes' addresses
        std::vector<std::uint32_t> by_key;  // indices of changes, by key
        std::size_t done = 0;               // of by_key
        std::vector<std::uint8_t> dirty;    // sub-tries changed
    };

    void begin_accounts(SealJob& job);
    void fill_storage_roots(SealJob& job);
    void add_storage(chain::execution::AccountChange& change, StorageTries::Contract& contract);
    void hash_accounts(SealJob& job);
    [[nodiscard]] PartitionSeal finish(SealJob job);
    void trim();
    void count_open_state();

    std::uint32_t index_;
    std::uint32_t partitions_;
    OpenState open_;
    PartitionStats stats_;  // of the open state, when it was last ours
    std::uint64_t sealed_number_ = 0;
    StorageTries storage_;
    std::set<chain::Address> bare_;  // accounts that have or had storage and, then, no code
    PagedTries tries_;
    const AccountStore* store_ = nullptr;  // of accounts that are not here
    std::deque<SealJob> jobs_;
    std::vector<std::pair<std::uint8_t, chain::trie::TrieUpdate>> loading_;
};

}  // namespace troupe::actors
