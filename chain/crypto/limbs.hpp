#pragma once

#include "chain/base/uint256.hpp"

/// Whether the x86-64 forms are compiled: they need nearly all registers, which builds without
/// optimisation or with sanitizers do not have. Those run the portable forms.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define TROUPE_X86_LIMBS 0
#endif
#endif
#if !defined(TROUPE_X86_LIMBS)
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define TROUPE_X86_LIMBS 1
#else
#define TROUPE_X86_LIMBS 0
#endif
#endif

/// Sums and differences of four limbs modulo a constant. Two forms of each: plain C++, which also
/// runs at compile time, and x86-64 instructions, because GCC 12 keeps no carry in the flag and
/// takes eight times as long. The caller picks by std::is_constant_evaluated().
namespace troupe::chain::crypto::limbs {

/// `value`, and 2^256 where `overflow`, below 2 `modulus`: brought below `modulus`.
[[nodiscard]] constexpr Uint256 reduced_portable(
    const Uint256& value, bool overflow, const Uint256& modulus) noexcept {
    const Uint256Checked less = sub_checked(value, modulus);
    return less.overflow && !overflow ? value : less.value;
}

/// a + b modulo `modulus`; both are below it.
[[nodiscard]] constexpr Uint256 add_portable(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    const Uint256Checked sum = add_checked(a, b);
    return reduced_portable(sum.value, sum.overflow, modulus);
}

/// a - b modulo `modulus`; both are below it.
[[nodiscard]] constexpr Uint256 subtract_portable(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    const Uint256Checked difference = sub_checked(a, b);
    return difference.overflow ? difference.value + modulus : difference.value;
}

#if TROUPE_X86_LIMBS

[[nodiscard, gnu::always_inline]] inline Uint256 reduced_fast(
    const Uint256& value, std::uint64_t overflow, const Uint256& modulus) noexcept {
    std::uint64_t r0 = value.limbs[0], r1 = value.limbs[1], r2 = value.limbs[2];
    std::uint64_t r3 = value.limbs[3], s0 = r0, s1 = r1, s2 = r2, s3 = r3;
    asm("subq %[m0], %[s0]\n\t"
        "sbbq %[m1], %[s1]\n\t"
        "sbbq %[m2], %[s2]\n\t"
        "sbbq %[m3], %[s3]\n\t"
        "sbbq $0, %[over]\n\t"  // a borrow out of all five limbs: it was below the modulus
        "cmovncq %[s0], %[r0]\n\t"
        "cmovncq %[s1], %[r1]\n\t"
        "cmovncq %[s2], %[r2]\n\t"
        "cmovncq %[s3], %[r3]"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [s0] "+&r"(s0),
          [s1] "+&r"(s1), [s2] "+&r"(s2), [s3] "+&r"(s3), [over] "+&r"(overflow)
        : [m0] "m"(modulus.limbs[0]), [m1] "m"(modulus.limbs[1]), [m2] "m"(modulus.limbs[2]),
          [m3] "m"(modulus.limbs[3])
        : "cc");
    return {r3, r2, r1, r0};
}

[[nodiscard, gnu::always_inline]] inline Uint256 add_fast(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    std::uint64_t r0 = a.limbs[0], r1 = a.limbs[1], r2 = a.limbs[2], r3 = a.limbs[3];
    std::uint64_t s0, s1, s2, s3, over;
    asm("addq %[b0], %[r0]\n\t"
        "adcq %[b1], %[r1]\n\t"
        "adcq %[b2], %[r2]\n\t"
        "adcq %[b3], %[r3]\n\t"
        "sbbq %[over], %[over]\n\t"  // all ones where it left the four limbs
        "movq %[r0], %[s0]\n\t"
        "movq %[r1], %[s1]\n\t"
        "movq %[r2], %[s2]\n\t"
        "movq %[r3], %[s3]\n\t"
        "negq %[over]\n\t"
        "subq %[m0], %[s0]\n\t"
        "sbbq %[m1], %[s1]\n\t"
        "sbbq %[m2], %[s2]\n\t"
        "sbbq %[m3], %[s3]\n\t"
        "sbbq $0, %[over]\n\t"
        "cmovncq %[s0], %[r0]\n\t"
        "cmovncq %[s1], %[r1]\n\t"
        "cmovncq %[s2], %[r2]\n\t"
        "cmovncq %[s3], %[r3]"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [s0] "=&r"(s0),
          [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [over] "=&r"(over)
        : [b0] "m"(b.limbs[0]), [b1] "m"(b.limbs[1]), [b2] "m"(b.limbs[2]), [b3] "m"(b.limbs[3]),
          [m0] "m"(modulus.limbs[0]), [m1] "m"(modulus.limbs[1]), [m2] "m"(modulus.limbs[2]),
          [m3] "m"(modulus.limbs[3])
        : "cc");
    return {r3, r2, r1, r0};
}

[[nodiscard, gnu::always_inline]] inline Uint256 subtract_fast(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    std::uint64_t r0 = a.limbs[0], r1 = a.limbs[1], r2 = a.limbs[2], r3 = a.limbs[3];
    std::uint64_t m0, m1, m2, m3;
    asm("subq %[b0], %[r0]\n\t"
        "sbbq %[b1], %[r1]\n\t"
        "sbbq %[b2], %[r2]\n\t"
        "sbbq %[b3], %[r3]\n\t"
        "sbbq %[m0], %[m0]\n\t"  // all ones where it went below zero
        "movq %[m0], %[m1]\n\t"
        "movq %[m0], %[m2]\n\t"
        "movq %[m0], %[m3]\n\t"
        "andq %[p0], %[m0]\n\t"
        "andq %[p1], %[m1]\n\t"
        "andq %[p2], %[m2]\n\t"
        "andq %[p3], %[m3]\n\t"
        "addq %[m0], %[r0]\n\t"
        "adcq %[m1], %[r1]\n\t"
        "adcq %[m2], %[r2]\n\t"
        "adcq %[m3], %[r3]"
        : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [m0] "=&r"(m0),
          [m1] "=&r"(m1), [m2] "=&r"(m2), [m3] "=&r"(m3)
        : [b0] "m"(b.limbs[0]), [b1] "m"(b.limbs[1]), [b2] "m"(b.limbs[2]), [b3] "m"(b.limbs[3]),
          [p0] "m"(modulus.limbs[0]), [p1] "m"(modulus.limbs[1]), [p2] "m"(modulus.limbs[2]),
          [p3] "m"(modulus.limbs[3])
        : "cc");
    return {r3, r2, r1, r0};
}

#else

[[nodiscard, gnu::always_inline]] inline Uint256 reduced_fast(
    const Uint256& value, std::uint64_t overflow, const Uint256& modulus) noexcept {
    return reduced_portable(value, overflow != 0, modulus);
}
[[nodiscard, gnu::always_inline]] inline Uint256 add_fast(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    return add_portable(a, b, modulus);
}
[[nodiscard, gnu::always_inline]] inline Uint256 subtract_fast(
    const Uint256& a, const Uint256& b, const Uint256& modulus) noexcept {
    return subtract_portable(a, b, modulus);
}

#endif

}  // namespace troupe::chain::crypto::limbs
