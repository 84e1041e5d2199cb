#pragma once

#include "actors/admission/account_reader.hpp"
#include "actors/admission/chunk.hpp"
#include "actors/admission/sender_cache.hpp"
#include "actors/admission/slot_ahead_reader.hpp"
#include "actors/gate.hpp"
#include "actors/refusal.hpp"
#include "chain/crypto/recover_batch.hpp"

#include <span>

namespace troupe::actors {

/// Decodes, checks what needs no state, hashes and recovers senders. No state of its own but
/// scratch; any number of them work side by side.
class AdmissionEngine {
  public:
    /// @param block_gas_limit  of every block of this chain
    /// @param rules            of the EVM: which addresses are precompiles
    /// @param recent           senders of what came lately, all engines'; empty: all are recovered
    /// @param reader           of accounts that may not be in memory; empty: all are
    /// @param slots            the same of slots
    AdmissionEngine(
        std::uint64_t chain_id, std::uint64_t block_gas_limit, chain::Rules rules, TableSeed seed,
        SenderCachePtr recent = {}, AccountReaderPtr reader = {}, SlotAheadReaderPtr slots = {})
        : chain_id_(chain_id),
          block_gas_limit_(block_gas_limit),
          rules_(rules),
          seed_(seed),
          recent_(std::move(recent)),
          reader_(std::move(reader)),
          slots_(std::move(slots)) {}

    /// Turns each chunk's raw into its txs and refused. Every transaction ends in one of them. The
    /// chunks share what is cheaper for many: hashes and signature recovery.
    /// @param throttle  kRefuse: nothing is looked at, everything is refused as over capacity
    void admit(std::span<const ChunkPtr> chunks, Throttle throttle);
    void admit(Chunk& chunk, Throttle throttle);  ///< a chunk alone

    /// For replay: the sender is known from the order log.
    /// @return nothing when `raw` is not a transaction that admission would have taken
    [[nodiscard]] std::optional<AdmittedTx> readmit(
        chain::Bytes raw, const chain::Address& sender) const;
    /// What is computed here of a transaction that a chain with looser rules has taken.
    [[nodiscard]] AdmittedTx prepare(
        const chain::Transaction& tx, chain::Bytes raw, const chain::Address& sender) const;

  private:
    /// Decodes and checks; fills all but hash, sender and places.
    [[nodiscard]] chain::Result<chain::Transaction, chain::execution::Refusal> read(
        chain::ByteView raw) const;
    void copy_fields(AdmittedTx& to, const chain::Transaction& from) const;
    /// Decodes and checks all of chunk.raw: what passes is in chunk.txs without hash, sender and
    /// places, and in the scratch.
    void read_all(Chunk& chunk, Throttle throttle);
    void hash_and_recover();
    /// Fills senders_: what is remembered, and the rest recovered together.
    void find_senders();
    /// Refuses those of chunk.txs that have no sender. @param first  of them in the scratch
    void drop_unsigned(Chunk& chunk, std::size_t first);

    std::uint64_t chain_id_;
    std::uint64_t block_gas_limit_;
    chain::Rules rules_;
    TableSeed seed_;
    SenderCachePtr recent_;
    AccountReaderPtr reader_;
    SlotAheadReaderPtr slots_;
    chain::crypto::BatchRecovery recovery_;
    // Scratch, kept for its memory: one entry for each transaction that was read.
    std::vector<AdmittedTx*> txs_;
    std::vector<chain::crypto::RecoveryInput> signatures_;
    std::vector<chain::crypto::RecoveryResult> recovered_;
    std::vector<std::optional<chain::Address>> senders_;
    chain::Bytes preimages_;  ///< of all signatures, one after the other
    std::vector<std::size_t> preimage_ends_;
    std::vector<chain::ByteView> views_;
    std::vector<chain::Hash32> hashes_;
};

}  // namespace troupe::actors
