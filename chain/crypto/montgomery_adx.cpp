#include "chain/crypto/montgomery_adx.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/limbs.hpp"

#if defined(__x86_64__)

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

#define TROUPE_ADD_PRODUCT(limb)       \
    "xorl %%eax, %%eax\n\t"            \
    "movq " limb                       \
    "(%[b]), %%rdx\n\t"                \
    "mulxq 0(%[a]), %%rax, %[hi]\n\t"  \
    "adoxq %%rax, %[t0]\n\t"           \
    "adcxq %[hi], %[t1]\n\t"           \
    "mulxq 8(%[a]), %%rax, %[hi]\n\t"  \
    "adoxq %%rax, %[t1]\n\t"           \
    "adcxq %[hi], %[t2]\n\t"           \
    "mulxq 16(%[a]), %%rax, %[hi]\n\t" \
    "adoxq %%rax, %[t2]\n\t"           \
    "adcxq %[hi], %[t3]\n\t"           \
    "mulxq 24(%[a]), %%rax, %[hi]\n\t" \
    "adoxq %%rax, %[t3]\n\t"           \
    "movl $0, %%eax\n\t"               \
    "adcxq %[hi], %[t4]\n\t"           \
    "adoxq %%rax, %[t4]\n\t"

#define TROUPE_REDUCE                  \
    "movq %[inv], %%rdx\n\t"           \
    "imulq %[t0], %%rdx\n\t"           \
    "xorl %%eax, %%eax\n\t"            \
    "mulxq 0(%[m]), %%rax, %[hi]\n\t"  \
    "adcxq %[t0], %%rax\n\t"           \
    "movq %[hi], %[t0]\n\t"            \
    "adcxq %[t1], %[t0]\n\t"           \
    "mulxq 8(%[m]), %%rax, %[t1]\n\t"  \
    "adoxq %%rax, %[t0]\n\t"           \
    "adcxq %[t2], %[t1]\n\t"           \
    "mulxq 16(%[m]), %%rax, %[t2]\n\t" \
    "adoxq %%rax, %[t1]\n\t"           \
    "adcxq %[t3], %[t2]\n\t"           \
    "mulxq 24(%[m]), %%rax, %[t3]\n\t" \
    "adoxq %%rax, %[t2]\n\t"           \
    "movl $0, %%eax\n\t"               \
    "adcxq %[t4], %[t3]\n\t"           \
    "movl $0, %k[t4]\n\t"              \
    "adoxq %%rax, %[t3]\n\t"           \
    "adcxq %%rax, %[t4]\n\t"           \
    "adoxq %%rax, %[t4]\n\t"

Uint256 montgomery_multiply_adx(
    const Uint256& a, const Uint256& b, const Uint256& modulus,
    std::uint64_t negated_inverse) noexcept {
    std::uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, hi;
    asm(TROUPE_ADD_PRODUCT("0") TROUPE_REDUCE           //
            TROUPE_ADD_PRODUCT("8") TROUPE_REDUCE       //
                TROUPE_ADD_PRODUCT("16") TROUPE_REDUCE  //
                    TROUPE_ADD_PRODUCT("24") TROUPE_REDUCE
        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4),
          [hi] "=&r"(hi)
        : [a] "r"(a.limbs), [b] "r"(b.limbs), [m] "r"(modulus.limbs), [inv] "r"(negated_inverse),
          "m"(a), "m"(b), "m"(modulus)
        : "rax", "rdx", "cc");
    return limbs::reduced_fast({t3, t2, t1, t0}, t4, modulus);
}

}  // namespace troupe::chain::crypto

#else

namespace troupe::chain::crypto {

const bool kHasAdx = false;

Uint256 montgomery_multiply_adx(
    const Uint256&, const Uint256&, const Uint256&, std::uint64_t) noexcept {
    TROUPE_ASSERT(kHasAdx);
    return {};
}

}  // namespace troupe::chain::crypto

#endif
