#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "sequencer/jsonrpc/error.hpp"
#include "sequencer/jsonrpc/json_value.hpp"

#include <optional>
#include <vector>

namespace troupe::node::jsonrpc {

/// Which block a caller means.
struct BlockRef {
    enum class Kind : std::uint8_t {
        kNumber,
        kHash,
        kEarliest,
        kLatest,
        kSafe,
        kFinalized,
        kPending
    };
    Kind kind = Kind::kLatest;
    std::uint64_t number = 0;  ///< kNumber
    chain::Hash32 hash;        ///< kHash
};

/// Why something is not the value it should be, in geth's words, without the argument's number.
struct Fault {
    std::string text;
};
template <class T>
using Read = chain::Result<T, Fault>;

// Reading of single values, strict as geth: "0x" in front, no leading zeros in quantities.
[[nodiscard]] Read<std::uint64_t> read_u64(const JsonValue& value);
/// Also a JSON number.
[[nodiscard]] Read<std::uint64_t> read_u64_or_number(const JsonValue& value);
[[nodiscard]] Read<chain::Uint256> read_u256(const JsonValue& value);
[[nodiscard]] Read<chain::Bytes> read_bytes(const JsonValue& value);
[[nodiscard]] Read<chain::Address> read_address(const JsonValue& value);
[[nodiscard]] Read<chain::Hash32> read_hash(const JsonValue& value);
[[nodiscard]] Read<bool> read_flag(const JsonValue& value);
[[nodiscard]] Read<std::string> read_text(const JsonValue& value);
/// A number or tag.
[[nodiscard]] Read<BlockRef> read_block_number(const JsonValue& value);
/// A number, tag, hash, or EIP-1898's object.
[[nodiscard]] Read<BlockRef> read_block_ref(const JsonValue& value);
/// A storage slot: up to 32 bytes, zeros in front may be left out. Its errors are whole messages.
[[nodiscard]] Read<chain::Hash32> read_slot(std::string_view text);
/// As many elements as `count_max` at most; others are refused with `too_many`.
template <class T>
[[nodiscard]] Read<std::vector<T>> read_list(
    const JsonValue& value, Read<T> (*read)(const JsonValue&), std::size_t count_max,
    const char* too_many) {
    if (!value.is(JsonValue::Kind::kArray)) return Fault{"expected a list"};
    std::vector<T> all;
    const auto elements = value.elements();
    if (elements.size() > count_max) return Fault{too_many};
    for (const JsonValue& element : elements) {
        auto one = read(element);
        if (!one) return one.error();
        all.push_back(std::move(*one));
    }
    return all;
}

/// The arguments of one call, by position.
class Params {
  public:
    Params() = default;
    explicit Params(std::vector<JsonValue> values) : values_(std::move(values)) {}

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// Present and not null.
    [[nodiscard]] bool has(std::size_t index) const noexcept {
        return index < values_.size() && !values_[index].is(JsonValue::Kind::kNull);
    }
    /// @pre has(index)
    [[nodiscard]] const JsonValue& at(std::size_t index) const noexcept { return values_[index]; }

    template <class T>
    [[nodiscard]] Answer<T> need(std::size_t index, Read<T> (*read)(const JsonValue&)) const {
        if (!has(index)) return missing_argument(index);
        auto value = read(values_[index]);
        if (!value) return invalid_argument(index, value.error().text);
        return std::move(*value);
    }
    template <class T>
    [[nodiscard]] Answer<T> take(
        std::size_t index, Read<T> (*read)(const JsonValue&), T otherwise) const {
        if (!has(index)) return otherwise;
        return need(index, read);
    }

  private:
    std::vector<JsonValue> values_;
};

}  // namespace troupe::node::jsonrpc
