#pragma once

#include "actors/ports.hpp"
#include "chain/batch/derivation.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/records.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

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

/// The stored chain: a LevelDB of its own, `chain/` in the data directory, laid out as
/// docs/formats/storage.md says. Writes come from one thread at a time, reads from any.
class ChainStore final : public actors::BlockStore, public ChainReader {
  public:
    [[nodiscard]] static std::unique_ptr<ChainStore> open(
        const std::filesystem::path& data_directory, std::string& failure);

    /// Nothing has been written yet.
    [[nodiscard]] bool empty() const noexcept { return empty_; }
    /// Writes block 0 and its state, synced.
    [[nodiscard]] Failure initialise(const GenesisState& genesis);
    [[nodiscard]] std::uint64_t chain_id() const noexcept { return chain_id_; }
    [[nodiscard]] const chain::Hash32& genesis_hash() const noexcept { return genesis_hash_; }

    /// The newest stored block.
    [[nodiscard]] HeaderRecord head() const;
    /// Every account of the state after head(), in order of address.
    [[nodiscard]] Failure load_accounts(
        const std::function<void(const chain::Address&, const chain::Account&)>& visit) const;

    /// Remembers the safe and the finalized head. Not synced: they are found again by derivation.
    [[nodiscard]] Failure note_heads(std::uint64_t safe, std::uint64_t finalized);
    /// Keeps a place to begin derivation at; at most kCheckpointsMax of them, the newest.
    [[nodiscard]] Failure put_checkpoint(const DerivationCheckpoint& checkpoint);
    /// All that are kept, newest first.
    [[nodiscard]] Failure read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const;
    /// Forgets those above L1 block `number`: the L1 re-organised.
    [[nodiscard]] Failure drop_checkpoints_above(std::uint64_t number);
    static constexpr std::size_t kCheckpointsMax = 256;

    /// The raw transactions of a block, without the rest of it. @error as block()
    [[nodiscard]] ReadResult<std::vector<chain::Bytes>> raw_transactions(
        std::uint64_t number) const;

    // actors::BlockStore
    [[nodiscard]] actors::IoFailure commit(std::span<const actors::SealedBlockPtr> blocks) override;
    /// Null where it is missing or damaged (the cause is logged).
    [[nodiscard]] actors::SealedBlockPtr block(std::uint64_t number) override;

    // ChainReader
    [[nodiscard]] actors::Heads heads() const override;
    [[nodiscard]] std::uint64_t oldest_block() const override { return 0; }
    [[nodiscard]] ReadResult<actors::SealedBlockPtr> block(std::uint64_t number) const override;
    [[nodiscard]] ReadResult<actors::SealedBlockPtr> header(std::uint64_t number) const override;
    [[nodiscard]] ReadResult<std::uint64_t> number_of(
        const chain::Hash32& block_hash) const override;
    [[nodiscard]] ReadResult<StoredTransaction> transaction(
        const chain::Hash32& hash) const override;
    [[nodiscard]] ReadResult<std::vector<AccountVersion>> account_history(
        const chain::Address& address, std::uint64_t first, std::uint64_t last,
        std::uint32_t count_max) const override;

  private:
    explicit ChainStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    [[nodiscard]] Failure read_meta();
    void put_block(WriteBatch& batch, const actors::SealedBlock& block) const;
    [[nodiscard]] ReadResult<HeaderRecord> header_record(std::uint64_t number) const;
    [[nodiscard]] bool read_body(actors::SealedBlock& block, std::uint64_t transactions) const;

    std::unique_ptr<Database> database_;
    bool empty_ = true;
    std::uint64_t chain_id_ = 0;
    chain::Hash32 genesis_hash_;
    mutable std::mutex mutex_;  // guards the members below
    HeaderRecord head_;
    actors::Heads heads_;
};

}  // namespace troupe::node
