#include "chain/crypto/recovery/field29.hpp"
#include "chain/crypto/recovery/field52.hpp"
#include "chain/crypto/recovery/inversion.hpp"
#include "chain/crypto/recovery/point.hpp"
#include "chain/crypto/recovery/square_root.hpp"
#include "chain/crypto/recovery/testing/checked_lanes.hpp"
#include "chain/crypto/recovery/testing/random.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <tuple>
#include <type_traits>
#include <vector>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(recovery_field)

namespace {

using testing::CheckedLanes;
using testing::Random;
using F52 = Field52<CheckedLanes>;
using F29 = Field29<CheckedLanes>;
using Fields = std::tuple<F52, F29>;

constexpr Uint256 kHalf{
    0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffff7ffffe18};

/// What each field says of its elements: bits of a limb, and the most that each limb may hold.
template <class F>
struct Form;
template <>
struct Form<F52> {
    static constexpr int kBits = 52;
    static constexpr std::uint64_t kMost[] = {
        (1ull << 52) - 1, (1ull << 52) - 1, (1ull << 52) - 1, (1ull << 52) - 1,
        (1ull << 48) + (1 << 12) - 1};
};
template <>
struct Form<F29> {
    static constexpr int kBits = 29;
    static constexpr std::uint64_t kRest = (1ull << 29) + (1 << 15) - 1;
    static constexpr std::uint64_t kMost[] = {
        (1ull << 29) + (1 << 21) - 1, kRest, kRest, kRest, kRest, kRest, kRest, kRest,
        (1ull << 24) + (1 << 6) - 1};
};

/// The value modulo p, by the referee's arithmetic. @param mask  the bits of a limb that count
template <class F>
Uint256 value(const typename F::Factor& a, std::uint64_t mask = ~std::uint64_t{0}) {
    Uint256 sum;
    for (std::size_t i = std::size(Form<F>::kMost); i-- > 0;) {
        sum = mul_mod(sum, Uint256(std::uint64_t{1} << Form<F>::kBits), kPrime);
        sum = add_mod(sum, Uint256(a.limb[i].v & mask), kPrime);
    }
    return sum;
}
/// Of a factor that may carry more than its bits: those of 52 are read.
template <class F>
Uint256 factor_value(const typename F::Factor& a) {
    return value<F>(a, std::is_same_v<F, F52> ? (1ull << 52) - 1 : ~std::uint64_t{0});
}
/// Everything about the form that the field promises.
template <class F>
Uint256 checked_value(const typename F::Element& a) {
    for (std::size_t i = 0; i < std::size(Form<F>::kMost); ++i)
        BOOST_REQUIRE(a.limb[i].v <= Form<F>::kMost[i]);
    return value<F>(a);
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
template <class F>
std::vector<typename F::Element> elements() {
    constexpr std::size_t kLimbs = std::size(Form<F>::kMost);
    std::vector<typename F::Element> all;
    for (const Uint256& number :
         {Uint256(), Uint256(1), kPrime - 1, kPrime, kPrime + 1, Uint256() - 1})
        all.push_back(F::constant(number));
    for (std::size_t full = 0; full <= kLimbs; ++full) {
        typename F::Element e;
        for (std::size_t i = 0; i < kLimbs; ++i)
            e.limb[i].v = full == kLimbs || full == i ? Form<F>::kMost[i] : 0;
        all.push_back(e);
    }
    typename F::Element just_256 = F::constant(Uint256());
    just_256.limb[kLimbs - 1].v = 1ull << (256 - Form<F>::kBits * (kLimbs - 1));
    all.push_back(just_256);
    Random random(1);
    for (int i = 0; i < 16; ++i) {
        typename F::Element e;
        for (std::size_t limb = 0; limb < kLimbs; ++limb)
            e.limb[limb].v = random.next() % (Form<F>::kMost[limb] + 1);
        all.push_back(e);
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(
    products_squares_and_sums_are_those_modulo_p_at_every_edge, F, Fields) {
    for (const auto& a : elements<F>()) {
        const Uint256 x = checked_value<F>(a);
        BOOST_TEST((checked_value<F>(F::element(F::fold(F::square(a)))) == times(x, x)));
        for (const auto& b : elements<F>()) {
            const Uint256 y = checked_value<F>(b);
            BOOST_TEST((checked_value<F>(F::element(F::fold(a * b))) == times(x, y)));
            BOOST_TEST((factor_value<F>(F::factor(F::fold(a * b))) == times(x, y)));
            BOOST_TEST(
                (checked_value<F>(F::element(typename F::Sum(a) + typename F::Sum(b))) ==
                 plus(x, y)));
            BOOST_TEST(
                (checked_value<F>(F::element(typename F::Sum(a) + F::template negated<1>(b))) ==
                 minus(x, y)));
            BOOST_TEST(
                (checked_value<F>(F::element(
                     F::negated_where(true, a) + F::negated_where(false, b))) == minus(y, x)));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_products_share_one_reduction, F, Fields) {
    const auto all = elements<F>();
    for (const auto& a : all) {
        for (const auto& b : all) {
            const Uint256 x = value<F>(a);
            const Uint256 y = value<F>(b);
            BOOST_TEST(
                (checked_value<F>(F::element(F::fold(a * b + F::square(a)))) ==
                 plus(times(x, y), times(x, x))));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(
    multiples_and_negations_before_the_last_carry_stay_in_their_bounds, F, Fields) {
    for (const auto& a : elements<F>()) {
        const Uint256 x = value<F>(a);
        const auto check = [&]<int kFactor>() {
            const Uint256 k(kFactor);
            BOOST_TEST(
                (checked_value<F>(F::element(F::template times<kFactor>(typename F::Sum(a)))) ==
                 times(k, x)));
            if constexpr (kFactor <= 4) {
                BOOST_TEST(
                    (checked_value<F>(F::element(F::template times<kFactor>(F::fold(a * a)))) ==
                     times(k, times(x, x))));
            }
            BOOST_TEST(
                (checked_value<F>(F::element(F::template negated<kFactor>(a))) ==
                 times(k, minus(Uint256(), x))));
        };
        check.template operator()<2>();
        check.template operator()<3>();
        check.template operator()<4>();
        check.template operator()<6>();
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(words_and_canonical_forms_are_exact, F, Fields) {
    for (const auto& a : elements<F>()) {
        CheckedLanes words[4];
        F::to_canonical_words(a, words);
        const Uint256 canonical(words[3].v, words[2].v, words[1].v, words[0].v);
        BOOST_TEST((canonical < kPrime));
        BOOST_TEST((canonical == value<F>(a)));
        BOOST_TEST(F::is_zero(a) == value<F>(a).is_zero());
        F::to_words(a, words);
        BOOST_TEST((checked_value<F>(F::from_words(words)) == value<F>(a)));
        BOOST_TEST((value<F>(F::canonical(a)) == value<F>(a)));
    }
}

BOOST_AUTO_TEST_CASE(what_lies_above_a_factors_52_bits_is_not_read) {
    using F = F52;
    for (const auto& a : elements<F>()) {
        typename F::Factor dirty = a;
        for (auto& limb : dirty.limb)
            limb.v |= std::uint64_t{0xfff} << 52;
        BOOST_TEST(
            (checked_value<F>(F::element(F::fold(dirty * a))) == times(value<F>(a), value<F>(a))));
        BOOST_TEST(
            (checked_value<F>(F::element(F::fold(F::square(dirty)))) ==
             times(value<F>(a), value<F>(a))));
    }
}

// The formulas against the ones of the database, written with the referee's arithmetic and without
// what recovery does to them. Any field elements will do: these are identities.
BOOST_AUTO_TEST_CASE_TEMPLATE(doubling_is_dbl_2009_l_negated, F, Fields) {
    const auto all = elements<F>();
    for (const auto& x : all) {
        for (const auto& w : all) {
            SumPoint<F> sum[1] = {{x, w, all[13]}};
            double_negated<F>(sum);
            const Uint256 y = times(value<F>(w), kHalf);
            const Uint256 a = times(value<F>(x), value<F>(x));
            const Uint256 b = times(y, y);
            const Uint256 c = times(b, b);
            const Uint256 xb = plus(value<F>(x), b);
            const Uint256 d = times(2, minus(minus(times(xb, xb), a), c));
            const Uint256 e = times(3, a);
            const Uint256 x3 = minus(times(e, e), times(2, d));
            const Uint256 y3 = minus(times(e, minus(d, x3)), times(8, c));
            BOOST_TEST((checked_value<F>(sum[0].x) == x3));
            BOOST_TEST((checked_value<F>(sum[0].w) == times(2, minus(Uint256(), y3))));
            BOOST_TEST((factor_value<F>(sum[0].z) == times(2, times(y, value<F>(all[13])))));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(addition_is_madd_2007_bl_negated, F, Fields) {
    const auto all = elements<F>();
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            const auto& x = all[i];
            const auto& w = all[j];
            const auto& z = all[(i + j) % all.size()];
            const TermPoint<F> term{all[(i * 7 + j) % all.size()], all[(j * 5 + i) % all.size()]};
            SumPoint<F> sum[1] = {{x, w, z}};
            const TermPoint<F>* const terms[1] = {&term};
            add_negated<F>(sum, terms);
            const Uint256 y = times(value<F>(w), kHalf);
            const Uint256 zz = times(value<F>(z), value<F>(z));
            const Uint256 u2 = times(value<F>(term.x), zz);
            const Uint256 s2 = times(times(value<F>(term.y), value<F>(z)), zz);
            const Uint256 h = minus(u2, value<F>(x));
            const Uint256 hh = times(h, h);
            const Uint256 i4 = times(4, hh);
            const Uint256 jj = times(h, i4);
            const Uint256 r = times(2, minus(s2, y));
            const Uint256 v = times(value<F>(x), i4);
            const Uint256 x3 = minus(minus(times(r, r), jj), times(2, v));
            const Uint256 y3 = minus(times(r, minus(v, x3)), times(2, times(y, jj)));
            const Uint256 zh = plus(value<F>(z), h);
            const Uint256 z3 = minus(minus(times(zh, zh), zz), hh);
            BOOST_TEST((checked_value<F>(sum[0].x) == x3));
            BOOST_TEST((checked_value<F>(sum[0].w) == times(2, minus(Uint256(), y3))));
            BOOST_TEST((factor_value<F>(sum[0].z) == z3));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inverses_of_many_are_each_ones_inverse, F, Fields) {
    Random random(2);
    for (const std::size_t count : {1u, 2u, 3u, 4u, 5u, 17u}) {
        std::vector<typename F::Factor> values;
        for (std::size_t i = 0; i < count; ++i)
            values.push_back(F::constant(random.below(kPrime - 1) + 1));
        values[0] = F::constant(kPrime - 1);
        const auto before = values;
        std::vector<typename F::Factor> scratch(count);
        invert_all<F>(values.data(), scratch.data(), count);
        for (std::size_t i = 0; i < count; ++i)
            BOOST_TEST(
                (times(factor_value<F>(values[i]), factor_value<F>(before[i])) == Uint256(1)));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(roots_of_squares_square_to_them, F, Fields) {
    Random random(3);
    for (int i = 0; i < 20; ++i) {
        typename F::Factor x[2];
        typename F::Factor roots[2];
        for (auto& factor : x)
            factor = F::factor(F::fold(F::square(F::constant(random.below(kPrime)))));
        SquareRoots<F, 2>::run(x, roots);
        for (int k = 0; k < 2; ++k)
            BOOST_TEST(
                (times(factor_value<F>(roots[k]), factor_value<F>(roots[k])) ==
                 factor_value<F>(x[k])));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
