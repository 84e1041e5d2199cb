#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/grpc/event_hub.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

/// A node in memory with the contracts of Engine and storage, for tests of the gRPC edge: what the
/// test says happens, happens at once. "Transactions" are any bytes: the first is the Reason with
/// which they are refused (0: accepted), the next 20 the sender.
namespace troupe::node::testing {

[[nodiscard]] chain::Bytes fake_transaction(
    std::uint64_t id, actors::Reason reason = actors::Reason::kNone, std::uint8_t sender = 1);
[[nodiscard]] chain::Address fake_sender(std::uint8_t sender);

class FakeNode final : public NodeBackend, public ChainReader {
  public:
    /// Block 0 exists from the beginning.
    explicit FakeNode(std::uint32_t queue_txs_max = 16'384);
    ~FakeNode() override;

    /// Where events go; before anything else.
    void attach(EventHub& hub) { hub_ = &hub; }

    // ---- what the test makes happen
    /// Answers everything submitted and executes it as one micro-block.
    /// @return transactions executed
    std::size_t execute();
    /// Answers what was submitted, but keeps the execution for execute().
    void answer();
    /// Ends the open block: it is stored, then announced.
    void seal();
    void settle(std::uint64_t batched, std::uint64_t posted, actors::Heads heads);
    /// execute() every millisecond and seal() every `block_ms`, on a thread, until the end.
    void run(std::uint32_t block_ms);
    void stop();
    void prune_before(std::uint64_t block);
    /// Queries are not answered any more, as by an engine that has stopped.
    void forget_queries() { forgetting_ = true; }
    void set_shutting_down(bool value) { shutting_down_ = value; }

    [[nodiscard]] std::uint64_t head() const;
    [[nodiscard]] std::uint64_t executed() const { return executed_; }

    // ---- NodeBackend
    bool submit(
        std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink,
        actors::Credit credit = actors::Credit::kNone) override;
    std::atomic<int> submissions{0};      ///< calls of submit() that were taken
    std::atomic<bool> busy{false};        ///< takes what credit was granted for, no more
    std::function<void()> before_submit;  ///< runs at the beginning of submit(), if set
    std::uint32_t free_credits() const noexcept override;
    std::uint32_t retry_after_ms() const noexcept override { return 250; }
    bool shutting_down() const noexcept override { return shutting_down_; }
    void query_account(
        actors::AccountQuery query, std::function<void(actors::AccountAnswer)> reply) override;
    /// A contract; others have no code, but for who asks for it alone.
    void put_code(const chain::Address& address, chain::Bytes code);
    chain::execution::BlockEnv open_block() const override;
    void stop_sequencing() override { sequencing_ = false; }
    void start_sequencing() override { sequencing_ = true; }
    bool sequencing() const noexcept override { return sequencing_; }
    void flush() override { ++flushes; }
    std::atomic<int> flushes{0};

    // ---- ChainReader
    actors::Heads heads() const override;
    std::uint64_t oldest_block() const override;
    ReadResult<actors::SealedBlockPtr> block(std::uint64_t number) const override;
    ReadResult<actors::SealedBlockPtr> header(std::uint64_t number) const override;
    ReadResult<std::uint64_t> number_of(const chain::Hash32& block_hash) const override;
    ReadResult<StoredTransaction> transaction(const chain::Hash32& hash) const override;
    ReadResult<std::vector<AccountVersion>> account_history(
        const chain::Address& address, std::uint64_t first, std::uint64_t last,
        std::uint32_t count_max) const override;

  private:
    struct Submission {
        std::vector<chain::Bytes> raw;
        std::shared_ptr<actors::SubmitSink> sink;
    };
    struct Executed {
        chain::Bytes raw;
        chain::Hash32 hash;
        chain::Address sender;
    };
    void answer_locked();
    void add_genesis();

    EventHub* hub_ = nullptr;
    const std::uint32_t queue_txs_max_;
    std::atomic<bool> shutting_down_{false};
    std::atomic<bool> sequencing_{true};
    std::atomic<bool> forgetting_{false};
    std::atomic<std::uint64_t> executed_{0};

    mutable std::mutex mutex_;  ///< guards what follows
    std::deque<Submission> queue_;
    std::size_t queued_ = 0;
    std::vector<Executed> ordered_;  // answered, of the next micro-block
    std::vector<Executed> open_;     // executed, of the open block
    std::uint64_t sequence_ = 1;
    std::vector<actors::SealedBlockPtr> blocks_;
    std::map<chain::Hash32, std::pair<std::uint64_t, std::uint32_t>> places_;
    std::map<chain::Address, chain::Account> accounts_;
    std::map<chain::Address, chain::Bytes> codes_;
    actors::Heads heads_;
    std::uint64_t oldest_ = 0;

    std::atomic<bool> running_{false};
    std::thread thread_;
};

}  // namespace troupe::node::testing
