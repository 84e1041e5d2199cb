#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/partition/open_state.hpp"
#include "chain/execution/checks.hpp"

#include <span>

namespace troupe::actors {

/// Executes transfers where they stand, in the partitions' open states, one after the other: a
/// transfer costs less than to tell anybody of it. For whoever holds the states.
class NativeTransfers {
  public:
    explicit NativeTransfers(Loans loans) : loans_(std::move(loans)) {}

    /// Begins a round of up to `txs_max` transactions. @param vault  the fee vault's place
    void begin(
        std::size_t txs_max, const chain::Uint256& base_fee_per_gas, const chain::Address& coinbase,
        Place vault);
    /// Brings the transaction itself nearer.
    static void prefetch_tx(const AdmittedTx& tx) noexcept;
    /// Brings the accounts that run() will touch nearer, out of what was read ahead, too. After
    /// begin().
    void prefetch(const AdmittedTx& tx) const noexcept;
    /// Whether `tx` needs the EVM, as the state is.
    [[nodiscard]] bool needs_evm(const AdmittedTx& tx) const noexcept;
    /// A guess at the same that brings nothing into memory, for while others hold the states.
    /// @param may_read  they only read; else the guess is by the transaction alone
    [[nodiscard]] bool seems_to_need_evm(const AdmittedTx& tx, bool may_read) const noexcept;
    /// Runs it, or says why not (nothing has changed then). @pre !needs_evm(tx)
    [[nodiscard]] std::optional<chain::execution::Refusal> run(const AdmittedTx& tx);
    /// Takes back transfers that ran in this round, whatever their order: they add and subtract.
    /// @pre nothing that came after them in the round is left
    void take_back(std::span<AdmittedTx* const> txs) noexcept;

  private:
    [[nodiscard]] OpenState& at(Place place) const noexcept {
        return owner_of(loans_, place.sub_trie);
    }
    /// What the sender pays for gas, and the part of it that is the vault's.
    struct Fee {
        chain::Uint256 paid;
        chain::Uint256 tip;
    };
    [[nodiscard]] Fee fee_of(const AdmittedTx& tx) const noexcept;

    Loans loans_;
    chain::Uint256 base_fee_;
    chain::Address coinbase_;
    Place vault_;
    AccountRecord* vault_record_ = nullptr;  // once a tip has been paid in this round
};

/// EIP-1559. @pre max_fee_per_gas >= base_fee
[[nodiscard]] chain::Uint256 price_of(
    const AdmittedTx& tx, const chain::Uint256& base_fee) noexcept;

/// The checks that need the sender's account, in the order of
/// chain::execution::execute_transaction.
/// @param may_send  see AccountRecord::may_send
[[nodiscard]] std::optional<chain::execution::Refusal> check_sender(
    const AdmittedTx& tx, const chain::Uint256& base_fee, std::uint64_t nonce,
    const chain::Uint256& balance, bool may_send);

}  // namespace troupe::actors
