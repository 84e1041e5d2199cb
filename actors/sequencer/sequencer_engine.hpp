#pragma once

#include "actors/admission/admission_engine.hpp"
#include "actors/sequencer/congestion_forecast.hpp"
#include "actors/sequencer/native.hpp"
#include "actors/sequencer/origin_queue.hpp"
#include "actors/sequencer/planner.hpp"
#include "actors/sequencer/recent_hashes.hpp"
#include "actors/sequencer/replay.hpp"
#include "actors/sequencer/round_driver.hpp"
#include "actors/sequencer/sequencer_port.hpp"
#include "actors/sequencer/shares.hpp"
#include "actors/sequencer/ticket_order.hpp"

#include <deque>
#include <map>

namespace troupe::actors {

/// Time as it reaches the engine: inside messages.
struct Now {
    std::uint64_t wall_ms = 0;    ///< since 1970
    std::uint64_t steady_ns = 0;  ///< since some fixed moment
};

/// Fixes the order: plans micro-blocks, drives one round at a time, opens and closes blocks,
/// answers whoever submitted. Decides everything, does nothing itself: see SequencerPort. The same
/// calls in the same order give the same blocks.
///
/// A micro-block begins with the transfers before its first transaction that needs the EVM: they
/// run as they are planned, in the open states that the partitions lend. What follows is run by the
/// executors (RoundDriver). Meanwhile the order log writes it all; when both are done the round
/// commits. Should the log fail, all of it is taken back: readers wait for the end of a round, so
/// nobody has seen it.
///
/// Contracts need the hash of the block before (BLOCKHASH, EIP-2935) and wait for it. The system
/// calls of the block's start run before its first contract, or before it is closed. Transfers
/// can't tell the difference: the system contracts of EIP-2935 and EIP-4788 only write slots of
/// their own. Where a chain has other code at their addresses, the calls come before everything
/// else.
///
/// At the end of a block the partitions take back what they lent for as long as they note what the
/// block changed; the next round waits for it.
class SequencerEngine {
  public:
    struct Setup {
        EngineConfig config;  ///< resolved
        chain::ChainConfig chain;
        chain::Header head;
        chain::Hash32 head_hash;
        std::vector<chain::Hash32> block_hashes;  ///< see EngineStart
        OriginQueue::Origin origin;               ///< the head's
        std::uint64_t next_sequence = 1;
        TableSeed seed;
        KnownSlotsPtr known_slots;  ///< for who reads ahead; null: nobody does
        ReplayLog replay;
        /// false: what executors run is planned unchecked and they decide (to test their refusals)
        bool exact_plan = true;
        /// every slot counts as contended, not only what has conflicted (to test what follows)
        bool follow_all_slots = false;
    };
    SequencerEngine(Setup setup, Loans loans, GatePtr gate, SequencerPort& port);

    // Each event may start work; `now` is when it is handled.
    void start(Now now);
    void on_tick(Now now);
    void on_chunk(ChunkPtr chunk, Now now);
    void on_origin(const chain::L1Origin& origin, std::uint64_t timestamp);
    void on_query(QueryPtr query, Now now);
    void on_logged(const IoFailure& failure, Now now);
    void on_speculated(Now now);
    void on_validated(bool held, Now now);
    void on_settled(Now now);
    void on_seal_begun(Now now);
    void on_hashed(std::shared_ptr<SealedBlock> block, Now now);
    void on_seal_logged(const IoFailure& failure, Now now);
    void on_stored(std::uint64_t number, const IoFailure& failure, Now now);
    /// Closes the open block now; its channel is closed when it is stored.
    void on_flush(Now now);
    /// Shutting down: answers what was taken, seals, stores, then drained().
    void on_drain(Now now);

    [[nodiscard]] SequencerStats stats() const;

    static constexpr std::uint32_t kBlocksInFlightMax = 8;  ///< closed, not yet stored
    static constexpr std::uint64_t kClockLeapMs = 10'000;   ///< a forward jump that is counted
    /// A transaction whose gas limit does not fit closes the block early only when at least this
    /// share of the block's gas is used: else one such transaction after the other would seal a
    /// block each.
    static constexpr std::uint64_t kEarlyCloseDivisor = 8;
    /// What it takes to tell of a transaction while executors run the next round [gas]: 0.6 us.
    static constexpr std::uint64_t kTellGas = 2'500;

  private:
    enum class Phase : std::uint8_t {
        kAwaitParent,  // executors need the parent's hash
        kExecute,
        kDone
    };
    struct RoundState {
        RoundPtr round;
        std::vector<std::pair<ChunkPtr, std::uint32_t>> pieces;  // chunk, how many of its txs
        Phase phase = Phase::kDone;
        bool begin_only = false;  // no micro-block: the system calls of the block's start
        bool logged = false;
        bool log_failed = false;
        bool replay = false;
        bool told = false;    // committed, and everybody knows
        bool learnt = false;  // committed, and shares_ knows
        std::uint64_t started_ns = 0;
        std::uint64_t committed_ns = 0;
        std::uint64_t executors_began_ns = 0;
        std::uint64_t executors_took_ns = 0;
        [[nodiscard]] bool needs_executors() const noexcept {
            return begin_only || round->native < round->txs.size();
        }
    };
    /// What plan() has put into the micro-block so far.
    struct Planned {
        std::uint64_t txs = 0;
        std::uint64_t gas = 0;  // used by transfers before the first contract; limits after
        std::uint64_t bytes = 0;
        std::uint64_t estimate = 0;      // gas of what executors will run
        std::uint64_t estimate_max = 0;  // of these together, but for a single transaction
        std::uint32_t native = 0;
        bool evm = false;
    };
    enum class Take : std::uint8_t {
        kHandled,         // taken (then answers_ did not grow) or refused
        kMicroBlockFull,  // the micro-block must be executed first
        kBlockFull,       // the block must be closed first
    };
    /// Which code is at the addresses of the system contracts.
    enum class System : std::uint8_t {
        kNone,
        kStandard,
        kOther
    };
    /// A closed block until it is stored.
    struct ClosedBlock {
        std::uint64_t number = 0;
        std::optional<SealRecord> logged_seal;  // replay: it is in the log already
        chain::execution::BlockEnv env;
        std::shared_ptr<SealedBlock> sealed;  // once hashed
        std::uint64_t seal_sequence = 0;
        std::uint64_t closed_ns = 0;
        bool storing = false;
        bool flush_channel = false;
    };

