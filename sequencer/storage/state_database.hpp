#pragma once

#include "actors/ports.hpp"
#include "chain/batch/derivation.hpp"
#include "sequencer/storage/funded_keys.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/read_pool.hpp"
#include "sequencer/storage/read_times.hpp"
#include "sequencer/storage/records.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace troupe::node {

/// Block 0 and the state under it, as sequencer/config read and chain/execution built them.
struct GenesisState {
    std::uint64_t chain_id = 0;
    HeaderRecord block;
    struct Entry {
        chain::Address address;
        chain::Account account;
        chain::Bytes code;
        std::vector<chain::GenesisSlot> storage;
    };
    std::vector<Entry> accounts;
    /// All with this account, but for those in `accounts`. By key.
    std::vector<FundedAddress> funded;
    chain::Account funded_account;
};

/// Where derivation can begin again: no channel was open after L1 block `l1.number`.
struct DerivationCheckpoint {
    chain::L1Origin l1;              ///< the last L1 block taken
    std::uint64_t l1_timestamp = 0;  ///< its timestamp
    chain::batch::SafeHead safe;
    friend bool operator==(const DerivationCheckpoint&, const DerivationCheckpoint&) noexcept =
        default;
};

/// An L1 block that L2 blocks may name as their origin.
struct L1OriginRecord {
    chain::L1Origin origin;
    std::uint64_t timestamp = 0;
    friend bool operator==(const L1OriginRecord&, const L1OriginRecord&) noexcept = default;
};

/// What the database keeps in memory, and how far it may be behind.
struct StateOptions {
    std::size_t cache_bytes = 32 * 1024 * 1024;         ///< LevelDB's cache of blocks
    std::size_t write_buffer_bytes = 32 * 1024 * 1024;  ///< of which it may have two
    std::size_t dirty_max = 200'000;                    ///< accounts and slots held unwritten
    std::uint64_t dirty_blocks_max = 256;               ///< whose accounts are held unwritten
    std::size_t waiting_max = 64;                       ///< blocks; then give() waits
    std::size_t readers = 0;                            ///< threads for reads that come together
};

/// `state/` in the data directory: accounts, slots, codes, indexes by hash, heads and checkpoints.
/// Everything that blocks change here follows from `blocks/`, so it is written by a thread of its
/// own, behind the chain and without sync: indexes block by block, accounts some blocks at a time,
/// when one that changes often is written once. After a crash the missing blocks are given again.
///
/// Accounts are keyed by the hash of their address: LevelDB's order is then the state trie's, and a
/// bucket of the trie lies in one of its blocks. Slots are keyed by their account and their hash:
/// the same for each storage trie.
class StateDatabase final : public actors::AccountStore, public actors::SlotStore {
  public:
    static constexpr std::size_t kCheckpointsMax = 256;
    static constexpr std::uint64_t kOriginsMax = 65'536;  ///< L1 blocks: nine days of Ethereum's

    /// Writes the accounts of a directory of format 2 anew, and the slots of one of format 3; goes
    /// on where a crash ended that.
    [[nodiscard]] static std::unique_ptr<StateDatabase> open(
        const std::filesystem::path& data_directory, const StateOptions& options,
        std::string& failure);
    ~StateDatabase();  ///< writes what waits

    /// Writes the genesis, synced. Repeating it is harmless.
    [[nodiscard]] Failure initialise(const GenesisState& genesis);
    /// Chain id and hash of block 0. @return a failure where they are missing or damaged
    [[nodiscard]] Failure read_genesis(std::uint64_t& chain_id, chain::Hash32& hash) const;

    /// The first block that has to be given after an opening: it and all later ones.
    [[nodiscard]] Failure first_missing(std::uint64_t& number) const;
    /// Takes the next block, in order, without gaps. Waits while waiting_max wait already.
    /// @return the failure of an earlier write: nothing is taken any more then
    [[nodiscard]] Failure give(actors::SealedBlockPtr block);
    /// Returns once everything given is written, accounts included.
    [[nodiscard]] Failure flush();

    /// Where a transaction with this hash may be: the first 16 bytes match. Empty: nowhere.
    [[nodiscard]] Failure find_transaction(
        const chain::Hash32& hash, std::optional<TransactionPlace>& place) const;
    [[nodiscard]] Failure find_block(
        const chain::Hash32& hash, std::optional<std::uint64_t>& number) const;
    /// Every account as the blocks given left it, in the order of the trie. Flushes first.
    [[nodiscard]] Failure load_accounts(
        const std::function<void(const chain::Address&, const chain::Account&)>& visit);
    /// Every slot that is not zero, and every code, likewise.
    [[nodiscard]] Failure load_slots(
        const std::function<
            void(const chain::Address&, const chain::Hash32&, const chain::Uint256&)>& visit);
    [[nodiscard]] Failure load_codes(const std::function<void(const chain::Bytes&)>& visit);

