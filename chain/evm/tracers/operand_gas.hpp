#pragma once

#include "chain/evm/tracer.hpp"

namespace troupe::chain::evm {

/// What an instruction costs by its opcode and operands: the static part, memory that it grows, and
/// bytes that it copies, hashes or logs. Not what depends on the state (cold accounts and slots,
/// SSTORE, value that moves, gas that a call gets).
/// @note of more memory than any gas buys, it says a sum that is not there either
[[nodiscard]] std::int64_t operand_gas(const Step& step);

}  // namespace troupe::chain::evm
