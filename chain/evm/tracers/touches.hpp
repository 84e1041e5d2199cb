#pragma once

#include "chain/evm/tracer.hpp"

namespace troupe::chain::evm {

// Which part of the state an instruction is about to look at, by its operands. Nothing where there
// are too few of them.

/// The slot of SLOAD and SSTORE, in the storage of `step.address`.
[[nodiscard]] std::optional<Hash32> touched_slot(const Step& step);
/// The account of BALANCE, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH and SELFDESTRUCT.
[[nodiscard]] std::optional<Address> touched_account(const Step& step);
/// The account of CALL, CALLCODE, DELEGATECALL and STATICCALL.
[[nodiscard]] std::optional<Address> called_account(const Step& step);

}  // namespace troupe::chain::evm
