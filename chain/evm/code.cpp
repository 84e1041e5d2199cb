#include "chain/evm/code.hpp"

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

/// Fills a Code in one pass over the bytes, and one over the jumps that were waiting for targets.
class CodeBuilder {
  public:
    CodeBuilder(Code& code, CodeKind kind, HandlerTable handlers) noexcept
        : code_(code), steps_(kind == CodeKind::kSteps), handlers_(handlers) {}

    void build() {
        const Bytes& bytes = code_.bytes_;
        code_.targets_.assign(bytes.size(), 0);
        code_.instructions_.reserve(bytes.size() + 2);
        open_block();
        bool reachable = true;
        std::size_t pc = 0;
        while (pc < bytes.size()) {
            const std::uint8_t opcode = bytes[pc];
            const std::size_t at = pc;
            pc += is_push(opcode) ? 1u + (opcode - 0x5fu) : 1u;
            if (opcode == static_cast<std::uint8_t>(Opcode::kJumpDest)) {
                if (block_used_) {
                    close_block();
                    open_block();
                }
                code_.targets_[at] = static_cast<std::uint32_t>(block_) + 1;
                reachable = true;
            } else if (!reachable) {
                continue;
            }
            if (steps_) {
                if (block_used_) {
                    close_block();
                    open_block();
                }
                note_pc(at);
            }
            emit(opcode, at);
            if (ends_code(opcode)) {
                reachable = false;
                last_push_ = kNone;
            } else if (ends_block(opcode) || ++block_length_ == kBlockLengthMax) {
                close_block();
                open_block();
            }
        }
        if (reachable) {
            if (steps_) {
                if (block_used_) {
                    close_block();
                    open_block();
                }
                note_pc(bytes.size());
            }
            add(0, 0);  // past its end code is zero: STOP
        }
        close_block();
        link();
    }

  private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    static constexpr std::size_t kBlockLengthMax = 4'096;  ///< so that BlockCheck's fields suffice
    enum class Jump : std::uint8_t {
        kAlways,
        kIf,
        kIfZero
    };
    struct Waiting {
        std::size_t instruction;
        std::uint64_t target;
        Jump jump;
    };

    void add(std::uint16_t operation, std::uint64_t argument) {
        code_.instructions_.push_back({handlers_[operation], argument});
        operations_.push_back(operation);
        block_used_ = true;
    }
    void add(Operation operation, std::uint64_t argument) {
        add(static_cast<std::uint16_t>(operation), argument);
    }

    void open_block() {
        block_ = code_.instructions_.size();
        add(steps_ ? Operation::kStep : Operation::kBlock, 0);
        check_ = {};
        height_ = 0;
        last_push_ = kNone;
        block_used_ = false;
        block_length_ = 0;
    }
    void close_block() noexcept {
        code_.instructions_[block_].argument = std::bit_cast<std::uint64_t>(check_);
    }
    void note_pc(std::size_t pc) {
        code_.pcs_.resize(block_ + 1);
        code_.pcs_[block_] = static_cast<std::uint32_t>(pc);
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
        if (!steps_ && join(opcode)) return;
        if (opcode == static_cast<std::uint8_t>(Opcode::kPc)) return add(Operation::kPush, pc);
        last_push_ = kNone;
        add(opcode, 0);
    }

    void push(std::uint8_t opcode, std::size_t pc) {
        const std::size_t size = opcode - 0x5fu;
        std::uint8_t padded[32] = {};  // PUSH data beyond the end of the code is zero
        for (std::size_t i = 0; i < size && pc + 1 + i < code_.bytes_.size(); ++i)
            padded[32 - size + i] = code_.bytes_[pc + 1 + i];
        const Uint256 value = uint256_from_be(ByteView{padded});
        last_push_ = code_.instructions_.size();
        if (value.fits_u64()) {
            add(Operation::kPush, value.limbs[0]);
        } else {
            add(Operation::kPushWide, code_.constants_.size());
            code_.constants_.push_back(value);
        }
    }

