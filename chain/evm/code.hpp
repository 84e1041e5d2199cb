#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "chain/evm/opcodes.hpp"

#include <deque>
#include <memory>
#include <vector>

/// Contract code made ready to run: decoded once, then followed by pointer ("direct threading",
/// Bell 1973). docs/evm.md explains the design.
namespace troupe::chain::evm {

/// What the interpreter has a handler for: every opcode under its own number, and these.
enum class Operation : std::uint16_t {
    kBlock = 256,     ///< start of a basic block: charges its gas, checks its stack; see BlockCheck
    kStep,            ///< before every instruction of code that is traced: shows it, then as kBlock
    kPush,            ///< a constant of 64 bits: the argument
    kPushWide,        ///< a longer constant: the argument points to it
    kContinue,        ///< code that goes on at the pc in the argument, not decoded yet
    kGoOn,            ///< the same, decoded: the argument points to it
    kGoOnBlock,       ///< the same, in code that is checked by blocks: does the check that is there
    kLinkJump,        ///< PUSH, JUMP before its first use: the argument is the pc
    kLinkJumpIf,      ///< PUSH, JUMPI before it is first taken
    kLinkJumpIfZero,  ///< ISZERO, PUSH, JUMPI before it is first taken
    kJumpTo,          ///< PUSH, JUMP: the argument is the target
    kJumpIfTo,        ///< PUSH, JUMPI
    kJumpNowhere,     ///< PUSH, JUMP where no JUMPDEST is
    kJumpIfNowhere,   ///< PUSH, JUMPI where no JUMPDEST is
    kJumpIfZeroNowhere,  ///< ISZERO, PUSH, JUMPI where no JUMPDEST is
    kUndefined,
    // What compilers emit all the time, as one
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
    kPushDup1,      ///< PUSH of 64 bits, DUP1
    kJumpIfZeroTo,  ///< ISZERO, PUSH, JUMPI
    kPops,          ///< POP, as often as the argument says
    // DUP and SWAP with others. n, m, k: the numbers of DUPs and SWAPs in their order, in the
    // lowest bytes of the argument; a constant lies above n and has 56 bits at most
    kDupDup,
    kDupSwap,
    kSwapDup,
    kSwapSwap,
    kSwapSwapSwap,
    kSwap1Swap2,
    kSwap2Swap1,
    kSwap1Pop,
    kSwap2Pop,
    kSwapPop,     ///< the others
    kPushDup,     ///< not DUP1
    kPushDupAdd,  ///< also DUP, PUSH, ADD with n + 1; the others alike
    kPushDupAnd,
    kPushDupEq,  ///< what a function's selector is compared with
    kPushDupLt,  ///< word < constant
    kPushDupGt,  ///< word > constant
    kPushDupAddMLoad,
    kPushDupAddMStore,
    kDupAdd,  ///< the word that is copied is the first operand
    kDupSub,
    kDupMul,
    kDupAnd,
    kDupEq,
    kDupLt,
    kDupGt,
    kDupMLoad,
    kDupMStore,
    kDupDupAdd,
    kDupDupSub,
    kDupDupMul,
    kDupDupEq,
    kDupDupLt,
    kDupDupGt,
    kSwap1Sub,
    kSwap1Div,
    kSwap1MStore,
    kPushSwap1,
    kPushSignExtend,
    kPushAddMLoad,
    kAddMStore,
    kJumpOn,    ///< JUMP in code that is checked by blocks: its target's check, too
    kPopsJump,  ///< POP as often as the argument says, JUMP
    kSwap1Jump,
    kSwapSwapPopsJump,  ///< k: how many POPs; how functions return
    // With the jump that follows, which stays behind it and is run alone until it is linked
    kPushThenJump,  ///< PUSH of 64 bits, then a jump: a return address
    kAndJumpIf,
    kAndJumpIfZero,
    kEqJumpIf,
    kEqJumpIfZero,
    kLtJumpIf,
    kLtJumpIfZero,
    kGtJumpIf,
    kGtJumpIfZero,
    kSLtJumpIf,
    kSLtJumpIfZero,
    kDupJumpIf,
    kDupJumpIfZero,
    kDupLtJumpIf,
    kDupLtJumpIfZero,
    kDupGtJumpIf,
    kDupGtJumpIfZero,
    kPushDupAndJumpIf,
    kPushDupAndJumpIfZero,
    kPushDupEqJumpIf,
    kPushDupEqJumpIfZero,
    kPushDupLtJumpIf,
    kPushDupLtJumpIfZero,
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

/// Decoded code. Decoding is lazy: a piece of at most kPieceLength instructions when it is first
/// reached, so that calling large code costs no more than what of it runs. Pieces never move.
class Code {
  public:
    static constexpr std::size_t kPieceLength = 64;

    Code(ByteView code, CodeKind kind, HandlerTable handlers);
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
    [[nodiscard]] const Instruction* entry() const noexcept { return entry_; }
    /// The start of the block at a JUMPDEST; null elsewhere, also within PUSH data.
    [[nodiscard]] const Instruction* target(const Uint256& pc) {
        if (!pc.fits_u64() || pc.limbs[0] >= bytes_.size()) return nullptr;
        if (targets_.empty()) find_targets();
        const std::uint32_t entry = targets_[pc.limbs[0]];
        if (entry == kNoTarget) return nullptr;
        return entry == kUndecoded ? decode(pc.limbs[0]) : starts_[entry - kFirstStart];
    }
    /// Makes `jump`, whose target was not decoded when it was, a jump to its target or to nowhere.
    void link(const Instruction* jump, Operation to_target, Operation to_nowhere);
    /// Decodes what kContinue stands for, and makes it kGoOn.
    void go_on(const Instruction* instruction);
    /// Of a kStep instruction.
    [[nodiscard]] static std::uint32_t pc_of(const Instruction* step) noexcept {
        return static_cast<std::uint32_t>(step[1].argument);
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    std::uint32_t users = 0;  ///< frames that run it now: it may not go away

  private:
    friend class PieceBuilder;
    static constexpr std::uint32_t kNoTarget = 0;
    static constexpr std::uint32_t kUndecoded = 1;
    static constexpr std::uint32_t kFirstStart = 2;

    void find_targets();
    Instruction* decode(std::uint64_t pc);
    Instruction* keep(const Instruction* piece, std::size_t count);

    Bytes bytes_;
    CodeKind kind_;
    HandlerTable handlers_;
    const Instruction* entry_ = nullptr;
    std::vector<std::uint32_t> targets_;  ///< by pc: kNoTarget, kUndecoded, or kFirstStart + start
    std::vector<const Instruction*> starts_;
    std::deque<Uint256> constants_;  ///< never move
    std::vector<std::unique_ptr<Instruction[]>> chunks_;
    std::size_t chunk_size_ = 0;
    std::size_t chunk_used_ = 0;
    std::size_t chunk_bytes_ = 0;
};

}  // namespace troupe::chain::evm
