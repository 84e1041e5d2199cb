#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::chain::evm {

/// How a call or creation ended. All but the first two are exceptional halts: they take all of the
/// gas that the call was given. Yellow Paper, "Execution Model".
enum class HaltReason : std::uint8_t {
    kSuccess,  ///< STOP, RETURN, SELFDESTRUCT or the end of the code
    kRevert,   ///< REVERT: gas is left, and the output says why
    kOutOfGas,
    kInvalidOpcode,
    kStackUnderflow,
    kStackOverflow,
    kInvalidJump,
    kStaticViolation,        ///< a change of state inside STATICCALL
    kReturnDataOutOfBounds,  ///< EIP-211
    kInitCodeTooLarge,       ///< EIP-3860
    kCodeTooLarge,           ///< EIP-170
    kCodeStartsWithEf,       ///< EIP-3541
    kAddressTaken,           ///< EIP-684, EIP-7610
    kPrecompileFailed,
    kBalanceTooLow,  ///< the call's value; only tracers see it of an inner call, which costs
                     ///< nothing
    kCallTooDeep,    ///< as that: more than 1,024 calls in one another
};

/// A stable lower-case name without the k: "out_of_gas".
[[nodiscard]] std::string_view to_string(HaltReason reason) noexcept;

}  // namespace troupe::chain::evm
