#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "chain/evm/opcodes.hpp"

#include <memory>
#include <vector>

/// Contract code made ready to run: decoded once, then followed by pointer ("direct threading",
/// Bell 1973). docs/evm.md explains the design.
namespace troupe::chain::evm {

/// What the interpreter has a handler for: every opcode under its own number, and these.
enum class Operation : std::uint16_t {
    kBlock = 256,    ///< start of a basic block: charges its gas, checks its stack; see BlockCheck
    kStep,           ///< before every instruction of code that is traced: shows it, then as kBlock
    kPush,           ///< a constant of 64 bits: the argument
    kPushWide,       ///< a longer constant: the argument points to it
    kJumpTo,         ///< PUSH, JUMP: the argument is the target
    kJumpIfTo,       ///< PUSH, JUMPI
    kJumpNowhere,    ///< PUSH, JUMP where no JUMPDEST is
    kJumpIfNowhere,  ///< PUSH, JUMPI where no JUMPDEST is
    kJumpIfZeroNowhere,  ///< ISZERO, PUSH, JUMPI where no JUMPDEST is
    kUndefined,
    // Pairs that compilers emit all the time, as one
    kPushAdd,      ///< PUSH of 64 bits, ADD; the others alike
    kPushSubFrom,  ///< PUSH of 64 bits, SUB: constant minus top
    kPushAnd,
    kPushAndWide,
    kPushShl,
    kPushShr,
    kPushEq,
    kPushLt,
    kPushGt,
    kPushMLoad,
    kPushMStore,
    kPushDup1,        ///< PUSH of 64 bits, DUP1
    kIsZeroJumpIfTo,  ///< ISZERO, PUSH, JUMPI
    kSwap1Pop,
    kSwap2Pop,
    kPopPop,
    kDup2Add,
    kDup1MLoad,
    kCount,
};
inline constexpr std::size_t kOperationCount = static_cast<std::size_t>(Operation::kCount);

struct Instruction {
    const void* handler;     ///< label in the interpreter
    std::uint64_t argument;  ///< of the operation
};

/// The argument of kBlock: what running the whole block takes. A block that can't run to its end
/// fails at its start, which nobody can tell apart: all gas is gone and all changes are undone.
/// Instructions that ask for the gas that is left (GAS, SSTORE, calls) end a block.
struct BlockCheck {
    std::uint32_t gas = 0;           ///< static cost of all of it
    std::uint16_t stack_needed = 0;  ///< words at its start
    std::uint16_t stack_growth = 0;  ///< words more than at its start, at most
};

/// Handlers by operation, from the interpreter.
using HandlerTable = const void* const*;

enum class CodeKind : std::uint8_t {
    kBlocks,  ///< checks by basic block, pairs joined
    kSteps,   ///< one check and one hook before every instruction: for tracing
};

/// Decoded code. Immutable, apart from the count of calls that run it.
class Code {
  public:
    Code(ByteView code, CodeKind kind, HandlerTable handlers);

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
    [[nodiscard]] const Instruction* entry() const noexcept { return instructions_.data(); }
    /// The start of the block at a JUMPDEST; null elsewhere, also within PUSH data.
    [[nodiscard]] const Instruction* target(const Uint256& pc) const noexcept {
        if (!pc.fits_u64() || pc.limbs[0] >= targets_.size()) return nullptr;
        const std::uint32_t index = targets_[pc.limbs[0]];
        return index == 0 ? nullptr : instructions_.data() + index - 1;
    }
    /// Of an instruction of CodeKind::kSteps.
    [[nodiscard]] std::uint32_t pc_of(const Instruction* instruction) const noexcept {
        return pcs_[static_cast<std::size_t>(instruction - instructions_.data())];
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    std::uint32_t users = 0;  ///< frames that run it now: it may not go away

  private:
    friend class CodeBuilder;
    Bytes bytes_;
    std::vector<Instruction> instructions_;
    std::vector<std::uint32_t> targets_;  ///< by pc: 1 + index of its instruction, or 0
    std::vector<Uint256> constants_;
    std::vector<std::uint32_t> pcs_;
};

}  // namespace troupe::chain::evm
