#include "sequencer/jsonrpc/params.hpp"

#include "chain/base/hex.hpp"

#include <limits>

namespace troupe::node::jsonrpc {
namespace {

using Kind = JsonValue::Kind;

// go-ethereum's common/hexutil: what it says about text that is no hexadecimal.
constexpr const char* kEmptyText = "empty hex string";
constexpr const char* kNoPrefix = "hex string without 0x prefix";
constexpr const char* kEmptyNumber = "hex string \"0x\"";
constexpr const char* kLeadingZero = "hex number with leading zero digits";
constexpr const char* kBadDigits = "invalid hex string";
constexpr const char* kOddLength = "hex string of odd length";

Fault not_a(std::string_view why, std::string_view type) {
    return {
        "json: cannot unmarshal " + std::string(why) + " into Go value of type " +
        std::string(type)};
}

bool has_prefix(std::string_view text) noexcept {
    return text.size() >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool all_digits(std::string_view text) noexcept {
    // from_hex wants an even number of digits and would skip a prefix.
    const std::string even = (text.size() % 2 != 0 ? "0" : "") + std::string(text);
    return text.find_first_of("xX") == text.npos && chain::from_hex(even).ok();
}

// A quantity's digits in canonical form, or what is wrong with it.
Read<std::string> quantity_digits(
    std::string_view text, std::size_t digits_max, const char* too_wide) {
    if (text.empty()) return Fault{kEmptyText};
    if (!has_prefix(text)) return Fault{kNoPrefix};
    text.remove_prefix(2);
    if (text.empty()) return Fault{kEmptyNumber};
    if (text.size() > 1 && text[0] == '0') return Fault{kLeadingZero};
    if (!all_digits(text)) return Fault{kBadDigits};
    if (text.size() > digits_max) return Fault{too_wide};
    return "0x" + std::string(text);
}

Read<std::uint64_t> u64_of(std::string_view text) {
    TROUPE_TRY(digits, quantity_digits(text, 16, "hex number > 64 bits"));
    const auto number = chain::u64_from_text(digits);
    if (!number) return Fault{kBadDigits};
    return *number;
}

// The bytes of "0x…", or what is wrong with it.
Read<chain::Bytes> bytes_of(std::string_view text) {
    if (text.empty()) return Fault{kEmptyText};
    if (!has_prefix(text)) return Fault{kNoPrefix};
    text.remove_prefix(2);
    if (text.size() % 2 != 0) return Fault{kOddLength};
    auto bytes = chain::from_hex(text);
    if (!bytes) return Fault{kBadDigits};
    return std::move(*bytes);
}

template <class Fixed>
Read<Fixed> fixed_of(const JsonValue& value, const char* type) {
    const auto text = value.text();
    if (!text) return not_a("non-string", type);
    if (text->empty()) return not_a(kEmptyText, type);
    if (!has_prefix(*text)) return not_a(kNoPrefix, type);
    const std::string_view digits = text->substr(2);
    if (digits.size() % 2 != 0) return not_a(kOddLength, type);
    if (digits.size() != 2 * Fixed::kSize)
        return Fault{
            "hex string has length " + std::to_string(digits.size()) + ", want " +
            std::to_string(2 * Fixed::kSize) + " for " + type};
    auto bytes = chain::from_hex(digits);
    if (!bytes) return not_a(kBadDigits, type);
    return Fixed::from(*bytes);
}

}  // namespace

Read<std::uint64_t> read_u64(const JsonValue& value) {
    const auto text = value.text();
    if (!text) return not_a("non-string", "hexutil.Uint64");
    auto number = u64_of(*text);
    if (!number) return not_a(number.error().text, "hexutil.Uint64");
    return number;
}

Read<std::uint64_t> read_u64_or_number(const JsonValue& value) {
    if (const auto number = value.u64()) return *number;
    return read_u64(value);
}

Read<chain::Uint256> read_u256(const JsonValue& value) {
    const auto text = value.text();
    if (!text) return not_a("non-string", "hexutil.Big");
    const auto digits = quantity_digits(*text, 64, "hex number > 256 bits");
    if (!digits) return not_a(digits.error().text, "hexutil.Big");
    const auto number = chain::uint256_from_text(*digits);
    if (!number) return not_a(kBadDigits, "hexutil.Big");
    return *number;
}

Read<chain::Bytes> read_bytes(const JsonValue& value) {
    const auto text = value.text();
    if (!text) return not_a("non-string", "hexutil.Bytes");
    auto bytes = bytes_of(*text);
    if (!bytes) return not_a(bytes.error().text, "hexutil.Bytes");
    return bytes;
}

Read<chain::Address> read_address(const JsonValue& value) {
    return fixed_of<chain::Address>(value, "common.Address");
}

Read<chain::Hash32> read_hash(const JsonValue& value) {
    return fixed_of<chain::Hash32>(value, "common.Hash");
}

Read<bool> read_flag(const JsonValue& value) {
    const auto flag = value.flag();
    if (!flag) return not_a("non-boolean", "bool");
    return *flag;
}

Read<std::string> read_text(const JsonValue& value) {
    const auto text = value.text();
    if (!text) return not_a("non-string", "string");
    return std::string(*text);
}

Read<BlockRef> read_block_number(const JsonValue& value) {
    using enum BlockRef::Kind;
    const auto text = value.text();
    if (!text) return Fault{kNoPrefix};
    if (*text == "earliest") return BlockRef{kEarliest, 0, {}};
    if (*text == "latest") return BlockRef{kLatest, 0, {}};
    if (*text == "safe") return BlockRef{kSafe, 0, {}};
    if (*text == "finalized") return BlockRef{kFinalized, 0, {}};
    if (*text == "pending") return BlockRef{kPending, 0, {}};
    TROUPE_TRY(number, u64_of(*text));
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return Fault{"block number larger than int64"};
    return BlockRef{kNumber, number, {}};
}

Read<BlockRef> read_block_ref(const JsonValue& value) {
    using enum BlockRef::Kind;
    if (value.is(Kind::kObject)) {
        const auto hash = value.find("blockHash");
        const auto number = value.find("blockNumber");
        if (hash && number)
            return Fault{"cannot specify both BlockHash and BlockNumber, choose one or the other"};
        if (number) return read_block_number(*number);
        if (!hash) return Fault{"invalid arguments; neither block nor hash specified"};
        TROUPE_TRY(found, read_hash(*hash));
        return BlockRef{kHash, 0, found};
    }
    constexpr std::size_t kHashText = 66;
    const auto text = value.text();
    if (text && text->size() == kHashText) {
        TROUPE_TRY(found, read_hash(value));
        return BlockRef{kHash, 0, found};
    }
    return read_block_number(value);
}

Read<chain::Hash32> read_slot(std::string_view text) {
    constexpr std::size_t kShownMax = 80;
    const std::string shown = '"' + std::string(text.substr(0, kShownMax)) + '"';
    std::string digits(has_prefix(text) ? text.substr(2) : text);
    if (!all_digits(digits)) return Fault{"invalid hex in storage key: " + shown};
    if (digits.size() > 64) return Fault{"storage key too long (want at most 32 bytes): " + shown};
    digits.insert(0, 64 - digits.size(), '0');
    const auto bytes = chain::from_hex(digits);
    return chain::Hash32::from(*bytes);
}

}  // namespace troupe::node::jsonrpc
