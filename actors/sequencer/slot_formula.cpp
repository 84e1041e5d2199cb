#include "actors/sequencer/slot_formula.hpp"

namespace troupe::actors {

std::uint64_t evaluate(
    const SlotFormula& formula, const CallNames& call, const SlotMemory& memory) noexcept {
    using Kind = FormulaStep::Kind;
    std::uint64_t stack[kFormulaStepsMax];
    std::size_t top = 0;  // first free
    for (const auto& [kind, count, value] : formula) {
        switch (kind) {
            case Kind::kConstant:
                stack[top++] = value;
                break;
            case Kind::kSender:
                stack[top++] = call.sender;
                break;
            case Kind::kArgument:
                if (count >= call.arguments.size()) return 0;
                stack[top++] = call.arguments[count];
                break;
            case Kind::kPair:
                --top;
                stack[top - 1] = names::of_pair(stack[top - 1], stack[top]);
                break;
            case Kind::kParts: {
                std::uint64_t sum = count;
                for (std::size_t i = 0; i < count; ++i)
                    sum = names::add_part(sum, stack[--top]);
                stack[top++] = sum;
                break;
            }
            case Kind::kOffset:
                stack[top - 1] = names::at_offset(stack[top - 1], value);
                break;
            case Kind::kRemember:
                stack[top - 1] = memory.find(stack[top - 1]);
                if (stack[top - 1] == 0) return 0;
                break;
            case Kind::kSlot:
                --top;
                stack[top - 1] = names::of_slot(stack[top - 1], stack[top]);
                break;
        }
    }
    return stack[0];
}

}  // namespace troupe::actors
