#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/admission/sender_cache.hpp"
#include "actors/engine.hpp"
#include "actors/handoff.hpp"
#include "actors/partition/partition_engine.hpp"
#include "actors/sequencer/round.hpp"
#include "actors/sequencer/sequencer_port.hpp"

#include <caf/all.hpp>

#include <atomic>

/// Every actor and every message between them, on one page. CAF mailboxes have no bound, so the
/// protocol bounds each: beside a message stands how many of it can wait at once. A is admission
/// actors, P partitions, E executors, B SequencerEngine::kBlocksInFlightMax, Q queue_txs_max.
///
// clang-format off
///   from                    messages                                          to
///   Engine::submit       ── AdmitChunk                                     ─▶ admission ×A
///   admission            ── Admitted                                       ─▶ sequencer
///   sequencer            ── AppendMicroBlock, AppendSeal                   ─▶ log
///   log                  ── Logged, SealLogged                             ─▶ sequencer
///   sequencer            ── Speculate, Settle                              ─▶ executor ×E
///   executor             ── Speculated, Settled                            ─▶ sequencer
///   sequencer            ── ValidateRound, SealBlock                       ─▶ partition ×P
///   partition            ── Validated, SealBegun                           ─▶ sequencer
///   sequencer            ── BlockGrew, BlockClosed                         ─▶ sealer
///   partition            ── SealBoardReady, ProveSlots, ProveAccount       ─▶ partition ×P
///   partition            ── PartitionSealed, ProofPart                     ─▶ sealer
///   sealer               ── BlockHashed                                    ─▶ sequencer
///   sequencer            ── StoreBlock                                     ─▶ store
///   store                ── BlockStored                                    ─▶ sequencer, sealer
///   store                ── PruneLog                                       ─▶ log
///   store                ── BlockForL1, BlocksRead, CloseChannel           ─▶ batcher
///   batcher              ── ReadBlocks                                     ─▶ store
///   L1Events             ── NewOrigin, ChannelPosted, PostFailed, Derived, Diverged ─▶ batcher
///   L1Events             ── NewOrigin                                      ─▶ sequencer
///   Engine::query_account ─ AskAccount                                     ─▶ sequencer
///   sequencer, sealer    ── ProveAccount                                   ─▶ partition ×P
///   Engine               ── Start, Flush, Drain                            ─▶ sequencer
// clang-format on
namespace troupe::actors {

// Messages carry shared pointers: they stay inside one process. The number beside each says how
// many can wait in a mailbox at once.
// clang-format off
struct AdmitChunk { ChunkPtr chunk; };                   // Q over all admission actors: credits
struct AdmitHeld {};                                     // 1 per admission actor, to itself
struct Admitted { ChunkPtr chunk; };                     // Q: credits
struct AppendMicroBlock { std::shared_ptr<const MicroBlockRecord> record; };  // 1: the round's
struct AppendSeal { std::shared_ptr<const SealRecord> record; };              // B
struct PruneLog { std::uint64_t sequence = 0; };         // B: one per stored block
struct Logged { IoFailure failure; };                    // 1: the round's
struct SealLogged { IoFailure failure; };                // B
struct Speculate { RoundPtr round; std::uint32_t share = 0; };                // 1 per executor
struct Speculated {};                                    // E
struct ValidateRound { RoundPtr round; };                // 1 per partition
struct Validated { bool held = true; };                  // P
struct Settle { RoundPtr round; };                       // 1
struct Settled {};                                       // 1
struct SealBlock { SealBoardPtr board; };                // 1 per partition
struct SealBegun {};                                     // P
struct SealSlice {};                                     // 1 per partition, to itself
struct SealBoardReady {};                                // 2 per partition: the stages of a block
struct PartitionSealed { std::shared_ptr<PartitionSeal> seal; };              // B * P
struct BlockGrew { std::shared_ptr<BlockPiece> piece; };                      // micro-blocks of B blocks
struct BlockClosed { std::shared_ptr<BlockContent> content; };                // B
struct BlockHashed { std::shared_ptr<SealedBlock> block; };                   // B
struct StoreBlock { std::shared_ptr<SealedBlock> block; bool flush_channel = false; };  // B
struct StorePending {};                                  // 1, to itself
struct BlockStored { std::uint64_t number = 0; IoFailure failure; std::uint64_t took_ns = 0; };  // B
struct AskAccount { QueryPtr query; };                   // callers bound theirs: calls in flight
struct ProveAccount { QueryPtr query; };                 // as AskAccount
struct ProveSlots { QueryPtr query; std::shared_ptr<PartitionProof> part; };  // as AskAccount
struct ProofPart { QueryPtr query; std::shared_ptr<PartitionProof> part; };   // as AskAccount
struct BlockForL1 { SealedBlockPtr block; };             // one per block time
struct ReadBlocks { std::uint64_t first = 0; std::uint64_t last = 0; };       // 1
struct BlocksRead { std::uint64_t first = 0; std::vector<SealedBlockPtr> blocks; };  // 1
struct ChannelPosted { std::uint64_t first = 0; std::uint64_t last = 0; std::uint64_t l1_block = 0; };  // 1
struct PostFailed { std::uint64_t first = 0; std::uint64_t last = 0; std::string reason; };  // 1
struct Derived { std::uint64_t safe = 0; std::uint64_t finalized = 0; std::uint64_t l1_block = 0; };  // one per L1 block
struct Diverged { std::string message; };                // 1
struct NewOrigin { chain::L1Origin origin; std::uint64_t timestamp = 0; };    // one per L1 block
struct CloseChannel {};                                  // admin calls
struct Start {};                                         // 1
struct Tick {};                                          // 1 per actor, to itself
struct Flush {};                                         // admin calls
struct Drain {};                                         // 1
struct PublishStats {};                                  // 1 per actor, to itself
// clang-format on

using AdmissionActor = caf::typed_actor<caf::reacts_to<AdmitChunk>, caf::reacts_to<AdmitHeld>>;
using LogActor = caf::typed_actor<  // detached: blocks on the disk
    caf::reacts_to<AppendMicroBlock>, caf::reacts_to<AppendSeal>, caf::reacts_to<PruneLog>,
    caf::reacts_to<PublishStats>>;
using PartitionActor = caf::typed_actor<
    caf::reacts_to<ValidateRound>, caf::reacts_to<SealBlock>, caf::reacts_to<SealSlice>,
    caf::reacts_to<SealBoardReady>, caf::reacts_to<ProveAccount>, caf::reacts_to<ProveSlots>,
    caf::reacts_to<PublishStats>>;
using ExecutorActor = caf::typed_actor<caf::reacts_to<Speculate>, caf::reacts_to<Settle>>;
using SealerActor = caf::typed_actor<
    caf::reacts_to<BlockGrew>, caf::reacts_to<BlockClosed>, caf::reacts_to<PartitionSealed>,
    caf::reacts_to<BlockStored>, caf::reacts_to<ProofPart>, caf::reacts_to<PublishStats>>;
using StoreActor = caf::typed_actor<  // detached: blocks on the disk
    caf::reacts_to<StoreBlock>, caf::reacts_to<StorePending>, caf::reacts_to<ReadBlocks>>;
using SequencerActor = caf::typed_actor<
    caf::reacts_to<Start>, caf::reacts_to<Admitted>, caf::reacts_to<Logged>,
    caf::reacts_to<SealLogged>, caf::reacts_to<Speculated>, caf::reacts_to<Validated>,
    caf::reacts_to<Settled>, caf::reacts_to<SealBegun>, caf::reacts_to<BlockHashed>,
    caf::reacts_to<BlockStored>, caf::reacts_to<AskAccount>, caf::reacts_to<NewOrigin>,
    caf::reacts_to<Tick>, caf::reacts_to<Flush>, caf::reacts_to<Drain>,
    caf::reacts_to<PublishStats>>;
using BatcherActor = caf::typed_actor<
    caf::reacts_to<Start>, caf::reacts_to<BlockForL1>, caf::reacts_to<BlocksRead>,
    caf::reacts_to<ChannelPosted>, caf::reacts_to<PostFailed>, caf::reacts_to<Derived>,
    caf::reacts_to<Diverged>, caf::reacts_to<NewOrigin>, caf::reacts_to<CloseChannel>,
    caf::reacts_to<Tick>, caf::reacts_to<PublishStats>>;

/// All handles. Filled once, before the first message; every actor keeps a pointer to it, and lets
/// go of it when it quits.
struct Peers {
    std::vector<AdmissionActor> admission;
    std::vector<PartitionActor> partitions;
    std::vector<ExecutorActor> executors;
    SequencerActor sequencer;
    LogActor log;
    StoreActor store;
    SealerActor sealer;
    BatcherActor batcher;
    SenderCachePtr senders;  ///< the admission actors'
    /// Messages sent to each partition, and not yet handled.
    std::unique_ptr<std::atomic<std::uint64_t>[]> partition_mail;
    /// The same of each admission actor, in transactions.
    std::unique_ptr<std::atomic<std::uint64_t>[]> admission_mail;
    std::uint64_t admission_batch_txs = 0;  ///< see EngineConfig

