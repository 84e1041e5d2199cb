#pragma once

#include "actors/partition/read_ahead.hpp"
#include "actors/placement.hpp"
#include "actors/ports.hpp"
#include "chain/types/transaction.hpp"

#include <memory>
#include <vector>

namespace troupe::actors {

/// A transaction that passed every check which needs no state, with all that later steps would
/// otherwise compute again.
struct AdmittedTx {
    chain::Bytes raw;
    chain::Hash32 hash;
    chain::Address sender;
    chain::Address to;  ///< zero for a creation
    Place sender_place;
    Place to_place;
    chain::TxType type = chain::TxType::kLegacy;
    bool evm = false;         ///< whatever the state: a creation, EIP-7702, blobs, a precompile
    std::uint32_t index = 0;  ///< position in the submission
    std::uint64_t nonce = 0;
    std::uint64_t gas_limit = 0;
    std::uint64_t gas_used = 0;  ///< of a transfer: known in advance; otherwise at least this
    chain::Uint256 max_fee_per_gas;
    chain::Uint256 max_priority_fee_per_gas;
    chain::Uint256 value;
    chain::Uint256 max_cost;                  ///< gas_limit * max_fee_per_gas + value
    std::vector<std::uint64_t> hints;         ///< see hints_of()
    std::vector<std::uint64_t> words;         ///< see words_of()
    const ReadAhead* sender_ahead = nullptr;  ///< in the chunk; null: nothing was read
    const ReadAhead* to_ahead = nullptr;
};

/// A piece of one submission on its way through admission. Written by one admission actor, then
/// owned by the sequencer. Its ticket says where it stands among all chunks.
struct Chunk {
    std::uint64_t ticket = 0;
    std::shared_ptr<SubmitSink> sink;
    std::uint64_t taken_ns = 0;     ///< steady clock, when submit() took it
    std::uint32_t first_index = 0;  ///< position of raw[0] in the submission
    std::vector<chain::Bytes> raw;  ///< as submitted; empty after admission

    std::vector<AdmittedTx> txs;            ///< admitted, in submission order
    std::vector<ReadAhead> ahead;           ///< of their accounts
    std::vector<SlotAhead> slots_ahead;     ///< that they will probably touch
    std::vector<SubmitSink::Item> refused;  ///< the others, with their outcome
};
using ChunkPtr = std::shared_ptr<Chunk>;

}  // namespace troupe::actors
