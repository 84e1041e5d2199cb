#include "chain/evm/precompiles.hpp"

#include "chain/base/hex.hpp"
#include "chain/base/uint256.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace troupe::chain::evm {

BOOST_AUTO_TEST_SUITE(precompiles)

namespace {

constexpr Rules kCancun{Revision::kCancun, false};
constexpr Rules kPrague{Revision::kPrague, true};
constexpr std::uint64_t kPlenty = 1'000'000'000;

Address address_of(std::uint16_t number) {
    Address address;
    address[18] = static_cast<std::uint8_t>(number >> 8);
    address[19] = static_cast<std::uint8_t>(number);
    return address;
}

/// What a call answers and costs: "0x..., gas", or "failure".
std::string call(
    std::uint16_t number, ByteView input, std::uint64_t gas = kPlenty, Rules rules = kPrague) {
    Bytes output{0xee, 0xee};  // what an earlier call left must not show
    const auto result = run_precompile(address_of(number), input, gas, rules, output);
    if (!result.success) {
        BOOST_TEST(result.gas_left == 0u);
        BOOST_TEST(output.empty());
        return "failure";
    }
    return to_hex(output) + ", " + std::to_string(gas - result.gas_left);
}

Bytes hex(std::string_view text) {
    return *from_hex(text);
}

/// A 32-byte word with a small number.
std::string word(std::uint64_t value) {
    return to_hex(to_be32(Uint256(value))).substr(2);
}

}  // namespace

BOOST_AUTO_TEST_CASE(which_addresses_are_precompiles_depends_on_the_rules) {
    const auto is = [](std::uint32_t number, const Rules& rules) {
        return is_precompile(address_of(static_cast<std::uint16_t>(number)), rules);
    };
    for (std::uint32_t number = 0; number < 0x200; ++number) {
        BOOST_TEST(is(number, kCancun) == (number >= 1 && number <= 0x0a), number);
        BOOST_TEST(
            is(number, kPrague) == ((number >= 1 && number <= 0x11) || number == 0x100), number);
    }
    Address far = address_of(1);
    far[0] = 1;
    BOOST_TEST(!is_precompile(far, kPrague));
}

