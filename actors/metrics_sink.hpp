#pragma once

#include "actors/reason.hpp"

#include <array>
#include <cstdint>
#include <vector>

/// Counters as plain integers: engines count, actors publish a copy on a tick, sequencer/ exports.
namespace troupe::actors {

/// Counts over fixed bounds [seconds]; the last bucket is +Inf.
template <const auto& kBoundsOf>
struct Histogram {
    static constexpr auto kBounds = kBoundsOf;
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    double sum_seconds = 0;

    void observe(double seconds, std::uint64_t times = 1) noexcept {
        std::size_t bucket = 0;
        while (bucket < kBounds.size() && seconds > kBounds[bucket])
            ++bucket;
        counts[bucket] += times;
        sum_seconds += seconds * static_cast<double>(times);
    }
    void observe_ns(std::uint64_t ns, std::uint64_t times = 1) noexcept {
        observe(static_cast<double>(ns) / 1e9, times);
    }
    void add(const Histogram& other) noexcept {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] += other.counts[i];
        sum_seconds += other.sum_seconds;
    }
};

inline constexpr std::array kLatencyBounds{0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032,
                                           0.064,  0.128, 0.256, 0.512, 1.0,   2.0,   5.0};
using LatencyHistogram = Histogram<kLatencyBounds>;

inline constexpr std::array kStageBounds{0.000'02, 0.000'05, 0.000'1, 0.000'2, 0.000'5, 0.001,
                                         0.002,    0.005,    0.01,    0.02,    0.05,    0.1,
                                         0.2,      0.5,      1.0,     2.0,     5.0,     20.0};
using StageHistogram = Histogram<kStageBounds>;

/// What a round, or the next one, waits for.
enum class RoundStage : std::uint8_t {
    kParent,     // contracts need the hash of the block before
    kSpeculate,  // executors run their shares
    kValidate,   // partitions check and apply what was speculated
    kSettle,     // one executor runs in order
    kNote,       // at the end of a block: partitions note what it changed
};
inline constexpr std::size_t kRoundStages = 5;

/// How a micro-block was executed.
enum class RoundMode : std::uint8_t {
    kNative,       // transfers only, by the sequencer
    kSmall,        // by one executor: not worth sharing
    kConflicting,  // by one executor: most of it is predicted to conflict
    kParallel,     // by several, and all of it held
    kRepaired,     // by several, and what did not hold ran again
};
inline constexpr std::size_t kRoundModes = 5;

struct SequencerStats {
    std::array<std::uint64_t, kReasons> transactions{};  ///< by outcome; [0] is accepted
    std::uint64_t queue_txs = 0;                         ///< waiting to be ordered
    std::uint64_t credits_free = 0;                      ///< transactions that would be taken now
    std::uint64_t micro_blocks = 0;
    std::array<std::uint64_t, kRoundModes> rounds{};    ///< micro-blocks by RoundMode
    std::uint64_t native_txs = 0;                       ///< run by the sequencer
    std::uint64_t executor_txs = 0;                     ///< run by executors
    std::uint64_t reexecuted_txs = 0;                   ///< of these: run a second time
    std::uint64_t executor_gas = 0;                     ///< used by what executors ran
    std::uint64_t estimated_gas = 0;                    ///< of the same, before it ran
    std::uint64_t predicted_txs = 0;                    ///< whose slots were predicted
    std::uint64_t unpredicted_txs = 0;                  ///< calls of functions that are not known
    std::uint64_t observed_txs = 0;                     ///< that templates were learnt from
    std::uint64_t slot_templates = 0;                   ///< held
    std::uint64_t forecast_ns_per_mgas = 0;             ///< what executors need; 0: not known yet
    std::uint64_t micro_block_gas = 0;                  ///< estimate that one may have
    std::uint64_t credits_bound = 0;                    ///< transactions taken and not answered
    std::uint64_t clock_jumps = 0;                      ///< times the wall clock went back or leapt
    std::uint64_t senders_remembered = 0;               ///< of transactions that came again
    std::uint64_t senders_recovered = 0;                ///< from signatures
    LatencyHistogram micro_block_latency;               ///< closed to committed
    LatencyHistogram submit_latency;                    ///< taken to answered
    std::array<StageHistogram, kRoundStages> stages{};  ///< by RoundStage
    std::uint64_t blocks_in_flight = 0;                 ///< closed and not yet stored
};

struct LogStats {
    LatencyHistogram sync_latency;  ///< order log append with sync
    std::uint64_t bytes = 0;
};

struct SealerStats {
    std::uint64_t blocks = 0;
    std::uint64_t transactions = 0;
    std::uint64_t gas_used = 0;
    std::uint64_t unsafe_number = 0;
    LatencyHistogram seal_latency;   ///< block closed to durable
    LatencyHistogram store_latency;  ///< BlockStore commit
    StageHistogram hash_latency;     ///< block closed to hashed
};

struct PartitionStats {
    std::uint32_t partition = 0;
    std::uint64_t accounts = 0;
    std::uint64_t slots = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t mailbox_messages = 0;  ///< messages sent to it and not yet handled
    StageHistogram commitment;           ///< its part of a block's state root, rounds in between
    // Where not all accounts are in memory:
    std::uint64_t account_reads = 0;        ///< from the store, while somebody waited
    std::uint64_t accounts_read_ahead = 0;  ///< from the store, before they were needed
    std::uint64_t slots_read_ahead = 0;     ///< likewise
    std::uint64_t accounts_evicted = 0;
    std::uint64_t bucket_reads = 0;  ///< of the state trie
    std::uint64_t buckets_evicted = 0;
    std::uint64_t slot_reads = 0;  ///< from the store, for the table
    std::uint64_t slots_evicted = 0;
    std::uint64_t storage_reads = 0;  ///< buckets of storage tries, and small ones as a whole
    std::uint64_t storage_evicted = 0;
};

struct BatcherStats {
    std::uint64_t safe_number = 0;
    std::uint64_t finalized_number = 0;
    std::uint64_t backlog_blocks = 0;  ///< sealed, not yet safe
    std::uint64_t backlog_bytes = 0;   ///< estimated bytes for the L1 not yet posted
    std::uint64_t channels = 0;
    std::uint64_t posted_bytes = 0;
    std::uint64_t seconds_since_post = 0;
    std::uint32_t throttle = 0;  ///< 0 none, 1 compress harder, 2 slow, 3 refuse
    StageHistogram encoding;     ///< of a channel: made, compressed and read back
    StageHistogram posting;      ///< of a channel: closed to mined
    StageHistogram derivation;   ///< of a channel: mined to safe
    bool diverged = false;
};

/// The only way from actors/ to monitoring. Called from many actors at once; must not block.
class MetricsSink {
  public:
    virtual ~MetricsSink() = default;
    virtual void publish(const SequencerStats& stats) noexcept = 0;
    virtual void publish(const LogStats& stats) noexcept = 0;
    virtual void publish(const SealerStats& stats) noexcept = 0;
    virtual void publish(const PartitionStats& stats) noexcept = 0;
    virtual void publish(const BatcherStats& stats) noexcept = 0;
};

}  // namespace troupe::actors