    template <class Message>
    void to_partition(std::uint32_t p, Message message) const {
        partition_mail[p].fetch_add(1, std::memory_order_relaxed);
        tell(partitions[p], std::move(message));
    }
    /// To the first one that has less than a batch to do: where few transactions come, all are in
    /// one's batches, which are larger then.
    void to_admission(AdmitChunk message) const {
        const auto busy = [this](std::size_t a) {
            return admission_mail[a].load(std::memory_order_relaxed) >= admission_batch_txs;
        };
        std::size_t a = 0;
        while (a < admission.size() && busy(a))
            ++a;
        if (a == admission.size()) a = message.chunk->ticket % admission.size();
        admission_mail[a].fetch_add(message.chunk->raw.size(), std::memory_order_relaxed);
        tell(admission[a], std::move(message));
    }
};
using PeersPtr = std::shared_ptr<const Peers>;

}  // namespace troupe::actors

// Messages stay inside the process: CAF need not know how to write them down.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::AdmitChunk)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::AdmitHeld)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Admitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::AppendMicroBlock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::AppendSeal)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::PruneLog)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Logged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::SealLogged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Speculate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Speculated)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ValidateRound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Validated)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Settle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::SealBegun)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::SealBlock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::SealSlice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::SealBoardReady)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::PartitionSealed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlockGrew)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlockClosed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlockHashed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::StoreBlock)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::StorePending)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlockStored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlockForL1)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ReadBlocks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::BlocksRead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ChannelPosted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::PostFailed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Derived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Diverged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::CloseChannel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::AskAccount)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ProveAccount)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ProveSlots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ProofPart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::NewOrigin)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::Drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::PublishStats)
