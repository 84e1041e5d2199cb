#include "sequencer/config/json_field.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace troupe::node {
namespace {

constexpr std::size_t kShownMax = 60;  // characters of a wrong value that a message repeats

}  // namespace

Json read_json_file(const std::string& path, JsonFault& fault) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        fault.text = path + ": cannot be opened (" + std::strerror(errno) + ")";
        return nullptr;
    }
    std::ostringstream text;
    text << in.rdbuf();
    const std::string content = text.str();
    try {
        return Json::parse(content);
    } catch (const Json::parse_error& error) {
        const std::size_t at = std::min(content.size(), error.byte == 0 ? 0 : error.byte - 1);
        const auto begin = content.begin();
        const auto position = begin + static_cast<std::ptrdiff_t>(at);
        const auto line = 1 + std::count(begin, position, '\n');
        const std::size_t newline = content.rfind('\n', at == 0 ? 0 : at - 1);
        const std::size_t column = at - (newline == std::string::npos ? 0 : newline + 1) + 1;
        fault.text = path + ", line " + std::to_string(line) + ", column " +
                     std::to_string(column) + ": not JSON";
        return nullptr;
    }
}

JsonField JsonField::at(const std::string& key) const {
    const Json* found = nullptr;
    if (json_ != nullptr && json_->is_object()) {
        if (const auto member = json_->find(key); member != json_->end()) found = &*member;
    }
    return {found, path_.empty() ? key : path_ + "." + key, file_, *fault_};
}

JsonField JsonField::element(std::size_t index) const {
    const bool there = json_ != nullptr && json_->is_array() && index < json_->size();
    return {
        there ? &(*json_)[index] : nullptr, path_ + "[" + std::to_string(index) + "]", file_,
        *fault_};
}

void JsonField::only(std::initializer_list<std::string_view> known) const {
    each([&](const std::string& key, const JsonField& field) {
        if (std::find(known.begin(), known.end(), key) != known.end()) return;
        std::string names;
        for (const std::string_view name : known)
            names += (names.empty() ? "" : ", ") + std::string(name);
        field.fail("only the keys " + names);
    });
}

std::string JsonField::shown() const {
    if (json_ == nullptr) return "nothing";
    std::string text = json_->dump();
    if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
    return text;
}

void JsonField::fail(const std::string& expected) const {
    if (!fault_->text.empty()) return;
    fault_->text = file_ + ": " + path_ + ": " +
                   (json_ == nullptr ? "is missing; expected " + expected
                                     : "expected " + expected + ", found " + shown());
}

bool JsonField::expect(bool condition, const char* expected) const {
    if (!condition) fail(expected);
    return condition;
}

std::uint64_t JsonField::u64() const {
    constexpr const char* kExpected =
        "a number below 2^64 (JSON number, or decimal or 0x-hexadecimal string)";
    if (json_ != nullptr && json_->is_number_unsigned()) return json_->get<std::uint64_t>();
    if (!expect(json_ != nullptr && json_->is_string(), kExpected)) return 0;
    const auto value = chain::u64_from_text(json_->get_ref<const std::string&>());
    return expect(value.ok(), kExpected) ? *value : 0;
}

chain::Uint256 JsonField::u256() const {
    constexpr const char* kExpected =
        "a number below 2^256 (decimal or 0x-hexadecimal string; a JSON number below 2^64)";
    if (json_ != nullptr && json_->is_number_unsigned()) return json_->get<std::uint64_t>();
    if (!expect(json_ != nullptr && json_->is_string(), kExpected)) return {};
    const auto value = chain::uint256_from_text(json_->get_ref<const std::string&>());
    return expect(value.ok(), kExpected) ? *value : chain::Uint256();
}

bool JsonField::flag() const {
    if (!expect(json_ != nullptr && json_->is_boolean(), "true or false")) return false;
    return json_->get<bool>();
}

std::string JsonField::text() const {
    if (!expect(json_ != nullptr && json_->is_string(), "a string")) return {};
    return json_->get<std::string>();
}

chain::Bytes JsonField::bytes() const {
    constexpr const char* kExpected = "bytes in hexadecimal, such as \"0x00ff\"";
    if (!expect(json_ != nullptr && json_->is_string(), kExpected)) return {};
    auto value = chain::from_hex(json_->get_ref<const std::string&>());
    return expect(value.ok(), kExpected) ? std::move(*value) : chain::Bytes();
}

chain::Address JsonField::address() const {
    constexpr const char* kExpected = "an address of 20 bytes in hexadecimal";
    if (!expect(json_ != nullptr && json_->is_string(), kExpected)) return {};
    const auto value = chain::fixed_from_hex<chain::Address>(json_->get_ref<const std::string&>());
    return expect(value.ok(), kExpected) ? *value : chain::Address();
}

chain::Hash32 JsonField::hash() const {
    constexpr const char* kExpected = "32 bytes in hexadecimal";
    if (!expect(json_ != nullptr && json_->is_string(), kExpected)) return {};
    const auto value = chain::fixed_from_hex<chain::Hash32>(json_->get_ref<const std::string&>());
    return expect(value.ok(), kExpected) ? *value : chain::Hash32();
}

bool JsonField::read_short_hash(std::string_view text, chain::Hash32& hash) {
    std::string digits(text.starts_with("0x") ? text.substr(2) : text);
    if (digits.empty() || digits.size() > 64) return false;
    digits.insert(0, 64 - digits.size(), '0');
    const auto value = chain::fixed_from_hex<chain::Hash32>(digits);
    if (!value) return false;
    hash = *value;
    return true;
}

chain::Hash32 JsonField::short_hash() const {
    chain::Hash32 hash;
    const bool read = json_ != nullptr && json_->is_string() &&
                      read_short_hash(json_->get_ref<const std::string&>(), hash);
    expect(read, "up to 32 bytes in hexadecimal");
    return hash;
}

}  // namespace troupe::node
