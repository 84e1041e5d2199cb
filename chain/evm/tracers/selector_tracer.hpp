#pragma once

#include "chain/evm/tracers/trace_budget.hpp"
#include "chain/types/revision.hpp"

#include <array>
#include <map>

namespace troupe::chain::evm {

/// The functions that were called: the first four bytes of every call's data and how many follow,
/// and how often. Precompiles have no functions.
/// @spec go-ethereum's 4byteTracer
class SelectorTracer final : public BudgetedTracer {
  public:
    struct Key {
        std::array<std::uint8_t, 4> selector{};
        std::size_t size = 0;  ///< of the data after the selector
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    SelectorTracer(const Rules& rules, TraceBudget& budget)
        : BudgetedTracer(budget), rules_(rules) {}

    void on_enter(const Enter& enter) override;

    [[nodiscard]] const std::map<Key, std::uint64_t>& counts() const noexcept { return counts_; }

  private:
    const Rules rules_;
    std::map<Key, std::uint64_t> counts_;
};

}  // namespace troupe::chain::evm
