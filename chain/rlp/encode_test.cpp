#include "chain/rlp/encode.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::chain::rlp {

BOOST_AUTO_TEST_SUITE(rlp_encode)

namespace {

std::string string_item(const Bytes& bytes) {
    Bytes out;
    put_string(out, bytes);
    return to_hex(out);
}

template <class Integer>
std::string integer_item(Integer value) {
    Bytes out;
    put_integer(out, value);
    return to_hex(out);
}

}  // namespace

BOOST_AUTO_TEST_CASE(small_bytes_are_their_own_encoding) {
    BOOST_TEST(string_item({0x00}) == "0x00");
    BOOST_TEST(string_item({0x7f}) == "0x7f");
    BOOST_TEST(string_item({0x80}) == "0x8180");
    BOOST_TEST(string_item({}) == "0x80");
}

BOOST_AUTO_TEST_CASE(strings_beyond_55_bytes_carry_the_length_of_their_length) {
    BOOST_TEST(string_item(Bytes(55, 0xaa)).starts_with("0xb7aa"));    // 0x80 + 55
    BOOST_TEST(string_item(Bytes(56, 0xaa)).starts_with("0xb838aa"));  // 0xb7 + 1, 56
    BOOST_TEST(string_item(Bytes(256, 0xaa)).starts_with("0xb90100aa"));
    BOOST_TEST(string_item(Bytes(65'536, 0xaa)).starts_with("0xba010000aa"));
}

BOOST_AUTO_TEST_CASE(integers_carry_no_leading_zeros) {
    BOOST_TEST(integer_item(std::uint64_t{0}) == "0x80");
    BOOST_TEST(integer_item(std::uint64_t{0x7f}) == "0x7f");
    BOOST_TEST(integer_item(std::uint64_t{0x80}) == "0x8180");
    BOOST_TEST(integer_item(std::uint64_t{1'024}) == "0x820400");  // Yellow Paper's example
    BOOST_TEST(integer_item(~std::uint64_t{0}) == "0x88ffffffffffffffff");
    BOOST_TEST(integer_item(Uint256{}) == "0x80");
    BOOST_TEST(integer_item(Uint256{0, 0, 1, 0}) == "0x89010000000000000000");
    BOOST_TEST(integer_item(Uint256{} - 1) == "0xa0" + std::string(64, 'f'));
}

BOOST_AUTO_TEST_CASE(lists_are_their_items_behind_a_header) {
    BOOST_TEST(to_hex(list_of({})) == "0xc0");
    BOOST_TEST(to_hex(list_of(Bytes{0x01, 0x02})) == "0xc20102");
    BOOST_TEST(to_hex(list_of(Bytes(55, 0x01))).starts_with("0xf701"));
    BOOST_TEST(to_hex(list_of(Bytes(56, 0x01))).starts_with("0xf83801"));
}

BOOST_DATA_TEST_CASE(
    announced_sizes_are_the_written_ones,
    boost::unit_test::data::make<std::size_t>({0, 1, 2, 54, 55, 56, 57, 255, 256, 65'535, 65'536}),
    size) {
    const Bytes bytes(size, 0x80);
    Bytes out;
    put_string(out, bytes);
    BOOST_TEST(string_size(bytes) == out.size());
    BOOST_TEST(list_size(size) == list_of(bytes).size());
}

BOOST_AUTO_TEST_CASE(announced_integer_sizes_are_the_written_ones) {
    for (unsigned bit = 0; bit < 256; ++bit) {
        Uint256 power;
        power.limbs[bit / 64] = std::uint64_t{1} << bit % 64;
        for (const Uint256& value : {power, power - 1}) {
            Bytes out;
            put_integer(out, value);
            BOOST_TEST(integer_size(value) == out.size());
            if (value.fits_u64()) BOOST_TEST(integer_size(value.low_u64()) == out.size());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::rlp
