#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

/// Square roots modulo p in lanes.
namespace troupe::chain::crypto::recovery {

/// x^((p + 1) / 4) of kAtOnce vectors: a square root of x if x has one, since p = 3 mod 4; the
/// caller squares it to see. 253S + 13M: the exponent is 223 ones, a zero, 22 ones, 000011, 00.
/// Several at once, because each squaring waits for the one before.
template <class F, int kAtOnce>
class SquareRoots {
    using Factor = typename F::Factor;
    struct Powers {
        Factor of[kAtOnce];
    };

  public:
    TROUPE_LANE_CALL static void run(const Factor* x, Factor* roots) noexcept {
        Powers x1;
        for (int k = 0; k < kAtOnce; ++k)
            x1.of[k] = x[k];
        // xN: x to the power of N ones
        const Powers x2 = step<1>(x1, x1);
        const Powers x3 = step<1>(x2, x1);
        const Powers x6 = step<3>(x3, x3);
        const Powers x9 = step<3>(x6, x3);
        const Powers x11 = step<2>(x9, x2);
        const Powers x22 = step<11>(x11, x11);
        const Powers x44 = step<22>(x22, x22);
        const Powers x88 = step<44>(x44, x44);
        const Powers x176 = step<88>(x88, x88);
        const Powers x220 = step<44>(x176, x44);
        const Powers x223 = step<3>(x220, x3);
        const Powers high = step<23>(x223, x22);
        Powers result = step<6>(high, x2);
        square(result);
        square(result);
        for (int k = 0; k < kAtOnce; ++k)
            roots[k] = result.of[k];
    }

  private:
    TROUPE_LANE static void square(Powers& a) noexcept {
        _Pragma("GCC unroll 4") for (int k = 0; k < kAtOnce; ++k) a.of[k] =
            F::factor(F::fold(F::square(a.of[k])));
    }
    /// a^(2^kSquarings) * b
    template <int kSquarings>
    TROUPE_LANE static Powers step(const Powers& a, const Powers& b) noexcept {
        Powers r = a;
        for (int i = 0; i < kSquarings; ++i)
            square(r);
        _Pragma("GCC unroll 4") for (int k = 0; k < kAtOnce; ++k) r.of[k] =
            F::factor(F::fold(r.of[k] * b.of[k]));
        return r;
    }
};

}  // namespace troupe::chain::crypto::recovery
