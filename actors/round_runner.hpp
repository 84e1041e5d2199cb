#pragma once

#include "actors/admission/chunk.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/types/account.hpp"
#include "chain/types/receipt.hpp"

#include <memory>
#include <span>

namespace troupe::actors {

/// Executes ordered transactions in rounds, as the sequencer does it, and nothing else: no
/// admission, no log, no receipts. What benchmarks of execution measure; no CAF in its interface.
class RoundRunner {
  public:
    struct Config {
        std::uint32_t threads = 1;    ///< of the scheduler
        std::uint32_t executors = 1;  ///< 1: everything is serial
        std::uint32_t partitions = 4;
        std::uint32_t micro_block_txs = 2'000;
        std::uint64_t micro_block_gas = 20'000'000;  ///< estimate, where contracts run
        std::uint64_t parallel_gas = 2'000'000;  ///< estimate from which executors share a round
        bool estimate_costs = true;              ///< see EngineConfig
        bool learn_slots = true;                 ///< see EngineConfig
        TableSeed seed;
    };
    struct Count {
        std::uint64_t refused = 0;
        std::uint64_t failed = 0;  ///< executed without success
        std::uint64_t gas_used = 0;
        std::uint64_t rounds = 0;
        std::uint64_t repaired = 0;     ///< rounds of which something did not hold
        std::uint64_t conflicting = 0;  ///< rounds that were predicted to conflict
        std::uint64_t reexecuted = 0;   ///< transactions
        /// What it took from the moment when the first is planned: without waking the thread that
        /// plans, and without waking whoever waits for the last.
        std::uint64_t ns = 0;
    };

    explicit RoundRunner(Config config);
    ~RoundRunner();
    RoundRunner(const RoundRunner&) = delete;
    RoundRunner& operator=(const RoundRunner&) = delete;

    /// Forgets the state and what was learnt to conflict; executors keep the code they analysed.
    void clear();
    void load(const chain::Address& address, const chain::Account& account);
    void load_code(const chain::Hash32& hash, const chain::Bytes& code);
    /// Says that an account's code is a delegation (EIP-7702). After load().
    void load_delegation(const chain::Address& address);
    void load_slot(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value);
    /// Makes room in each partition's tables for so many accounts and slots more: what has just
    /// been loaded would grow in the first rounds, as it rarely does later.
    void make_room(std::size_t changes);
    /// Runs all in micro-blocks; returns when the last round is done. The transactions' bytes are
    /// used up.
    /// @param receipts  if given, those of what was not refused are added, in order
    Count run(
        std::span<AdmittedTx> txs, const chain::execution::BlockEnv& env,
        std::vector<chain::Receipt>* receipts = nullptr);
    /// The same behind the system calls of the block's start.
    Count run_block(
        std::span<AdmittedTx> txs, const chain::execution::BlockEnv& env,
        std::vector<chain::Receipt>* receipts = nullptr);
    /// Ends the block that the runs belong to, as the sealer has partitions do it.
    void seal_block();
    [[nodiscard]] chain::Account account(const chain::Address& address) const;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::actors
