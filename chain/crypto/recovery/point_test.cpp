// The addition formulas over a curve small enough to try everything: y^2 = x^3 + 7 over F_79 has 67
// points, a prime number of them, and the same endomorphism. The templates are those that recovery
// runs over the real field.
#include "chain/crypto/recovery/point.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <vector>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(recovery_point)

namespace {

constexpr int kFieldSize = 79;
constexpr std::size_t kGroupSize = 67;

struct Small {
    int v = 0;
    friend Small operator*(Small a, Small b) { return {a.v * b.v % kFieldSize}; }
    friend Small operator+(Small a, Small b) { return {(a.v + b.v) % kFieldSize}; }
    friend Small operator-(Small a, Small b) { return {(a.v - b.v + kFieldSize) % kFieldSize}; }
    friend bool operator==(Small, Small) = default;
};
Small inverse(Small a) {
    for (int i = 1; i < kFieldSize; ++i) {
        if (i * a.v % kFieldSize == 1) return {i};
    }
    return {};
}

/// The interface that the formulas are written against; every state of a number is the number.
struct SmallField {
    using Element = Small;
    using Factor = Small;
    struct Vector {
        using Mask = bool;
    };
    static Small square(Small a) { return a * a; }
    static Small fold(Small a) { return a; }
    static Small element(Small a) { return a; }
    static Small factor(Small a) { return a; }
    template <int kFactor>
    static Small times(Small a) {
        return Small{kFactor} * a;
    }
    template <int kFactor>
    static Small negated(Small a) {
        return Small{} - Small{kFactor} * a;
    }
    static Small negated_where(bool minus, Small a) { return minus ? Small{} - a : a; }
};
using F = SmallField;

struct Point {
    Small x;
    Small y;
    friend bool operator==(const Point&, const Point&) = default;
};
using MaybePoint = std::optional<Point>;  // nothing: infinity

/// The group law as textbooks have it.
MaybePoint add(const MaybePoint& p, const MaybePoint& q) {
    if (!p) return q;
    if (!q) return p;
    Small slope;
    if (p->x == q->x) {
        if (!(p->y == q->y)) return std::nullopt;  // no point has y = 0: the group is of odd order
        slope = Small{3} * p->x * p->x * inverse(Small{2} * p->y);
    } else {
        slope = (q->y - p->y) * inverse(q->x - p->x);
    }
    const Small x = slope * slope - p->x - q->x;
    return Point{x, slope * (p->x - x) - p->y};
}
Point negate(const Point& p) {
    return {p.x, Small{} - p.y};
}

std::vector<Point> points() {
    std::vector<Point> all;
    for (int x = 0; x < kFieldSize; ++x) {
        for (int y = 0; y < kFieldSize; ++y) {
            const Small sx{x};
            if (Small{y} * Small{y} == sx * sx * sx + Small{7}) all.push_back({sx, Small{y}});
        }
    }
    return all;
}

SumPoint<F> sum_point(const Point& p, Small z) {
    return {p.x * z * z, Small{2} * p.y * z * z * z, z};
}
MaybePoint affine(const SumPoint<F>& p) {
    if (p.z == Small{}) return std::nullopt;
    const Small zi = inverse(p.z);
    return Point{p.x * zi * zi, p.w * inverse(Small{2}) * zi * zi * zi};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_small_curve_has_the_order_that_is_said) {
    BOOST_TEST(points().size() + 1 == kGroupSize);  // and infinity
}

BOOST_AUTO_TEST_CASE(doubling_is_right_for_every_point_and_every_z) {
    for (const Point& p : points()) {
        for (int z = 1; z < kFieldSize; ++z) {
            SumPoint<F> sum[1] = {sum_point(p, {z})};
            double_negated<F>(sum);
            BOOST_REQUIRE((affine(sum[0]) == negate(*add(p, p))));
        }
        SumPoint<F> infinity[1] = {{p.x, p.y, {}}};
        double_negated<F>(infinity);
        BOOST_REQUIRE((infinity[0].z == Small{}));
    }
}

BOOST_AUTO_TEST_CASE(addition_is_right_for_every_pair_or_leaves_z_zero) {
    const auto all = points();
    for (const Point& p : all) {
        for (const Point& q : all) {
            const TermPoint<F> term{q.x, q.y};
            const TermPoint<F>* const terms[2] = {&term, &term};
            for (int z = 1; z < kFieldSize; ++z) {
                // Two side by side: the second starts at infinity, and must stay there.
                SumPoint<F> sum[2] = {sum_point(p, {z}), {p.x, p.y, {}}};
                add_negated<F>(sum, terms);
                BOOST_REQUIRE((sum[1].z == Small{}));
                if (p.x == q.x) {  // equal or opposite: not covered, and marked
                    BOOST_REQUIRE((sum[0].z == Small{}));
                } else {
                    BOOST_REQUIRE((affine(sum[0]) == negate(*add(p, q))));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(affine_sums_are_right_for_every_pair_of_different_x) {
    const auto all = points();
    for (const Point& p : all) {
        const AffinePoint<F> ap{p.x, p.y};
        const auto twice = double_affine<F>(ap, inverse(Small{2} * p.y));
        BOOST_REQUIRE((MaybePoint(Point{twice.x, twice.y}) == add(p, p)));
        for (const Point& q : all) {
            if (p.x == q.x) continue;
            const AffinePoint<F> aq{q.x, q.y};
            const Small inverted = inverse(q.x - p.x);
            const auto sum = add_affine<F>(ap, aq, inverted);
            BOOST_REQUIRE((MaybePoint(Point{sum.x, sum.y}) == add(p, q)));
            for (const bool p_minus : {false, true}) {
                for (const bool q_minus : {false, true}) {
                    const auto term = add_signed<F>(ap, p_minus, aq, q_minus, inverted);
                    BOOST_REQUIRE(
                        (MaybePoint(Point{term.x, term.y}) ==
                         add(p_minus ? negate(p) : p, q_minus ? negate(q) : q)));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
