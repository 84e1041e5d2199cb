#pragma once

#include "chain/base/hex.hpp"
#include "chain/base/uint256.hpp"

#include <nlohmann/json.hpp>

#include <string>

/// Reading a JSON document so that the first thing wrong is said once, with file and key.
namespace troupe::node {

/// What is read: objects are sorted, so that one of a million keys is read in reasonable time.
using Json = nlohmann::json;
/// What is written: keys in the order in which they were set, each found by looking at all.
using OrderedJson = nlohmann::ordered_json;

/// Where a document's first fault is kept.
struct JsonFault {
    std::string text;  ///< "rollup.json: chain.gas_limit: expected a number, found \"x\""
};

/// Reads and parses a file. @return null with the fault (path, line and column) in `fault`
[[nodiscard]] Json read_json_file(const std::string& path, JsonFault& fault);

/// A value inside a document. After the first fault every read answers a default: check the fault
/// once at the end.
class JsonField {
  public:
    JsonField(const Json* json, std::string path, std::string file, JsonFault& fault)
        : json_(json), path_(std::move(path)), file_(std::move(file)), fault_(&fault) {}

    [[nodiscard]] bool present() const noexcept { return json_ != nullptr; }
    /// A key of an object; reading it says "missing" where it is not there.
    [[nodiscard]] JsonField at(const std::string& key) const;
    /// Calls `visit(key, field)` for each member. Not an object: a fault.
    template <class Visit>
    void each(Visit visit) const {
        if (!expect(json_ != nullptr && json_->is_object(), "an object")) return;
        for (const auto& [key, value] : json_->items())
            visit(key, JsonField(&value, path_ + "." + key, file_, *fault_));
    }
    /// Calls `visit(field)` for each element. Not an array: a fault.
    template <class Visit>
    void each_element(Visit visit) const {
        if (!expect(json_ != nullptr && json_->is_array(), "an array")) return;
        for (std::size_t i = 0; i < json_->size(); ++i)
            visit(element(i));
    }
    /// An element of an array; reading it says "missing" where it is not there.
    [[nodiscard]] JsonField element(std::size_t index) const;
    [[nodiscard]] bool is_null() const noexcept { return json_ != nullptr && json_->is_null(); }
    /// The value itself; null where it is missing.
    [[nodiscard]] Json json() const { return json_ == nullptr ? Json() : *json_; }
    /// A fault if the object has a key that is not in `known`.
    void only(std::initializer_list<std::string_view> known) const;

    /// Numbers: JSON numbers, or decimal or 0x-hexadecimal strings.
    [[nodiscard]] std::uint64_t u64() const;
    [[nodiscard]] chain::Uint256 u256() const;
    [[nodiscard]] bool flag() const;  ///< JSON true or false
    [[nodiscard]] std::string text() const;
    [[nodiscard]] chain::Bytes bytes() const;  ///< 0x-hexadecimal
    [[nodiscard]] chain::Address address() const;
    [[nodiscard]] chain::Hash32 hash() const;
    /// A storage slot or value as geth reads it: up to 32 bytes of hexadecimal, zeros may be left
    /// out in front.
    [[nodiscard]] chain::Hash32 short_hash() const;
    [[nodiscard]] static bool read_short_hash(std::string_view text, chain::Hash32& hash);

    void fail(const std::string& expected) const;

  private:
    bool expect(bool condition, const char* expected) const;
    [[nodiscard]] std::string shown() const;
    const Json* json_;
    std::string path_;
    std::string file_;
    JsonFault* fault_;
};

}  // namespace troupe::node