    /// Joins `opcode` with the instruction before it, of the same block. @return whether it did
    bool join(std::uint8_t opcode) {
        if (code_.instructions_.size() <= block_ + 1) return false;
        const auto before = static_cast<Operation>(operations_.back());
        const bool small = before == Operation::kPush && last_push_ + 1 == operations_.size();
        const bool wide = before == Operation::kPushWide;
        const auto op = static_cast<Opcode>(opcode);
        if (small || wide) {
            if (op == Opcode::kJump || op == Opcode::kJumpI) return join_jump(op, small);
            if (wide) return op == Opcode::kAnd && replace(Operation::kPushAndWide);
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
                case Opcode::kEq:
                    return replace(Operation::kPushEq);
                case Opcode::kLt:
                    return replace(Operation::kPushLt);
                case Opcode::kGt:
                    return replace(Operation::kPushGt);
                case Opcode::kMLoad:
                    return replace(Operation::kPushMLoad);
                case Opcode::kMStore:
                    return replace(Operation::kPushMStore);
                case Opcode::kDup1:
                    return replace(Operation::kPushDup1);
                default:
                    return false;
            }
        }
        const auto follows = [&](Opcode first, Opcode second, Operation joined) {
            return before == static_cast<Operation>(first) && op == second && replace(joined);
        };
        return follows(Opcode::kSwap1, Opcode::kPop, Operation::kSwap1Pop) ||
               follows(Opcode::kSwap2, Opcode::kPop, Operation::kSwap2Pop) ||
               follows(Opcode::kPop, Opcode::kPop, Operation::kPopPop) ||
               follows(Opcode::kDup2, Opcode::kAdd, Operation::kDup2Add) ||
               follows(Opcode::kDup1, Opcode::kMLoad, Operation::kDup1MLoad);
    }

    bool replace(Operation operation) noexcept {
        operations_.back() = static_cast<std::uint16_t>(operation);
        code_.instructions_.back().handler = handlers_[operations_.back()];
        last_push_ = kNone;
        return true;
    }

    bool join_jump(Opcode op, bool small) {
        const bool conditional = op == Opcode::kJumpI;
        const std::uint64_t target = code_.instructions_.back().argument;
        if (small) {
            // ISZERO, PUSH, JUMPI: the same jump, when the word is zero.
            if (conditional && code_.instructions_.size() > block_ + 2 &&
                operations_[operations_.size() - 2] ==
                    static_cast<std::uint16_t>(Opcode::kIsZero)) {
                operations_.pop_back();
                code_.instructions_.pop_back();
                waiting_.push_back({code_.instructions_.size() - 1, target, Jump::kIfZero});
                return replace(Operation::kIsZeroJumpIfTo);
            }
            waiting_.push_back(
                {code_.instructions_.size() - 1, target, conditional ? Jump::kIf : Jump::kAlways});
            return replace(conditional ? Operation::kJumpIfTo : Operation::kJumpTo);
        }
        return replace(conditional ? Operation::kJumpIfNowhere : Operation::kJumpNowhere);
    }

    void link() {
        for (const Waiting& jump : waiting_) {
            const Instruction* target = code_.target(jump.target);
            Instruction& instruction = code_.instructions_[jump.instruction];
            if (target != nullptr) {
                instruction.argument = reinterpret_cast<std::uintptr_t>(target);
            } else {
                constexpr Operation kNowhere[] = {
                    Operation::kJumpNowhere, Operation::kJumpIfNowhere,
                    Operation::kJumpIfZeroNowhere};
                instruction.handler = handlers_[static_cast<std::size_t>(
                    kNowhere[static_cast<std::size_t>(jump.jump)])];
            }
        }
        for (std::size_t i = 0; i < operations_.size(); ++i) {
            if (operations_[i] != static_cast<std::uint16_t>(Operation::kPushWide) &&
                operations_[i] != static_cast<std::uint16_t>(Operation::kPushAndWide))
                continue;
            Instruction& instruction = code_.instructions_[i];
            instruction.argument =
                reinterpret_cast<std::uintptr_t>(&code_.constants_[instruction.argument]);
        }
        code_.pcs_.resize(steps_ ? code_.instructions_.size() : 0);
    }

    Code& code_;
    bool steps_;
    HandlerTable handlers_;
    std::vector<std::uint16_t> operations_;  ///< by instruction
    std::vector<Waiting> waiting_;
    BlockCheck check_;
    int height_ = 0;  ///< of the stack, over the block's start
    std::size_t block_ = 0;
    std::size_t last_push_ = kNone;
    std::size_t block_length_ = 0;
    bool block_used_ = false;
};

Code::Code(ByteView code, CodeKind kind, HandlerTable handlers) : bytes_(code.begin(), code.end()) {
    CodeBuilder{*this, kind, handlers}.build();
}

std::size_t Code::memory_bytes() const noexcept {
    return sizeof(Code) + bytes_.capacity() + instructions_.capacity() * sizeof(Instruction) +
           targets_.capacity() * sizeof(std::uint32_t) + constants_.capacity() * sizeof(Uint256) +
           pcs_.capacity() * sizeof(std::uint32_t);
}

}  // namespace troupe::chain::evm
