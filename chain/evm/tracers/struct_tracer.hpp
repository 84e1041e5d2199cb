#pragma once

#include "chain/evm/tracers/trace_budget.hpp"

#include <map>

namespace troupe::chain::evm {

/// One instruction, with everything as it was before it.
struct StructLog {
    std::uint32_t pc = 0;
    std::uint8_t opcode = 0;
    std::int64_t gas = 0;
    std::int64_t gas_cost = 0;  ///< all of it; of a call also what the call got
    std::uint32_t depth = 0;    ///< 1 for the outermost call
    std::int64_t refund = 0;
    std::vector<Uint256> stack;  ///< bottom first
    Bytes memory;
    Bytes return_data;
    /// SLOAD and SSTORE: all slots that the contract has loaded or stored so far. Null otherwise.
    const std::map<Hash32, Uint256>* storage = nullptr;
    /// It could not even begin: no gas, or a stack too short or too high.
    std::optional<HaltReason> fault;
};

/// Tells every instruction, once it is known what it cost.
/// @spec go-ethereum's struct logs
class StructTracer final : public BudgetedTracer {
  public:
    struct Options {
        bool stack = true;
        bool storage = true;
        bool memory = false;
        bool return_data = false;
        std::uint64_t steps_max = 0;  ///< told; 0: all
    };
    /// @param sink  takes each instruction; charges the budget for what it makes of it
    StructTracer(Options options, TraceBudget& budget, std::function<void(const StructLog&)> sink)
        : BudgetedTracer(budget), options_(options), sink_(std::move(sink)) {}

    void on_step(const Step& step) override;
    void on_enter(const Enter& enter) override;
    void on_exit(const Exit& exit) override;

  private:
    void note_storage(const Step& step);
    void finish_load(const Uint256& value);
    void tell(std::int64_t gas_cost);

    const Options options_;
    const std::function<void(const StructLog&)> sink_;
    std::uint64_t told_ = 0;
    // Waits for what comes next, which tells its cost.
    StructLog pending_;
    std::int64_t operand_gas_ = 0;
    std::optional<Hash32> loading_;  // SLOAD: the value is on the stack next
    Address address_;                // of the pending one's storage
    bool waits_ = false;
    std::map<Address, std::map<Hash32, Uint256>> storage_;
};

}  // namespace troupe::chain::evm
