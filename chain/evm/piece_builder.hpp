#pragma once

#include "chain/evm/code.hpp"

#include <bit>

/// The inside of Code: how bytes become instructions, and which of them become one.
namespace troupe::chain::evm {

inline bool is_push(std::uint8_t opcode) noexcept {
    return opcode >= 0x5f && opcode <= 0x7f;
}

/// Control does not go on to what follows.
inline bool ends_code(std::uint8_t opcode) noexcept {
    switch (static_cast<Opcode>(opcode)) {
        case Opcode::kStop:
        case Opcode::kReturn:
        case Opcode::kRevert:
        case Opcode::kInvalid:
        case Opcode::kSelfDestruct:
        case Opcode::kJump:
            return true;
        default:
            return kOpcodes[opcode].name.empty();
    }
}

/// What follows is only sometimes run, or needs the exact gas that is left.
inline bool ends_block(std::uint8_t opcode) noexcept {
    switch (static_cast<Opcode>(opcode)) {
        case Opcode::kJumpI:
        case Opcode::kGas:
        case Opcode::kSStore:
        case Opcode::kCreate:
        case Opcode::kCreate2:
        case Opcode::kCall:
        case Opcode::kCallCode:
        case Opcode::kDelegateCall:
        case Opcode::kStaticCall:
            return true;
        default:
            return false;
    }
}

/// Decodes one piece, into memory of its own first.
class PieceBuilder {
  public:
    explicit PieceBuilder(Code& code) noexcept
        : code_(code), steps_(code.kind_ == CodeKind::kSteps) {}

    /// @return its first instruction
    Instruction* build(std::size_t pc) {
        if (!steps_) open_block();
        decode_from(pc);
        close_block();
        Instruction* const kept = code_.keep(piece_, count_);
        for (std::size_t i = 0; i < start_count_; ++i) {
            code_.targets_[starts_[i].pc] =
                static_cast<std::uint32_t>(Code::kFirstStart + code_.starts_.size());
            code_.starts_.push_back(kept + starts_[i].instruction);
        }
        return kept;
    }

  private:
    struct Start {
        std::size_t pc;
        std::size_t instruction;
    };
    /// One instruction adds three at most (kStep, its pc, itself); its block may be closed and the
    /// piece end after it.
    static constexpr std::size_t kRoom = Code::kPieceLength + 8;

    void decode_from(std::size_t pc) {
        const Bytes& bytes = code_.bytes_;
        while (pc < bytes.size()) {
            const std::uint8_t opcode = bytes[pc];
            const std::size_t at = pc;
            if (count_ >= Code::kPieceLength) return add(Operation::kContinue, at);
            if (opcode == static_cast<std::uint8_t>(Opcode::kJumpDest) && !start_target(at)) return;
            pc += is_push(opcode) ? 1u + (opcode - 0x5fu) : 1u;
            if (steps_) begin_step(at);
            emit(opcode, at);
            if (ends_code(opcode)) return;
            if (!steps_ && ends_block(opcode)) next_block();
        }
        if (steps_) begin_step(bytes.size());
        add(0, 0);  // past its end code is zero: STOP
    }

    /// @return false: this and what follows is decoded already, and the piece goes on there
    bool start_target(std::size_t pc) {
        if (code_.targets_.empty()) code_.find_targets();
        const std::uint32_t entry = code_.targets_[pc];
        if (entry >= Code::kFirstStart) {
            add(steps_ ? Operation::kGoOn : Operation::kGoOnBlock,
                reinterpret_cast<std::uintptr_t>(code_.starts_[entry - Code::kFirstStart]));
            return false;
        }
        if (!steps_ && block_used_) next_block();
        starts_[start_count_++] = {pc, steps_ ? count_ : block_};
        return true;
    }

    void begin_step(std::size_t pc) noexcept {
        next_block();
        piece_[count_++] = {nullptr, pc};  // see Operation::kStep
    }

    void add(std::uint16_t operation, std::uint64_t argument) noexcept {
        piece_[count_] = {code_.handlers_[operation], argument};
        operations_[count_++] = operation;
        block_used_ = true;
    }
    void add(Operation operation, std::uint64_t argument) noexcept {
        add(static_cast<std::uint16_t>(operation), argument);
    }

    void open_block() noexcept {
        block_ = count_;
        add(steps_ ? Operation::kStep : Operation::kBlock, 0);
        check_ = {};
        height_ = 0;
        last_push_ = kNone;
        block_used_ = false;
    }
    void close_block() noexcept {
        if (block_ != kNone) piece_[block_].argument = std::bit_cast<std::uint64_t>(check_);
    }
    void next_block() noexcept {
        close_block();
        open_block();
    }

