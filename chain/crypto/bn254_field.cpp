#include "chain/crypto/bn254_field.hpp"

namespace troupe::chain::crypto::bn254 {
namespace {

// xi^(k (p-1) / 6) for k from 1 to 5: w^k to the p-th power is w^k times this.
constexpr Fp2 kGamma1[5] = {
    {Fp({0x1284b71c2865a7df, 0xe8b99fdd76e68b60, 0x5c521e08292f2176, 0xd60b35dadcc9e470}),
     Fp({0x246996f3b4fae7e6, 0xa6327cfe12150b8e, 0x747992778eeec7e5, 0xca5cf05f80f362ac})},
    {Fp({0x2fb347984f7911f7, 0x4c0bec3cf559b143, 0xb78cc310c2c3330c, 0x99e39557176f553d}),
     Fp({0x16c9e55061ebae20, 0x4ba4cc8bd75a0794, 0x32ae2a1d0b7c9dce, 0x1665d51c640fcba2})},
    {Fp({0x063cf305489af5dc, 0xdc5ec698b6e2f9b9, 0xdbaae0eda9c95998, 0xdc54014671a0135a}),
     Fp({0x07c03cbcac41049a, 0x0704b5a7ec796f2b, 0x21807dc98fa25bd2, 0x82d37f632623b0e3})},
    {Fp({0x05b54f5e64eea801, 0x80f3c0b75a181e84, 0xd33365f7be94ec72, 0x848a1f55921ea762}),
     Fp({0x2c145edbe7fd8aee, 0x9f3a80b03b0b1c92, 0x3685d2ea1bdec763, 0xc13b4711cd2b8126})},
    {Fp({0x0183c1e74f798649, 0xe93a3661a4353ff4, 0x425c459b55aa1bd3, 0x2ea2c810eab7692f}),
     Fp({0x12acf2ca76fd0675, 0xa27fb246c7729f7d, 0xb080cb99678e2ac0, 0x24c6b8ee6e0c2c4b})}};

// xi^(k (p^2-1) / 6), which is in Fp.
constexpr Fp kGamma2[5] = {
    Fp({0x30644e72e131a029, 0x5e6dd9e7e0acccb0, 0xc28f069fbb966e3d, 0xe4bd44e5607cfd49}),
    Fp({0x30644e72e131a029, 0x5e6dd9e7e0acccb0, 0xc28f069fbb966e3d, 0xe4bd44e5607cfd48}),
    Fp({0x30644e72e131a029, 0xb85045b68181585d, 0x97816a916871ca8d, 0x3c208c16d87cfd46}),
    Fp({0x0000000000000000, 0x59e26bcea0d48bac, 0xd4f263f1acdb5c4f, 0x5763473177fffffe}),
    Fp({0x0000000000000000, 0x59e26bcea0d48bac, 0xd4f263f1acdb5c4f, 0x5763473177ffffff})};

/// The square of a + b s in Fp2[s] / (s^2 - xi).
struct Square {
    Fp2 c0;
    Fp2 c1;
    Square(const Fp2& a, const Fp2& b) noexcept {
        const Fp2 product = a * b;
        c0 = (a + b) * (a + b.times_xi()) - product - product.times_xi();
        c1 = product.doubled();
    }
};

Fp2 three_minus_two(const Fp2& square, const Fp2& before) noexcept {  // 3 s - 2 b
    return (square - before).doubled() + square;
}
Fp2 three_plus_two(const Fp2& square, const Fp2& before) noexcept {  // 3 s + 2 b
    return (square + before).doubled() + square;
}

}  // namespace

const Fp2 kTwistFrobeniusX = kGamma1[1];
const Fp2 kTwistFrobeniusY = kGamma1[2];

Fp12 Fp12::cyclotomic_squared() const noexcept {
    const Square a(c0.c0, c1.c1);
    const Square b(c1.c0, c0.c2);
    const Square c(c0.c1, c1.c2);
    return {
        {three_minus_two(a.c0, c0.c0), three_minus_two(b.c0, c0.c1), three_minus_two(c.c0, c0.c2)},
        {three_plus_two(c.c1.times_xi(), c1.c0), three_plus_two(a.c1, c1.c1),
         three_plus_two(b.c1, c1.c2)}};
}

// In powers of w the coefficients are c0.c0, c1.c0, c0.c1, c1.c1, c0.c2, c1.c2.
Fp12 Fp12::frobenius() const noexcept {
    return {
        {c0.c0.conjugated(), c0.c1.conjugated() * kGamma1[1], c0.c2.conjugated() * kGamma1[3]},
        {c1.c0.conjugated() * kGamma1[0], c1.c1.conjugated() * kGamma1[2],
         c1.c2.conjugated() * kGamma1[4]}};
}

Fp12 Fp12::frobenius_squared() const noexcept {
    return {
        {c0.c0, c0.c1 * kGamma2[1], c0.c2 * kGamma2[3]},
        {c1.c0 * kGamma2[0], c1.c1 * kGamma2[2], c1.c2 * kGamma2[4]}};
}

}  // namespace troupe::chain::crypto::bn254
