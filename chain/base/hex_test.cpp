#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(hex)

BOOST_AUTO_TEST_CASE(bytes_round_trip_through_text) {
    const Bytes bytes{0x00, 0x01, 0x7f, 0x80, 0xff};
    BOOST_TEST(to_hex(bytes) == "0x00017f80ff");
    BOOST_TEST((*from_hex("0x00017f80ff") == bytes));
    BOOST_TEST((*from_hex("00017F80FF") == bytes));
    BOOST_TEST(to_hex(Bytes{}) == "0x");
    BOOST_TEST(from_hex("0x")->empty());
}

BOOST_AUTO_TEST_CASE(odd_and_foreign_digits_are_refused) {
    BOOST_TEST((from_hex("0x0").error() == Error::kHexInvalid));
    BOOST_TEST((from_hex("0x0g").error() == Error::kHexInvalid));
    BOOST_TEST((from_hex("0x 0").error() == Error::kHexInvalid));
}

BOOST_AUTO_TEST_CASE(fixed_sizes_are_exact) {
    const std::string nineteen(38, '1');
    BOOST_TEST((fixed_from_hex<Address>("0x" + nineteen).error() == Error::kHexWrongSize));
    BOOST_TEST((fixed_from_hex<Address>("0x" + nineteen + "2a")->bytes[19] == 0x2a));
}

BOOST_AUTO_TEST_CASE(quantities_have_no_leading_zeros) {
    BOOST_TEST(to_hex_quantity(std::uint64_t{0}) == "0x0");
    BOOST_TEST(to_hex_quantity(std::uint64_t{1'024}) == "0x400");
    BOOST_TEST(*u64_from_text("0x400") == 1'024u);
    BOOST_TEST(*u64_from_text("18446744073709551615") == ~std::uint64_t{0});
    BOOST_TEST((u64_from_text("18446744073709551616").error() == Error::kNumberInvalid));
    BOOST_TEST(*u64_from_text("0xFFFFFFFFFFFFFFFF") == ~std::uint64_t{0});
    for (const char* bad :
         {"", "0x", "1x", "+1", "-1", " 1", "1 ", "0x-1", "0x10000000000000000"}) {
        BOOST_TEST((u64_from_text(bad).error() == Error::kNumberInvalid));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
