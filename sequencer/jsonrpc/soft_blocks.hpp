#pragma once

#include "sequencer/grpc/event_hub.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe::node::jsonrpc {

/// What was executed and is not sealed yet: the content of the "pending" block. Any thread.
class SoftBlocks {
  public:
    /// A micro-block and the number of logs before it in its block.
    struct Part {
        MicroBlockPtr micro_block;
        std::uint32_t first_log_index = 0;
    };

    void add(const MicroBlockPtr& micro_block);
    /// Forgets the blocks up to `number`: they can be read as sealed ones.
    void drop_sealed(std::uint64_t number);
    /// Micro-blocks were lost: what is known of open blocks is not complete.
    void forget();

    /// All of one block, in order.
    [[nodiscard]] std::vector<Part> parts(std::uint64_t block_number) const;
    /// Index in the block of the first log of `receipt`, which is in `micro_block`.
    [[nodiscard]] std::optional<std::uint32_t> first_log_index(
        const actors::CommittedMicroBlock& micro_block, const actors::SoftReceipt& receipt) const;

    /// Hashes of executed transactions, numbered in order of execution, for those who poll.
    static constexpr std::size_t kRecentHashesMax = 65'536;
    [[nodiscard]] std::uint64_t next_number() const;
    /// Those from `number` on (or from the oldest that is kept); `number` becomes the next one.
    [[nodiscard]] std::vector<chain::Hash32> hashes_since(std::uint64_t& number) const;

  private:
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::uint64_t, std::vector<Part>> blocks_;
    std::deque<chain::Hash32> hashes_;
    std::uint64_t next_number_ = 0;
};

/// The bytes of transactions that came in through this door, until they can be read from a sealed
/// block: micro-blocks tell receipts only. Bounded; the oldest go first. Any thread.
class KnownTransactions {
  public:
    KnownTransactions(std::size_t count_max, std::uint64_t bytes_max)
        : count_max_(count_max), bytes_max_(bytes_max) {}

    void add(const chain::Hash32& hash, chain::Bytes raw, std::uint64_t block_number);
    [[nodiscard]] std::optional<chain::Bytes> find(const chain::Hash32& hash) const;
    void drop_sealed(std::uint64_t number);

  private:
    void drop_oldest();
    const std::size_t count_max_;
    const std::uint64_t bytes_max_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<chain::Hash32, chain::Bytes> raw_;
    struct Entry {
        chain::Hash32 hash;
        std::uint64_t block_number;
    };
    std::deque<Entry> order_;
    std::uint64_t bytes_ = 0;
};

}  // namespace troupe::node::jsonrpc
