#include "chain/evm/code.hpp"

#include <algorithm>
#include <bit>

namespace troupe::chain::evm {
namespace {

bool is_push(std::uint8_t opcode) noexcept {
    return opcode >= 0x5f && opcode <= 0x7f;
}

/// Control does not go on to what follows.
bool ends_code(std::uint8_t opcode) noexcept {
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
bool ends_block(std::uint8_t opcode) noexcept {
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

}  // namespace

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
            add(Operation::kGoOn,
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

    /// Joins `opcode` with the instructions before it, of the same block. @return whether it did
    bool join(std::uint8_t opcode) {
        const auto op = static_cast<Opcode>(opcode);
        const bool small = before(1) == Operation::kPush && last_push_ + 1 == count_;
        if (small || before(1) == Operation::kPushWide) return join_push(op, small);
        switch (op) {
            case Opcode::kPop:
                return join_pop();
            case Opcode::kAdd:
                return (is_before(1, Opcode::kDup2) && replace(Operation::kDup2Add)) ||
                       (is_before(1, Opcode::kDup3) && replace(Operation::kDup3Add)) ||
                       (is_before(1, Opcode::kDup4) && replace(Operation::kDup4Add)) ||
                       (is_before(1, Opcode::kDup5) && replace(Operation::kDup5Add));
            case Opcode::kAnd:
                return is_before(1, Opcode::kDup3) && replace(Operation::kDup3And);
            case Opcode::kMLoad:
                return (is_before(1, Opcode::kDup1) && replace(Operation::kDup1MLoad)) ||
                       (before(1) == Operation::kPushAdd && replace(Operation::kPushAddMLoad));
            case Opcode::kMStore:
                return (is_before(1, Opcode::kDup2) && replace(Operation::kDup2MStore)) ||
                       (is_before(1, Opcode::kAdd) && replace(Operation::kAddMStore));
            case Opcode::kSwap1:
                return is_before(1, Opcode::kSwap2) && replace(Operation::kSwap2Swap1);
            case Opcode::kSwap2:
                return is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1Swap2);
            case Opcode::kJump:
                return (is_before(1, Opcode::kPop) && replace(Operation::kPopJump)) ||
                       (is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1Jump));
            default:
                return false;
        }
    }

    bool join_pop() noexcept {
        if (before(1) == Operation::kPops) {
            ++piece_[count_ - 1].argument;
            return true;
        }
        if (is_before(1, Opcode::kPop)) {
            piece_[count_ - 1].argument = 2;
            return replace(Operation::kPops);
        }
        return (is_before(1, Opcode::kSwap1) && replace(Operation::kSwap1Pop)) ||
               (is_before(1, Opcode::kSwap2) && replace(Operation::kSwap2Pop));
    }

    /// With the constant before it. @param small  it has 64 bits
    bool join_push(Opcode op, bool small) noexcept {
        if (op == Opcode::kJump || op == Opcode::kJumpI) return join_jump(op, small);
        if (!small) return op == Opcode::kAnd && replace(Operation::kPushAndWide);
        switch (op) {
            case Opcode::kAdd:
                return replace(Operation::kPushAdd);
            case Opcode::kSub:
                return replace(Operation::kPushSubFrom);
            case Opcode::kAnd:
                return replace(Operation::kPushAnd);
            case Opcode::kShl:
                return replace(Operation::kPushShl);
            case Opcode::kShr:
                return replace(Operation::kPushShr);
            case Opcode::kSignExtend:
                return replace(Operation::kPushSignExtend);
            case Opcode::kEq:
                return join_compare(Operation::kDup1PushEq, Operation::kPushEq);
            case Opcode::kLt:
                return replace(Operation::kPushLt);
            case Opcode::kGt:
                return join_compare(Operation::kDup1PushGt, Operation::kPushGt);
            case Opcode::kMLoad:
                return replace(Operation::kPushMLoad);
            case Opcode::kMStore:
                return replace(Operation::kPushMStore);
            case Opcode::kDup1:
                return replace(Operation::kPushDup1);
            case Opcode::kDup2:
                return replace(Operation::kPushDup2);
            case Opcode::kDup3:
                return replace(Operation::kPushDup3);
            case Opcode::kDup4:
                return replace(Operation::kPushDup4);
            case Opcode::kDup5:
                return replace(Operation::kPushDup5);
            case Opcode::kSwap1:
                return replace(Operation::kPushSwap1);
            default:
                return false;
        }
    }

