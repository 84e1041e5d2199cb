#include "sequencer/jsonrpc/log_query.hpp"

namespace troupe::node::jsonrpc {
namespace {

using Kind = JsonValue::Kind;

constexpr const char* kTooMany = "exceed max addresses or topics per search position";

Answer<std::vector<chain::Address>> read_addresses(const JsonValue& value, std::size_t index) {
    std::vector<chain::Address> all;
    if (value.is(Kind::kNull)) return all;
    if (value.is(Kind::kArray)) {
        if (value.elements().size() > LogQuery::kAddressesMax) return too_many_topics();
        auto list = read_list(value, read_address, LogQuery::kAddressesMax, kTooMany);
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
    if (elements.size() > LogQuery::kPositionTopicsMax) return too_many_topics();
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
    std::vector<chain::Address> addresses;
    if (const auto address = given("address")) {
        TROUPE_TRY(read, read_addresses(*address, index));
        addresses = std::move(read);
    }
    std::vector<std::vector<chain::Hash32>> topics;
    if (const auto value = given("topics")) {
        if (!value->is(Kind::kArray)) return invalid_argument(index, "invalid topics");
        const auto positions = value->elements();
        if (positions.size() > LogFilter::kPositionsMax) return invalid_params("exceed max topics");
        for (const JsonValue& position : positions) {
            TROUPE_TRY(alternatives, read_position(position, index));
            topics.push_back(std::move(alternatives));
        }
    }
    query.filter = LogFilter(std::move(addresses), std::move(topics));
    return query;
}

}  // namespace troupe::node::jsonrpc
