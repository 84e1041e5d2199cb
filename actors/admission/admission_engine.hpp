#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/gate.hpp"
#include "actors/refusal.hpp"

namespace troupe::actors {

/// Decodes, checks what needs no state, hashes and recovers senders. No state of its own but
/// scratch; any number of them work side by side.
class AdmissionEngine {
  public:
    /// @param block_gas_limit  of every block of this chain
    /// @param rules            of the EVM: which addresses are precompiles
    AdmissionEngine(
        std::uint64_t chain_id, std::uint64_t block_gas_limit, chain::Rules rules, TableSeed seed)
        : chain_id_(chain_id), block_gas_limit_(block_gas_limit), rules_(rules), seed_(seed) {}

    /// Turns chunk.raw into chunk.txs and chunk.refused. Every transaction ends in one of them.
    /// @param throttle  kRefuse: nothing is looked at, everything is refused as over capacity
    void admit(Chunk& chunk, Throttle throttle);

    /// For replay: the sender is known from the order log.
    /// @return nothing when `raw` is not a transaction that admission would have taken
    [[nodiscard]] std::optional<AdmittedTx> readmit(
        chain::Bytes raw, const chain::Address& sender) const;

  private:
    /// A transaction between decoding and recovery.
    struct Candidate {
        AdmittedTx tx;
        chain::crypto::EcdsaSignature signature;
        chain::Bytes preimage;
        bool recovered = false;
    };
    /// Decodes and checks; fills all but hash, sender and places.
    [[nodiscard]] chain::Result<chain::Transaction, chain::execution::Refusal> read(
        chain::ByteView raw) const;
    void copy_fields(AdmittedTx& to, const chain::Transaction& from) const;
    void hash_and_recover();

    std::uint64_t chain_id_;
    std::uint64_t block_gas_limit_;
    chain::Rules rules_;
    TableSeed seed_;
    // Scratch, kept for its memory.
    std::vector<Candidate> candidates_;
    std::vector<chain::ByteView> views_;
    std::vector<chain::Hash32> hashes_;
    std::vector<chain::crypto::PublicKey> keys_;
};

}  // namespace troupe::actors
