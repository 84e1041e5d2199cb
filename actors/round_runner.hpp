#pragma once

#include "actors/admission/chunk.hpp"
#include "chain/types/account.hpp"

#include <memory>
#include <span>

namespace troupe::actors {

/// Executes ordered transfers in rounds of the partition actors, and nothing else: no admission, no
/// log, no receipts. What benchmarks of execution measure; no CAF in its interface.
class RoundRunner {
  public:
    /// @param threads  scheduler threads
    RoundRunner(std::uint32_t threads, std::uint32_t partitions, TableSeed seed);
    ~RoundRunner();
    RoundRunner(const RoundRunner&) = delete;
    RoundRunner& operator=(const RoundRunner&) = delete;

    void load(const chain::Address& address, const chain::Account& account);
    /// Runs all, `micro_block_txs` at a time; returns when the last round is done.
    /// @param planned  whether each micro-block is planned as the sequencer does: checked against
    ///                 the state one by one before it is laid out. Otherwise guards alone decide.
    /// @return whether every guard held
    bool run(
        std::span<AdmittedTx> txs, std::uint32_t micro_block_txs,
        const chain::Uint256& base_fee_per_gas, const chain::Address& fee_vault, bool planned);
    /// Ends the block that the runs belong to, as the sealer has partitions do it.
    void seal_block();
    [[nodiscard]] chain::Account account(const chain::Address& address) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::actors
