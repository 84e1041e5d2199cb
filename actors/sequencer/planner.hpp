#pragma once

#include "actors/partition/state_tables.hpp"
#include "actors/sequencer/round.hpp"

#include <optional>

namespace troupe::actors {

/// Decides which transactions may go into a micro-block: runs them in order, on balances and nonces
/// only, over the partitions' views. Of transfers it takes what serial execution would take, so
/// guards in the partitions hold. What a contract does it can't know: it counts the greatest cost
/// against the sender and nothing for anybody else, and the executor has the last word.
class Planner {
  public:
    /// @param txs_max  transactions of one micro-block at most
    Planner(Views views, std::uint32_t txs_max);

    /// Begins a micro-block: forgets what the last one planned. @param vault  the fee vault's place
    void begin(const chain::Uint256& base_fee_per_gas, const chain::Address& coinbase, Place vault);
    /// Brings what take() will read nearer.
    void prefetch(const AdmittedTx& tx) const noexcept;
    /// Counts `tx` in, or says why not (nothing has changed then).
    [[nodiscard]] std::optional<chain::execution::Refusal> take(const AdmittedTx& tx);
    /// Whether it needs the EVM, as the state is before the micro-block. A micro-block where none
    /// does deploys nothing, so that stays the answer.
    [[nodiscard]] bool needs_evm(const AdmittedTx& tx) const noexcept;

  private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t epoch = 0;  // live when it is the planner's
        bool has_code = false;
        bool may_send = true;
        chain::Address address;
        std::uint64_t nonce = 0;
        chain::Uint256 balance;
    };
    [[nodiscard]] Entry& load(Place place, const chain::Address& address) noexcept;

    Views views_;
    std::vector<Entry> entries_;
    std::size_t mask_;
    std::uint32_t epoch_ = 0;
    chain::Uint256 base_fee_;
    chain::Address coinbase_;
    Place vault_;
};

/// EIP-1559. @pre max_fee_per_gas >= base_fee
[[nodiscard]] chain::Uint256 price_of(
    const AdmittedTx& tx, const chain::Uint256& base_fee) noexcept;

/// Fills the prices of a round whose transactions are fixed.
void set_prices(Round& round, const chain::Uint256& base_fee);

/// Fills prices, halves and begin of a round of transfers whose transactions are fixed. The tips of
/// all become one credit of the fee vault, behind its other halves: a vault that spends within the
/// micro-block what it earns in it fails a guard and the serial path decides.
void lay_out(
    Round& round, std::uint32_t partitions, const chain::Uint256& base_fee,
    const chain::Address& coinbase, Place vault);

}  // namespace troupe::actors
