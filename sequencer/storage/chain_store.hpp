#pragma once

#include "actors/ports.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/storage/block_database.hpp"
#include "sequencer/storage/state_database.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

namespace troupe::node {

/// The stored chain: `blocks/` and `state/` in the data directory, laid out as
/// docs/formats/storage.md says. Commits come from one thread at a time, reads from any.
class ChainStore final : public actors::BlockStore, public ChainReader {
  public:
    /// Opens both databases and gives `state/` the blocks that it has not seen.
    [[nodiscard]] static std::unique_ptr<ChainStore> open(
        const std::filesystem::path& data_directory, std::string& failure,
        const StateOptions& options = {});

    /// Nothing has been written yet.
    [[nodiscard]] bool empty() const noexcept { return empty_; }
    /// Writes block 0 and its state, synced.
    [[nodiscard]] Failure initialise(const GenesisState& genesis);
    [[nodiscard]] std::uint64_t chain_id() const noexcept { return chain_id_; }
    [[nodiscard]] const chain::Hash32& genesis_hash() const noexcept { return genesis_hash_; }

    /// The newest stored block.
    [[nodiscard]] HeaderRecord head() const;
    /// Every account of the state after head(), in order of the hash of its address. No commit
    /// meanwhile.
    [[nodiscard]] Failure load_accounts(
        const std::function<void(const chain::Address&, const chain::Account&)>& visit) const {
        return state_->load_accounts(visit);
    }

    /// Every slot that is not zero, and every code, of that state. No commit meanwhile.
    [[nodiscard]] Failure load_slots(
        const std::function<void(
            const chain::Address&, const chain::Hash32&, const chain::Uint256&)>& visit) const {
        return state_->load_slots(visit);
    }
    /// Returns once all that was committed is in `state/`, accounts included.
    [[nodiscard]] Failure flush() { return state_->flush(); }
    /// The same accounts, one by one: for partitions that do not hold all of them.
    [[nodiscard]] const actors::AccountStore& accounts() const noexcept { return *state_; }
    /// Slots, likewise.
    [[nodiscard]] const actors::SlotStore& slots() const noexcept { return *state_; }
    [[nodiscard]] ReadTimes account_read_times() const noexcept { return state_->read_times(); }
    [[nodiscard]] Failure load_codes(const std::function<void(const chain::Bytes&)>& visit) const {
        return state_->load_codes(visit);
    }
    /// Hashes of the newest blocks, that of head() last; at most `count_max`.
    [[nodiscard]] Failure newest_hashes(
        std::uint64_t count_max, std::vector<chain::Hash32>& hashes) const;

    /// Remembers the safe and the finalized head. Not synced: they are found again by derivation.
    [[nodiscard]] Failure note_heads(std::uint64_t safe, std::uint64_t finalized);
    /// Keeps a place to begin derivation at; at most kCheckpointsMax of them, the newest.
    [[nodiscard]] Failure put_checkpoint(const DerivationCheckpoint& checkpoint) {
        return state_->put_checkpoint(checkpoint);
    }
    /// All that are kept, newest first.
    [[nodiscard]] Failure read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const {
        return state_->read_checkpoints(checkpoints);
    }
    /// Forgets those above L1 block `number`: the L1 re-organised.
    [[nodiscard]] Failure drop_checkpoints_above(std::uint64_t number) {
        return state_->drop_checkpoints_above(number);
    }
    /// Remembers which L1 this node met: the hash of its block 0. Synced.
    [[nodiscard]] Failure put_l1_genesis(const chain::Hash32& hash) {
        return state_->put_l1_genesis(hash);
    }
    /// Empty where none was met.
    [[nodiscard]] Failure read_l1_genesis(std::optional<chain::Hash32>& hash) const {
        return state_->read_l1_genesis(hash);
    }
    /// Remembers an L1 block before L2 blocks name it; the newest kOriginsMax stay. Not synced.
    [[nodiscard]] Failure put_origin(const L1OriginRecord& record) {
        return state_->put_origin(record);
    }
    /// Those from L1 block `first` on, in order.
    [[nodiscard]] Failure read_origins(
        std::uint64_t first, std::vector<L1OriginRecord>& records) const {
        return state_->read_origins(first, records);
    }
    static constexpr std::size_t kCheckpointsMax = StateDatabase::kCheckpointsMax;

    /// The raw transactions of a block, without the rest of it. @error as block()
    [[nodiscard]] ReadResult<std::vector<chain::Bytes>> raw_transactions(
        std::uint64_t number) const {
        return blocks_->raw_transactions(number);
    }

    // actors::BlockStore
    [[nodiscard]] actors::IoFailure commit(std::span<const actors::SealedBlockPtr> blocks) override;
    /// Null where it is missing or damaged (the cause is logged).
    [[nodiscard]] actors::SealedBlockPtr block(std::uint64_t number) override;

    // ChainReader
    [[nodiscard]] actors::Heads heads() const override;
    [[nodiscard]] std::uint64_t oldest_block() const override { return 0; }
    [[nodiscard]] ReadResult<actors::SealedBlockPtr> block(std::uint64_t number) const override {
        return blocks_->block(number);
    }
    [[nodiscard]] ReadResult<actors::SealedBlockPtr> header(std::uint64_t number) const override;
    [[nodiscard]] ReadResult<std::uint64_t> number_of(
        const chain::Hash32& block_hash) const override;
    [[nodiscard]] ReadResult<StoredTransaction> transaction(
        const chain::Hash32& hash) const override;
    [[nodiscard]] ReadResult<std::vector<AccountVersion>> account_history(
        const chain::Address& address, std::uint64_t first, std::uint64_t last,
        std::uint32_t count_max) const override;

  private:
    ChainStore(std::unique_ptr<BlockDatabase> blocks, std::unique_ptr<StateDatabase> state)
        : blocks_(std::move(blocks)), state_(std::move(state)) {}
    [[nodiscard]] Failure read_heads();
    [[nodiscard]] Failure catch_up();

    std::unique_ptr<BlockDatabase> blocks_;
    std::unique_ptr<StateDatabase> state_;
    bool empty_ = true;
    std::uint64_t chain_id_ = 0;
    chain::Hash32 genesis_hash_;
    mutable std::mutex mutex_;  // guards the members below
    HeaderRecord head_;
    actors::Heads heads_;
};

}  // namespace troupe::node
