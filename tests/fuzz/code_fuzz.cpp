// Any bytes as contract code: decoded for running and for tracing, the jump targets are those of
// the Yellow Paper's definition, and the memory is bounded by the size.
#include "chain/base/assert.hpp"
#include "chain/evm/engine.hpp"

namespace {

using namespace troupe::chain;
using namespace troupe::chain::evm;

constexpr std::size_t kCodeBytesMax = 65'536;
constexpr std::size_t kMemoryPerByteMax = 256;  // vectors that doubled, and one block per byte

std::vector<bool> jump_targets(ByteView code) {
    std::vector<bool> targets(code.size());
    for (std::size_t pc = 0; pc < code.size(); ++pc) {
        if (code[pc] == 0x5b) targets[pc] = true;
        if (code[pc] >= 0x60 && code[pc] <= 0x7f) pc += code[pc] - 0x5fu;
    }
    return targets;
}

void check(ByteView bytes, CodeKind kind, const std::vector<bool>& targets) {
    Code code{bytes, kind, handlers()};
    TROUPE_ASSERT(equal(code.bytes(), bytes));
    TROUPE_ASSERT(code.entry() != nullptr);
    TROUPE_ASSERT(code.memory_bytes() <= 4'096 + bytes.size() * kMemoryPerByteMax);
    for (std::size_t pc = 0; pc < bytes.size() + 2; ++pc) {
        const bool expected = pc < bytes.size() && targets[pc];
        TROUPE_ASSERT((code.target(pc) != nullptr) == expected);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > kCodeBytesMax) return 0;
    const ByteView bytes{data, size};
    const std::vector<bool> targets = jump_targets(bytes);
    check(bytes, CodeKind::kBlocks, targets);
    check(bytes, CodeKind::kSteps, targets);
    return 0;
}
