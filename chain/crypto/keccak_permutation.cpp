#include "chain/crypto/keccak_permutation.hpp"

#include <bit>

namespace troupe::chain::crypto {
namespace {

using Lane = std::uint64_t;

/// One row of chi: the five lanes that rho and pi bring together, mixed into a row of `to`.
inline __attribute__((always_inline)) void chi_row(
    Lane* to, Lane b0, Lane b1, Lane b2, Lane b3, Lane b4) noexcept {
    to[0] = b0 ^ (~b1 & b2);
    to[1] = b1 ^ (~b2 & b3);
    to[2] = b2 ^ (~b3 & b4);
    to[3] = b3 ^ (~b4 & b0);
    to[4] = b4 ^ (~b0 & b1);
}

/// One round from `a` to `e`. Every index is a constant, so both arrays live in registers; writing
/// to the other array saves the copies that a round in place would need.
inline __attribute__((always_inline)) void round(
    const Lane (&a)[25], Lane (&e)[25], Lane constant) noexcept {
    const Lane c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    const Lane c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    const Lane c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    const Lane c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    const Lane c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    const Lane d0 = c4 ^ std::rotl(c1, 1);
    const Lane d1 = c0 ^ std::rotl(c2, 1);
    const Lane d2 = c1 ^ std::rotl(c3, 1);
    const Lane d3 = c2 ^ std::rotl(c4, 1);
    const Lane d4 = c3 ^ std::rotl(c0, 1);

    chi_row(
        e, a[0] ^ d0, std::rotl(a[6] ^ d1, 44), std::rotl(a[12] ^ d2, 43),
        std::rotl(a[18] ^ d3, 21), std::rotl(a[24] ^ d4, 14));
    e[0] ^= constant;
    chi_row(
        e + 5, std::rotl(a[3] ^ d3, 28), std::rotl(a[9] ^ d4, 20), std::rotl(a[10] ^ d0, 3),
        std::rotl(a[16] ^ d1, 45), std::rotl(a[22] ^ d2, 61));
    chi_row(
        e + 10, std::rotl(a[1] ^ d1, 1), std::rotl(a[7] ^ d2, 6), std::rotl(a[13] ^ d3, 25),
        std::rotl(a[19] ^ d4, 8), std::rotl(a[20] ^ d0, 18));
    chi_row(
        e + 15, std::rotl(a[4] ^ d4, 27), std::rotl(a[5] ^ d0, 36), std::rotl(a[11] ^ d1, 10),
        std::rotl(a[17] ^ d2, 15), std::rotl(a[23] ^ d3, 56));
    chi_row(
        e + 20, std::rotl(a[2] ^ d2, 62), std::rotl(a[8] ^ d3, 55), std::rotl(a[14] ^ d4, 39),
        std::rotl(a[15] ^ d0, 41), std::rotl(a[21] ^ d1, 2));
}

inline __attribute__((always_inline)) void permute(Lane* state) noexcept {
    Lane a[25];
    Lane e[25];
    for (int i = 0; i < 25; ++i)
        a[i] = state[i];
    for (int i = 0; i < 24; i += 2) {
        round(a, e, kKeccakRoundConstants[i]);
        round(e, a, kKeccakRoundConstants[i + 1]);
    }
    for (int i = 0; i < 25; ++i)
        state[i] = a[i];
}

#if defined(__x86_64__)
/// Compiled with three-operand rotation and and-not, which take a fifth off the time.
__attribute__((target("bmi,bmi2"))) void permute_bmi2(Lane* state) noexcept {
    permute(state);
}
#endif

}  // namespace

void keccak_permute_portable(std::uint64_t state[25]) noexcept {
    permute(state);
}

void keccak_permute(std::uint64_t state[25]) noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) return permute_bmi2(state);
#endif
    permute(state);
}

}  // namespace troupe::chain::crypto
