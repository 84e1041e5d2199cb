#pragma once

#include "chain/evm/tracers/trace_budget.hpp"
#include "chain/types/revision.hpp"
#include "chain/types/transaction.hpp"

#include <map>
#include <set>

namespace troupe::chain::evm {

/// The access list (EIP-2930) with which a transaction would have found everything warm.
/// @spec go-ethereum's eth_createAccessList
class AccessListTracer final : public BudgetedTracer {
  public:
    /// @param warm  addresses that need no entry of their own: sender, recipient, signers of
    ///              authorizations. Precompiles need none either. Slots of all of them are listed.
    AccessListTracer(const Rules& rules, std::set<Address> warm, TraceBudget& budget)
        : BudgetedTracer(budget), rules_(rules), warm_(std::move(warm)) {}

    void on_step(const Step& step) override;

    /// With what `given` names already; sorted by address and slot.
    [[nodiscard]] AccessList list(const AccessList& given = {}) const;

  private:
    void touch(const Address& address);

    const Rules rules_;
    const std::set<Address> warm_;
    std::map<Address, std::set<Hash32>> touched_;
};

}  // namespace troupe::chain::evm