    // sequencer_engine.cpp: events, blocks
    void step(Now now);
    [[nodiscard]] bool step_replay(Now now);
    [[nodiscard]] bool quiet() const noexcept;
    [[nodiscard]] bool close_due(Now now) const;
    [[nodiscard]] bool open_block(Now now);
    void open_with(const chain::execution::BlockEnv& env, Now now);
    void close_block(std::optional<SealRecord> logged_seal, Now now);
    void store(ClosedBlock& block);
    void watch_clock(Now now);
    void answer_queries();
    void answer(const QueryPtr& query);
    void stop(const std::string& message);
    void report_ready();
    void report_drained();

    // micro_block.cpp: planning, rounds, commit
    void offer_slots(const Chunk& chunk);
    [[nodiscard]] bool plan(Now now);
    [[nodiscard]] Take take(const AdmittedTx& tx, Planned& planned);
    void start_round(std::unique_ptr<RoundState> state, Now now);
    void start_empty_round(Now now);
    void start_begin_round(Now now);
    void start_executors(Now now);
    void note_stage(Now now);
    [[nodiscard]] bool begin_due() const noexcept;
    void look_for_system_contracts() noexcept;
    [[nodiscard]] bool start_replay_round(MicroBlockRecord record, Now now);
    void begin_native(std::size_t txs_max);
    void advance(Now now);
    void take_back_round();
    void commit(Now now);
    void answer_submitters(const RoundState& state);
    void refuse_round(Now now);
    void refuse_waiting(Reason reason, const std::string& message);
    void refuse(const AdmittedTx& tx, WordedRefusal refusal, std::uint32_t retry_after_ms = 0);
    void flush_answers(Chunk& chunk);
    void publish(BlockContent& block, Round& round);
    void count(const Round& round);
    void forecast(const RoundState& state, std::uint64_t gas_before);

    // work_ahead.cpp: what is done while others run a round
    void use_wait();
    bool tell_of_last();
    void learn_from_last();
    /// @param may_read  executors only read the states, and so may we
    void prepare_next(bool may_read);

    EngineConfig config_;
    chain::ChainConfig chain_;
    bool exact_plan_;
    GatePtr gate_;
    SequencerPort& port_;
    Loans loans_;
    Views views_;
    NativeTransfers native_;
    Planner planner_;
    Shares shares_;
    CongestionForecast forecast_;
    RoundDriver driver_;
    AdmissionEngine readmission_;  // replay only
    Place vault_;
    TableSeed seed_;
    OriginQueue origins_;
    TicketOrder tickets_;
    RecentHashes recent_;

    std::deque<ChunkPtr> waiting_;  // in order; of the first one, transactions from front_done_ on
    std::size_t front_done_ = 0;
    std::uint64_t waiting_txs_ = 0;
    std::vector<SubmitSink::Item> answers_;  // to one chunk's sink, until flush_answers()
    std::vector<AdmittedTx*> candidates_;    // scratch of plan()

    RoundPool rounds_;
    std::unique_ptr<RoundState> round_;
    std::unique_ptr<RoundState> last_;  // the one before, until it is told of and learnt from
    std::optional<RoundStage> stage_;   // of the round, while others work on it
    std::uint64_t stage_began_ns_ = 0;
    std::shared_ptr<BlockContent> open_;
    std::uint64_t block_gas_ = 0;    // used by what has committed of the open block
    std::uint64_t block_txs_ = 0;    // planned into the open block
    std::uint64_t block_bytes_ = 0;  // of these, raw
    bool begun_ = false;             // its system calls have run
    System system_ = System::kNone;
    BlockHashesPtr hashes_;                                  // of the sealed blocks
    std::map<chain::Address, chain::Hash32> storage_roots_;  // after the last sealed block, if
                                                             // changed since the start
    chain::Header parent_;       // number, time, gas and fees of the last closed block
    chain::Hash32 sealed_hash_;  // of the last block hashed
    std::uint64_t sealed_number_ = 0;
    std::deque<ClosedBlock> closed_;  // oldest first
    std::uint64_t next_sequence_;
    std::deque<std::pair<std::uint64_t, std::uint64_t>>
        first_entries_;  // block, its first sequence
    bool close_requested_ = false;
    bool flush_requested_ = false;
    bool draining_ = false;
    bool drained_ = false;
    bool ready_ = false;
    std::string stopped_;  // why, when a failure ended ordering

    ReplayLog replay_;
    std::deque<QueryPtr> queries_;
    std::uint32_t seals_outstanding_ = 0;  // partitions that have not given back what they lend
    Now last_tick_;
    SequencerStats stats_;
};

}  // namespace troupe::actors
