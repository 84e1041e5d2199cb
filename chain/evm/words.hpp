#pragma once

#include "chain/base/endian.hpp"
#include "chain/base/uint256.hpp"

/// Words in place on the stack: what the interpreter does most. The same results as chain/base's
/// operators, written so that GCC keeps limbs in general registers and carries in the flag.
///
/// Words move limb by limb. As two 16-byte halves they would wait for the 8-byte stores of the
/// instruction before to reach the cache: two stores are not forwarded to one load.
namespace troupe::chain::evm {

inline void move_word(Uint256& to, const Uint256& from) noexcept {
    const std::uint64_t l0 = from.limbs[0];
    const std::uint64_t l1 = from.limbs[1];
    const std::uint64_t l2 = from.limbs[2];
    const std::uint64_t l3 = from.limbs[3];
    to.limbs[0] = l0;
    to.limbs[1] = l1;
    to.limbs[2] = l2;
    to.limbs[3] = l3;
}

inline void swap_words(Uint256& a, Uint256& b) noexcept {
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t limb = a.limbs[i];
        a.limbs[i] = b.limbs[i];
        b.limbs[i] = limb;
    }
}

/// a, b, c = b, c, a
inline void rotate_words(Uint256& a, Uint256& b, Uint256& c) noexcept {
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t limb = a.limbs[i];
        a.limbs[i] = b.limbs[i];
        b.limbs[i] = c.limbs[i];
        c.limbs[i] = limb;
    }
}

/// a, b, c, d = b, c, d, a
inline void rotate_words(Uint256& a, Uint256& b, Uint256& c, Uint256& d) noexcept {
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t limb = a.limbs[i];
        a.limbs[i] = b.limbs[i];
        b.limbs[i] = c.limbs[i];
        c.limbs[i] = d.limbs[i];
        d.limbs[i] = limb;
    }
}

inline void put_limbs(
    Uint256& to, std::uint64_t l3, std::uint64_t l2, std::uint64_t l1, std::uint64_t l0) noexcept {
    to.limbs[0] = l0;
    to.limbs[1] = l1;
    to.limbs[2] = l2;
    to.limbs[3] = l3;
}
inline void put_word(Uint256& to, std::uint64_t value) noexcept {
    put_limbs(to, 0, 0, 0, value);
}

[[nodiscard]] inline Uint256 load_word(const std::uint8_t* from) noexcept {
    return {
        load_be<std::uint64_t>(from), load_be<std::uint64_t>(from + 8),
        load_be<std::uint64_t>(from + 16), load_be<std::uint64_t>(from + 24)};
}
inline void store_word(std::uint8_t* to, const Uint256& word) noexcept {
    store_be(to, word.limbs[3]);
    store_be(to + 8, word.limbs[2]);
    store_be(to + 16, word.limbs[1]);
    store_be(to + 24, word.limbs[0]);
}

/// to = a + b
inline void add_words(Uint256& to, const Uint256& a, const Uint256& b) noexcept {
#if defined(__x86_64__)
    std::uint64_t l0 = a.limbs[0];
    std::uint64_t l1 = a.limbs[1];
    std::uint64_t l2 = a.limbs[2];
    std::uint64_t l3 = a.limbs[3];
    __asm__("addq %4, %0\n\tadcq %5, %1\n\tadcq %6, %2\n\tadcq %7, %3"
            : "+&r"(l0), "+&r"(l1), "+&r"(l2), "+r"(l3)
            : "rm"(b.limbs[0]), "rm"(b.limbs[1]), "rm"(b.limbs[2]), "rm"(b.limbs[3])
            : "cc");
    put_limbs(to, l3, l2, l1, l0);
#else
    move_word(to, a + b);
#endif
}

/// to = a - b
inline void subtract_words(Uint256& to, const Uint256& a, const Uint256& b) noexcept {
#if defined(__x86_64__)
    std::uint64_t l0 = a.limbs[0];
    std::uint64_t l1 = a.limbs[1];
    std::uint64_t l2 = a.limbs[2];
    std::uint64_t l3 = a.limbs[3];
    __asm__("subq %4, %0\n\tsbbq %5, %1\n\tsbbq %6, %2\n\tsbbq %7, %3"
            : "+&r"(l0), "+&r"(l1), "+&r"(l2), "+r"(l3)
            : "rm"(b.limbs[0]), "rm"(b.limbs[1]), "rm"(b.limbs[2]), "rm"(b.limbs[3])
            : "cc");
    put_limbs(to, l3, l2, l1, l0);
#else
    move_word(to, a - b);
#endif
}

/// a < b
[[nodiscard]] inline bool less_words(const Uint256& a, const Uint256& b) noexcept {
#if defined(__x86_64__)
    std::uint64_t limb = a.limbs[0];
    bool less;
    __asm__(
        "cmpq %5, %0\n\tmovq %2, %0\n\tsbbq %6, %0\n\tmovq %3, %0\n\tsbbq %7, %0\n\t"
        "movq %4, %0\n\tsbbq %8, %0"
        : "+&r"(limb), "=@ccc"(less)
        : "m"(a.limbs[1]), "m"(a.limbs[2]), "m"(a.limbs[3]), "m"(b.limbs[0]), "m"(b.limbs[1]),
          "m"(b.limbs[2]), "m"(b.limbs[3])
        : "cc");
    return less;
#else
    return a < b;
#endif
}

