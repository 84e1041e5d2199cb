#include "sequencer/jsonrpc/json_value.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <type_traits>

namespace troupe::node::jsonrpc {

namespace dom = simdjson::dom;

// A simdjson element is a pointer to its document and an index into it, and so is a JsonValue.
static_assert(sizeof(JsonValue) == sizeof(dom::element));
static_assert(std::is_trivially_copyable_v<dom::element>);

struct JsonValueAccess {
    static dom::element element(const JsonValue& value) noexcept {
        return std::bit_cast<dom::element>(Raw{value.document_, value.index_});
    }
    static JsonValue value(const dom::element& element) noexcept {
        const Raw raw = std::bit_cast<Raw>(element);
        JsonValue made;
        made.document_ = raw.document;
        made.index_ = raw.index;
        return made;
    }
    struct Raw {
        const void* document = nullptr;
        std::size_t index = 0;
    };
};

namespace {

dom::element of(const JsonValue& value) noexcept {
    return JsonValueAccess::element(value);
}

}  // namespace

JsonValue::Kind JsonValue::kind() const noexcept {
    if (document_ == nullptr) return Kind::kNull;
    switch (of(*this).type()) {
        case dom::element_type::ARRAY:
            return Kind::kArray;
        case dom::element_type::OBJECT:
            return Kind::kObject;
        case dom::element_type::INT64:
        case dom::element_type::UINT64:
            return Kind::kInteger;
        case dom::element_type::DOUBLE:
            return Kind::kFraction;
        case dom::element_type::STRING:
            return Kind::kString;
        case dom::element_type::BOOL:
            return Kind::kBool;
        case dom::element_type::NULL_VALUE:
            return Kind::kNull;
    }
    return Kind::kNull;
}

std::optional<std::string_view> JsonValue::text() const noexcept {
    std::string_view text;
    if (kind() != Kind::kString || of(*this).get_string().get(text) != simdjson::SUCCESS)
        return std::nullopt;
    return text;
}

std::optional<std::uint64_t> JsonValue::u64() const noexcept {
    std::uint64_t number = 0;
    if (kind() != Kind::kInteger || of(*this).get_uint64().get(number) != simdjson::SUCCESS)
        return std::nullopt;
    return number;
}

std::optional<double> JsonValue::number() const noexcept {
    double number = 0;
    const Kind mine = kind();
    if ((mine != Kind::kInteger && mine != Kind::kFraction) ||
        of(*this).get_double().get(number) != simdjson::SUCCESS)
        return std::nullopt;
    return number;
}

std::optional<bool> JsonValue::flag() const noexcept {
    bool flag = false;
    if (kind() != Kind::kBool || of(*this).get_bool().get(flag) != simdjson::SUCCESS)
        return std::nullopt;
    return flag;
}

std::vector<JsonValue> JsonValue::elements() const {
    std::vector<JsonValue> all;
    dom::array array;
    if (kind() != Kind::kArray || of(*this).get_array().get(array) != simdjson::SUCCESS) return all;
    all.reserve(array.size());
    for (const dom::element element : array)
        all.push_back(JsonValueAccess::value(element));
    return all;
}

std::vector<std::pair<std::string_view, JsonValue>> JsonValue::members() const {
    std::vector<std::pair<std::string_view, JsonValue>> all;
    dom::object object;
    if (kind() != Kind::kObject || of(*this).get_object().get(object) != simdjson::SUCCESS)
        return all;
    all.reserve(object.size());
    for (const auto& [key, element] : object)
        all.emplace_back(key, JsonValueAccess::value(element));
    return all;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const noexcept {
    dom::element element;
    if (kind() != Kind::kObject || of(*this).at_key(key).get(element) != simdjson::SUCCESS)
        return std::nullopt;
    return JsonValueAccess::value(element);
}

std::string JsonValue::json() const {
    if (document_ == nullptr) return "null";
    return simdjson::minify(of(*this));
}

struct JsonDocument::Impl {
    dom::document document;
};

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::~JsonDocument() = default;

std::shared_ptr<const JsonDocument> JsonDocument::parse(std::string text, std::uint32_t depth_max) {
    // Scratch memory, used again by the thread; what it grew to for a huge request is given back.
    constexpr std::size_t kKeepBytes = 1'048'576;
    thread_local dom::parser parser;
    const std::size_t size = text.size();
    text.append(simdjson::SIMDJSON_PADDING, ' ');  // the parser reads in blocks
    const std::size_t wanted = std::max<std::size_t>(size, 1'024);
    if (parser.capacity() < wanted || parser.max_depth() != depth_max ||
        (parser.capacity() > kKeepBytes && wanted <= kKeepBytes)) {
        parser = dom::parser();
        if (parser.allocate(wanted, depth_max) != simdjson::SUCCESS) return nullptr;
    }
    auto impl = std::make_unique<Impl>();
    dom::element root;
    // The document has copied all it needs: the text may go.
    if (parser.parse_into_document(impl->document, text.data(), size, false).get(root) !=
        simdjson::SUCCESS)
        return nullptr;
    std::shared_ptr<JsonDocument> made(new JsonDocument(std::move(impl)));
    made->root_ = JsonValueAccess::value(root);
    return made;
}

}  // namespace troupe::node::jsonrpc
