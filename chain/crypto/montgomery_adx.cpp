#include "chain/crypto/montgomery_adx.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/limbs.hpp"

#if TROUPE_X86_LIMBS

#include <cpuid.h>

namespace troupe::chain::crypto {
namespace {

bool has_bmi2_and_adx() noexcept {
    unsigned a = 0, b = 0, c = 0, d = 0;  // leaf 7: bit 8 is BMI2, bit 19 is ADX
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 8 & b >> 19 & 1) != 0;
}

}  // namespace

const bool kHasAdx = has_bmi2_and_adx();

// For each limb of b: a times the limb is added to t, the low halves on one carry chain and the
// high halves on the other (adox, adcx); then as much of the modulus as clears t's lowest limb, and
// t moves down by a limb.

// clang-format off
#define TROUPE_ADD_PRODUCT(limb, t0, t1, t2, t3, t4) \
    "xorl %%eax, %%eax\n\t"                          \
    "movq " limb "(%[b]), %%rdx\n\t"                 \
    "mulxq 0(%[a]), %%rax, %[hi]\n\t"                \
    "adoxq %%rax, %[" t0 "]\n\t"                     \
    "adcxq %[hi], %[" t1 "]\n\t"                     \
    "mulxq 8(%[a]), %%rax, %[hi]\n\t"                \
    "adoxq %%rax, %[" t1 "]\n\t"                     \
    "adcxq %[hi], %[" t2 "]\n\t"                     \
    "mulxq 16(%[a]), %%rax, %[hi]\n\t"               \
    "adoxq %%rax, %[" t2 "]\n\t"                     \
    "adcxq %[hi], %[" t3 "]\n\t"                     \
    "mulxq 24(%[a]), %%rax, %[hi]\n\t"               \
    "adoxq %%rax, %[" t3 "]\n\t"                     \
    "movl $0, %%eax\n\t"                             \
    "adcxq %[hi], %[" t4 "]\n\t"                     \
    "adoxq %%rax, %[" t4 "]\n\t"

// Afterwards t1 to t4 are the lower limbs, and t0 the carry above them.
#define TROUPE_REDUCE(t0, t1, t2, t3, t4)  \
    "movq %[inv], %%rdx\n\t"               \
    "imulq %[" t0 "], %%rdx\n\t"           \
    "xorl %%eax, %%eax\n\t"                \
    "mulxq 0(%[m]), %%rax, %[hi]\n\t"      \
    "adoxq %[" t0 "], %%rax\n\t"           \
    "adcxq %[hi], %[" t1 "]\n\t"           \
    "mulxq 8(%[m]), %%rax, %[hi]\n\t"      \
    "adoxq %%rax, %[" t1 "]\n\t"           \
    "adcxq %[hi], %[" t2 "]\n\t"           \
    "mulxq 16(%[m]), %%rax, %[hi]\n\t"     \
    "adoxq %%rax, %[" t2 "]\n\t"           \
    "adcxq %[hi], %[" t3 "]\n\t"           \
    "mulxq 24(%[m]), %%rax, %[hi]\n\t"     \
    "adoxq %%rax, %[" t3 "]\n\t"           \
    "movl $0, %k[" t0 "]\n\t"              \
    "movl $0, %%eax\n\t"                   \
    "adcxq %[hi], %[" t4 "]\n\t"           \
    "adoxq %%rax, %[" t4 "]\n\t"           \
    "adcxq %%rax, %[" t0 "]\n\t"           \
    "adoxq %%rax, %[" t0 "]\n\t"

