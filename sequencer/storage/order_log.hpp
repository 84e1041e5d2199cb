#pragma once

#include "actors/ports.hpp"
#include "sequencer/storage/lock_file.hpp"
#include "sequencer/storage/segment_pool.hpp"

#include <deque>
#include <filesystem>
#include <memory>

namespace troupe::node {

/// The order log: `order-log/` in the data directory, some files that are written over and over
/// (OrderSegment). Every append is synced, so what was acknowledged survives `kill -9` and power
/// loss. Appends and prunes come from one thread.
class SegmentedOrderLog final : public actors::OrderLog {
  public:
    struct Options {
        std::uint64_t segment_bytes = 16 * 1024 * 1024;  ///< of one file; of some seconds at most
    };
    /// Takes over what a data directory of format 4 or less has in `order/`.
    [[nodiscard]] static std::unique_ptr<SegmentedOrderLog> open(
        const std::filesystem::path& data_directory, std::string& failure, const Options& options);
    [[nodiscard]] static std::unique_ptr<SegmentedOrderLog> open(
        const std::filesystem::path& data_directory, std::string& failure) {
        return open(data_directory, failure, Options{});
    }

    struct Tail {
        std::vector<actors::MicroBlockRecord> micro_blocks;
        std::vector<actors::SealRecord> seals;
        std::uint64_t next_sequence = 1;
    };
    /// Reads the entries from `first_sequence` on, up to the last that was written whole.
    /// @return a failure when one is damaged or missing between others: nothing is guessed
    [[nodiscard]] Failure read_tail(std::uint64_t first_sequence, Tail& tail) const;

    [[nodiscard]] actors::IoFailure append(const actors::MicroBlockRecord& record) override;
    [[nodiscard]] actors::IoFailure append(const actors::SealRecord& record) override;
    [[nodiscard]] actors::IoFailure prune(std::uint64_t sequence) override;

  private:
    SegmentedOrderLog(
        std::unique_ptr<LockFile> lock, std::filesystem::path directory, std::uint64_t bytes,
        const OrderLogKey& key, std::vector<std::unique_ptr<OrderSegment>> found,
        std::uint64_t next_number);
    [[nodiscard]] Failure take_over(const std::filesystem::path& old_directory);
    [[nodiscard]] Failure append_value(std::uint64_t sequence, chain::ByteView value);
    [[nodiscard]] Failure write(std::uint64_t sequence, chain::ByteView value);

    std::unique_ptr<LockFile> lock_;
    std::filesystem::path directory_;
    SegmentPool pool_;
    /// By their last sequences; appends go to the last one. Bounded by what is not pruned: the
    /// blocks in flight.
    std::deque<std::unique_ptr<OrderSegment>> segments_;
    Failure write_failure_;  // the first one: nothing is written after it
};

}  // namespace troupe::node
