#pragma once

#include "actors/partition/state_tables.hpp"
#include "actors/scratch_table.hpp"
#include "actors/sequencer/native.hpp"

#include <optional>

namespace troupe::actors {

/// Decides which transactions may go into the part of a micro-block that executors run: goes
/// through them in order, on balances and nonces only, over the partitions' views. Of transfers it
/// takes what serial execution would take. What a contract does it can't know: it counts the
/// greatest cost against the sender and nothing for anybody else, and the executor has the last
/// word.
class Planner {
  public:
    /// @param txs_max  transactions of one micro-block at most
    Planner(Views views, std::uint32_t txs_max);

    /// Begins a micro-block: forgets what the last one planned. @param vault  the fee vault's place
    void begin(const chain::Uint256& base_fee_per_gas, const chain::Address& coinbase, Place vault);
    /// Counts `tx` in, or says why not (nothing has changed then).
    [[nodiscard]] std::optional<chain::execution::Refusal> take(const AdmittedTx& tx);

  private:
    struct Entry {
        bool has_code = false;
        bool may_send = true;
        std::uint64_t nonce = 0;
        chain::Uint256 balance;
    };
    [[nodiscard]] Entry& load(Place place, const chain::Address& address);

    Views views_;
    ScratchTable<chain::Address, Entry> entries_;
    chain::Uint256 base_fee_;
    chain::Address coinbase_;
    Place vault_;
};

}  // namespace troupe::actors
