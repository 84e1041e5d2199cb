#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/records.hpp"

#include <filesystem>
#include <memory>

namespace troupe::node {

/// `blocks/` in the data directory: headers, transactions, receipts, change sets and codes. Keys
/// begin with the block number, so that LevelDB's files follow each other and are never merged: a
/// block is written once. What is here is the chain; everything in `state/` can be made from it.
class BlockDatabase {
  public:
    [[nodiscard]] static std::unique_ptr<BlockDatabase> open(
        const std::filesystem::path& data_directory, std::string& failure);

    /// The newest block; empty before the genesis is put.
    [[nodiscard]] Failure read_head(std::optional<HeaderRecord>& head) const;
    [[nodiscard]] Failure put_genesis(const HeaderRecord& genesis);
    /// Writes consecutive blocks in one batch, synced.
    [[nodiscard]] Failure put(std::span<const actors::SealedBlockPtr> blocks);

    // Reads; a damaged or unreadable value is logged and kStorage.
    [[nodiscard]] ReadResult<HeaderRecord> header(std::uint64_t number) const;
    [[nodiscard]] ReadResult<actors::SealedBlockPtr> block(std::uint64_t number) const;
    [[nodiscard]] ReadResult<std::vector<chain::Bytes>> raw_transactions(
        std::uint64_t number) const;
    [[nodiscard]] ReadResult<std::vector<chain::execution::AccountChange>> changes(
        std::uint64_t number) const;
    [[nodiscard]] ReadResult<std::vector<chain::execution::DeployedCode>> codes(
        std::uint64_t number) const;
    /// The chunk that holds transaction `index` of a block.
    [[nodiscard]] ReadResult<TransactionChunk> chunk(
        std::uint64_t number, std::uint32_t index) const;
    /// What block `number` did to the account. @error kNotFound: the block did not change it
    [[nodiscard]] ReadResult<chain::execution::AccountChange> changed_account(
        std::uint64_t number, const chain::Address& address) const;

  private:
    explicit BlockDatabase(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    [[nodiscard]] bool read_transactions(
        std::uint64_t number, std::uint64_t count,
        const std::function<void(TransactionChunk)>& visit) const;

    std::unique_ptr<Database> database_;
};

/// Logs damage or a failed read. @return kStorage
[[nodiscard]] ReadError damaged(const std::string& what, const std::string& why);
[[nodiscard]] std::string block_name(std::uint64_t number);

}  // namespace troupe::node
