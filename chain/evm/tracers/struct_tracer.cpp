#include "chain/evm/tracers/struct_tracer.hpp"

#include "chain/evm/gas.hpp"
#include "chain/evm/opcodes.hpp"
#include "chain/evm/tracers/operand_gas.hpp"

namespace troupe::chain::evm {
namespace {

// What an instruction that could not be paid for would have cost on top: only what is cold does.
std::int64_t cold_gas(std::uint8_t opcode) {
    switch (static_cast<Opcode>(opcode)) {
        case Opcode::kSLoad:
            return gas::kColdSlotExtra;
        case Opcode::kBalance:
        case Opcode::kExtCodeSize:
        case Opcode::kExtCodeCopy:
        case Opcode::kExtCodeHash:
            return gas::kColdAccountExtra;
        default:
            return 0;
    }
}

}  // namespace

void StructTracer::on_step(const Step& step) {
    budget_.step();
    if (waits_) {
        // The one before left this: a result, and less gas.
        if (loading_ && !step.stack.empty()) finish_load(step.stack.back());
        tell(pending_.gas - step.gas);
    }
    if (options_.steps_max != 0 && told_ == options_.steps_max) return;
    pending_.pc = step.pc;
    pending_.opcode = step.opcode;
    pending_.gas = step.gas;
    pending_.depth = step.depth;
    pending_.refund = step.refund;
    pending_.fault = step.fault;
    pending_.storage = nullptr;
    if (options_.stack) pending_.stack.assign(step.stack.begin(), step.stack.end());
    if (options_.memory) pending_.memory.assign(step.memory.begin(), step.memory.end());
    if (options_.return_data)
        pending_.return_data.assign(step.return_data.begin(), step.return_data.end());
    if (options_.storage) note_storage(step);
    operand_gas_ = operand_gas(step);
    waits_ = true;
    if (!step.fault) return;
    // An opcode that doesn't exist runs and fails; anything else does not even begin.
    if (*step.fault == HaltReason::kInvalidOpcode) pending_.fault.reset();
    tell(step.gas_cost);
}

void StructTracer::note_storage(const Step& step) {
    const auto opcode = static_cast<Opcode>(step.opcode);
    const std::size_t height = step.stack.size();
    if (opcode == Opcode::kSLoad && height >= 1) {
        loading_ = to_be32(step.stack[height - 1]);
        address_ = step.address;
    }
    if (opcode == Opcode::kSStore && height >= 2) {
        auto& slots = storage_[step.address];
        slots[to_be32(step.stack[height - 1])] = step.stack[height - 2];
        pending_.storage = &slots;
    }
}

void StructTracer::finish_load(const Uint256& value) {
    auto& slots = storage_[address_];
    slots[*loading_] = value;
    pending_.storage = &slots;
}

void StructTracer::on_enter(const Enter& enter) {
    if (!waits_) return;
    const std::int64_t spent = pending_.gas - enter.caller_gas;
    const bool create = enter.kind == CallKind::kCreate || enter.kind == CallKind::kCreate2;
    tell(create ? spent - enter.gas : spent);
}

void StructTracer::on_exit(const Exit& exit) {
    if (!waits_) return;
    const bool ended_well =
        exit.reason == HaltReason::kSuccess || exit.reason == HaltReason::kRevert;
    if (ended_well && static_cast<Opcode>(pending_.opcode) == Opcode::kSelfDestruct)
        return tell(pending_.gas - exit.gas_left);
    // Gas ran out in the middle; or the instruction was paid for, and failed or ended the call. A
    // RETURN that was paid for returned code that was not.
    const bool returned = static_cast<Opcode>(pending_.opcode) == Opcode::kReturn;
    const bool unpaid =
        exit.reason == HaltReason::kOutOfGas && !(returned && operand_gas_ <= pending_.gas);
    if (unpaid) pending_.fault = HaltReason::kOutOfGas;
    tell(unpaid ? operand_gas_ + cold_gas(pending_.opcode) : operand_gas_);
}

void StructTracer::tell(std::int64_t gas_cost) {
    waits_ = false;
    loading_.reset();
    pending_.gas_cost = gas_cost;
    ++told_;
    sink_(pending_);
}

}  // namespace troupe::chain::evm
