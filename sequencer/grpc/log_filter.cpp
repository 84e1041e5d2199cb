#include "sequencer/grpc/log_filter.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/status.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

constexpr std::size_t kEntryBytes = 128;  // of a LogEntry beside topics and data

template <class Value>
bool one_of(const std::vector<Value>& values, const Value& value) noexcept {
    return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

template <class Value>
bool may_hold(const std::vector<Value>& values, const chain::Bloom& bloom) noexcept {
    return values.empty() ||
           std::any_of(values.begin(), values.end(), [&bloom](const Value& value) {
               return chain::may_contain(bloom, value);
           });
}

}  // namespace

bool LogFilter::matches(const chain::Log& log) const noexcept {
    if (!one_of(addresses, log.address) || log.topics.size() < topics.size()) return false;
    for (std::size_t i = 0; i < topics.size(); ++i)
        if (!one_of(topics[i], log.topics[i])) return false;
    return true;
}

bool LogFilter::may_match(const chain::Bloom& bloom) const noexcept {
    if (bloom == chain::Bloom{}) return false;
    return may_hold(addresses, bloom) &&
           std::all_of(topics.begin(), topics.end(), [&bloom](const auto& values) {
               return may_hold(values, bloom);
           });
}

grpc::Status read_filter(const pb::GetLogsRequest& request, LogFilter& filter) {
    if (request.addresses_size() > LogFilter::kValuesMax)
        return invalid_field(
            "addresses", std::to_string(LogFilter::kValuesMax) + " at most can be asked for");
    for (const std::string& bytes : request.addresses()) {
        const auto address = to_address(bytes);
        if (!address) return invalid_field("addresses", "must be 20 bytes each");
        filter.addresses.push_back(*address);
    }
    if (static_cast<std::size_t>(request.topics_size()) > LogFilter::kTopicsMax)
        return invalid_field("topics", "an event has 4 at most");
    for (const pb::TopicFilter& topic : request.topics()) {
        if (topic.values_size() > LogFilter::kValuesMax)
            return invalid_field(
                "topics", std::to_string(LogFilter::kValuesMax) + " values at most");
        std::vector<chain::Hash32>& values = filter.topics.emplace_back();
        for (const std::string& bytes : topic.values()) {
            const auto value = to_hash(bytes);
            if (!value) return invalid_field("topics.values", "must be 32 bytes each");
            values.push_back(*value);
        }
    }
    return grpc::Status::OK;
}

std::optional<std::uint32_t> LogCollector::take(
    const actors::SealedBlock& block, std::uint32_t first) {
    std::uint32_t index = 0;
    for (std::size_t i = 0; i < block.receipts.size(); ++i) {
        for (const chain::Log& log : block.receipts[i].logs) {
            const std::uint32_t at = index++;
            if (at < first || !filter_.matches(log)) continue;
            const std::size_t bytes = kEntryBytes + 34 * log.topics.size() + log.data.size();
            const int held = response_.logs_size();
            if (held > 0 &&
                (static_cast<std::uint32_t>(held) >= logs_max_ || bytes_ + bytes > bytes_target_))
                return at;
            bytes_ += bytes;
            pb::LogEntry& out = *response_.add_logs();
            fill(log, at, *out.mutable_log());
            out.set_block_number(block.block.header.number);
            out.set_block_hash(to_bytes(block.hash));
            out.set_transaction_hash(to_bytes(block.transaction_hashes[i]));
            out.set_transaction_index(static_cast<std::uint32_t>(i));
        }
    }
    return std::nullopt;
}

}  // namespace troupe::node
