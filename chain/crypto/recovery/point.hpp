#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

/// Points of y^2 = x^3 + 7 in lanes. Formulas are those of the Explicit-Formulas Database; each is
/// named. None asks a lane anything: what goes wrong in a lane (equal or opposite points, infinity)
/// leaves z = 0 there, z = 0 stays, and whoever reads the result looks at z.
/// @spec Bernstein, Lange: the Explicit-Formulas Database, short Weierstrass curves, a = 0
namespace troupe::chain::crypto::recovery {

template <class F>
struct AffinePoint {
    typename F::Element x;
    typename F::Element y;
};

/// A term of the sum: multiplied only, hence never masked.
template <class F>
struct TermPoint {
    typename F::Factor x;
    typename F::Factor y;
};

/// (x / z^2, w / (2 z^3)): Jacobian coordinates with y doubled, which saves both formulas the
/// halving and lets their last coordinate be a sum of two products.
template <class F>
struct SumPoint {
    typename F::Element x;
    typename F::Element w;
    typename F::Factor z;
};

/// The formulas of the main loop work on kTogether points side by side, step by step: each step of
/// one waits for the step before, and another point's fills the wait.
#define TROUPE_EACH _Pragma("GCC unroll 4") for (int k = 0; k < kTogether; ++k)

/// p = -2 p. dbl-2009-l with w = 2y: 3M + 4S. Negated, y3 = E (D - X3) - 8C is E (X3 - D) + 8C: all
/// plus signes; the caller knows how often it has been negated.
template <class F, int kTogether>
TROUPE_LANE void double_negated(SumPoint<F> (&p)[kTogether]) noexcept {
    typename F::Factor w2[kTogether];
    typename F::Factor e[kTogether];
    typename F::Element d[kTogether];
    TROUPE_EACH w2[k] = F::factor(F::fold(F::square(p[k].w)));                       // 4 y^2
    TROUPE_EACH e[k] = F::factor(F::template times<3>(F::fold(F::square(p[k].x))));  // E = 3 x^2
    TROUPE_EACH d[k] = F::element(F::fold(p[k].x * w2[k]));                          // D = 4 x y^2
    TROUPE_EACH p[k].z = F::factor(F::fold(p[k].w * p[k].z));                        // 2 y z
    TROUPE_EACH p[k].x =
        F::element(F::fold(F::square(e[k])) + F::template negated<2>(d[k]));  // X3 = E^2 - 2 D
    TROUPE_EACH {
        const auto t =
            F::factor(F::template times<2>(p[k].x) + F::template negated<2>(d[k]));  // 2 (X3 - D)
        p[k].w = F::element(F::fold(e[k] * t + F::square(w2[k])));  // 2 E (X3 - D) + 16 y^4
    }
}

/// p = -(p + q). madd-2007-bl with w = 2y: 8M + 3S. Where p = q, p = -q or p is infinity, z becomes
/// 0.
template <class F, int kTogether>
TROUPE_LANE void add_negated(
    SumPoint<F> (&p)[kTogether], const TermPoint<F>* const (&q)[kTogether]) noexcept {
    typename F::Factor zz[kTogether];
    typename F::Factor zzz[kTogether];
    typename F::Factor h[kTogether];
    typename F::Factor i[kTogether];
    typename F::Element r[kTogether];
    typename F::Element j[kTogether];
    typename F::Element v[kTogether];
    TROUPE_EACH zz[k] = F::factor(F::fold(F::square(p[k].z)));
    TROUPE_EACH h[k] =
        F::factor(F::fold(q[k]->x * zz[k]) + F::template negated<1>(p[k].x));  // H = U2 - X1
    TROUPE_EACH zzz[k] = F::factor(F::fold(p[k].z * zz[k]));
    TROUPE_EACH i[k] = F::factor(F::template times<4>(F::fold(F::square(h[k]))));  // I = (2 H)^2
    TROUPE_EACH r[k] = F::element(  // r = 2 (S2 - Y1) = 2 S2 - w
        F::template times<2>(F::fold(q[k]->y * zzz[k])) + F::template negated<1>(p[k].w));
    TROUPE_EACH j[k] = F::element(F::fold(h[k] * i[k]));                           // J = H I
    TROUPE_EACH v[k] = F::element(F::fold(p[k].x * i[k]));                         // V = X1 I
    TROUPE_EACH p[k].z = F::factor(F::template times<2>(F::fold(p[k].z * h[k])));  // Z3 = 2 Z1 H
    TROUPE_EACH p[k].x = F::element(  // X3 = r^2 - J - 2 V
        F::fold(F::square(r[k])) + F::template negated<1>(j[k]) + F::template negated<2>(v[k]));
    TROUPE_EACH {  // 2 Y3 = 2 (r (V - X3) - 2 Y1 J), negated: 2 r (X3 - V) + w 2 J
        const auto t = F::factor(F::template times<2>(p[k].x) + F::template negated<2>(v[k]));
        const auto j2 = F::factor(F::template times<2>(j[k]));
        p[k].w = F::element(F::fold(r[k] * t + p[k].w * j2));
    }
}
#undef TROUPE_EACH

/// p + q, given 1 / (x2 - x1): the chord. 2M + 1S and the inversion.
template <class F>
TROUPE_LANE AffinePoint<F> add_affine(
    const AffinePoint<F>& p, const AffinePoint<F>& q, const typename F::Factor& inverse) noexcept {
    const auto slope = F::factor(F::fold(F::factor(q.y + F::template negated<1>(p.y)) * inverse));
    AffinePoint<F> sum;
    sum.x = F::element(
        F::fold(F::square(slope)) + F::template negated<1>(p.x) + F::template negated<1>(q.x));
    const auto t = F::factor(p.x + F::template negated<1>(sum.x));
    sum.y = F::element(F::fold(slope * t) + F::template negated<1>(p.y));
    return sum;
}

/// 2 p, given 1 / (2 y): the tangent. 2M + 2S and the inversion.
template <class F>
TROUPE_LANE AffinePoint<F> double_affine(
    const AffinePoint<F>& p, const typename F::Factor& inverse) noexcept {
    const auto xx3 = F::factor(F::template times<3>(F::fold(F::square(p.x))));
    const auto slope = F::factor(F::fold(xx3 * inverse));
    AffinePoint<F> twice;
    twice.x = F::element(F::fold(F::square(slope)) + F::template negated<2>(p.x));
    const auto t = F::factor(p.x + F::template negated<1>(twice.x));
    twice.y = F::element(F::fold(slope * t) + F::template negated<1>(p.y));
    return twice;
}

/// s p + t q with signs in masks (set: minus), given 1 / (x2 - x1).
template <class F>
TROUPE_LANE TermPoint<F> add_signed(
    const AffinePoint<F>& p, const typename F::Vector::Mask& p_minus, const AffinePoint<F>& q,
    const typename F::Vector::Mask& q_minus, const typename F::Factor& inverse) noexcept {
    const auto y1 = F::element(F::negated_where(p_minus, p.y));
    const auto rise = F::factor(F::negated_where(q_minus, q.y) + F::template negated<1>(y1));
    const auto slope = F::factor(F::fold(rise * inverse));
    const auto x3 = F::element(
        F::fold(F::square(slope)) + F::template negated<1>(p.x) + F::template negated<1>(q.x));
    const auto t = F::factor(p.x + F::template negated<1>(x3));
    return {x3, F::factor(F::fold(slope * t) + F::template negated<1>(y1))};
}

}  // namespace troupe::chain::crypto::recovery