// P-256: -1/p is 1 modulo 2^64, so the factor is t0 itself, and t + t0 p is t with t0 gone, plus
// t0 2^96, plus t0 2^192 (2^64 - 2^32 + 1).
#define TROUPE_REDUCE_P256(t0, t1, t2, t3, t4) \
    "movq %[" t0 "], %%rdx\n\t"                \
    "movq %[" t0 "], %%rax\n\t"                \
    "shlq $32, %%rax\n\t"                      \
    "shrq $32, %[" t0 "]\n\t"                  \
    "addq %%rax, %[" t1 "]\n\t"                \
    "adcq %[" t0 "], %[" t2 "]\n\t"            \
    "mulxq %[p3], %%rax, %[hi]\n\t"            \
    "movl $0, %k[" t0 "]\n\t"                  \
    "adcq %%rax, %[" t3 "]\n\t"                \
    "adcq %[hi], %[" t4 "]\n\t"                \
    "adcq $0, %[" t0 "]\n\t"

Uint256 montgomery_multiply_adx(
    const Uint256& a, const Uint256& b, const Uint256& modulus,
    std::uint64_t negated_inverse) noexcept {
    std::uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, hi;
    asm(TROUPE_ADD_PRODUCT("0", "t0", "t1", "t2", "t3", "t4")
        TROUPE_REDUCE("t0", "t1", "t2", "t3", "t4")
        TROUPE_ADD_PRODUCT("8", "t1", "t2", "t3", "t4", "t0")
        TROUPE_REDUCE("t1", "t2", "t3", "t4", "t0")
        TROUPE_ADD_PRODUCT("16", "t2", "t3", "t4", "t0", "t1")
        TROUPE_REDUCE("t2", "t3", "t4", "t0", "t1")
        TROUPE_ADD_PRODUCT("24", "t3", "t4", "t0", "t1", "t2")
        TROUPE_REDUCE("t3", "t4", "t0", "t1", "t2")
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
          [hi] "=&r"(hi)
        : [a] "r"(a.limbs), [b] "r"(b.limbs), [m] "r"(modulus.limbs), [inv] "r"(negated_inverse),
          "m"(a), "m"(b), "m"(modulus)
        : "rax", "rdx", "cc");
    return limbs::reduced_fast({t2, t1, t0, t4}, t3, modulus);
}

Uint256 montgomery_multiply_p256_adx(const Uint256& a, const Uint256& b) noexcept {
    static constexpr Uint256 kPrime{
        0xffffffff00000001, 0x0000000000000000, 0x00000000ffffffff, 0xffffffffffffffff};
    std::uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, hi;
    asm(TROUPE_ADD_PRODUCT("0", "t0", "t1", "t2", "t3", "t4")
        TROUPE_REDUCE_P256("t0", "t1", "t2", "t3", "t4")
        TROUPE_ADD_PRODUCT("8", "t1", "t2", "t3", "t4", "t0")
        TROUPE_REDUCE_P256("t1", "t2", "t3", "t4", "t0")
        TROUPE_ADD_PRODUCT("16", "t2", "t3", "t4", "t0", "t1")
        TROUPE_REDUCE_P256("t2", "t3", "t4", "t0", "t1")
        TROUPE_ADD_PRODUCT("24", "t3", "t4", "t0", "t1", "t2")
        TROUPE_REDUCE_P256("t3", "t4", "t0", "t1", "t2")
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
          [hi] "=&r"(hi)
        : [a] "r"(a.limbs), [b] "r"(b.limbs), [p3] "m"(kPrime.limbs[3]), "m"(a), "m"(b)
        : "rax", "rdx", "cc");
    return limbs::reduced_fast({t2, t1, t0, t4}, t3, kPrime);
}
// clang-format on

}  // namespace troupe::chain::crypto

#else

namespace troupe::chain::crypto {

const bool kHasAdx = false;

Uint256 montgomery_multiply_adx(
    const Uint256&, const Uint256&, const Uint256&, std::uint64_t) noexcept {
    TROUPE_ASSERT(kHasAdx);
    return {};
}

Uint256 montgomery_multiply_p256_adx(const Uint256&, const Uint256&) noexcept {
    TROUPE_ASSERT(kHasAdx);
    return {};
}

}  // namespace troupe::chain::crypto

#endif