BOOST_AUTO_TEST_CASE(ecrecover_answers_the_signer_padded_to_a_word) {
    // From the state test CallEcrecover0 of ethereum/tests: digest, v = 28, r, s
    const std::string digest = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c";
    const std::string rest =
        "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
        "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";
    const std::string signer =
        "0x000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b, 3000";
    BOOST_TEST(call(1, hex(digest + word(28) + rest)) == signer);
    BOOST_TEST(call(1, hex(digest + word(28) + rest + "ffff")) == signer);  // the rest is not read
    BOOST_TEST(call(1, hex(digest + word(28) + rest), 3'000) == signer);
    BOOST_TEST(call(1, hex(digest + word(28) + rest), 2'999) == "failure");
    for (const std::uint64_t v : {0u, 1u, 26u, 29u}) {
        BOOST_TEST(call(1, hex(digest + word(v) + rest)) == "0x, 3000");
    }
    // v = 28 + 2^248: all 32 bytes count
    BOOST_TEST(call(1, hex(digest + "01" + word(28).substr(2) + rest)) == "0x, 3000");
    BOOST_TEST(call(1, {}) == "0x, 3000");
}

BOOST_AUTO_TEST_CASE(hashes_and_identity_cost_by_the_word) {
    BOOST_TEST(
        call(2, {}) == "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, 60");
    BOOST_TEST(
        call(2, hex("616263")) ==
        "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad, 72");
    BOOST_TEST(
        call(3, hex("616263")) ==
        "0x0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc, 720");
    BOOST_TEST(call(4, {}) == "0x, 15");
    BOOST_TEST(call(4, hex("0102")) == "0x0102, 18");
    BOOST_TEST(call(4, Bytes(33, 0)).ends_with(", 21"));
    BOOST_TEST(call(4, Bytes(33, 0), 20) == "failure");
}

BOOST_AUTO_TEST_CASE(modexp_computes_and_charges_as_its_specification_says) {
    // EIP-198's first example: 3^(2^256 - 2^32 - 978) mod (2^256 - 2^32 - 977) = 1, by Fermat.
    // EIP-2565: 4 words squared is 16, times 255 iterations, over 3
    const std::string p = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
    const std::string p_minus_1 =
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e";
    const std::string one = "0x0000000000000000000000000000000000000000000000000000000000000001";
    BOOST_TEST(
        call(5, hex(word(1) + word(32) + word(32) + "03" + p_minus_1 + p)) == one + ", 1360");
    // Its second: no base at all, which is 0, to the same exponent
    BOOST_TEST(
        call(5, hex(word(0) + word(32) + word(32) + p_minus_1 + p)) == "0x" + word(0) + ", 1360");
    // 0^0 is 1; nothing modulo 0 or 1; an empty modulus has an empty answer
    BOOST_TEST(call(5, hex(word(0) + word(0) + word(1) + "05")) == "0x01, 200");
    BOOST_TEST(call(5, hex(word(1) + word(1) + word(1) + "030500")) == "0x00, 200");
    BOOST_TEST(call(5, hex(word(1) + word(1) + word(1) + "030501")) == "0x00, 200");
    BOOST_TEST(call(5, hex(word(1) + word(1) + word(0) + "0305")) == "0x, 200");
    BOOST_TEST(call(5, {}) == "0x, 200");
    // 3^5 mod 2^16 where the modulus' second byte lies beyond the input: 243
    BOOST_TEST(call(5, hex(word(1) + word(1) + word(3) + "030501")) == "0x0000f3, 200");
    // The input ends inside the exponent: 2^0x1000 mod nothing is 0 in as many bytes as asked for
    BOOST_TEST(call(5, hex(word(1) + word(2) + word(2) + "0210")) == "0x0000, 200");
}

BOOST_AUTO_TEST_CASE(modexp_charges_for_lengths_that_are_not_there) {
    const std::string huge(64, 'f');
    // An endless exponent costs nothing where there is nothing to multiply
    BOOST_TEST(call(5, hex(word(0) + huge + word(0))) == "0x, 200");
    // and more than anybody has where there is
    BOOST_TEST(call(5, hex(word(1) + huge + word(0)), ~std::uint64_t{0}) == "failure");
    BOOST_TEST(call(5, hex(huge + word(0) + word(0)), ~std::uint64_t{0}) == "failure");
    BOOST_TEST(call(5, hex(word(0) + word(0) + huge), ~std::uint64_t{0}) == "failure");
    // 1024 bytes are 128 words, squared 16,384; the exponent 0 counts as one iteration: 5,461 gas
    BOOST_TEST(call(5, hex(word(0) + word(0) + word(1'024)), 5'460) == "failure");
    BOOST_TEST(call(5, hex(word(0) + word(0) + word(1'024)), 5'461).ends_with(", 5461"));
    // 100 bytes of exponent, the first 0x01: 8 * 68 + 248 iterations of one word, over 3
    BOOST_TEST(call(5, hex(word(1) + word(100) + word(1) + "0201" + std::string(198, '0') + "07"))
                   .ends_with(", " + std::to_string((8 * 68 + 248) / 3)));
}

BOOST_AUTO_TEST_CASE(blake2f_has_the_answers_of_its_specification) {
    // EIP-152, test vectors 0 to 7
    const std::string state =
        "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
        "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b";
    const std::string block = "616263" + std::string(2 * 125, '0');
    const std::string offset = "03000000000000000000000000000000";
    const auto f = [&](const std::string& rounds, const std::string& last) {
        return call(9, hex(rounds + state + block + offset + last));
    };
    BOOST_TEST(call(9, {}) == "failure");
    BOOST_TEST(call(9, hex("00000c" + state + block + offset + "01")) == "failure");
    BOOST_TEST(call(9, hex("000000000c" + state + block + offset + "01")) == "failure");
    BOOST_TEST(f("0000000c", "02") == "failure");
    BOOST_TEST(
        f("00000000", "01") ==
        "0x08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
        "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b, 0");
    BOOST_TEST(
        f("0000000c", "01") ==
        "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923, 12");
    BOOST_TEST(
        f("0000000c", "00") ==
        "0x75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
        "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735, 12");
    BOOST_TEST(
        f("00000001", "01") ==
        "0xb63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
        "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421, 1");
    BOOST_TEST(
        call(9, hex("ffffffff" + state + block + offset + "01"), 4'294'967'294) == "failure");
}

BOOST_AUTO_TEST_CASE(bn254_sums_and_products_read_zeros_beyond_the_input) {
    const std::string g = word(1) + word(2);
    // 2 (1, 2), from the tests of EIP-196
    const std::string two =
        "0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";
    const std::string zero = "0x" + word(0) + word(0);
    BOOST_TEST(call(6, hex(g + g)) == two + ", 150");
    BOOST_TEST(call(6, hex(g + g + "ff")) == two + ", 150");
    BOOST_TEST(call(6, hex(g)) == "0x" + g + ", 150");
    BOOST_TEST(call(6, {}) == zero + ", 150");
    BOOST_TEST(call(6, hex(g + word(1))) == "failure");  // (1, 0) is not on the curve
    BOOST_TEST(call(6, hex(g + g), 149) == "failure");
    BOOST_TEST(call(7, hex(g + word(2))) == two + ", 6000");
    BOOST_TEST(call(7, hex(g)) == zero + ", 6000");
    BOOST_TEST(call(7, hex(g + std::string(62, '0'))) == zero + ", 6000");
    BOOST_TEST(call(7, hex(g + word(0).substr(2) + "02")) == two + ", 6000");
    BOOST_TEST(call(7, hex(word(1) + word(1) + word(2))) == "failure");
    // p = 21888242871839275222246405745257275088696311157297823662689037894645226208583 is no 0
    BOOST_TEST(
        call(
            6, hex("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47" + word(0))) ==
        "failure");
}

BOOST_AUTO_TEST_CASE(bn254_pairings_want_whole_pairs_in_the_subgroup) {
    const std::string g1 = word(1) + word(2);
    const std::string minus_g1 =
        word(1) + "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45";
    // EIP-197's generator of G2
    const std::string g2 =
        "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
    const std::string yes = "0x" + word(1);
    const std::string no = "0x" + word(0);
    BOOST_TEST(call(8, {}) == yes + ", 45000");
    BOOST_TEST(call(8, hex(g1 + g2)) == no + ", 79000");
    BOOST_TEST(call(8, hex(g1 + g2 + minus_g1 + g2)) == yes + ", 113000");
    BOOST_TEST(call(8, hex(g1 + g2 + minus_g1 + g2), 112'999) == "failure");
    BOOST_TEST(call(8, Bytes(192, 0)) == yes + ", 79000");
    BOOST_TEST(call(8, Bytes(191, 0)) == "failure");
    BOOST_TEST(call(8, Bytes(193, 0)) == "failure");
    BOOST_TEST(call(8, hex(g1 + g2.substr(0, 192) + word(1))) == "failure");
    BOOST_TEST(call(8, hex(word(1) + word(1) + g2)) == "failure");
}

BOOST_AUTO_TEST_CASE(kzg_point_evaluation_wants_the_hash_of_the_commitment) {
    // EIP-4844: the zero polynomial; commitment and proof are infinity, and sha256 of 0xc000... is
    // 0x..0657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014
    const std::string infinity = "c0" + std::string(94, '0');
    const std::string hash = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
    const std::string answer =
        "0x0000000000000000000000000000000000000000000000000000000000001000"
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001, 50000";
    const std::string rest = word(7) + word(0) + infinity + infinity;
    BOOST_TEST(call(0x0a, hex(hash + rest)) == answer);
    BOOST_TEST(call(0x0a, hex(hash + rest), 49'999) == "failure");
    BOOST_TEST(call(0x0a, hex(hash + rest + "00")) == "failure");
    BOOST_TEST(call(0x0a, hex(hash + rest.substr(2))) == "failure");
    BOOST_TEST(call(0x0a, hex("02" + hash.substr(2) + rest)) == "failure");
    BOOST_TEST(call(0x0a, hex(hash + word(7) + word(1) + infinity + infinity)) == "failure");
    BOOST_TEST(call(0x0a, {}) == "failure");
}

BOOST_AUTO_TEST_CASE(kzg_point_evaluation_accepts_the_identity_and_nothing_near_it) {
    // The polynomial X: its commitment is [s]G1 of the mainnet's trusted setup, its value at z is
    // z, and (X - z) / (X - z) = 1 makes the proof the generator. The hash is Python's hashlib's.
    const std::string hash = "014fa3bb4018340ca2fa8eb239e23af6ba465f6d5bc31db78988445da078db76";
    const std::string commitment =
        "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42"
        "d25926fc0c97b336e9f0fb35e5a04c81";
    const std::string proof =
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
        "6c55e83ff97a1aeffb3af00adb22c6bb";
    const auto at = [&](std::uint64_t z, std::uint64_t y) {
        return call(0x0a, hex(hash + word(z) + word(y) + commitment + proof));
    };
    BOOST_TEST(at(0, 0).ends_with(", 50000"));
    BOOST_TEST(at(12'345, 12'345).ends_with(", 50000"));
    BOOST_TEST(at(12'345, 12'346) == "failure");
    BOOST_TEST(at(0, 1) == "failure");
}

BOOST_AUTO_TEST_CASE(bls_precompiles_want_whole_inputs_and_charge_by_their_number) {
    // Infinity everywhere: sums, products and the pairing's one
    const auto zeros = [](std::size_t size) { return to_hex(Bytes(size, 0)); };
    const auto of_size = [](std::uint16_t number, std::size_t size) {
        return call(number, Bytes(size, 0));
    };
    BOOST_TEST(of_size(0x0b, 256) == zeros(128) + ", 375");
    BOOST_TEST(of_size(0x0c, 160) == zeros(128) + ", 12000");
    BOOST_TEST(of_size(0x0c, 2 * 160) == zeros(128) + ", 22776");  // 2 * 12000 * 0.949
    BOOST_TEST(of_size(0x0c, 128 * 160) == zeros(128) + ", 797184");
    BOOST_TEST(of_size(0x0c, 129 * 160) == zeros(128) + ", 803412");  // 129 * 12000 * 0.519
    BOOST_TEST(of_size(0x0d, 512) == zeros(256) + ", 600");
    BOOST_TEST(of_size(0x0e, 288) == zeros(256) + ", 22500");
    BOOST_TEST(of_size(0x0e, 3 * 288) == zeros(256) + ", 62302");  // 3 * 22500 * 0.923
    BOOST_TEST(of_size(0x0e, 130 * 288) == zeros(256) + ", 1532700");
    BOOST_TEST(of_size(0x0f, 384) == "0x" + word(1) + ", 70300");
    BOOST_TEST(of_size(0x0f, 2 * 384) == "0x" + word(1) + ", 102900");
    BOOST_TEST(of_size(0x10, 64).ends_with(", 5500"));
    BOOST_TEST(of_size(0x11, 128).ends_with(", 23800"));
    for (const std::uint16_t number : {0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11}) {
        for (const std::size_t size :
             {0u, 1u, 63u, 65u, 127u, 129u, 159u, 161u, 383u, 385u, 513u}) {
            BOOST_TEST(of_size(number, size) == "failure", number << " of " << size);
        }
    }
}

BOOST_AUTO_TEST_CASE(bls_sums_take_points_outside_the_subgroup_and_products_do_not) {
    // (0, 2) is of order 3: doubled it is (0, -2)
    Bytes point(128, 0);
    point.back() = 2;
    Bytes two = point;
    append(two, point);
    BOOST_TEST(
        call(0x0b, two) == "0x" + std::string(128 + 32, '0') +
                               "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                               "1eabfffeb153ffffb9feffffffffaaa9, 375");
    Bytes product = point;
    product.resize(160);
    BOOST_TEST(call(0x0c, product) == "failure");
    Bytes pair = point;
    pair.resize(384);
    BOOST_TEST(call(0x0f, pair) == "failure");
}

BOOST_AUTO_TEST_CASE(p256_verify_answers_one_or_nothing) {
    // RFC 6979, A.2.5, SHA-256, message "sample"
    const std::string signature =
        "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    BOOST_TEST(call(0x100, hex(signature)) == "0x" + word(1) + ", 3450");
    BOOST_TEST(call(0x100, hex(signature), 3'449) == "failure");
    BOOST_TEST(call(0x100, hex(signature + "00")) == "0x, 3450");
    BOOST_TEST(call(0x100, hex(signature.substr(2))) == "0x, 3450");
    BOOST_TEST(call(0x100, hex("00" + signature.substr(2))) == "0x, 3450");
    BOOST_TEST(call(0x100, {}) == "0x, 3450");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
