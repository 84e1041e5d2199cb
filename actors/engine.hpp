#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/ports.hpp"
#include "chain/types/transaction.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

/// The actors as the rest of the node sees them: one object, no CAF in its interface.
namespace troupe::actors {

/// Every limit and period of the actors, with the reason beside it.
struct EngineConfig {
    std::uint32_t worker_threads = 0;      ///< CAF scheduler threads; 0: one per core
    std::uint32_t partitions = 0;          ///< 1..256; 0: four per worker thread
    std::uint32_t executors = 0;           ///< 0: one per worker thread
    std::uint32_t admission_workers = 0;   ///< 0: one per worker thread
    std::uint32_t queue_txs_max = 16'384;  ///< submitted, not yet answered; more are refused
    std::uint32_t chunk_txs = 32;          ///< transactions per admission message
    /// Transactions that one admission actor admits together at most: signature recovery is at its
    /// best at 128.
    std::uint32_t admission_batch_txs = 128;
    std::uint32_t admission_hold_us = 1'000;    ///< and waits for more of them at most, under load
    std::uint32_t micro_block_txs_max = 2'000;  ///< about 8 ms of estimated work
    /// Estimated gas of one micro-block in which contracts run, but for a single transaction.
    std::uint64_t micro_block_gas_max = 20'000'000;
    /// Executors share the contracts of a micro-block whose estimates come to at least this; below
    /// it, telling them costs more than they save.
    std::uint64_t parallel_gas_min = 2'000'000;
    // Prediction and load balancing (docs/execution.md): nothing of it is part of a result.
    bool estimate_costs = true;  ///< by what was used before; else by gas limits
    bool learn_slots = true;     ///< templates of the slots that functions touch; else names only
    bool forecast = true;        ///< the two bounds below hold
    std::uint32_t micro_block_ms_max = 8;  ///< estimated work of one micro-block with contracts
    std::uint32_t queue_ms_max = 250;      ///< estimated work that is taken and not yet answered
    /// Memory for accounts, slots and their tries; 0: all of them are in memory. A part of them is,
    /// if not: the rest is read from EngineStart::accounts and slots. More is taken while the store
    /// is behind.
    std::uint64_t state_cache_bytes = 0;
    bool read_ahead = true;  ///< with a state cache: accounts are read while senders are recovered
    std::uint32_t block_time_ms = 1'000;
    std::uint32_t metrics_interval_ms = 500;

