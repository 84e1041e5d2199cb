#include "chain/crypto/recovery/scalars.hpp"

#include "chain/crypto/recovery/testing/random.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(recovery_scalars)

namespace {

using testing::Random;

Uint256 times(const Uint256& a, const Uint256& b) {
    return mul_mod(a, b, kOrder);
}
Uint256 plus(const Uint256& a, const Uint256& b) {
    return add_mod(a, b, kOrder);
}
Uint256 minus(const Uint256& a, const Uint256& b) {
    return add_mod(a, kOrder - b, kOrder);
}
/// a - 2^128 modulo n
Uint256 without_offset(const Uint256& a) {
    return minus(a, Uint256(0, 1, 0, 0));
}

/// Around 0, n/2, n, powers of two, lambda and its multiples; then random ones.
std::vector<Uint256> scalars() {
    std::vector<Uint256> all;
    Uint256 multiple;
    for (std::uint64_t i = 0; i < 20; ++i) {
        all.push_back(i);
        all.push_back(kOrder - 1 - i);
        all.push_back(multiple);
        all.push_back(minus(Uint256(), multiple));
        multiple = plus(multiple, kLambda);
    }
    const Uint256 half(
        0x7fffffffffffffff, 0xffffffffffffffff, 0x5d576e7357a4501d, 0xdfe92f46681b20a0);
    for (const Uint256& offset : {Uint256(0), Uint256(1), Uint256(2)}) {
        all.push_back(half + offset);
        all.push_back(half - offset);
    }
    Uint256 power(1);
    for (int bit = 0; bit < 255; ++bit) {
        all.push_back(power);
        all.push_back(power - 1);
        power = power + power;
    }
    Random random(4);
    for (int i = 0; i < 2'000; ++i)
        all.push_back(random.below(kOrder));
    return all;
}

/// The scalar that the digits add up to: sum of (2 e - (2^w - 1)) 2^(w i), both halves.
template <int kBits, class Half>
Uint256 recomposed(const Half (&halves)[2]) {
    Uint256 sum;
    for (int half = 0; half < 2; ++half) {
        Uint256 weight = half == 0 ? Uint256(1) : kLambda;
        for (const auto window : halves[half].windows) {
            BOOST_REQUIRE(window < 1u << kBits);
            const Uint256 digit =
                minus(Uint256(2 * std::uint64_t{window}), Uint256((std::uint64_t{1} << kBits) - 1));
            sum = plus(sum, times(digit, weight));
            weight = times(weight, Uint256(std::uint64_t{1} << kBits));
        }
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(lambda_and_beta_are_cube_roots_of_one) {
    BOOST_TEST((times(times(kLambda, kLambda), kLambda) == Uint256(1)));
    BOOST_TEST((mul_mod(mul_mod(kBeta, kBeta, kPrime), kBeta, kPrime) == Uint256(1)));
}

BOOST_AUTO_TEST_CASE(a_split_scalar_adds_up_and_fits_its_windows) {
    const Uint256 limit(0, 2, 0, 0);  // 2^129: |half| < 2^128
    for (const Uint256& v : scalars()) {
        const SplitScalar split = split_scalar(v);
        BOOST_REQUIRE((split.low < limit));
        BOOST_REQUIRE((split.high < limit));
        BOOST_REQUIRE(
            (plus(without_offset(split.low), times(without_offset(split.high), kLambda)) == v));
    }
}

BOOST_AUTO_TEST_CASE(the_digits_of_both_scalars_add_up_to_them) {
    const auto all = scalars();
    for (std::size_t first = 0; first < all.size(); first += kScalarsMax) {
        const std::size_t count = std::min(kScalarsMax, all.size() - first);
        std::vector<RecoveryInput> messages(count);
        std::vector<const RecoveryInput*> pointers;
        Random random(first);
        for (std::size_t i = 0; i < count; ++i) {
            const Uint256& s = all[first + i];
            messages[i].signature = {
                random.below(kOrder - 1) + 1, s.is_zero() ? Uint256(1) : s, i % 3 == 0};
            messages[i].digest = to_be32(all[all.size() - 1 - (first + i)]);
            if (i % 16 == 0) messages[i].digest = to_be32(Uint256() - 1 - i);  // above n
            pointers.push_back(&messages[i]);
        }
        std::vector<LaneInput> inputs(count);
        prepare_scalars(pointers, inputs.data());
        for (std::size_t i = 0; i < count; ++i) {
            const auto& signature = messages[i].signature;
            BOOST_REQUIRE((inputs[i].x == signature.r));
            BOOST_REQUIRE(inputs[i].y_parity == signature.y_parity);
            // u2 r = s, and u1 r = -z
            const Uint256 u2 = recomposed<kPointWindow>(inputs[i].point);
            BOOST_REQUIRE((times(u2, signature.r) == signature.s));
            const Uint256 u1 = recomposed<kGeneratorWindow>(inputs[i].generator);
            const Uint256 z = plus(uint256_from_be(messages[i].digest), Uint256());
            BOOST_REQUIRE((plus(times(u1, signature.r), z).is_zero()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
