#include "actors/sequencer/slot_formula.hpp"

#include "actors/admission/hints.hpp"
#include "chain/crypto/keccak.hpp"

#include <algorithm>

namespace troupe::actors {

std::uint64_t evaluate(
    const SlotFormula& formula, const CallNames& call, const SlotMemory& memory) noexcept {
    using Kind = FormulaStep::Kind;
    std::uint64_t stack[kFormulaStepsMax];
    std::size_t top = 0;  // first free
    for (const auto& [kind, count, value] : formula.steps) {
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

CallWords words_of_call(
    const chain::Address& sender, const chain::Address& to, chain::ByteView data) {
    constexpr std::size_t kSelector = 4;
    CallWords call{sender, to, {}};
    for (std::size_t at = kSelector;
         at + chain::Hash32::kSize <= data.size() && call.arguments.size() < kArgumentsMax;
         at += chain::Hash32::kSize)
        call.arguments.push_back(chain::Hash32::from(data.subspan(at)));
    return call;
}

std::optional<SlotKey> find_slot(const SlotFormula& formula, const CallWords& call) {
    using Kind = FormulaStep::Kind;
    chain::Hash32 stack[kFormulaStepsMax];
    std::size_t top = 0;  // first free
    std::optional<SlotKey> slot;
    auto constant = formula.constants.begin();
    for (const auto& [kind, count, value] : formula.steps) {
        switch (kind) {
            case Kind::kConstant:
                stack[top++] = *constant++;
                break;
            case Kind::kSender:
                stack[top] = {};
                std::copy_n(call.sender.data(), chain::Address::kSize, &stack[top++][12]);
                break;
            case Kind::kArgument:
                if (count >= call.arguments.size()) return std::nullopt;
                stack[top++] = call.arguments[count];
                break;
            case Kind::kPair: {
                --top;
                chain::Hash32 words[2] = {stack[top - 1], stack[top]};
                stack[top - 1] =
                    chain::crypto::keccak256({words[0].data(), 2 * chain::Hash32::kSize});
                break;
            }
            case Kind::kOffset:
                stack[top - 1] =
                    chain::to_be32(chain::uint256_from_be(stack[top - 1]) + chain::Uint256{value});
                break;
            case Kind::kSlot:
                --top;
                slot = {chain::Address::from(stack[top - 1].view().subspan(12)), stack[top]};
                break;
            case Kind::kParts:
            case Kind::kRemember:
                return std::nullopt;
        }
    }
    return slot;
}

}  // namespace troupe::actors
