#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/partition/open_state.hpp"
#include "actors/sequencer/round.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/trie/sub_trie.hpp"
#include "chain/trie/trie.hpp"

#include <deque>
#include <map>

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
    std::vector<chain::Bytes> nodes;  ///< of Trie::prove; empty where the account has no storage
};

/// An account's part of a proof, as of the end of block `block_number`.
struct PartitionProof {
    std::uint64_t block_number = 0;
    chain::Hash32 key;
    std::vector<chain::Bytes> nodes;  ///< of SubTrie::prove
    std::vector<SlotProof> slots;
};

/// The accounts under some of the 256 sub-tries, with their storage, and the codes whose hashes
/// begin like them. Its open state executes (and is lent for that, see OpenState); its tries hash
/// what blocks changed, meanwhile, and are nobody else's.
class PartitionEngine {
  public:
    PartitionEngine(std::uint32_t index, std::uint32_t partitions, TableSeed seed);

    /// Loads an account before the first round. Call finish_loading() after the last.
    void load(
        const chain::Address& address, const chain::Hash32& key, const chain::Account& account);
    /// Loads it into the table only: for runs that seal nothing.
    void load_flat(const chain::Address& address, const chain::Account& account) {
        open_.load(address, account);
    }
    /// Loads a code. Before the accounts that have it.
    void load_code(const chain::Hash32& hash, const chain::Bytes& code) {
        open_.load_code(hash, code);
    }
    /// Says that an account's code is a delegation (EIP-7702). After load().
    void load_delegation(const chain::Address& address) { open_.load_delegation(address); }
    /// Loads a slot. After its account.
    void load_slot(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value);
    /// Hashes the tries. @param head  the block whose state was loaded
    /// @return an account whose slots do not give the storage root that it was loaded with, if any
    [[nodiscard]] std::optional<chain::Address> finish_loading(std::uint64_t head);
    [[nodiscard]] std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> all_roots() const;

    /// For whoever holds it.
    [[nodiscard]] OpenState& open_state() noexcept { return open_; }
    [[nodiscard]] const StateTables& tables() const noexcept { return open_.tables(); }

    /// Merges what the executors speculated for this partition's keys, in transaction order: checks
    /// reads and guards by value, does writes and deltas. Stops where one does not hold, here or in
    /// another partition. @return whether all held here
    [[nodiscard]] bool validate(Round& round);

    /// Takes what the block changed; rounds of the next block may follow when it returns.
    void begin_seal(std::uint64_t block_number);
    [[nodiscard]] bool sealing() const noexcept { return !jobs_.empty(); }
    /// Hashes some sub-tries (about kSliceUpdates accounts) of the oldest block begun.
    /// @return the block's seal when that was the last slice
    [[nodiscard]] std::optional<PartitionSeal> seal_step();

    /// @pre !sealing(): the sub-tries stand at the end of one block
    [[nodiscard]] PartitionProof prove(
        const chain::Address& address, std::span<const chain::Hash32> slots) const;

    /// Counts of the open state are as of the last block's end.
    [[nodiscard]] PartitionStats stats() const;

    static constexpr std::size_t kSliceUpdates = 1'000;  ///< about a millisecond of hashing

  private:
    /// The storage trie of an account, as of the last block that went into the sub-tries.
    struct Storage {
        chain::trie::Trie trie;
        chain::Hash32 root = chain::kEmptyTrieRoot;
    };
    /// A closed block on its way into the sub-tries.
    struct SealJob {
        std::uint64_t block_number = 0;
        std::vector<chain::execution::AccountChange> changes;  // as touched
        std::vector<std::uint32_t> contracts;  // indices of changes whose storage root is to come
        std::size_t storage_done = 0;          // of contracts
        std::vector<chain::Hash32> keys;       // keccak256 of the changes' addresses
        std::vector<std::uint32_t> by_key;     // indices of changes, by first byte of the key
        std::size_t done = 0;                  // of by_key
        std::vector<std::uint8_t> dirty;       // sub-tries changed
    };

    void update_storage(chain::execution::AccountChange& change);
    [[nodiscard]] chain::trie::SubTrie& sub_trie(std::uint8_t first_byte) noexcept {
        return sub_tries_[first_byte - first_sub_trie_];
    }
    [[nodiscard]] PartitionSeal finish(SealJob job);
    void count_open_state();

    std::uint32_t index_;
    std::uint32_t partitions_;
    std::uint32_t first_sub_trie_ = 256;
    OpenState open_;
    PartitionStats stats_;  // of the open state, when it was last ours
    std::uint64_t sealed_number_ = 0;
    std::map<chain::Address, Storage> storages_;
    std::vector<chain::trie::SubTrie> sub_tries_;
    std::deque<SealJob> jobs_;
    std::vector<std::pair<std::uint8_t, chain::trie::TrieUpdate>> loading_;
};

}  // namespace troupe::actors
