#pragma once

#include "actors/engine.hpp"
#include "actors/ports.hpp"
#include "actors/sequencer/block_content.hpp"
#include "actors/sequencer/round.hpp"

namespace troupe::actors {

/// An account as a reader asks for it.
struct Query : AccountQuery {
    std::function<void(AccountAnswer)> reply;
    AccountAnswer answer;  ///< what the sequencer knows, on its way to the proof
};
using QueryPtr = std::shared_ptr<Query>;

/// Who runs the steps of a round. Each call returns at once.
class RoundPort {
  public:
    virtual ~RoundPort() = default;
    virtual void speculate(std::uint32_t share, const RoundPtr& round) = 0;     // -> on_speculated
    virtual void validate(std::uint32_t partition, const RoundPtr& round) = 0;  // -> on_validated
    virtual void settle(const RoundPtr& round) = 0;                             // -> on_settled
};

/// What the sequencer's engine asks of the actors around it. Each call returns at once; what comes
/// of it arrives as a later call of the engine.
class SequencerPort : public RoundPort {
  public:
    // To the log actor, in sequence.
    virtual void append(std::shared_ptr<const MicroBlockRecord> record) = 0;  // -> on_logged
    virtual void append(std::shared_ptr<const SealRecord> record) = 0;        // -> on_seal_logged
    // A block grows, and ends.
    virtual void grow(std::shared_ptr<BlockPiece> piece) = 0;  // to the sealer
    virtual void close(std::shared_ptr<BlockContent>
                           block) = 0;  // partitions -> on_seal_begun, sealer -> on_hashed
    virtual void store(std::shared_ptr<SealedBlock> block, bool flush_channel) = 0;  // -> on_stored
    // Readers and the outside.
    virtual void prove(std::uint32_t partition, QueryPtr query) = 0;
    virtual void publish(std::shared_ptr<const CommittedMicroBlock> micro_block) = 0;
    virtual void fatal(const std::string& message) = 0;
    /// Replay is over. @param failure  empty: ready to accept
    virtual void ready(const std::string& failure) = 0;
    /// @param complete  everything taken was answered, sealed and stored
    virtual void drained(bool complete) = 0;
};

}  // namespace troupe::actors
