#include "chain/crypto/bn254.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/jacobian.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace troupe::chain::crypto::bn254 {

BOOST_AUTO_TEST_SUITE(bn254_curve)

namespace {

Uint256 number(std::string_view text) {
    return *uint256_from_text(text);
}
Fp element(std::string_view text) {
    return Fp(number(text));
}

const G1 kG1{Fp(Uint256(1)), Fp(Uint256(2))};
// EIP-197, "Definition of the groups"
const G2 kG2{
    {element("10857046999023057135944570762232829481370756359578518086990519993285655852781"),
     element("11559732032986387107991004021392285783925812861821192530917403151452391805634")},
    {element("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
     element("4082367875863433681332203403145435568316851327593401208105741076214120093531")}};

struct Random {
    std::mt19937_64 engine;

    Uint256 scalar() { return {engine(), engine(), engine(), engine()}; }
    Fp fp() { return Fp(scalar() % Fp::kModulus); }
    Fp2 fp2() { return {fp(), fp()}; }
    Fp6 fp6() { return {fp2(), fp2(), fp2()}; }
    Fp12 fp12() { return {fp6(), fp6()}; }
};

Fp12 power(const Fp12& base, const Uint256& exponent) {
    Fp12 result = Fp12::one();
    for (int bit = 255; bit >= 0; --bit) {
        result = result.squared();
        if ((exponent.limbs[bit / 64] >> (bit % 64) & 1) != 0) result = result * base;
    }
    return result;
}

Bytes encoded(const G2& point) {
    Bytes bytes;
    for (const Fp* part : {&point.x.c1, &point.x.c0, &point.y.c1, &point.y.c0})
        append(bytes, to_be32(part->value()));
    return bytes;
}

bool product_is_one(std::initializer_list<G1> g1, std::initializer_list<G2> g2) {
    return pairing_product_is_one({g1.begin(), g1.size()}, {g2.begin(), g2.size()});
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_extension_fields_are_fields) {
    Random random{std::mt19937_64(1)};
    for (int i = 0; i < 20; ++i) {
        const Fp2 xi{Fp(Uint256(9)), Fp::one()};
        const Fp2 a2 = random.fp2();
        BOOST_TEST((a2.times_xi() == a2 * xi));
        BOOST_TEST((a2.squared() == a2 * a2));
        BOOST_TEST((a2 * a2.inverted() == Fp2::one()));
        const Fp6 a6 = random.fp6();
        const Fp6 v{{}, Fp2::one(), {}};
        BOOST_TEST((a6.times_v() == a6 * v));
        BOOST_TEST((v * v * v == Fp6{xi, {}, {}}));
        BOOST_TEST((a6 * a6.inverted() == Fp6{Fp2::one(), {}, {}}));
        const Fp12 a = random.fp12();
        const Fp12 b = random.fp12();
        const Fp12 c = random.fp12();
        const Fp12 w{{}, {Fp2::one(), {}, {}}};
        BOOST_TEST((w * w == Fp12{v, {}}));
        BOOST_TEST(((a * b) * c == a * (b * c)));
        BOOST_TEST((a * b == b * a));
        BOOST_TEST((a.squared() == a * a));
        BOOST_TEST((a * a.inverted() == Fp12::one()));
        const Fp2 b3 = random.fp2();
        const Fp2 b4 = random.fp2();
        BOOST_TEST((a.times_line(a2, b3, b4) == a * Fp12{{a2, {}, {}}, {b3, b4, {}}}));
    }
}

BOOST_AUTO_TEST_CASE(frobenius_is_the_power_of_p) {
    Random random{std::mt19937_64(2)};
    for (int i = 0; i < 3; ++i) {
        const Fp12 a = random.fp12();
        BOOST_TEST((a.frobenius() == power(a, Fp::kModulus)));
        BOOST_TEST((a.frobenius_squared() == a.frobenius().frobenius()));
        Fp12 six = a;
        for (int k = 0; k < 6; ++k)
            six = six.frobenius();
        BOOST_TEST((a.conjugated() == six));
    }
}

BOOST_AUTO_TEST_CASE(signed_digits_add_up_to_the_scalar) {
    Random random{std::mt19937_64(3)};
    for (int i = 0; i < 300; ++i) {
        Uint256 scalar = i == 0 ? Uint256(0) - Uint256(1) : random.scalar();
        if (i % 3 == 1) scalar = scalar / (Uint256(1) + Uint256(random.engine()));
        if (i % 3 == 2) scalar.limbs[i % 4] = ~std::uint64_t{0};
        for (const int width : {2, 4, 5, 7}) {
            const SignedDigits digits(scalar, width);
            Uint256 sum;  // modulo 2^256, where the highest digit may wrap
            for (int at = digits.count - 1; at >= 0; --at) {
                const int digit = digits.digits[at];
                sum = sum + sum;
                sum = digit < 0 ? sum - Uint256(static_cast<std::uint64_t>(-digit))
                                : sum + Uint256(static_cast<std::uint64_t>(digit));
                BOOST_TEST((digit == 0 || digit % 2 != 0));
                BOOST_TEST(std::abs(digit) < (1 << (width - 1)));
            }
            BOOST_TEST((sum == scalar));
        }
    }
}

BOOST_AUTO_TEST_CASE(sums_and_products_obey_the_group_laws) {
    Random random{std::mt19937_64(4)};
    // 2 (1, 2), from the tests of EIP-196
    const G1 two{
        element("1368015179489954701390400359078579693043519447331113978918064868415326638035"),
        element("9918110051302171585080402603319702774565515993150576347155970296011118125764")};
    BOOST_TEST((add(kG1, kG1) == two));
    BOOST_TEST((multiply(kG1, 2) == two));
    BOOST_TEST((add(kG1, -kG1) == G1{}));
    BOOST_TEST((add(kG1, G1{}) == kG1));
    BOOST_TEST((add(G1{}, kG1) == kG1));
    BOOST_TEST((multiply(kG1, 0) == G1{}));
    BOOST_TEST((multiply(G1{}, 5) == G1{}));
    BOOST_TEST((multiply(kG1, kOrder) == G1{}));
    BOOST_TEST((multiply(kG1, kOrder - Uint256(1)) == -kG1));
    for (int i = 0; i < 50; ++i) {
        const Uint256 a = random.scalar();
        const Uint256 b = random.scalar() % kOrder;
        const Uint256 sum = (a % kOrder + b) % kOrder;
        BOOST_TEST((add(multiply(kG1, a), multiply(kG1, b)) == multiply(kG1, sum)));
    }
    G1 step = kG1;  // the ladder of products against repeated affine sums
    for (std::uint64_t i = 1; i < 200; ++i) {
        BOOST_TEST((multiply(kG1, i) == step));
        step = add(step, kG1);
    }
}

BOOST_AUTO_TEST_CASE(points_are_read_only_from_canonical_coordinates_on_the_curve) {
    Bytes bytes;
    append_point(bytes, kG1);
    BOOST_TEST((read_g1(bytes) == kG1));
    BOOST_TEST((read_g1(Bytes(64, 0)) == G1{}));
    for (std::size_t at = 0; at < 64; ++at) {
        Bytes wrong = bytes;
        wrong[at] ^= 0x04;
        BOOST_TEST(!read_g1(wrong).has_value(), at);
    }
    Bytes above;  // 1 + p is 1, but is not how 1 is written
    append(above, to_be32(Fp::kModulus + Uint256(1)));
    append(above, to_be32(Uint256(2)));
    BOOST_TEST(!read_g1(above).has_value());
    Bytes modulus;  // nor is p a 0
    append(modulus, to_be32(Fp::kModulus));
    append(modulus, to_be32(Uint256(0)));
    BOOST_TEST(!read_g1(modulus).has_value());

    const Bytes twist = encoded(kG2);
    BOOST_TEST((read_g2(twist) == kG2));
    BOOST_TEST((read_g2(Bytes(128, 0)) == G2{}));
    for (std::size_t at = 0; at < 128; ++at) {
        Bytes wrong = twist;
        wrong[at] ^= 0x04;
        BOOST_TEST(!read_g2(wrong).has_value(), at);
    }
}

BOOST_AUTO_TEST_CASE(the_subgroup_of_the_twist_is_told_from_the_rest) {
    Random random{std::mt19937_64(5)};
    BOOST_TEST(in_subgroup(G2{}));
    BOOST_TEST(in_subgroup(kG2));
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(in_subgroup(multiply(kG2, random.scalar())));
    // Points of the twist with small x, whose roots Python's integers found
    struct {
        std::uint64_t x;
        const char* y0;
        const char* y1;
    } const outside[] = {
        {1, "18278151005453108793778860132295291098363647455926340152056652516292830556603",
         "5912654199736721486680175016176231956195085055698687135131307249486702594212"},
        {2, "10993830646704400342460079956282858283368423716262815588736825818221725267450",
         "19651196284784701048630008112400756208183277717409031481820775712594563219220"},
        {6, "18791605325384375621601562383456519308402805426533391339691457012230920530285",
         "15995149759192754247372768013904353177908136107489587856312834448240574224438"},
        {7, "8675108250428886448150080727621011209904960819095989380069575807392709102756",
         "19805408382581288960685049864741833354113964997249739571214390461913378770990"},
    };
    for (const auto& candidate : outside) {
        const G2 point{
            {Fp(Uint256(candidate.x)), Fp()}, {element(candidate.y0), element(candidate.y1)}};
        BOOST_TEST((read_g2(encoded(point)) == point));
        BOOST_TEST(!(multiply(point, kOrder) == G2{}));  // what being outside means
        BOOST_TEST(!in_subgroup(point));
        BOOST_TEST(!in_subgroup(multiply(point, kOrder)));  // in the cofactor's group alone
        // The cofactor, 2 p - r, brings every point of the twist into the subgroup
        const Uint256 cofactor = Fp::kModulus + (Fp::kModulus - kOrder);
        BOOST_TEST(in_subgroup(multiply(point, cofactor)));
    }
}

BOOST_AUTO_TEST_CASE(the_pairing_is_bilinear_and_its_values_have_the_order_of_the_groups) {
    Random random{std::mt19937_64(6)};
    const Fp12 e = pairing(kG1, kG2);
    BOOST_TEST(!(e == Fp12::one()));
    BOOST_TEST((power(e, kOrder) == Fp12::one()));
    BOOST_TEST((e.cyclotomic_squared() == e.squared()));
    BOOST_TEST((e * e.conjugated() == Fp12::one()));
    BOOST_TEST((pairing(G1{}, kG2) == Fp12::one()));
    BOOST_TEST((pairing(kG1, G2{}) == Fp12::one()));
    for (int i = 0; i < 5; ++i) {
        const Uint256 a = random.scalar() % kOrder;
        const Uint256 b = random.scalar() % kOrder;
        const Fp12 both = pairing(multiply(kG1, a), multiply(kG2, b));
        BOOST_TEST((both == power(power(e, a), b)));
        BOOST_TEST((both == pairing(multiply(kG1, b), multiply(kG2, a))));
        BOOST_TEST((both == power(pairing(multiply(kG1, a), kG2), b)));
    }
}

BOOST_AUTO_TEST_CASE(products_of_pairings_are_one_exactly_where_they_cancel) {
    Random random{std::mt19937_64(7)};
    BOOST_TEST(product_is_one({}, {}));
    BOOST_TEST(!product_is_one({kG1}, {kG2}));
    BOOST_TEST(product_is_one({G1{}}, {kG2}));
    BOOST_TEST(product_is_one({kG1, -kG1}, {kG2, kG2}));
    BOOST_TEST(product_is_one({kG1, kG1}, {kG2, -kG2}));
    for (int i = 0; i < 5; ++i) {
        const Uint256 a(random.engine() >> 1);
        const Uint256 b(random.engine() >> 1);
        const G1 p = multiply(kG1, a);
        const G2 q = multiply(kG2, b);
        BOOST_TEST(product_is_one({p, multiply(-kG1, a * b)}, {q, kG2}));
        BOOST_TEST(!product_is_one({p, multiply(-kG1, a * b + Uint256(1))}, {q, kG2}));
        BOOST_TEST(product_is_one({p, G1{}, multiply(-kG1, a * b), kG1}, {q, kG2, kG2, G2{}}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::bn254