    /// The word that is compared may be a copy that DUP1 makes.
    bool join_compare(Operation of_copy, Operation of_word) noexcept {
        if (!is_before(2, Opcode::kDup1)) return replace(of_word);
        drop_before_last();
        return replace(of_copy);
    }

    /// The last instruction takes the place of the one before it, with its own argument.
    void drop_before_last() noexcept {
        --count_;
        piece_[count_ - 1].argument = piece_[count_].argument;
    }

    bool replace(Operation operation) noexcept {
        operations_[count_ - 1] = static_cast<std::uint16_t>(operation);
        piece_[count_ - 1].handler = code_.handlers_[operations_[count_ - 1]];
        last_push_ = kNone;
        return true;
    }

    bool join_jump(Opcode op, bool small) noexcept {
        const bool conditional = op == Opcode::kJumpI;
        if (!small)
            return replace(conditional ? Operation::kJumpIfNowhere : Operation::kJumpNowhere);
        if (!conditional) return replace(Operation::kLinkJump);
        // ISZERO, PUSH, JUMPI: the same jump, when the word is zero.
        if (is_before(2, Opcode::kIsZero)) {
            drop_before_last();
            return replace(Operation::kLinkJumpIfZero);
        }
        return replace(Operation::kLinkJumpIf);
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

Code::Code(ByteView code, CodeKind kind, HandlerTable handlers)
    : bytes_(code.begin(), code.end()), kind_(kind), handlers_(handlers) {
    entry_ = decode(0);
}

Instruction* Code::decode(std::uint64_t pc) {
    return PieceBuilder{*this}.build(pc);
}

void Code::find_targets() {
    targets_.assign(bytes_.size(), kNoTarget);
    for (std::size_t pc = 0; pc < bytes_.size(); ++pc) {
        const std::uint8_t opcode = bytes_[pc];
        if (opcode == static_cast<std::uint8_t>(Opcode::kJumpDest)) targets_[pc] = kUndecoded;
        if (is_push(opcode)) pc += opcode - 0x5fu;
    }
}

Instruction* Code::keep(const Instruction* piece, std::size_t count) {
    constexpr std::size_t kChunkMax = 4'096;
    if (chunk_used_ + count > chunk_size_) {
        // Small code has one small chunk; large code gets larger ones as it turns out to be used.
        chunk_size_ =
            std::max(count, std::min({kChunkMax, bytes_.size() + 2, 2 * chunk_size_ + 64}));
        chunks_.emplace_back(new Instruction[chunk_size_]);
        chunk_bytes_ += chunk_size_ * sizeof(Instruction);
        chunk_used_ = 0;
    }
    Instruction* const kept = chunks_.back().get() + chunk_used_;
    std::copy(piece, piece + count, kept);
    chunk_used_ += count;
    return kept;
}

// The interpreter holds instructions as const; these are ours.
void Code::link(const Instruction* jump, Operation to_target, Operation to_nowhere) {
    const Instruction* found = target(jump->argument);
    auto& instruction = const_cast<Instruction&>(*jump);
    instruction.handler =
        handlers_[static_cast<std::size_t>(found != nullptr ? to_target : to_nowhere)];
    instruction.argument = reinterpret_cast<std::uintptr_t>(found);
}

void Code::go_on(const Instruction* instruction) {
    const Instruction* found = decode(instruction->argument);
    auto& changed = const_cast<Instruction&>(*instruction);
    changed.handler = handlers_[static_cast<std::size_t>(Operation::kGoOn)];
    changed.argument = reinterpret_cast<std::uintptr_t>(found);
}

std::size_t Code::memory_bytes() const noexcept {
    return sizeof(Code) + bytes_.capacity() + chunk_bytes_ +
           targets_.capacity() * sizeof(std::uint32_t) + starts_.capacity() * sizeof(void*) +
           constants_.size() * sizeof(Uint256);
}

}  // namespace troupe::chain::evm
