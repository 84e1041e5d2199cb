#include "chain/crypto/blake2b.hpp"

#include "chain/crypto/blake2b_rounds.hpp"

#include <bit>

namespace troupe::chain::crypto {
namespace {

/// RFC 7693, 2.6: the initialisation vector, SHA-512's.
constexpr std::uint64_t kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                       0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                       0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

void compress_with(
    Blake2bRounds run, std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept {
    std::uint64_t work[16];
    for (int i = 0; i < 8; ++i) {
        work[i] = state[i];
        work[i + 8] = kInitial[i];
    }
    work[12] ^= offset[0];
    work[13] ^= offset[1];
    if (last) work[14] = ~work[14];
    run(rounds, work, block);
    for (int i = 0; i < 8; ++i)
        state[i] ^= work[i] ^ work[i + 8];
}

/// RFC 7693, 3.1 "Mixing Function G".
inline void mix(
    std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d, std::uint64_t x,
    std::uint64_t y) noexcept {
    a += b + x;
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a += b + y;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

Blake2bRounds fastest() noexcept {
    static const Blake2bRounds kChosen = [] {
        const Blake2bRounds avx2 = blake2b_rounds_avx2();
        return avx2 != nullptr ? avx2 : &blake2b_rounds_portable;
    }();
    return kChosen;
}

}  // namespace

void blake2b_rounds_portable(
    std::uint32_t rounds, std::uint64_t work[16], const std::uint64_t block[16]) noexcept {
    std::uint64_t v[16];
    for (int i = 0; i < 16; ++i)
        v[i] = work[i];
    for (std::uint32_t r = 0, row = 0; r < rounds; ++r) {
        const std::uint8_t* s = kBlake2bSigma[row];
        row = row == 9 ? 0 : row + 1;
        mix(v[0], v[4], v[8], v[12], block[s[0]], block[s[1]]);
        mix(v[1], v[5], v[9], v[13], block[s[2]], block[s[3]]);
        mix(v[2], v[6], v[10], v[14], block[s[4]], block[s[5]]);
        mix(v[3], v[7], v[11], v[15], block[s[6]], block[s[7]]);
        mix(v[0], v[5], v[10], v[15], block[s[8]], block[s[9]]);
        mix(v[1], v[6], v[11], v[12], block[s[10]], block[s[11]]);
        mix(v[2], v[7], v[8], v[13], block[s[12]], block[s[13]]);
        mix(v[3], v[4], v[9], v[14], block[s[14]], block[s[15]]);
    }
    for (int i = 0; i < 16; ++i)
        work[i] = v[i];
}

void blake2b_compress(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept {
    compress_with(fastest(), rounds, state, block, offset, last);
}

void blake2b_compress_portable(
    std::uint32_t rounds, std::uint64_t state[8], const std::uint64_t block[16],
    const std::uint64_t offset[2], bool last) noexcept {
    compress_with(&blake2b_rounds_portable, rounds, state, block, offset, last);
}

const char* blake2b_path() noexcept {
    return fastest() == &blake2b_rounds_portable ? "portable" : "avx2";
}

}  // namespace troupe::chain::crypto
