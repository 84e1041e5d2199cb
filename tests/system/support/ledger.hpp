#pragma once

#include "sequencer/client/client.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// What a node told its users, and whether it stands by it.
namespace troupe::tests {

/// A transaction that was acknowledged.
struct Told {
    chain::Hash32 hash;
    std::uint64_t block = 0;
    std::optional<node::client::SoftReceipt> soft;  ///< where one came
};

struct Refused {
    std::size_t index = 0;  ///< in the submission
    node::client::CallError error;
};

/// All that one stream was told, in the order told.
struct StreamRecord {
    std::vector<Told> accepted;
    std::vector<Refused> refused;
    std::string end;  ///< why the connection broke; empty: all was answered
};

/// Submits transactions over one stream and writes down every answer. run() may take a thread of
/// its own.
class StreamDriver {
  public:
    StreamDriver(node::client::Client& client, const std::vector<chain::Bytes>& transactions)
        : client_(client), transactions_(transactions) {}

    /// Sends until all is sent, `stop` is requested or the connection breaks; then waits for the
    /// answers that still come.
    void run(std::stop_token stop = {}, std::size_t batch_txs = 128);

    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
    /// @pre run() has returned
    [[nodiscard]] StreamRecord record() const;

  private:
    void on_outcomes(const node::client::BatchOutcome& outcome);

    node::client::Client& client_;
    const std::vector<chain::Bytes>& transactions_;
    std::atomic<std::uint64_t> answered_{0};
    // Written by the stream's thread, read after it has ended.
    std::vector<Told> accepted_;
    std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t> accepted_at_;
    struct RefusedAt {
        std::uint64_t sequence;
        std::uint32_t index;
        node::client::CallError error;
    };
    std::vector<RefusedAt> refused_;
    std::vector<node::client::SoftReceipt> soft_;
    std::map<std::uint64_t, std::size_t> first_of_;  // batch -> its first transaction
    std::string end_;
};

/// Submits all and waits for all answers; throws where the connection breaks.
[[nodiscard]] StreamRecord submit_all(
    node::client::Client& client, const std::vector<chain::Bytes>& transactions);

/// Where the node's answers now differ from what it told: an acknowledged transaction without a
/// receipt, another block, another place or result than in its soft receipt, another order. Each
/// in words; at most ten.
[[nodiscard]] std::vector<std::string> broken_promises(
    node::client::Client& client, const std::vector<StreamRecord>& records);

/// Every sealed block from `first` to `last`, as the node tells them.
[[nodiscard]] std::vector<node::client::BlockInfo> read_blocks(
    node::client::Client& client, std::uint64_t first, std::uint64_t last);

/// Transactions in blocks 1 to `last`.
[[nodiscard]] std::uint64_t count_transactions(node::client::Client& client, std::uint64_t last);

/// The highest block that something was acknowledged into.
[[nodiscard]] std::uint64_t last_block(const std::vector<StreamRecord>& records);

}  // namespace troupe::tests
