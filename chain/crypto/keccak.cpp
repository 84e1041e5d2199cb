#include "chain/crypto/keccak.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/keccak_permutation.hpp"

namespace troupe::chain::crypto {
namespace {

constexpr std::size_t kRateLanes = kKeccakRate / 8;

void absorb(std::uint64_t (&state)[25], const std::uint8_t* block) noexcept {
    for (std::size_t i = 0; i < kRateLanes; ++i)
        state[i] ^= load_le<std::uint64_t>(block + 8 * i);
    keccak_permute(state);
}

}  // namespace

Hash32 keccak256(ByteView input) noexcept {
    std::uint64_t state[25] = {};
    for (; input.size() >= kKeccakRate; input = input.subspan(kKeccakRate)) {
        absorb(state, input.data());
    }
    std::uint8_t last[kKeccakRate] = {};
    std::copy(input.begin(), input.end(), last);
    last[input.size()] = 0x01;  // Keccak's padding; SHA-3 would begin with 0x06
    last[kKeccakRate - 1] |= 0x80;
    absorb(state, last);
    Hash32 hash;
    for (std::size_t i = 0; i < 4; ++i)
        store_le(hash.data() + 8 * i, state[i]);
    return hash;
}

}  // namespace troupe::chain::crypto
