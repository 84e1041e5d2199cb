#pragma once

#include "actors/ports.hpp"
#include "sequencer/storage/leveldb.hpp"

#include <filesystem>
#include <memory>

namespace troupe::node {

/// The order log: a LevelDB of its own, `order/` in the data directory. Key: the sequence as 8
/// big-endian bytes. Every append is synced, so what was acknowledged survives `kill -9` and power
/// loss. Appends and prunes come from one thread.
class LevelOrderLog final : public actors::OrderLog {
  public:
    [[nodiscard]] static std::unique_ptr<LevelOrderLog> open(
        const std::filesystem::path& data_directory, std::string& failure);

    struct Tail {
        std::vector<actors::MicroBlockRecord> micro_blocks;
        std::vector<actors::SealRecord> seals;
        std::uint64_t next_sequence = 1;
    };
    /// Reads the entries from `first_sequence` on.
    /// @return a failure when one is damaged or missing between others: nothing is guessed
    [[nodiscard]] Failure read_tail(std::uint64_t first_sequence, Tail& tail) const;

    [[nodiscard]] actors::IoFailure append(const actors::MicroBlockRecord& record) override;
    [[nodiscard]] actors::IoFailure append(const actors::SealRecord& record) override;
    [[nodiscard]] actors::IoFailure prune(std::uint64_t sequence) override;

  private:
    explicit LevelOrderLog(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    [[nodiscard]] Failure append_value(std::uint64_t sequence, chain::ByteView value);

    std::unique_ptr<Database> database_;
    std::uint64_t oldest_ = 0;  // nothing is stored below it; 0: not known yet
    WriteBatch batch_;
};

}  // namespace troupe::node
