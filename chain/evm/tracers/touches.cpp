#include "chain/evm/tracers/touches.hpp"

#include "chain/evm/engine.hpp"
#include "chain/evm/opcodes.hpp"

namespace troupe::chain::evm {

std::optional<Hash32> touched_slot(const Step& step) {
    const auto opcode = static_cast<Opcode>(step.opcode);
    if (opcode != Opcode::kSLoad && opcode != Opcode::kSStore) return std::nullopt;
    if (step.stack.empty()) return std::nullopt;
    return to_be32(step.stack.back());
}

std::optional<Address> touched_account(const Step& step) {
    switch (static_cast<Opcode>(step.opcode)) {
        case Opcode::kBalance:
        case Opcode::kExtCodeSize:
        case Opcode::kExtCodeCopy:
        case Opcode::kExtCodeHash:
        case Opcode::kSelfDestruct:
            if (step.stack.empty()) return std::nullopt;
            return to_address(step.stack.back());
        default:
            return std::nullopt;
    }
}

std::optional<Address> called_account(const Step& step) {
    constexpr std::size_t kOperandsLeast = 6;
    switch (static_cast<Opcode>(step.opcode)) {
        case Opcode::kCall:
        case Opcode::kCallCode:
        case Opcode::kDelegateCall:
        case Opcode::kStaticCall:
            if (step.stack.size() < kOperandsLeast) return std::nullopt;
            return to_address(step.stack[step.stack.size() - 2]);
        default:
            return std::nullopt;
    }
}

}  // namespace troupe::chain::evm
