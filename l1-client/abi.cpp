#include "l1-client/abi.hpp"

#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"

#include "contract_artifacts.hpp"

#include <algorithm>

namespace troupe::l1 {

using chain::Address;
using chain::Bytes;
using chain::ByteView;
using chain::Hash32;
using chain::Uint256;

namespace abi {

namespace {

constexpr std::size_t kAddressOffset = 32 - Address::kSize;  // addresses are right-aligned

Bytes with_words(Bytes head, std::initializer_list<Hash32> words) {
    head.reserve(head.size() + words.size() * 32);
    for (const Hash32& each : words)
        chain::append(head, each);
    return head;
}

}  // namespace

Hash32 word(const Address& address) noexcept {
    Hash32 result;
    std::copy(address.begin(), address.end(), result.data() + kAddressOffset);
    return result;
}

Hash32 word(const Uint256& value) noexcept {
    return chain::to_be32(value);
}

Bytes encode_call(std::uint32_t selector, std::initializer_list<Hash32> arguments) {
    Bytes head;
    chain::append_be(head, selector);
    return with_words(std::move(head), arguments);
}

Bytes encode_creation(ByteView code, std::initializer_list<Hash32> arguments) {
    return with_words(Bytes(code.begin(), code.end()), arguments);
}

chain::Result<Hash32> WordReader::bytes32() noexcept {
    if (rest_.size() < 32) return chain::Error::kHexWrongSize;
    const Hash32 result = Hash32::from(rest_.first(32));
    rest_ = rest_.subspan(32);
    return result;
}

chain::Result<Address> WordReader::address() noexcept {
    TROUPE_TRY(bytes, bytes32());
    const auto* head = bytes.data();
    if (std::any_of(head, head + kAddressOffset, [](auto b) { return b != 0; })) {
        return chain::Error::kNumberInvalid;
    }
    return Address::from(bytes.view().subspan(kAddressOffset));
}

chain::Result<std::uint64_t> WordReader::u64() noexcept {
    TROUPE_TRY(bytes, bytes32());
    const Uint256 value = chain::uint256_from_be(bytes);
    if (!value.fits_u64()) return chain::Error::kNumberInvalid;
    return value.low_u64();
}

chain::Result<bool> WordReader::boolean() noexcept {
    TROUPE_TRY(value, u64());
    if (value > 1) return chain::Error::kNumberInvalid;
    return value == 1;
}

}  // namespace abi

namespace {

constexpr std::uint32_t kErrorSelector = 0x08c379a0;  // Error(string): require() and revert("...")
constexpr std::uint32_t kPanicSelector = 0x4e487b71;  // Panic(uint256)

/// "12" for integers, 0x… for addresses and hashes; what does not read as its type stays hex.
std::string describe_word(std::string_view type, const Hash32& word) {
    if (type == "address") return chain::to_hex(word.view().subspan(12));
    if (type.starts_with("uint")) return chain::to_decimal(chain::uint256_from_be(word));
    return chain::to_hex(word);
}

std::string describe_custom(std::string_view signature, ByteView arguments) {
    const std::size_t open = signature.find('(');
    std::string text{signature.substr(0, open)};
    std::string_view types = signature.substr(open + 1, signature.size() - open - 2);
    text += '(';
    abi::WordReader words(arguments);
    for (bool first = true; !types.empty(); first = false) {
        const std::string_view type = types.substr(0, types.find(','));
        types.remove_prefix(std::min(types.size(), type.size() + 1));
        const auto word = words.bytes32();
        if (!word) break;
        if (!first) text += ", ";
        text += describe_word(type, *word);
    }
    return text + ")";
}

}  // namespace

std::string describe_revert(ByteView data) {
    if (data.size() < 4) return "without a reason";
    const auto selector = chain::load_be<std::uint32_t>(data.data());
    const ByteView arguments = data.subspan(4);
    for (const auto& known : artifacts::kErrors) {
        if (known.selector == selector) return describe_custom(known.signature, arguments);
    }
    abi::WordReader words(arguments);
    if (selector == kPanicSelector) {
        const auto code = words.u64();
        return code ? "Panic(" + chain::to_hex_quantity(*code) + ")" : "Panic";
    }
    if (selector == kErrorSelector) {
        const auto offset = words.u64();
        const auto length = words.u64();
        if (offset && length && *offset == 32 && *length <= arguments.size() - 64) {
            const ByteView text = arguments.subspan(64, *length);
            if (text.empty()) return "without a reason";
            return {text.begin(), text.end()};
        }
    }
    return chain::to_hex(data);
}

}  // namespace troupe::l1