/// Two's complement: a < b
[[nodiscard]] inline bool less_words_signed(const Uint256& a, const Uint256& b) noexcept {
    const bool a_negative = is_negative(a);
    return a_negative != is_negative(b) ? a_negative : less_words(a, b);
}

/// to = a * b. Ten products: what lies above 256 bits is not computed.
inline void multiply_words(Uint256& to, const Uint256& a, const Uint256& b) noexcept {
    const auto low = [](Uint128 value) { return static_cast<std::uint64_t>(value); };
    const auto high = [](Uint128 value) { return static_cast<std::uint64_t>(value >> 64); };
    const std::uint64_t a0 = a.limbs[0];
    const std::uint64_t a1 = a.limbs[1];
    const std::uint64_t a2 = a.limbs[2];
    const std::uint64_t b0 = b.limbs[0];
    const std::uint64_t b1 = b.limbs[1];
    const std::uint64_t b2 = b.limbs[2];
    Uint128 t = static_cast<Uint128>(a0) * b0;
    const std::uint64_t r0 = low(t);
    t = static_cast<Uint128>(a0) * b1 + high(t);
    std::uint64_t r1 = low(t);
    t = static_cast<Uint128>(a0) * b2 + high(t);
    std::uint64_t r2 = low(t);
    std::uint64_t r3 = a0 * b.limbs[3] + high(t);
    t = static_cast<Uint128>(a1) * b0 + r1;
    r1 = low(t);
    t = static_cast<Uint128>(a1) * b1 + r2 + high(t);
    r2 = low(t);
    r3 += a1 * b2 + high(t);
    t = static_cast<Uint128>(a2) * b0 + r2;
    r2 = low(t);
    r3 += a2 * b1 + high(t) + a.limbs[3] * b0;
    put_limbs(to, r3, r2, r1, r0);
}

/// to = value << bits. @pre bits < 256
inline void shift_word_left(Uint256& to, const Uint256& value, std::uint64_t bits) noexcept {
    const auto by = static_cast<unsigned>(bits % 64);
    const auto join = [by](std::uint64_t upper, std::uint64_t lower) {
        return upper << by | lower >> 1 >> (63 - by);  // in two steps: 64 is too far for one
    };
    const std::uint64_t l0 = value.limbs[0];
    const std::uint64_t l1 = value.limbs[1];
    const std::uint64_t l2 = value.limbs[2];
    const std::uint64_t l3 = value.limbs[3];
    if (bits < 64)
        put_limbs(to, join(l3, l2), join(l2, l1), join(l1, l0), l0 << by);
    else if (bits < 128)
        put_limbs(to, join(l2, l1), join(l1, l0), l0 << by, 0);
    else if (bits < 192)
        put_limbs(to, join(l1, l0), l0 << by, 0, 0);
    else
        put_limbs(to, l0 << by, 0, 0, 0);
}

/// to = value >> bits. @pre bits < 256
inline void shift_word_right(Uint256& to, const Uint256& value, std::uint64_t bits) noexcept {
    const auto by = static_cast<unsigned>(bits % 64);
    const auto join = [by](std::uint64_t upper, std::uint64_t lower) {
        return lower >> by | upper << 1 << (63 - by);
    };
    const std::uint64_t l0 = value.limbs[0];
    const std::uint64_t l1 = value.limbs[1];
    const std::uint64_t l2 = value.limbs[2];
    const std::uint64_t l3 = value.limbs[3];
    if (bits < 64)
        put_limbs(to, l3 >> by, join(l3, l2), join(l2, l1), join(l1, l0));
    else if (bits < 128)
        put_limbs(to, 0, l3 >> by, join(l3, l2), join(l2, l1));
    else if (bits < 192)
        put_limbs(to, 0, 0, l3 >> by, join(l3, l2));
    else
        put_limbs(to, 0, 0, 0, l3 >> by);
}

/// Continues the sign of byte `index` (0: the lowest) to the left. @pre index < 31
inline void extend_word(Uint256& word, std::uint64_t index) noexcept {
    const std::uint64_t limb = index / 8;
    const auto unused = static_cast<unsigned>(56 - index % 8 * 8);
    const auto extended = static_cast<std::int64_t>(word.limbs[limb] << unused) >> unused;
    const auto sign = static_cast<std::uint64_t>(extended >> 63);
    const auto kept = static_cast<std::uint64_t>(extended);
    for (std::uint64_t i = 1; i < 4; ++i) {
        if (i > limb) word.limbs[i] = sign;
    }
    word.limbs[limb] = kept;
}

}  // namespace troupe::chain::evm
