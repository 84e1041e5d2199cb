#include "chain/evm/bn254_precompiles.hpp"

#include "chain/crypto/bn254.hpp"
#include "chain/evm/padded.hpp"

#include <vector>

namespace troupe::chain::evm {
namespace {

using namespace crypto::bn254;

constexpr std::size_t kPairBytes = kG1Bytes + kG2Bytes;

}  // namespace

std::optional<std::uint64_t> gas_of_bn254_pairing(ByteView input) noexcept {
    if (input.size() % kPairBytes != 0) return std::nullopt;
    return 45'000 + 34'000 * std::uint64_t{input.size() / kPairBytes};
}

bool run_bn254_add(ByteView input, Bytes& output) noexcept {
    const auto bytes = padded<2 * kG1Bytes>(input);
    const auto a = read_g1(ByteView(bytes).first(kG1Bytes));
    const auto b = read_g1(ByteView(bytes).last(kG1Bytes));
    if (!a || !b) return false;
    append_point(output, add(*a, *b));
    return true;
}

bool run_bn254_multiply(ByteView input, Bytes& output) noexcept {
    const auto bytes = padded<kG1Bytes + 32>(input);
    const auto point = read_g1(ByteView(bytes).first(kG1Bytes));
    if (!point) return false;
    append_point(output, multiply(*point, uint256_from_be(ByteView(bytes).last(32))));
    return true;
}

bool run_bn254_pairing(ByteView input, Bytes& output) noexcept {
    std::vector<G1> g1;
    std::vector<G2> g2;
    g1.reserve(input.size() / kPairBytes);
    g2.reserve(input.size() / kPairBytes);
    for (; !input.empty(); input = input.subspan(kPairBytes)) {
        const auto p = read_g1(input.first(kG1Bytes));
        const auto q = read_g2(input.subspan(kG1Bytes, kG2Bytes));
        if (!p || !q || !in_subgroup(*q)) return false;
        g1.push_back(*p);
        g2.push_back(*q);
    }
    output.resize(32);
    output.back() = pairing_product_is_one(g1, g2) ? 1 : 0;
    return true;
}

}  // namespace troupe::chain::evm
