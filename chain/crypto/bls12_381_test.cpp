#include "chain/crypto/bls12_381.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <string_view>

namespace troupe::chain::crypto::bls {

BOOST_AUTO_TEST_SUITE(bls12_381)

namespace {

/// Coordinates of 48 bytes in hexadecimal, as papers write them, in EIP-2537's encoding.
Bytes encoded(std::initializer_list<std::string_view> coordinates) {
    Bytes bytes;
    for (const auto text : coordinates) {
        bytes.resize(bytes.size() + 16);
        append(bytes, *from_hex(text));
    }
    return bytes;
}

// The generators: draft-irtf-cfrg-pairing-friendly-curves, 4.2.1
const Bytes kGenerator1 = encoded(
    {"17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22"
     "c6bb",
     "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5"
     "e7e1"});
const Bytes kGenerator2 = encoded(
    {"024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121"
     "bdb8",
     "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d04"
     "2b7e",
     "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b8"
     "2801",
     "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f"
     "79be"});
constexpr Uint256 kOrder{
    0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe, 0xffffffff00000001};

std::string text(const auto& point) {
    Bytes bytes;
    append_point(bytes, point);
    return to_hex(bytes);
}

template <class Point>
Point times(const Point& point, const Uint256& scalar) {
    return multiply_sum(std::span<const Point>(&point, 1), std::span<const Uint256>(&scalar, 1));
}

bool product_is_one(std::initializer_list<G1> g1, std::initializer_list<G2> g2) {
    return pairing_product_is_one({g1.begin(), g1.size()}, {g2.begin(), g2.size()});
}

Uint256 random_scalar(std::mt19937_64& random) {
    return {random(), random(), random(), random()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(points_are_read_and_written_in_the_encoding_of_the_eip) {
    const auto g1 = read_g1(kGenerator1);
    const auto g2 = read_g2(kGenerator2);
    BOOST_REQUIRE((g1 && g2));
    BOOST_TEST(text(*g1) == to_hex(kGenerator1));
    BOOST_TEST(text(*g2) == to_hex(kGenerator2));
    BOOST_TEST((in_subgroup(*g1) && in_subgroup(*g2)));
    const Bytes zeros1(kG1Bytes, 0);
    const Bytes zeros2(kG2Bytes, 0);
    BOOST_TEST(text(*read_g1(zeros1)) == to_hex(zeros1));
    BOOST_TEST(text(*read_g2(zeros2)) == to_hex(zeros2));
    BOOST_TEST((in_subgroup(G1{}) && in_subgroup(G2{})));
}

BOOST_AUTO_TEST_CASE(what_is_no_field_element_or_no_point_is_refused) {
    for (std::size_t at = 0; at < kG1Bytes; ++at) {  // padding, or another x or y
        Bytes wrong = kGenerator1;
        wrong[at] ^= 0x01;
        BOOST_TEST(!read_g1(wrong).has_value(), at);
    }
    for (std::size_t at = 0; at < kG2Bytes; ++at) {
        Bytes wrong = kGenerator2;
        wrong[at] ^= 0x01;
        BOOST_TEST(!read_g2(wrong).has_value(), at);
    }
    // (0, 2) is on y^2 = x^3 + 4; with the modulus for the 0 it would be, too, but is not reduced
    const std::string_view p =
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffff"
        "ff"
        "aaab";
    Bytes two = encoded({p, p});
    std::fill(two.begin(), two.end(), std::uint8_t{0});
    two.back() = 2;
    const auto point = read_g1(two);
    BOOST_REQUIRE(point.has_value());
    BOOST_TEST(!in_subgroup(*point));  // its order is 3
    const Bytes modulus = encoded({p});
    std::copy(modulus.begin(), modulus.end(), two.begin());
    BOOST_TEST(!read_g1(two).has_value());
    BOOST_TEST(!map_to_g1(modulus).has_value());
    BOOST_TEST(!map_to_g2(encoded({p, p})).has_value());
}

BOOST_AUTO_TEST_CASE(a_point_of_the_twist_outside_the_subgroup_is_told_apart) {
    // x = 2, y the root of 2^3 + 4 + 4u, computed with Python's integers
    const std::string zero(96, '0');
    const std::string two = std::string(95, '0') + "2";
    const auto point = read_g2(encoded(
        {two, zero,
         "013a59858b6809fca4d9a3b6539246a70051a3c88899964a42bc9a69cf9acdd9dd387cfa9086b894185b9a46a"
         "40"
         "2be73",
         "02d27e0ec3356299a346a09ad7dc4ef68a483c3aed53f9139d2f929a3eecebf72082e5e58c6da24ee32e03040"
         "c4"
         "06d4f"}));
    BOOST_REQUIRE(point.has_value());
    BOOST_TEST(!in_subgroup(*point));
}

BOOST_AUTO_TEST_CASE(sums_and_products_obey_the_group_laws) {
    std::mt19937_64 random(1);
    const G1 g = *read_g1(kGenerator1);
    const G2 h = *read_g2(kGenerator2);
    BOOST_TEST(text(add(g, G1{})) == text(g));
    BOOST_TEST(text(add(G2{}, h)) == text(h));
    BOOST_TEST(text(add(g, g)) == text(times(g, 2)));
    BOOST_TEST(text(add(h, h)) == text(times(h, 2)));
    BOOST_TEST(text(add(times(g, kOrder - Uint256(1)), g)) == text(G1{}));
    BOOST_TEST(text(add(times(h, kOrder - Uint256(1)), h)) == text(G2{}));
    BOOST_TEST(text(times(g, kOrder)) == text(G1{}));
    BOOST_TEST(text(times(h, kOrder + Uint256(5))) == text(times(h, 5)));
    for (int i = 0; i < 20; ++i) {
        const Uint256 a = random_scalar(random);  // often above the order
        const Uint256 b = random_scalar(random) % kOrder;
        const Uint256 sum = (a % kOrder + b) % kOrder;  // both below 2^255
        BOOST_TEST(text(add(times(g, a), times(g, b))) == text(times(g, sum)));
        BOOST_TEST(text(add(times(h, a), times(h, b))) == text(times(h, sum)));
    }
}

BOOST_AUTO_TEST_CASE(sums_of_products_do_not_depend_on_how_many_there_are) {
    std::mt19937_64 random(2);
    for (const std::size_t count : {1u, 2u, 7u, 8u, 9u, 31u, 70u, 200u}) {
        std::vector<G1> g1;
        std::vector<G2> g2;
        std::vector<Uint256> scalars;
        G1 expected1;
        G2 expected2;
        for (std::size_t i = 0; i < count; ++i) {
            // Repeated and opposite points, infinity, zero and the order among them
            const std::uint64_t factor = 1 + i % 5;
            g1.push_back(i % 11 == 3 ? G1{} : times(*read_g1(kGenerator1), factor));
            g2.push_back(i % 11 == 3 ? G2{} : times(*read_g2(kGenerator2), factor));
            if (i % 7 == 6) {
                g1.back() = times(g1.back(), kOrder - Uint256(1));
                g2.back() = times(g2.back(), kOrder - Uint256(1));
            }
            const Uint256 small = i % 2;
            scalars.push_back(i % 13 == 5 ? kOrder : i % 4 == 1 ? small : random_scalar(random));
            expected1 = add(expected1, times(g1.back(), scalars.back()));
            expected2 = add(expected2, times(g2.back(), scalars.back()));
        }
        BOOST_TEST(text(multiply_sum(std::span<const G1>(g1), scalars)) == text(expected1), count);
        BOOST_TEST(text(multiply_sum(std::span<const G2>(g2), scalars)) == text(expected2), count);
    }
}

BOOST_AUTO_TEST_CASE(the_pairing_is_bilinear_and_not_trivial) {
    std::mt19937_64 random(3);
    const G1 g = *read_g1(kGenerator1);
    const G2 h = *read_g2(kGenerator2);
    const G1 minus_g = times(g, kOrder - Uint256(1));
    BOOST_TEST(product_is_one({}, {}));
    BOOST_TEST(!product_is_one({g}, {h}));
    BOOST_TEST(product_is_one({g, minus_g}, {h, h}));
    BOOST_TEST(product_is_one({G1{}, g}, {h, G2{}}));
    for (int i = 0; i < 5; ++i) {
        const Uint256 a(random());
        const Uint256 b(random());
        const G1 ab = times(minus_g, a * b);
        BOOST_TEST(product_is_one({times(g, a), ab}, {times(h, b), h}));
        BOOST_TEST(!product_is_one({times(g, a), ab}, {times(h, b + Uint256(1)), h}));
    }
    // More pairs than share one loop: i from 1 to 20 is 210 together
    std::vector<G1> many1;
    std::vector<G2> many2;
    for (std::uint64_t i = 1; i <= 20; ++i) {
        many1.push_back(times(g, i));
        many2.push_back(h);
    }
    many1.push_back(minus_g);
    many2.push_back(times(h, 210));
    BOOST_TEST(pairing_product_is_one(many1, many2));
    many2.back() = times(h, 211);
    BOOST_TEST(!pairing_product_is_one(many1, many2));
}

BOOST_AUTO_TEST_CASE(field_elements_map_to_the_points_of_the_rfc) {
    // RFC 9380, J.9.2 and J.10.2 (BLS12381G1/G2_XMD:SHA-256_SSWU_NU_), msg = "": u and P
    const auto p1 =
        map_to_g1(encoded({"156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55ad9e9b9c"
                           "e2eb833c81a908e5fa4"
                           "ac5f03"}));
    BOOST_REQUIRE(p1.has_value());
    BOOST_TEST(
        text(*p1) == to_hex(encoded(
                         {"184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e192c426074"
                          "b02ed3dca4e767"
                          "6ce4ce48ba",
                          "04407b8d35af4dacc809927071fc0405218f1401a6d15af775810e4e460064bcc9468bee"
                          "ba82fdc751be70"
                          "476c888bf3"})));
    const auto p2 = map_to_g2(encoded(
        {"07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d"
         "4"
         "b93b04",
         "02829ce3c021339ccb5caf3e187f6370e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e9"
         "9"
         "e8b78c"}));
    BOOST_REQUIRE(p2.has_value());
    BOOST_TEST(
        text(*p2) == to_hex(encoded(
                         {"00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4dc2688c7fe5944c213f510328"
                          "082396515734b6"
                          "612c4e7bb7",
                          "126b855e9e69b1f691f816e48ac6977664d24d99f8724868a184186469ddfd4617367e94"
                          "527d4b74fc8641"
                          "3483afb35b",
                          "0caead0fd7b6176c01436833c79d305c78be307da5f6af6c133c47311def6ff1e0babf57"
                          "a0fb5539fce7ee"
                          "12407b0a42",
                          "1498aadcf7ae2b345243e281ae076df6de84455d766ab6fcdaad71fab60abb2e8b980a44"
                          "0043cd305db09d"
                          "283c895e3d"})));
    BOOST_TEST(in_subgroup(*p1));
    BOOST_TEST(in_subgroup(*p2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::bls
