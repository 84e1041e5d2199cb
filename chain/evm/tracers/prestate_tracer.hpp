#pragma once

#include "chain/evm/tracers/trace_budget.hpp"
#include "chain/state/state_view.hpp"

#include <map>
#include <set>

namespace troupe::chain::evm {

/// Which accounts and slots a transaction looks at or changes: what has to be known to execute it.
/// What they hold before and after, the states say that it runs on and leaves.
/// @spec go-ethereum's prestateTracer
class PrestateTracer final : public BudgetedTracer {
  public:
    /// @param before  the state it runs on, to see through EIP-7702's delegations
    PrestateTracer(const state::StateView& before, TraceBudget& budget)
        : BudgetedTracer(budget), before_(before) {}

    /// Also for what a transaction touches before any code runs: sender, recipient, coinbase,
    /// signers of authorizations.
    void touch(const Address& address);
    /// The same of an account that is called: with the one whose code runs for it.
    void touch_called(const Address& address);

    void on_step(const Step& step) override;
    void on_enter(const Enter& enter) override;

    /// Accounts with their slots.
    [[nodiscard]] const std::map<Address, std::set<Hash32>>& touched() const noexcept {
        return touched_;
    }

  private:
    const state::StateView& before_;
    std::map<Address, std::set<Hash32>> touched_;
};

}  // namespace troupe::chain::evm