    void account_for(const OpcodeInfo& info) noexcept {
        check_.gas += info.gas;
        const int needed = info.stack_in - height_;
        if (needed > static_cast<int>(check_.stack_needed))
            check_.stack_needed = static_cast<std::uint16_t>(needed);
        height_ += info.stack_out - info.stack_in;
        if (height_ > static_cast<int>(check_.stack_growth))
            check_.stack_growth = static_cast<std::uint16_t>(height_);
    }

    void emit(std::uint8_t opcode, std::size_t pc) {
        account_for(kOpcodes[opcode]);
        if (is_push(opcode)) return push(opcode, pc);
        if (kOpcodes[opcode].name.empty()) return add(Operation::kUndefined, 0);
        if (opcode == static_cast<std::uint8_t>(Opcode::kJumpDest)) {  // all of it is in the check
            block_used_ = true;
            return;
        }
        if (!steps_ && (fold(opcode) || join(opcode))) return;
        if (opcode == static_cast<std::uint8_t>(Opcode::kPc)) return add(Operation::kPush, pc);
        last_push_ = kNone;
        if (opcode == static_cast<std::uint8_t>(Opcode::kJump) && !steps_)
            return add(Operation::kJumpOn, 0);
        add(opcode, 0);
    }

    void push(std::uint8_t opcode, std::size_t pc) {
        const std::size_t size = opcode - 0x5fu;
        std::uint8_t padded[32] = {};  // PUSH data beyond the end of the code is zero
        for (std::size_t i = 0; i < size && pc + 1 + i < code_.bytes_.size(); ++i)
            padded[32 - size + i] = code_.bytes_[pc + 1 + i];
        push_constant(uint256_from_be(ByteView{padded}));
    }

    void push_constant(const Uint256& value) {
        last_push_ = count_;
        if (value.fits_u64()) {
            add(Operation::kPush, value.limbs[0]);
        } else {
            code_.constants_.push_back(value);
            add(Operation::kPushWide, reinterpret_cast<std::uintptr_t>(&code_.constants_.back()));
        }
    }

    /// The instruction that is `back` before the next one, where it is of this block.
    [[nodiscard]] Operation before(std::size_t back) const noexcept {
        return count_ > block_ + back ? static_cast<Operation>(operations_[count_ - back])
                                      : Operation::kBlock;
    }
    [[nodiscard]] bool is_before(std::size_t back, Opcode opcode) const noexcept {
        return before(back) == static_cast<Operation>(opcode);
    }
    [[nodiscard]] bool is_constant(std::size_t back) const noexcept {
        return before(back) == Operation::kPush || before(back) == Operation::kPushWide;
    }
    /// @pre is_constant(back)
    [[nodiscard]] Uint256 constant(std::size_t back) const noexcept {
        const std::uint64_t argument = piece_[count_ - back].argument;
        return before(back) == Operation::kPush ? Uint256{argument}
                                                : *reinterpret_cast<const Uint256*>(argument);
    }

    /// Computes now what `opcode` makes of constants (compilers write masks as 2^160 - 1).
    /// @return whether it did
    bool fold(std::uint8_t opcode) {
        const auto op = static_cast<Opcode>(opcode);
        if (!is_constant(1)) return false;
        const Uint256 a = constant(1);
        if (op == Opcode::kNot) return fold_to(~a, 1);
        if (!is_constant(2)) return false;
        const Uint256 b = constant(2);
        switch (op) {
            case Opcode::kAdd:
                return fold_to(a + b, 2);
            case Opcode::kSub:
                return fold_to(a - b, 2);
            case Opcode::kMul:
                return fold_to(a * b, 2);
            case Opcode::kAnd:
                return fold_to(a & b, 2);
            case Opcode::kOr:
                return fold_to(a | b, 2);
            case Opcode::kShl:
                return fold_to(a.fits_u64() && a.low_u64() < 256 ? b << a.low_u64() : Uint256{}, 2);
            case Opcode::kShr:
                return fold_to(a.fits_u64() && a.low_u64() < 256 ? b >> a.low_u64() : Uint256{}, 2);
            default:
                return false;
        }
    }
    bool fold_to(const Uint256& value, std::size_t operands) {
        count_ -= operands;
        push_constant(value);
        return true;
    }

    // Joining ------------------------------------------------------------------------------------

