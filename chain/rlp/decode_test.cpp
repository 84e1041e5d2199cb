#include "chain/rlp/decode.hpp"

#include "chain/base/hex.hpp"
#include "chain/rlp/encode.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::rlp {

BOOST_AUTO_TEST_SUITE(rlp_decode)

namespace {

Bytes hex_bytes(std::string_view text) {
    return *from_hex(text);
}

Error error_of(std::string_view text) {
    return validate(hex_bytes(text)).error();
}

/// A random item, at most `depth` lists deep.
Bytes random_item(std::mt19937_64& rng, int depth) {
    Bytes out;
    if (depth == 0 || rng() % 3 != 0) {
        Bytes text(rng() % 4 == 0 ? rng() % 400 : rng() % 3);
        for (auto& byte : text)
            byte = static_cast<std::uint8_t>(rng());
        put_string(out, text);
        return out;
    }
    for (auto left = rng() % 5; left > 0; --left)
        append(out, random_item(rng, depth - 1));
    return list_of(out);
}

/// Reads an item and writes it again.
Bytes rewrite(const Item& item) {
    Bytes out;
    if (item.kind == Kind::kString) {
        put_string(out, item.payload);
        return out;
    }
    for (Reader elements(item.payload); !elements.at_end();) {
        append(out, rewrite(*elements.next()));
    }
    return list_of(out);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_rule_refuses_with_its_own_error) {
    BOOST_TEST((error_of("") == Error::kRlpTruncated));
    BOOST_TEST((error_of("0x81") == Error::kRlpTruncated));       // one byte announced, none there
    BOOST_TEST((error_of("0xb8") == Error::kRlpTruncated));       // no length
    BOOST_TEST((error_of("0xc20182") == Error::kRlpTruncated));   // the element ends outside
    BOOST_TEST((error_of("0x8100") == Error::kRlpNonCanonical));  // 0x00 is its own encoding
    BOOST_TEST((error_of("0xb80180") == Error::kRlpNonCanonical));  // short length written long
    BOOST_TEST(
        (error_of("0xb900380000") == Error::kRlpNonCanonical));  // length with a leading zero
    BOOST_TEST((error_of("0xf80101") == Error::kRlpNonCanonical));
    BOOST_TEST((error_of("0x0101") == Error::kRlpTrailingBytes));
    BOOST_TEST((error_of("0xc000") == Error::kRlpTrailingBytes));
    // A length of 2^64 - 1 must not wrap around
    BOOST_TEST((error_of("0xbfffffffffffffffff00") == Error::kRlpTruncated));
    BOOST_TEST((error_of("0xffffffffffffffffff00") == Error::kRlpTruncated));
}

BOOST_AUTO_TEST_CASE(nesting_is_followed_up_to_its_limit) {
    const auto nested = [](std::size_t depth) {
        Bytes item;
        for (std::size_t i = 0; i < depth; ++i)
            item = list_of(item);
        return item;
    };
    BOOST_TEST(validate(nested(kRlpDepthMax)).ok());
    BOOST_TEST((validate(nested(kRlpDepthMax + 1)).error() == Error::kRlpTooDeep));
}

BOOST_AUTO_TEST_CASE(a_reader_stays_where_it_was_after_an_error) {
    const Bytes two = hex_bytes("0x820001c0");  // a string with a leading zero, then a list
    Reader reader(two);
    BOOST_TEST((reader.u64().error() == Error::kRlpLeadingZero));
    BOOST_TEST((reader.u256().error() == Error::kRlpLeadingZero));
    BOOST_TEST((reader.fixed<Address>().error() == Error::kRlpWrongSize));
    BOOST_TEST((reader.list().error() == Error::kRlpUnexpectedKind));
    BOOST_TEST(to_hex(*reader.string()) == "0x0001");
    BOOST_TEST((reader.string().error() == Error::kRlpUnexpectedKind));
    BOOST_TEST((reader.finish().error() == Error::kRlpTooManyItems));
    BOOST_TEST(reader.list()->at_end());
    BOOST_TEST(reader.finish().ok());
    BOOST_TEST((reader.next().error() == Error::kRlpTruncated));
}

BOOST_AUTO_TEST_CASE(integers_must_fit_and_be_shortest) {
    const auto read_u64 = [](std::string_view text) {
        const Bytes bytes = hex_bytes(text);
        return Reader(bytes).u64();
    };
    BOOST_TEST(*read_u64("0x80") == 0u);
    BOOST_TEST(*read_u64("0x820400") == 1'024u);
    BOOST_TEST(*read_u64("0x88ffffffffffffffff") == ~std::uint64_t{0});
    BOOST_TEST((read_u64("0x89010000000000000000").error() == Error::kRlpIntegerTooLarge));
    BOOST_TEST((read_u64("0x00").error() == Error::kRlpLeadingZero));    // zero is the empty string
    const Bytes too_large = hex_bytes("0xa101" + std::string(64, '0'));  // 2^256
    BOOST_TEST((Reader(too_large).u256().error() == Error::kRlpIntegerTooLarge));
}

BOOST_AUTO_TEST_CASE(a_single_list_is_the_whole_input) {
    BOOST_TEST(read_single_list(hex_bytes("0xc0")).ok());
    BOOST_TEST((read_single_list(hex_bytes("0xc001")).error() == Error::kRlpTrailingBytes));
    BOOST_TEST((read_single_list(hex_bytes("0x01")).error() == Error::kRlpUnexpectedKind));
}

BOOST_DATA_TEST_CASE(
    what_is_written_is_valid_and_reads_back, boost::unit_test::data::xrange(200u), seed) {
    std::mt19937_64 rng{seed};
    const Bytes item = random_item(rng, 5);
    BOOST_TEST(validate(item).ok());
    BOOST_TEST((rewrite(*Reader(item).next()) == item));
}

BOOST_DATA_TEST_CASE(
    damaged_input_is_refused_or_still_canonical, boost::unit_test::data::xrange(200u), seed) {
    std::mt19937_64 rng{seed};
    Bytes item = random_item(rng, 4);
    for (int i = 0; i < 50; ++i) {
        item[rng() % item.size()] = static_cast<std::uint8_t>(rng());
        if (validate(item)) BOOST_TEST((rewrite(*Reader(item).next()) == item));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::rlp
