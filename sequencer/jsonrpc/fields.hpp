#pragma once

#include "sequencer/jsonrpc/params.hpp"

namespace troupe::node::jsonrpc {

/// The members of an object argument; one that is null counts as missing.
class Fields {
  public:
    /// @param argument  its number, for messages
    Fields(const JsonValue& object, std::size_t argument) : object_(object), argument_(argument) {}

    [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const {
        auto value = object_.find(key);
        return value && !value->is(JsonValue::Kind::kNull) ? value : std::nullopt;
    }
    template <class T>
    [[nodiscard]] Answer<std::optional<T>> take(
        std::string_view key, Read<T> (*read)(const JsonValue&)) const {
        const auto value = find(key);
        if (!value) return std::optional<T>();
        auto one = read(*value);
        if (!one) return invalid_argument(argument_, one.error().text);
        return std::optional<T>(std::move(*one));
    }

  private:
    JsonValue object_;
    std::size_t argument_;
};

}  // namespace troupe::node::jsonrpc