    /// Joins `opcode` with the instructions before it, of the same block. @return whether it did
    bool join(std::uint8_t opcode) {
        const auto op = static_cast<Opcode>(opcode);
        const bool small = before(1) == Operation::kPush && last_push_ + 1 == count_;
        if (small || before(1) == Operation::kPushWide) return join_push(opcode, small);
        if (is_dup(opcode)) return join_dup(opcode - kDup1 + 1);
        if (is_swap(opcode)) return join_swap(opcode - kSwap1 + 1);
        switch (op) {
            case Opcode::kPop:
                return join_pop();
            case Opcode::kMLoad:
                return join_load();
            case Opcode::kMStore:
                return (is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1MStore)) ||
                       (is_before(1, Opcode::kAdd) && replace(Operation::kAddMStore)) ||
                       (before(1) == Operation::kPushDupAdd &&
                        replace(Operation::kPushDupAddMStore)) ||
                       join_copy(Operation::kDupMStore);
            case Opcode::kJump:
                return join_computed_jump();
            case Opcode::kDiv:
                return is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1Div);
            case Opcode::kAdd:
                return join_constant_copy(Operation::kPushDupAdd) ||
                       join_copies(Operation::kDupDupAdd) || join_copy(Operation::kDupAdd);
            case Opcode::kSub:
                return (is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1Sub)) ||
                       join_copies(Operation::kDupDupSub) || join_copy(Operation::kDupSub);
            case Opcode::kMul:
                return join_copies(Operation::kDupDupMul) || join_copy(Operation::kDupMul);
            case Opcode::kAnd:
                return join_constant_copy(Operation::kPushDupAnd) || join_copy(Operation::kDupAnd);
            case Opcode::kEq:
                return join_constant_copy(Operation::kPushDupEq) ||
                       join_copies(Operation::kDupDupEq) || join_copy(Operation::kDupEq);
            case Opcode::kLt:
                return join_constant_copy(Operation::kPushDupLt) ||
                       join_copies(Operation::kDupDupLt) || join_copy(Operation::kDupLt);
            case Opcode::kGt:
                return join_constant_copy(Operation::kPushDupGt) ||
                       join_copies(Operation::kDupDupGt) || join_copy(Operation::kDupGt);
            default:
                return false;
        }
    }

    static constexpr std::uint8_t kDup1 = 0x80;
    static constexpr std::uint8_t kSwap1 = 0x90;
    static bool is_dup(unsigned operation) noexcept { return operation - kDup1 < 16; }
    static bool is_swap(unsigned operation) noexcept { return operation - kSwap1 < 16; }

    /// The number of the DUP that ends the instruction `back` before the next one; 0: none does.
    [[nodiscard]] std::uint64_t copy_before(std::size_t back) const noexcept {
        const Operation operation = before(back);
        if (is_dup(static_cast<unsigned>(operation)))
            return static_cast<unsigned>(operation) - kDup1 + 1;
        switch (operation) {
            case Operation::kDupDup:
            case Operation::kSwapDup:
                return argument(back) >> 8;
            case Operation::kPushDup:
                return argument(back) & 0xff;
            default:
                return 0;
        }
    }
    /// Takes that DUP away. @pre copy_before(back) is not 0; back is 1 or 2
    void take_copy(std::size_t back) noexcept {
        const Operation operation = before(back);
        const std::uint64_t number = argument(back) & 0xff;
        const std::size_t at = count_ - back;
        if (operation == Operation::kDupDup)
            set(at, kDup1 + number - 1, 0);
        else if (operation == Operation::kSwapDup)
            set(at, kSwap1 + number - 1, 0);
        else if (operation == Operation::kPushDup)
            set(at, static_cast<std::uint64_t>(Operation::kPush), argument(back) >> 8);
        else if (back == 1)
            --count_;
        else
            drop_before_last();
    }
    [[nodiscard]] std::uint64_t argument(std::size_t back) const noexcept {
        return piece_[count_ - back].argument;
    }
    void set(std::size_t at, std::uint64_t operation, std::uint64_t argument) noexcept {
        operations_[at] = static_cast<std::uint16_t>(operation);
        piece_[at] = {code_.handlers_[operation], argument};
    }
    /// A constant that fits beside the number of a DUP.
    static bool is_short(std::uint64_t constant) noexcept { return constant >> 56 == 0; }

    bool join_dup(std::uint64_t number) noexcept {
        const auto last = static_cast<unsigned>(before(1));
        if (is_dup(last)) return replace(Operation::kDupDup, (last - kDup1 + 1) | number << 8);
        if (is_swap(last)) return replace(Operation::kSwapDup, (last - kSwap1 + 1) | number << 8);
        return false;
    }

    bool join_swap(std::uint64_t number) noexcept {
        const auto last = static_cast<unsigned>(before(1));
        if (is_dup(last)) return replace(Operation::kDupSwap, (last - kDup1 + 1) | number << 8);
        if (is_swap(last)) {
            const std::uint64_t first = last - kSwap1 + 1;
            const std::uint64_t both = first | number << 8;
            if (first == number) return false;
            if (first == 1 && number == 2) return replace(Operation::kSwap1Swap2, both);
            if (first == 2 && number == 1) return replace(Operation::kSwap2Swap1, both);
            return replace(Operation::kSwapSwap, both);
        }
        if (before(1) == Operation::kSwapSwap || before(1) == Operation::kSwap1Swap2 ||
            before(1) == Operation::kSwap2Swap1) {
            const std::uint64_t first = argument(1) & 0xff;
            const std::uint64_t second = argument(1) >> 8;
            return number != first && number != second &&
                   replace(Operation::kSwapSwapSwap, argument(1) | number << 16);
        }
        return false;
    }

    bool join_pop() noexcept {
        if (before(1) == Operation::kPops) {
            ++piece_[count_ - 1].argument;
            return true;
        }
        if (is_before(1, Opcode::kPop)) return replace(Operation::kPops, 2);
        if (is_before(1, Opcode::kSwap1)) return replace(Operation::kSwap1Pop);
        if (is_before(1, Opcode::kSwap2)) return replace(Operation::kSwap2Pop);
        const auto last = static_cast<unsigned>(before(1));
        return is_swap(last) && replace(Operation::kSwapPop, last - kSwap1 + 1);
    }

    bool join_load() noexcept {
        return (before(1) == Operation::kPushDupAdd && replace(Operation::kPushDupAddMLoad)) ||
               (before(1) == Operation::kPushAdd && replace(Operation::kPushAddMLoad)) ||
               join_copy(Operation::kDupMLoad);
    }

    /// With a copy that is its first operand.
    bool join_copy(Operation joined) noexcept {
        const std::uint64_t number = copy_before(1);
        if (number == 0) return false;
        take_copy(1);
        add(joined, number);
        return true;
    }
    /// With two copies that are its operands.
    bool join_copies(Operation joined) noexcept {
        return before(1) == Operation::kDupDup && replace(joined);
    }
    /// With a constant and a copy above it.
    bool join_constant_copy(Operation joined) noexcept {
        return before(1) == Operation::kPushDup && replace(joined);
    }
    /// With a copy and a constant above it: what the other way round is one DUP deeper.
    /// @param alone  where there is no copy
    bool join_copy_constant(Operation joined, Operation alone) noexcept {
        const std::uint64_t number = copy_before(2);
        const std::uint64_t constant = argument(1);
        if (number == 0 || !is_short(constant)) return replace(alone);
        take_copy(2);
        return replace(joined, constant << 8 | (number + 1));
    }

    bool join_computed_jump() noexcept {
        if (is_before(1, Opcode::kSwap1)) return replace(Operation::kSwap1Jump);
        const std::uint64_t pops = is_before(1, Opcode::kPop)      ? 1
                                   : before(1) == Operation::kPops ? argument(1)
                                                                   : 0;
        if (pops == 0) return false;
        if (before(2) != Operation::kSwapSwap && before(2) != Operation::kSwap1Swap2 &&
            before(2) != Operation::kSwap2Swap1)
            return replace(Operation::kPopsJump, pops);
        const std::uint64_t swaps = argument(2);
        --count_;
        return replace(Operation::kSwapSwapPopsJump, swaps | pops << 16);
    }

    /// With the constant before it. @param small  it has 64 bits
    bool join_push(std::uint8_t opcode, bool small) noexcept {
        const auto op = static_cast<Opcode>(opcode);
        if (op == Opcode::kJump || op == Opcode::kJumpI) return join_jump(op, small);
        if (!small) return op == Opcode::kAnd && replace(Operation::kPushAndWide);
        if (op == Opcode::kDup1) return replace(Operation::kPushDup1);
        if (is_dup(opcode))
            return is_short(argument(1)) &&
                   replace(Operation::kPushDup, argument(1) << 8 | (opcode - kDup1 + 1u));
        switch (op) {
            case Opcode::kAdd:
                return join_copy_constant(Operation::kPushDupAdd, Operation::kPushAdd);
            case Opcode::kSub:
                return replace(Operation::kPushSubFrom);
            case Opcode::kAnd:
                return join_copy_constant(Operation::kPushDupAnd, Operation::kPushAnd);
            case Opcode::kShl:
                return replace(Operation::kPushShl);
            case Opcode::kShr:
                return replace(Operation::kPushShr);
            case Opcode::kSignExtend:
                return replace(Operation::kPushSignExtend);
            case Opcode::kEq:
                return join_copy_constant(Operation::kPushDupEq, Operation::kPushEq);
            case Opcode::kLt:  // constant < word
                return join_copy_constant(Operation::kPushDupGt, Operation::kPushLt);
            case Opcode::kGt:
                return join_copy_constant(Operation::kPushDupLt, Operation::kPushGt);
            case Opcode::kMLoad:
                return replace(Operation::kPushMLoad);
            case Opcode::kMStore:
                return replace(Operation::kPushMStore);
            case Opcode::kSwap1:
                return replace(Operation::kPushSwap1);
            default:
                return false;
        }
    }

    bool join_jump(Opcode op, bool small) noexcept {
        const bool conditional = op == Opcode::kJumpI;
        if (!small)
            return replace(conditional ? Operation::kJumpIfNowhere : Operation::kJumpNowhere);
        if (!conditional) {
            if (before(2) == Operation::kPush)
                set(count_ - 2, static_cast<std::uint64_t>(Operation::kPushThenJump), argument(2));
            return replace(Operation::kLinkJump);
        }
        // ISZERO, PUSH, JUMPI: the same jump, when the word is zero.
        bool if_zero = false;
        for (; is_before(2, Opcode::kIsZero); if_zero = !if_zero)
            drop_before_last();
        join_condition(if_zero);
        return replace(if_zero ? Operation::kLinkJumpIfZero : Operation::kLinkJumpIf);
    }

    /// Makes of the condition before PUSH, JUMPI one that jumps as well, over them.
    void join_condition(bool if_zero) noexcept {
        const Operation jumps = jump_of(before(2));
        if (jumps == Operation::kUndefined) return;
        const auto last = static_cast<unsigned>(before(2));
        set(count_ - 2, static_cast<std::uint64_t>(jumps) + (if_zero ? 1 : 0),
            is_dup(last) ? last - kDup1 + 1 : argument(2));
    }

    /// A condition with the jump that JUMPI makes of it; the one if it is zero comes next.
    static Operation jump_of(Operation condition) noexcept {
        const auto number = static_cast<unsigned>(condition);
        if (number < 256) {
            switch (static_cast<Opcode>(number)) {
                case Opcode::kAnd:
                    return Operation::kAndJumpIf;
                case Opcode::kEq:
                    return Operation::kEqJumpIf;
                case Opcode::kLt:
                    return Operation::kLtJumpIf;
                case Opcode::kGt:
                    return Operation::kGtJumpIf;
                case Opcode::kSLt:
                    return Operation::kSLtJumpIf;
                default:
                    return is_dup(number) ? Operation::kDupJumpIf : Operation::kUndefined;
            }
        }
        switch (condition) {
            case Operation::kDupLt:
                return Operation::kDupLtJumpIf;
            case Operation::kDupGt:
                return Operation::kDupGtJumpIf;
            case Operation::kPushDupAnd:
                return Operation::kPushDupAndJumpIf;
            case Operation::kPushDupEq:
                return Operation::kPushDupEqJumpIf;
            case Operation::kPushDupLt:
                return Operation::kPushDupLtJumpIf;
            default:
                return Operation::kUndefined;
        }
    }

    /// The last instruction takes the place of the one before it, with its own argument.
    void drop_before_last() noexcept {
        --count_;
        piece_[count_ - 1] = piece_[count_];
        operations_[count_ - 1] = operations_[count_];
        if (last_push_ == count_) --last_push_;
    }

    bool replace(Operation operation) noexcept {
        return replace(operation, piece_[count_ - 1].argument);
    }
    bool replace(Operation operation, std::uint64_t argument) noexcept {
        set(count_ - 1, static_cast<std::uint64_t>(operation), argument);
        last_push_ = kNone;
        return true;
    }

    static constexpr std::size_t kNone = ~std::size_t{0};

    Code& code_;
    bool steps_;
    Instruction piece_[kRoom];
    std::uint16_t operations_[kRoom];  ///< by instruction
    std::size_t count_ = 0;
    Start starts_[kRoom];
    std::size_t start_count_ = 0;
    BlockCheck check_;
    int height_ = 0;  ///< of the stack, over the block's start
    std::size_t block_ = kNone;
    std::size_t last_push_ = kNone;
    bool block_used_ = false;
};

}  // namespace troupe::chain::evm
