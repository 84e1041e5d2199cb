#include "chain/evm/halt_reason.hpp"

namespace troupe::chain::evm {

std::string_view to_string(HaltReason reason) noexcept {
    switch (reason) {
        case HaltReason::kSuccess:
            return "success";
        case HaltReason::kRevert:
            return "revert";
        case HaltReason::kOutOfGas:
            return "out_of_gas";
        case HaltReason::kInvalidOpcode:
            return "invalid_opcode";
        case HaltReason::kStackUnderflow:
            return "stack_underflow";
        case HaltReason::kStackOverflow:
            return "stack_overflow";
        case HaltReason::kInvalidJump:
            return "invalid_jump";
        case HaltReason::kStaticViolation:
            return "static_violation";
        case HaltReason::kReturnDataOutOfBounds:
            return "return_data_out_of_bounds";
        case HaltReason::kInitCodeTooLarge:
            return "init_code_too_large";
        case HaltReason::kCodeTooLarge:
            return "code_too_large";
        case HaltReason::kCodeStartsWithEf:
            return "code_starts_with_ef";
        case HaltReason::kAddressTaken:
            return "address_taken";
        case HaltReason::kPrecompileFailed:
            return "precompile_failed";
        case HaltReason::kBalanceTooLow:
            return "balance_too_low";
        case HaltReason::kCallTooDeep:
            return "call_too_deep";
    }
    return "unknown";
}

}  // namespace troupe::chain::evm
