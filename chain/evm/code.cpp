#include "chain/evm/code.hpp"

#include "chain/evm/piece_builder.hpp"

#include <algorithm>

namespace troupe::chain::evm {

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
    changed.handler = handlers_[static_cast<std::size_t>(
        kind_ == CodeKind::kSteps ? Operation::kGoOn : Operation::kGoOnBlock)];
    changed.argument = reinterpret_cast<std::uintptr_t>(found);
}

std::size_t Code::memory_bytes() const noexcept {
    return sizeof(Code) + bytes_.capacity() + chunk_bytes_ +
           targets_.capacity() * sizeof(std::uint32_t) + starts_.capacity() * sizeof(void*) +
           constants_.size() * sizeof(Uint256);
}

}  // namespace troupe::chain::evm
