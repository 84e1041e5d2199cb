#include "chain/evm/tracers/operand_gas.hpp"

#include "chain/evm/gas.hpp"
#include "chain/evm/opcodes.hpp"

#include <algorithm>

namespace troupe::chain::evm {
namespace {

/// A range of memory by its operands, counted from the top of the stack.
struct Range {
    std::uint8_t offset = 0;
    std::uint8_t size = 0;  ///< operand; kFixed: `bytes`
    std::uint8_t bytes = 0;
};
constexpr std::uint8_t kFixed = 0xff;

/// What an opcode does with memory. Yellow Paper, Appendix H.
struct MemoryUse {
    Opcode opcode;
    Range ranges[2];            ///< unused: of zero fixed bytes
    std::int64_t per_word = 0;  ///< of the first range
    std::int64_t per_byte = 0;
};
constexpr Range kNoRange{0, kFixed, 0};
using enum Opcode;
constexpr MemoryUse kUses[] = {
    {kKeccak256, {{0, 1}, kNoRange}, gas::kKeccakWord},
    {kCallDataCopy, {{0, 2}, kNoRange}, gas::kCopyWord},
    {kCodeCopy, {{0, 2}, kNoRange}, gas::kCopyWord},
    {kReturnDataCopy, {{0, 2}, kNoRange}, gas::kCopyWord},
    {kExtCodeCopy, {{1, 3}, kNoRange}, gas::kCopyWord},
    {kMCopy, {{0, 2}, {1, 2}}, gas::kCopyWord},
    {kMLoad, {{0, kFixed, 32}, kNoRange}},
    {kMStore, {{0, kFixed, 32}, kNoRange}},
    {kMStore8, {{0, kFixed, 1}, kNoRange}},
    {kLog0, {{0, 1}, kNoRange}, 0, gas::kLogByte},
    {kLog1, {{0, 1}, kNoRange}, 0, gas::kLogByte},
    {kLog2, {{0, 1}, kNoRange}, 0, gas::kLogByte},
    {kLog3, {{0, 1}, kNoRange}, 0, gas::kLogByte},
    {kLog4, {{0, 1}, kNoRange}, 0, gas::kLogByte},
    {kCreate, {{1, 2}, kNoRange}, gas::kInitCodeWord},
    {kCreate2, {{1, 2}, kNoRange}, gas::kInitCodeWord + gas::kKeccakWord},
    {kCall, {{3, 4}, {5, 6}}},
    {kCallCode, {{3, 4}, {5, 6}}},
    {kDelegateCall, {{2, 3}, {4, 5}}},
    {kStaticCall, {{2, 3}, {4, 5}}},
    {kReturn, {{0, 1}, kNoRange}},
    {kRevert, {{0, 1}, kNoRange}},
};

const Uint256& operand(const Step& step, std::uint8_t index) {
    return step.stack[step.stack.size() - 1 - index];
}

// A word as a number of bytes; beyond what gas can buy, all are the same.
std::uint64_t bounded(const Uint256& word) {
    return word.fits_u64() ? std::min(word.low_u64(), gas::kMemoryBytesMax) : gas::kMemoryBytesMax;
}

std::uint64_t size_of(const Step& step, const Range& range) {
    return range.size == kFixed ? range.bytes : bounded(operand(step, range.size));
}

std::int64_t memory_gas(const Step& step, const MemoryUse& use) {
    std::uint64_t end = step.memory.size();
    for (const Range& range : use.ranges) {
        if (const std::uint64_t size = size_of(step, range); size != 0)
            end = std::max(end, bounded(operand(step, range.offset)) + size);
    }
    const std::uint64_t size = size_of(step, use.ranges[0]);
    return gas::memory_cost(gas::words(end)) - gas::memory_cost(gas::words(step.memory.size())) +
           use.per_word * static_cast<std::int64_t>(gas::words(size)) +
           use.per_byte * static_cast<std::int64_t>(size);
}

}  // namespace

std::int64_t operand_gas(const Step& step) {
    const OpcodeInfo& info = kOpcodes[step.opcode];
    if (step.stack.size() < info.stack_in) return step.gas_cost;
    const auto opcode = static_cast<Opcode>(step.opcode);
    if (opcode == kExp) return step.gas_cost + gas::kExpByte * operand(step, 1).byte_count();
    for (const MemoryUse& use : kUses)
        if (use.opcode == opcode) return step.gas_cost + memory_gas(step, use);
    return step.gas_cost;
}

}  // namespace troupe::chain::evm
