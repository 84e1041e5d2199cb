#pragma once

#include "chain/evm/tracers/trace_budget.hpp"

#include <vector>

namespace troupe::chain::evm {

/// The logs of a transaction, with a log for every transfer of ether between them: an ERC-20
/// Transfer of 0xeeee… (ERC-7528). What a failed call did is not there.
/// @spec go-ethereum's eth_simulateV1, traceTransfers
class TransferTracer final : public BudgetedTracer {
  public:
    explicit TransferTracer(TraceBudget& budget) : BudgetedTracer(budget) {}

    void on_enter(const Enter& enter) override;
    void on_exit(const Exit& exit) override;
    void on_log(std::uint32_t depth, const Log& log) override;
    void on_self_destruct(const SelfDestruct& what) override;

    [[nodiscard]] const std::vector<Log>& logs() const noexcept { return logs_; }

  private:
    void add(const Address& from, const Address& to, const Uint256& value);

    std::vector<Log> logs_;
    std::vector<std::size_t> logs_before_;  // of each call that is under way
};

}  // namespace troupe::chain::evm
