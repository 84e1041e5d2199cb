#pragma once

#include "actors/records.hpp"
#include "chain/batch/derivation.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/records.hpp"

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
};

/// Where derivation can begin again: no channel was open after L1 block `l1.number`.
struct DerivationCheckpoint {
    chain::L1Origin l1;              ///< the last L1 block taken
    std::uint64_t l1_timestamp = 0;  ///< its timestamp
    chain::batch::SafeHead safe;
    friend bool operator==(const DerivationCheckpoint&, const DerivationCheckpoint&) noexcept =
        default;
};

/// `state/` in the data directory: accounts, slots, codes, indexes by hash, heads and checkpoints.
/// Everything that blocks change here follows from `blocks/`, so it is written by a thread of its
/// own, behind the chain and without sync: indexes block by block, accounts some blocks at a time,
/// when one that changes often is written once. After a crash the missing blocks are given again.
class StateDatabase {
  public:
    static constexpr std::size_t kWaitingMax = 64;     ///< blocks; then give() waits
    static constexpr std::size_t kDirtyMax = 200'000;  ///< accounts and slots held unwritten
    static constexpr std::uint64_t kDirtyBlocksMax = 256;
    static constexpr std::size_t kCheckpointsMax = 256;

    [[nodiscard]] static std::unique_ptr<StateDatabase> open(
        const std::filesystem::path& data_directory, std::string& failure);
    ~StateDatabase();  ///< writes what waits

    /// Writes the genesis, synced. Repeating it is harmless.
    [[nodiscard]] Failure initialise(const GenesisState& genesis);
    /// Chain id and hash of block 0. @return a failure where they are missing or damaged
    [[nodiscard]] Failure read_genesis(std::uint64_t& chain_id, chain::Hash32& hash) const;

    /// The first block that has to be given after an opening: it and all later ones.
    [[nodiscard]] Failure first_missing(std::uint64_t& number) const;
    /// Takes the next block, in order, without gaps. Waits while kWaitingMax wait already.
    /// @return the failure of an earlier write: nothing is taken any more then
    [[nodiscard]] Failure give(actors::SealedBlockPtr block);
    /// Returns once everything given is written, accounts included.
    [[nodiscard]] Failure flush();

    /// Where a transaction with this hash may be: the first 16 bytes match. Empty: nowhere.
    [[nodiscard]] Failure find_transaction(
        const chain::Hash32& hash, std::optional<TransactionPlace>& place) const;
    [[nodiscard]] Failure find_block(
        const chain::Hash32& hash, std::optional<std::uint64_t>& number) const;
    /// Every account as the blocks given left it. Flushes first.
    [[nodiscard]] Failure load_accounts(
        const std::function<void(const chain::Address&, const chain::Account&)>& visit);
    /// Every slot that is not zero, and every code, likewise.
    [[nodiscard]] Failure load_slots(
        const std::function<
            void(const chain::Address&, const chain::Hash32&, const chain::Uint256&)>& visit);
    [[nodiscard]] Failure load_codes(const std::function<void(const chain::Bytes&)>& visit);

    [[nodiscard]] Failure put_heads(std::uint64_t safe, std::uint64_t finalized);
    [[nodiscard]] Failure read_heads(std::uint64_t& safe, std::uint64_t& finalized) const;
    [[nodiscard]] Failure put_checkpoint(const DerivationCheckpoint& checkpoint);
    [[nodiscard]] Failure read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const;
    [[nodiscard]] Failure drop_checkpoints_above(std::uint64_t number);

  private:
    struct SlotKey {
        chain::Address address;
        chain::Hash32 slot;
        friend auto operator<=>(const SlotKey&, const SlotKey&) noexcept = default;
    };
    struct AddressHash {
        std::size_t operator()(const chain::Address& address) const noexcept;
    };

    explicit StateDatabase(std::unique_ptr<Database> database);
    void run();
    void write_indexes(const actors::SealedBlock& block);
    void take_changes(const actors::SealedBlock& block);
    void write_accounts();
    void note_failure(Failure failure);

    std::unique_ptr<Database> database_;

    // The writer's own.
    std::unordered_map<chain::Address, chain::Account, AddressHash> dirty_;
    std::map<SlotKey, chain::Uint256> dirty_slots_;
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
