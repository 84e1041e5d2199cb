#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/hex.hpp"
#include "chain/base/uint256.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::node::jsonrpc {

/// Writes JSON text front to back, commas included. The caller opens and closes in pairs; a key
/// stands before every value of an object. Ethereum's ways of writing numbers and bytes are here.
class JsonWriter {
  public:
    explicit JsonWriter(std::size_t reserve = 0) { out_.reserve(reserve); }

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    /// `name` is one of ours: it needs no escapes.
    JsonWriter& key(std::string_view name) {
        separate();
        (out_ += '"').append(name).append("\":");
        first_ = true;
        return *this;
    }

    JsonWriter& null() { return raw("null"); }
    JsonWriter& flag(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& number(std::uint64_t value) { return raw(std::to_string(value)); }
    /// A fraction of at most 1e9, with up to 9 decimals and no trailing zeros.
    JsonWriter& fraction(double value);
    /// Any text: escaped, and what is not UTF-8 replaced.
    JsonWriter& text(std::string_view value);
    JsonWriter& data(chain::ByteView bytes) { return quoted(chain::to_hex(bytes)); }
    template <std::size_t N, class Tag>
    JsonWriter& data(const chain::FixedBytes<N, Tag>& bytes) {
        return quoted(chain::to_hex(bytes));
    }
    JsonWriter& quantity(std::uint64_t value) { return quoted(chain::to_hex_quantity(value)); }
    JsonWriter& quantity(const chain::Uint256& value) {
        return quoted(chain::to_hex_quantity(value));
    }
    /// JSON that is written already.
    JsonWriter& raw(std::string_view json) {
        separate();
        out_ += json;
        return *this;
    }
    /// Text that needs no escapes.
    JsonWriter& quoted(std::string_view plain) {
        separate();
        (out_ += '"').append(plain) += '"';
        return *this;
    }

    [[nodiscard]] std::string take() noexcept { return std::move(out_); }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

  private:
    JsonWriter& open(char bracket) {
        separate();
        out_ += bracket;
        first_ = true;
        return *this;
    }
    JsonWriter& close(char bracket) {
        out_ += bracket;
        first_ = false;
        return *this;
    }
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
    }
    std::string out_;
    bool first_ = true;  // nothing stands before the next value that wants a comma
};

/// The address in EIP-55's mixed case, as geth writes it in messages and in the pool's content.
[[nodiscard]] std::string checksum_hex(const chain::Address& address);

/// `value` as a JSON string with its quotation marks.
[[nodiscard]] std::string json_text(std::string_view value);
template <class Bytes>
[[nodiscard]] std::string json_data(const Bytes& bytes) {
    return JsonWriter().data(bytes).take();
}
template <class Number>
[[nodiscard]] std::string json_quantity(const Number& number) {
    return JsonWriter().quantity(number).take();
}

}  // namespace troupe::node::jsonrpc
