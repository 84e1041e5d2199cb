#include "sequencer/jsonrpc/json_value.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

constexpr std::uint32_t kDepth = 16;

std::string echo(const std::string& text) {
    const auto document = JsonDocument::parse(text, kDepth);
    return document ? document->root().json() : "refused";
}

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(values_are_read_as_what_they_are) {
    const auto document = JsonDocument::parse(
        R"({"a":[1,-2,1.5,true,null,"x\u00e9"],"b":{"c":18446744073709551615}})", kDepth);
    BOOST_REQUIRE(document);
    const auto list = document->root().find("a")->elements();
    BOOST_REQUIRE(list.size() == 6u);
    BOOST_TEST(list[0].u64().value() == 1u);
    BOOST_TEST(!list[1].u64().has_value());  // negative
    BOOST_TEST(list[2].number().value() == 1.5);
    BOOST_TEST(list[3].flag().value());
    BOOST_TEST((list[4].kind() == JsonValue::Kind::kNull));
    BOOST_TEST(list[5].text().value() == "x\xc3\xa9");
    BOOST_TEST(document->root().find("b")->find("c")->u64().value() == 18'446'744'073'709'551'615u);
    BOOST_TEST(!document->root().find("z").has_value());
    BOOST_TEST(list[0].elements().empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_one_json_value_is_refused) {
    for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "1 2", "nul", "\"\xff\"", "{'a':1}"})
        BOOST_TEST(echo(text) == "refused", "accepted: " << text);
    BOOST_TEST(echo(std::string("1\0", 2)) == "refused");
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    BOOST_TEST(echo(nested(kDepth - 1)) == nested(kDepth - 1));
    BOOST_TEST(echo(nested(kDepth + 1)) == "refused");
    BOOST_TEST(echo(nested(1'000'000)) == "refused");
    // The next one is read as if nothing had been.
    BOOST_TEST(echo("[1]") == "[1]");
}

BOOST_AUTO_TEST_CASE(a_document_stays_valid_while_others_are_read) {
    const auto first = JsonDocument::parse(R"({"key":"value"})", kDepth);
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(echo("[" + std::string(i, ' ') + "2]") == "[2]");
    BOOST_TEST(first->root().find("key")->text().value() == "value");
}

BOOST_AUTO_TEST_CASE(text_is_escaped_and_made_utf_8) {
    BOOST_TEST(json_text("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\u000a\\u0001\"");
    BOOST_TEST(
        json_text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") ==
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    // Overlong, surrogate, cut short: RFC 3629.
    BOOST_TEST(json_text("\xc0\xaf") == "\"\\ufffd\\ufffd\"");
    BOOST_TEST(json_text("\xed\xa0\x80") == "\"\\ufffd\\ufffd\\ufffd\"");
    BOOST_TEST(json_text("\xe2\x82") == "\"\\ufffd\\ufffd\"");
    for (int byte = 0; byte < 256; ++byte)
        BOOST_TEST(echo(json_text(std::string(1, static_cast<char>(byte)))) != "refused");
}

BOOST_AUTO_TEST_CASE(fractions_have_no_trailing_zeros) {
    const auto fraction = [](double value) { return JsonWriter().fraction(value).take(); };
    BOOST_TEST(fraction(0) == "0");
    BOOST_TEST(fraction(1) == "1");
    BOOST_TEST(fraction(0.5) == "0.5");
    BOOST_TEST(fraction(0.00072868) == "0.00072868");  // as in the vectors of eth_feeHistory
}

BOOST_AUTO_TEST_CASE(commas_stand_between_values_only) {
    JsonWriter out;
    out.begin_object().key("a").begin_array().number(1).begin_object().end_object().number(2);
    out.end_array().key("b").null().key("c").begin_array().end_array().end_object();
    BOOST_TEST(out.take() == R"({"a":[1,{},2],"b":null,"c":[]})");
}

// EIP-55's own examples.
BOOST_AUTO_TEST_CASE(addresses_have_eip_55_case) {
    for (const char* text :
         {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
          "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
          "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
          "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"})
        BOOST_TEST(checksum_hex(*chain::fixed_from_hex<chain::Address>(text)) == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
