#include "chain/crypto/recovery/field52.hpp"
#include "chain/crypto/recovery/inversion.hpp"
#include "chain/crypto/recovery/point.hpp"
#include "chain/crypto/recovery/square_root.hpp"
#include "chain/crypto/recovery/testing/checked_lanes.hpp"
#include "chain/crypto/recovery/testing/random.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(recovery_field)

namespace {

using testing::CheckedLanes;
using testing::Random;
using F = Field52<CheckedLanes>;

constexpr std::uint64_t kLimb = (std::uint64_t{1} << 52) - 1;
constexpr std::uint64_t kTopLimb = (std::uint64_t{1} << 48) + (1 << 12) - 1;

F::Element element(const std::uint64_t (&limbs)[5]) {
    F::Element e;
    for (int i = 0; i < 5; ++i)
        e.limb[i].v = limbs[i];
    return e;
}

/// The value modulo p, by the referee's arithmetic.
Uint256 value(const F::Factor& a) {
    Uint256 sum;
    for (int i = 4; i >= 0; --i) {
        sum = mul_mod(sum, Uint256(std::uint64_t{1} << 52), kPrime);
        sum = add_mod(sum, Uint256(a.limb[i].v & kLimb), kPrime);
    }
    return sum;
}
/// Everything about the form that field52.hpp promises.
Uint256 checked_value(const F::Element& a) {
    for (int i = 0; i < 4; ++i)
        BOOST_REQUIRE(a.limb[i].v <= kLimb);
    BOOST_REQUIRE(a.limb[4].v <= kTopLimb);
    return value(a);
}

Uint256 times(const Uint256& a, const Uint256& b) {
    return mul_mod(a, b, kPrime);
}
Uint256 plus(const Uint256& a, const Uint256& b) {
    return add_mod(a, b, kPrime);
}
Uint256 minus(const Uint256& a, const Uint256& b) {
    return add_mod(a, kPrime - b, kPrime);
}

/// 0, 1, p-1, p, p+1, 2^256-1, the largest an element may be, single full limbs, then random ones.
std::vector<F::Element> elements() {
    const std::uint64_t prime0 = kLimb + 1 - kPrimeComplement;
    const std::uint64_t top = (std::uint64_t{1} << 48) - 1;
    std::vector<F::Element> all{
        element({0, 0, 0, 0, 0}),
        element({1, 0, 0, 0, 0}),
        element({prime0 - 1, kLimb, kLimb, kLimb, top}),
        element({prime0, kLimb, kLimb, kLimb, top}),
        element({prime0 + 1, kLimb, kLimb, kLimb, top}),
        element({kLimb, kLimb, kLimb, kLimb, top}),
        element({0, 0, 0, 0, top + 1}),
        element({kLimb, kLimb, kLimb, kLimb, kTopLimb}),
        element({kLimb, 0, 0, 0, 0}),
        element({0, kLimb, 0, 0, 0}),
        element({0, 0, kLimb, 0, 0}),
        element({0, 0, 0, kLimb, 0}),
        element({0, 0, 0, 0, kTopLimb}),
    };
    Random random(1);
    for (int i = 0; i < 20; ++i) {
        all.push_back(element(
            {random.next() & kLimb, random.next() & kLimb, random.next() & kLimb,
             random.next() & kLimb, random.next() % (kTopLimb + 1)}));
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(products_squares_and_sums_are_those_modulo_p_at_every_edge) {
    for (const auto& a : elements()) {
        const Uint256 x = checked_value(a);
        BOOST_TEST((checked_value(F::element(F::fold(F::square(a)))) == times(x, x)));
        for (const auto& b : elements()) {
            const Uint256 y = checked_value(b);
            BOOST_TEST((checked_value(F::element(F::fold(a * b))) == times(x, y)));
            BOOST_TEST((value(F::factor(F::fold(a * b))) == times(x, y)));
            BOOST_TEST((checked_value(F::element(F::Sum(a) + F::Sum(b))) == plus(x, y)));
            BOOST_TEST((checked_value(F::element(F::Sum(a) + F::negated<1>(b))) == minus(x, y)));
            BOOST_TEST((
                checked_value(F::element(F::negated_where(true, a) + F::negated_where(false, b))) ==
                minus(y, x)));
        }
    }
}

BOOST_AUTO_TEST_CASE(two_products_share_one_reduction) {
    const auto all = elements();
    for (const auto& a : all) {
        for (const auto& b : all) {
            const Uint256 x = value(a);
            const Uint256 y = value(b);
            BOOST_TEST(
                (checked_value(F::element(F::fold(a * b + F::square(a)))) ==
                 plus(times(x, y), times(x, x))));
        }
    }
}

BOOST_AUTO_TEST_CASE(multiples_and_negations_before_the_last_carry_stay_in_their_bounds) {
    for (const auto& a : elements()) {
        const Uint256 x = value(a);
        const auto check = [&]<int kFactor>() {
            const Uint256 k(kFactor);
            BOOST_TEST((checked_value(F::element(F::times<kFactor>(F::Sum(a)))) == times(k, x)));
            BOOST_TEST(
                (checked_value(F::element(F::times<kFactor>(F::fold(a * a + a * a)))) ==
                 times(k, plus(times(x, x), times(x, x)))));
            BOOST_TEST(
                (checked_value(F::element(F::negated<kFactor>(a))) ==
                 times(k, minus(Uint256(), x))));
        };
        check.operator()<2>();
        check.operator()<3>();
        check.operator()<4>();
        check.operator()<6>();
    }
}

BOOST_AUTO_TEST_CASE(words_and_canonical_forms_are_exact) {
    for (const auto& a : elements()) {
        CheckedLanes words[4];
        F::to_canonical_words(a, words);
        const Uint256 canonical(words[3].v, words[2].v, words[1].v, words[0].v);
        BOOST_TEST((canonical < kPrime));
        BOOST_TEST((canonical == value(a)));
        BOOST_TEST(F::is_zero(a) == value(a).is_zero());
        F::to_words(a, words);
        BOOST_TEST((checked_value(F::from_words(words)) == value(a)));
        BOOST_TEST((value(F::canonical(a)) == value(a)));
    }
}

BOOST_AUTO_TEST_CASE(what_lies_above_a_factors_52_bits_is_not_read) {
    for (const auto& a : elements()) {
        F::Factor dirty = a;
        for (auto& limb : dirty.limb)
            limb.v |= std::uint64_t{0xfff} << 52;
        BOOST_TEST((checked_value(F::element(F::fold(dirty * a))) == times(value(a), value(a))));
        BOOST_TEST(
            (checked_value(F::element(F::fold(F::square(dirty)))) == times(value(a), value(a))));
    }
}

// The formulas against the ones of the database, written with the referee's arithmetic and without
// what recovery does to them. Any field elements will do: these are identities.
BOOST_AUTO_TEST_CASE(doubling_is_dbl_2009_l_negated) {
    const auto all = elements();
    for (const auto& x : all) {
        for (const auto& w : all) {
            SumPoint<F> sum[1] = {{x, w, all[13]}};
            double_negated<F>(sum);
            const Uint256 half(
                0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffff7ffffe18);
            const Uint256 y = times(value(w), half);
            const Uint256 a = times(value(x), value(x));
            const Uint256 b = times(y, y);
            const Uint256 c = times(b, b);
            const Uint256 xb = plus(value(x), b);
            const Uint256 d = times(2, minus(minus(times(xb, xb), a), c));
            const Uint256 e = times(3, a);
            const Uint256 x3 = minus(times(e, e), times(2, d));
            const Uint256 y3 = minus(times(e, minus(d, x3)), times(8, c));
            BOOST_TEST((checked_value(sum[0].x) == x3));
            BOOST_TEST((checked_value(sum[0].w) == times(2, minus(Uint256(), y3))));
            BOOST_TEST((value(sum[0].z) == times(2, times(y, value(all[13])))));
        }
    }
}

BOOST_AUTO_TEST_CASE(addition_is_madd_2007_bl_negated) {
    const auto all = elements();
    const Uint256 half(
        0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffff7ffffe18);
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            const auto& x = all[i];
            const auto& w = all[j];
            const auto& z = all[(i + j) % all.size()];
            const TermPoint<F> term{all[(i * 7 + j) % all.size()], all[(j * 5 + i) % all.size()]};
            SumPoint<F> sum[1] = {{x, w, z}};
            const TermPoint<F>* const terms[1] = {&term};
            add_negated<F>(sum, terms);
            const Uint256 y = times(value(w), half);
            const Uint256 zz = times(value(z), value(z));
            const Uint256 u2 = times(value(term.x), zz);
            const Uint256 s2 = times(times(value(term.y), value(z)), zz);
            const Uint256 h = minus(u2, value(x));
            const Uint256 hh = times(h, h);
            const Uint256 i4 = times(4, hh);
            const Uint256 jj = times(h, i4);
            const Uint256 r = times(2, minus(s2, y));
            const Uint256 v = times(value(x), i4);
            const Uint256 x3 = minus(minus(times(r, r), jj), times(2, v));
            const Uint256 y3 = minus(times(r, minus(v, x3)), times(2, times(y, jj)));
            const Uint256 zh = plus(value(z), h);
            const Uint256 z3 = minus(minus(times(zh, zh), zz), hh);
            BOOST_TEST((checked_value(sum[0].x) == x3));
            BOOST_TEST((checked_value(sum[0].w) == times(2, minus(Uint256(), y3))));
            BOOST_TEST((value(sum[0].z) == z3));
        }
    }
}

BOOST_AUTO_TEST_CASE(inverses_of_many_are_each_ones_inverse) {
    Random random(2);
    for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 17u}) {
        std::vector<F::Factor> values;
        for (std::size_t i = 0; i < count; ++i)
            values.push_back(F::constant(random.below(kPrime - 1) + 1));
        values[0] = F::constant(kPrime - 1);
        const auto before = values;
        std::vector<F::Factor> scratch(count);
        invert_all<F>(values.data(), scratch.data(), count);
        for (std::size_t i = 0; i < count; ++i)
            BOOST_TEST((times(value(values[i]), value(before[i])) == Uint256(1)));
    }
}

BOOST_AUTO_TEST_CASE(roots_of_squares_square_to_them) {
    Random random(3);
    for (int i = 0; i < 20; ++i) {
        F::Factor x[2];
        F::Factor roots[2];
        for (auto& factor : x)
            factor = F::factor(F::fold(F::square(F::constant(random.below(kPrime)))));
        SquareRoots<F, 2>::run(x, roots);
        for (int k = 0; k < 2; ++k)
            BOOST_TEST((times(value(roots[k]), value(roots[k])) == value(x[k])));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
