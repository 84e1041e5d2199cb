#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::node::jsonrpc {

/// A value inside a JsonDocument, as cheap to copy as a pointer. Valid while the document lives.
class JsonValue {
  public:
    enum class Kind : std::uint8_t {
        kNull,
        kBool,
        kInteger,
        kFraction,
        kString,
        kArray,
        kObject
    };
    [[nodiscard]] Kind kind() const noexcept;
    [[nodiscard]] bool is(Kind wanted) const noexcept { return kind() == wanted; }

    // Each gives what the value is, or nothing where it is of another kind.
    [[nodiscard]] std::optional<std::string_view> text() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> u64() const noexcept;
    [[nodiscard]] std::optional<double> number() const noexcept;
    [[nodiscard]] std::optional<bool> flag() const noexcept;

    /// Elements of an array; none of anything else.
    [[nodiscard]] std::vector<JsonValue> elements() const;
    /// Members of an object, in order, repeated keys included; none of anything else.
    [[nodiscard]] std::vector<std::pair<std::string_view, JsonValue>> members() const;
    /// The first member of this name.
    [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const noexcept;
    /// As JSON again, without white space.
    [[nodiscard]] std::string json() const;

  private:
    friend class JsonDocument;
    friend struct JsonValueAccess;
    const void* document_ = nullptr;  // the parser's own view of a value
    std::size_t index_ = 0;
};

/// One JSON text, parsed. The one doorway to simdjson.
class JsonDocument {
  public:
    /// Total: any bytes are read or refused, in linear time, with nesting up to `depth_max`.
    /// @return null where the text is not exactly one JSON value in valid UTF-8
    [[nodiscard]] static std::shared_ptr<const JsonDocument> parse(
        std::string text, std::uint32_t depth_max);
    ~JsonDocument();

    [[nodiscard]] JsonValue root() const noexcept { return root_; }

  private:
    struct Impl;
    explicit JsonDocument(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
    JsonValue root_;
};

}  // namespace troupe::node::jsonrpc
