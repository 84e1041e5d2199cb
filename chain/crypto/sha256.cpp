#include "chain/crypto/sha256.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/sha256_compress.hpp"

namespace troupe::chain::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;

Hash32 hash_with(Sha256Compress compress, ByteView input) noexcept {
    // FIPS 180-4, 5.3.3: the square roots of the first eight primes
    std::uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const std::size_t whole = input.size() / kBlockBytes;
    if (whole != 0) compress(state, input.data(), whole);
    const ByteView tail = input.subspan(whole * kBlockBytes);
    std::uint8_t last[2 * kBlockBytes] = {};
    std::copy(tail.begin(), tail.end(), last);
    last[tail.size()] = 0x80;
    const std::size_t blocks = tail.size() + 9 > kBlockBytes ? 2 : 1;  // 0x80 and eight of length
    store_be<std::uint64_t>(last + blocks * kBlockBytes - 8, std::uint64_t{input.size()} * 8);
    compress(state, last, blocks);
    Hash32 hash;
    for (std::size_t i = 0; i < 8; ++i)
        store_be(hash.data() + 4 * i, state[i]);
    return hash;
}

Sha256Compress fastest() noexcept {
    static const Sha256Compress kChosen = [] {
        const Sha256Compress sha_ni = sha256_compress_sha_ni();
        return sha_ni != nullptr ? sha_ni : &sha256_compress_portable;
    }();
    return kChosen;
}

}  // namespace

void sha256_compress_portable(
    std::uint32_t state[8], const std::uint8_t* blocks, std::size_t count) noexcept {
    for (; count != 0; --count, blocks += kBlockBytes) {
        std::uint32_t w[64];
        for (int t = 0; t < 16; ++t)
            w[t] = load_be<std::uint32_t>(blocks + 4 * t);
        for (int t = 16; t < 64; ++t) {
            const std::uint32_t x = w[t - 15];
            const std::uint32_t y = w[t - 2];
            const std::uint32_t s0 = std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3);
            const std::uint32_t s1 = std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        std::uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; ++t) {
            const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                     ((e & f) ^ (~e & g)) + kSha256RoundConstants[t] + w[t];
            const std::uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                                     ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1;
            d = c, c = b, b = a, a = t1 + t2;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}

Hash32 sha256(ByteView input) noexcept {
    return hash_with(fastest(), input);
}

Hash32 sha256_portable(ByteView input) noexcept {
    return hash_with(&sha256_compress_portable, input);
}

const char* sha256_path() noexcept {
    return fastest() == &sha256_compress_portable ? "portable" : "sha-ni";
}

}  // namespace troupe::chain::crypto
