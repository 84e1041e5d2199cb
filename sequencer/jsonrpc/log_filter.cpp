#include "sequencer/jsonrpc/log_filter.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {
namespace {

using Kind = JsonValue::Kind;

bool covers(const chain::Bloom& bloom, const chain::Bloom& part) noexcept {
    for (std::size_t i = 0; i < chain::Bloom::kSize; ++i)
        if ((bloom.bytes[i] & part.bytes[i]) != part.bytes[i]) return false;
    return true;
}

bool any_covered(const chain::Bloom& bloom, const std::vector<chain::Bloom>& wanted) noexcept {
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) {
               return covers(bloom, one);
           });
}

template <class T>
std::vector<chain::Bloom> sort_for_blooms(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::vector<chain::Bloom> blooms(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        chain::add_to_bloom(blooms[i], values[i]);
    return blooms;
}

constexpr const char* kTooMany = "exceed max addresses or topics per search position";

Answer<std::vector<chain::Address>> read_addresses(const JsonValue& value, std::size_t index) {
    std::vector<chain::Address> all;
    if (value.is(Kind::kNull)) return all;
    if (value.is(Kind::kArray)) {
        if (value.elements().size() > LogFilter::kAddressesMax) return too_many_topics();
        auto list = read_list(value, read_address, LogFilter::kAddressesMax, kTooMany);
        if (!list) return invalid_argument(index, "invalid address: " + list.error().text);
        all = std::move(*list);
    } else {
        auto one = read_address(value);
        if (!one) return invalid_argument(index, "invalid address: " + one.error().text);
        all.push_back(*one);
    }
    return all;
}

Answer<std::vector<chain::Hash32>> read_position(const JsonValue& value, std::size_t index) {
    std::vector<chain::Hash32> all;
    if (value.is(Kind::kNull)) return all;
    if (!value.is(Kind::kArray)) {
        auto one = read_hash(value);
        if (!one) return invalid_argument(index, "invalid topic(s): " + one.error().text);
        all.push_back(*one);
        return all;
    }
    const auto elements = value.elements();
    if (elements.size() > LogFilter::kPositionTopicsMax) return too_many_topics();
    for (const JsonValue& element : elements) {
        // A null among alternatives matches everything, as in geth.
        if (element.is(Kind::kNull)) return std::vector<chain::Hash32>();
        auto one = read_hash(element);
        if (!one) return invalid_argument(index, "invalid topic(s): " + one.error().text);
        all.push_back(*one);
    }
    return all;
}

}  // namespace

bool LogFilter::matches(const chain::Log& log) const noexcept {
    if (!addresses.empty() && !std::binary_search(addresses.begin(), addresses.end(), log.address))
        return false;
    if (topics.size() > log.topics.size()) return false;
    for (std::size_t i = 0; i < topics.size(); ++i)
        if (!topics[i].empty() &&
            !std::binary_search(topics[i].begin(), topics[i].end(), log.topics[i]))
            return false;
    return true;
}

bool LogFilter::may_match(const chain::Bloom& bloom) const noexcept {
    if (!any_covered(bloom, address_blooms)) return false;
    return std::all_of(topic_blooms.begin(), topic_blooms.end(), [&](const auto& position) {
        return any_covered(bloom, position);
    });
}

void LogFilter::prepare() {
    address_blooms = sort_for_blooms(addresses);
    topic_blooms.clear();
    for (auto& position : topics)
        topic_blooms.push_back(sort_for_blooms(position));
}

Answer<LogQuery> read_log_query(const Params& params, std::size_t index) {
    LogQuery query;
    if (!params.has(index)) return query;
    const JsonValue& object = params.at(index);
    if (!object.is(Kind::kObject)) return invalid_argument(index, "expected an object");
    const auto given = [&](std::string_view key) -> std::optional<JsonValue> {
        auto value = object.find(key);
        return value && !value->is(Kind::kNull) ? value : std::nullopt;
    };
    const auto from = given("fromBlock");
    const auto to = given("toBlock");
    if (const auto hash = given("blockHash")) {
        if (from || to)
            return invalid_argument(
                index,
                "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
        auto read = read_hash(*hash);
        if (!read) return invalid_argument(index, read.error().text);
        query.block_hash = *read;
    }
    for (auto [value, into] : {std::pair(from, &query.from), std::pair(to, &query.to)}) {
        if (!value) continue;
        auto read = read_block_number(*value);
        if (!read) return invalid_argument(index, read.error().text);
        *into = *read;
    }
    if (const auto address = given("address")) {
        TROUPE_TRY(addresses, read_addresses(*address, index));
        query.filter.addresses = std::move(addresses);
    }
    if (const auto topics = given("topics")) {
        if (!topics->is(Kind::kArray)) return invalid_argument(index, "invalid topics");
        const auto positions = topics->elements();
        if (positions.size() > LogFilter::kPositionsMax) return invalid_params("exceed max topics");
        for (const JsonValue& position : positions) {
            TROUPE_TRY(alternatives, read_position(position, index));
            query.filter.topics.push_back(std::move(alternatives));
        }
    }
    query.filter.prepare();
    return query;
}

}  // namespace troupe::node::jsonrpc
