#include "chain/base/hex.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "tests/vectors/vectors.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::rlp {
namespace {

using Json = nlohmann::json;

/// Numbers beyond JSON's are written as "#123".
bool is_big_number(const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().starts_with('#');
}

/// One number of the vectors has 257 bits, which no integer of Ethereum's structures may have: it
/// is encoded as the string of its bytes, by school multiplication.
Bytes big_endian(std::string_view decimal) {
    Bytes bytes;
    for (const char digit : decimal) {
        unsigned carry = static_cast<unsigned>(digit - '0');
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
            carry += *byte * 10u;
            *byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        if (carry != 0) bytes.insert(bytes.begin(), static_cast<std::uint8_t>(carry));
    }
    return bytes;
}

ByteView bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void put(Bytes& out, const Json& value) {
    if (value.is_array()) {
        Bytes items;
        for (const Json& element : value)
            put(items, element);
        append(out, list_of(items));
    } else if (value.is_number_unsigned()) {
        put_integer(out, value.get<std::uint64_t>());
    } else if (is_big_number(value)) {
        const Bytes number = big_endian(value.get<std::string>().substr(1));
        if (number.size() <= 32) {
            put_integer(out, uint256_from_be(number));
        } else {
            put_string(out, number);
        }
    } else {
        put_string(out, bytes_of(value.get_ref<const std::string&>()));
    }
}

void check_string(ByteView payload, const Json& expected) {
    if (expected.is_number_unsigned()) {
        BOOST_TEST((uint256_from_be(payload) == Uint256{expected.get<std::uint64_t>()}));
    } else if (is_big_number(expected)) {
        BOOST_TEST(equal(payload, big_endian(expected.get<std::string>().substr(1))));
    } else {
        BOOST_TEST(equal(payload, bytes_of(expected.get_ref<const std::string&>())));
    }
}

/// Reads one item and compares it, and what it contains, with `expected`.
void check_item(Reader& reader, const Json& expected) {
    const auto item = reader.next();
    BOOST_REQUIRE(item.ok());
    BOOST_REQUIRE((item->kind == Kind::kList) == expected.is_array());
    if (!expected.is_array()) {
        check_string(item->payload, expected);
        return;
    }
    Reader elements(item->payload);
    for (const Json& element : expected)
        check_item(elements, element);
    BOOST_TEST(elements.finish().ok());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rlp_vectors)

BOOST_AUTO_TEST_CASE(every_valid_vector_encodes_to_its_bytes_and_decodes_to_its_value) {
    int checked = 0;
    for (const auto& file : vectors::files("rlp")) {
        if (file.filename() != "rlptest.json") continue;
        const Json document = vectors::load(file);
        for (const auto& [name, vector] : document.items()) {
            BOOST_TEST_CONTEXT(name) {
                const auto expected = from_hex(vector["out"].get<std::string>());
                BOOST_REQUIRE(expected.ok());
                Bytes encoded;
                put(encoded, vector["in"]);
                BOOST_TEST(to_hex(encoded) == to_hex(*expected));
                BOOST_TEST(validate(*expected).ok());
                Reader reader(*expected);
                check_item(reader, vector["in"]);
                BOOST_TEST(reader.at_end());
                ++checked;
            }
        }
    }
    BOOST_TEST_MESSAGE(checked << " valid RLP vectors");
}

BOOST_AUTO_TEST_CASE(every_invalid_vector_is_refused) {
    int checked = 0;
    for (const auto& file : vectors::files("rlp")) {
        if (file.filename() != "invalidRLPTest.json") continue;
        const Json document = vectors::load(file);
        for (const auto& [name, vector] : document.items()) {
            BOOST_TEST_CONTEXT(name) {
                const auto bytes = from_hex(vector["out"].get<std::string>());
                BOOST_REQUIRE(bytes.ok());
                BOOST_TEST(!validate(*bytes).ok());
                ++checked;
            }
        }
    }
    BOOST_TEST_MESSAGE(checked << " invalid RLP vectors");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::rlp