    // actors::AccountStore
    [[nodiscard]] std::uint64_t written_block() const noexcept override { return written_; }
    [[nodiscard]] actors::StoredAccount read(const chain::Hash32& key) const noexcept override;
    void read_all(std::span<const chain::Hash32> keys, std::span<actors::StoredAccount> accounts)
        const noexcept override;
    void read_buckets(
        std::span<const chain::trie::Bucket> buckets, std::size_t depth,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept override;
    void scan(
        chain::trie::Bucket first, std::size_t depth, const Visit& visit) const noexcept override;
    [[noreturn]] void damaged(const std::string& what) const noexcept override;

    // actors::SlotStore
    [[nodiscard]] chain::Uint256 read_slot(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    void read_slots(std::span<const actors::SlotKey> slots, std::span<chain::Uint256> values)
        const noexcept override;
    void read_slot_buckets(
        std::span<const actors::SlotBucket> buckets,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept override;
    void scan_slots(
        const chain::Address& address, chain::trie::Bucket first,
        const SlotVisit& visit) const noexcept override;
    /// Of read() and read_slot().
    [[nodiscard]] ReadTimes read_times() const noexcept { return read_clock_.times(); }

    [[nodiscard]] Failure put_heads(std::uint64_t safe, std::uint64_t finalized);
    [[nodiscard]] Failure read_heads(std::uint64_t& safe, std::uint64_t& finalized) const;
    [[nodiscard]] Failure put_checkpoint(const DerivationCheckpoint& checkpoint);
    [[nodiscard]] Failure read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const;
    [[nodiscard]] Failure drop_checkpoints_above(std::uint64_t number);
    [[nodiscard]] Failure put_l1_genesis(const chain::Hash32& hash);
    [[nodiscard]] Failure read_l1_genesis(std::optional<chain::Hash32>& hash) const;
    [[nodiscard]] Failure put_origin(const L1OriginRecord& record);
    [[nodiscard]] Failure read_origins(
        std::uint64_t first, std::vector<L1OriginRecord>& records) const;

  private:
    struct AddressHash {
        std::size_t operator()(const chain::Address& address) const noexcept;
    };

    StateDatabase(std::unique_ptr<Database> database, const StateOptions& options);
    /// Entries that an older format has under a prefix of their own.
    struct OldEntries {
        int format;  ///< the last that had them
        const char* what;
        std::uint8_t prefix;
    };
    /// Puts what replaces an entry into the batch. @return what is wrong with it
    using TakeOver =
        std::function<Failure(chain::ByteView key, chain::ByteView value, WriteBatch& batch)>;
    [[nodiscard]] Failure write_anew(const OldEntries& old, const TakeOver& take_over);
    [[nodiscard]] Failure migrate_accounts();
    [[nodiscard]] Failure migrate_slots();
    void run();
    void write_indexes(const actors::SealedBlock& block);
    void take_changes(const actors::SealedBlock& block);
    void write_accounts();
    void write_slots();
    void note_failure(Failure failure);

    [[nodiscard]] chain::Uint256 read_slot_at(
        const chain::Address& address, const chain::Hash32& slot,
        const chain::Hash32& key) const noexcept;
    void read_some_buckets(
        std::span<const chain::trie::Bucket> buckets, std::size_t depth,
        std::span<chain::trie::BucketLeaves> leaves) const noexcept;

    std::unique_ptr<Database> database_;
    StateOptions options_;
    mutable ReadClock read_clock_;
    mutable ReadPool readers_;                // of the database
    std::atomic<std::uint64_t> written_ = 0;  // the last block in the accounts

    // The writer's own.
    std::unordered_map<chain::Address, chain::Account, AddressHash> dirty_;
    std::map<actors::SlotKey, chain::Uint256> dirty_slots_;
    std::map<chain::Hash32, chain::Bytes> dirty_codes_;
    std::uint64_t dirty_first_ = 0;  // the oldest block whose accounts are not written
    std::uint64_t dirty_last_ = 0;
    WriteBatch batch_;

    mutable std::mutex mutex_;                    // guards the members below
    std::condition_variable wake_;                // the writer
    std::condition_variable done_;                // those who wait for it
    std::deque<actors::SealedBlockPtr> waiting_;  // not indexed yet
    bool flush_wanted_ = false;
    bool stopping_ = false;
    Failure failure_;
    std::thread writer_;  // last
};

}  // namespace troupe::node