    std::uint32_t channel_age_max_ms = 10'000;     ///< close a channel at the latest after this
    std::uint64_t channel_bytes_target = 100'000;  ///< close when its estimate reaches this
    std::uint64_t backlog_blocks_compress = 600;   ///< first mark: the compressor works harder
    std::uint64_t backlog_blocks_slow = 1'800;     ///< second mark: accepted rate is lowered
    std::uint64_t backlog_blocks_refuse = 3'600;   ///< last mark: submission is refused
    static constexpr std::uint64_t kStateCacheMin = 512 * 1024;
    /// Names every broken rule in words an operator can act on; empty means usable.
    [[nodiscard]] std::vector<std::string> validate() const;
    /// The same with every 0 ("as many as fit") replaced by a number for this machine.
    [[nodiscard]] EngineConfig resolved() const;
};

/// What a (re)start begins with: read by sequencer/ from the BlockStore and the order log.
struct EngineStart {
    chain::ChainConfig chain;
    chain::Header head;  ///< the last block that the BlockStore holds
    chain::Hash32 head_hash;
    chain::L1Origin head_origin;
    std::uint64_t next_sequence = 1;  ///< of the order log
    std::uint64_t safe_number = 0;
    /// Hashes of the newest blocks, that of `head` last; at most kBlockHashes are used.
    std::vector<chain::Hash32> block_hashes;
    /// Calls back once per code that an account of the state after `head` has, and once per slot
    /// that is not zero. May be empty where there are none.
    std::function<void(const std::function<void(const chain::Bytes&)>&)> load_codes;
    std::function<void(const std::function<void(
                           const chain::Address&, const chain::Hash32&, const chain::Uint256&)>&)>
        load_slots;
    /// Calls back once per account of the state after `head`, in any order. With a state cache the
    /// accounts come from `accounts` instead, which outlives the engine.
    std::function<void(const std::function<void(const chain::Address&, const chain::Account&)>&)>
        load_accounts;
    const AccountStore* accounts = nullptr;
    /// With a state cache, likewise, instead of load_slots; null: all slots are in memory.
    const SlotStore* slots = nullptr;
    /// Order log entries after `head`, in order: replayed before anything is accepted.
    std::vector<MicroBlockRecord> micro_blocks;
    std::vector<SealRecord> seals;
    chain::L1Origin origin;  ///< newest L1 origin known at start
    std::uint64_t origin_timestamp = 0;
};

/// An account as a reader may see it: after the last committed micro-block (its storage root after
/// the last sealed block), or proven at the last sealed block.
struct AccountAnswer {
    chain::Account account;
    std::uint64_t block_number = 0;
    std::uint64_t pending_nonce = 0;  ///< next nonce counting what is ordered
    chain::Hash32 state_root;         ///< of block_number; set when a proof was asked for
    std::vector<chain::Bytes> proof;  ///< nodes from the root; when asked for
    struct Slot {
        chain::Hash32 slot;
        chain::Uint256 value;
        std::vector<chain::Bytes> proof;  ///< nodes from the storage root; when asked for
    };
    std::vector<Slot> slots;  ///< those asked for, in that order
    chain::Bytes code;        ///< when asked for
};

/// What a reader wants to know of an account.
struct AccountQuery {
    chain::Address address;
    bool with_proof = false;
    bool with_code = false;
    std::vector<chain::Hash32> slots;  ///< kQuerySlotsMax at most
};
inline constexpr std::size_t kQuerySlotsMax = 1'024;

/// What whoever submits was promised.
enum class Credit : std::uint8_t {
    kNone,     ///< nothing: takes what is free now
    kGranted,  ///< room: free_credits() said so before
};

class Engine final : public L1Events {
  public:
    /// Spawns the actors and replays. Blocks until the engine is ready to accept.
    /// @return empty and a message in `failure` when the start data contradicts itself
    [[nodiscard]] static std::unique_ptr<Engine> start(
        EngineConfig config, EngineStart start, OrderLog& log, BlockStore& store, EventSink& events,
        MetricsSink& metrics, L1Port& l1, std::string& failure);
    ~Engine() override;

    /// Hands transactions over. Takes all or none; the order within and between calls from one
    /// thread is kept. Never blocks.
    /// @return false when the queue has no room for all of them (nothing was taken; the caller
    ///         answers kOverCapacity) or when shutting down (shutting_down() tells which)
    [[nodiscard]] bool submit(
        std::vector<chain::Bytes> raw, std::shared_ptr<SubmitSink> sink,
        Credit credit = Credit::kNone);
    /// Transactions that submit() would take right now: what streams grant as credit.
    [[nodiscard]] std::uint32_t free_credits() const noexcept;
    [[nodiscard]] std::uint32_t retry_after_ms() const noexcept;
    [[nodiscard]] bool shutting_down() const noexcept;

    /// The callback runs on an actor's thread and must not block.
    void query_account(AccountQuery query, std::function<void(AccountAnswer)> reply);

    /// Environment of the open block: its base fee is what the next transaction pays.
    [[nodiscard]] chain::execution::BlockEnv open_block() const;

    // Admin.
    void stop_sequencing();  ///< refuses new transactions (kShuttingDown); reads go on
    void start_sequencing();
    [[nodiscard]] bool sequencing() const noexcept;
    void flush();  ///< seals the open block and closes the channel now

    /// Drains: refuses what is new, answers what was taken, seals, stores. At most `timeout_ms`.
    /// @return whether everything was drained
    bool shut_down(std::uint32_t timeout_ms);

    // L1Events: any thread.
    void on_origin(const chain::L1Origin& origin, std::uint64_t timestamp) override;
    void on_posted(std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) override;
    void on_post_failed(
        std::uint64_t first, std::uint64_t last, const std::string& reason) override;
    void on_derived(std::uint64_t safe, std::uint64_t finalized, std::uint64_t l1_block) override;
    void on_divergence(const std::string& message) override;

  private:
    struct Impl;
    explicit Engine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::actors
