// Any input to any precompile: the first byte picks the precompile, the rest is its input. Whatever
// comes, the price decides alone whether it may run, the answer depends on the input alone and not
// on the memory it is written to, and the second implementations agree where there are some.
#include "chain/base/assert.hpp"
#include "chain/crypto/modexp.hpp"
#include "chain/crypto/sha256.hpp"
#include "chain/evm/precompiles.hpp"

namespace {

using namespace troupe::chain;
using namespace troupe::chain::evm;

constexpr Rules kRules{Revision::kPrague, true};
constexpr std::uint64_t kGas = 2'000'000;  // what one input may cost: a few milliseconds

struct Answer {
    PrecompileResult result;
    Bytes output;
};

Answer call(const Address& address, ByteView input, std::uint64_t gas, std::size_t dirt) {
    Answer answer;
    answer.output.assign(dirt, 0xa5);
    answer.result = run_precompile(address, input, gas, kRules, answer.output);
    if (!answer.result.success) {
        TROUPE_ASSERT(answer.output.empty() && answer.result.gas_left == 0);
    }
    TROUPE_ASSERT(answer.result.gas_left <= gas);
    return answer;
}

/// The sum does not depend on the order; that the inputs are whole is the caller's business.
void try_swapped(
    const Address& address, ByteView input, std::size_t point, const Answer& expected) {
    Bytes swapped(input.begin() + static_cast<std::ptrdiff_t>(point), input.end());
    append(swapped, input.first(point));
    const Answer answer = call(address, swapped, kGas, 0);
    TROUPE_ASSERT(answer.output == expected.output);
}

/// Three lengths of one byte each, then the numbers: modexp's own header would rarely be small.
void try_modexp(ByteView input) {
    if (input.size() < 3) return;
    const std::size_t sizes[3] = {input[0] % 64u, input[1] % 48u, input[2] % 64u};
    input = input.subspan(3);
    ByteView numbers[3];
    for (int i = 0; i < 3; ++i) {
        numbers[i] = input.first(std::min(sizes[i], input.size()));
        input = input.subspan(numbers[i].size());
    }
    Bytes fast(numbers[2].size(), 0x11);
    Bytes portable(numbers[2].size(), 0x22);
    crypto::modexp(numbers[0], numbers[1], numbers[2], fast.data());
    crypto::modexp_portable(numbers[0], numbers[1], numbers[2], portable.data());
    TROUPE_ASSERT(fast == portable);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t kind = data[0] % 0x13;  // 0 is modexp in its two forms, 0x12 P256VERIFY
    const ByteView input{data + 1, size - 1};
    if (kind == 0) {
        try_modexp(input);
        return 0;
    }
    Address address;
    address[19] = kind;
    if (kind == 0x12) {
        address[18] = 1;
        address[19] = 0;
    }
    const Answer answer = call(address, input, kGas, 0);
    if (!answer.result.success) return 0;
    const std::uint64_t cost = kGas - answer.result.gas_left;
    const Answer exact = call(address, input, cost, 300);
    TROUPE_ASSERT(exact.result.success && exact.result.gas_left == 0);
    TROUPE_ASSERT(exact.output == answer.output);
    if (cost != 0) TROUPE_ASSERT(!call(address, input, cost - 1, 7).result.success);
    if (kind == 2) TROUPE_ASSERT(equal(answer.output, crypto::sha256_portable(input)));
    if (kind == 6 && size == 1 + 128) try_swapped(address, input, 64, answer);
    if (kind == 0x0b) try_swapped(address, input, 128, answer);
    if (kind == 0x0d) try_swapped(address, input, 256, answer);
    return 0;
}
