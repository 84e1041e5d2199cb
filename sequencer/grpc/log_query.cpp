#include "sequencer/grpc/log_query.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/status.hpp"

#include <utility>
#include <vector>

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

constexpr std::size_t kEntryBytes = 128;  // of a LogEntry beside topics and data
constexpr int kValuesMax = 1'024;         // addresses, and values of one topic

}  // namespace

grpc::Status read_filter(const pb::GetLogsRequest& request, LogFilter& filter) {
    std::vector<chain::Address> addresses;
    std::vector<std::vector<chain::Hash32>> topics;
    if (request.addresses_size() > kValuesMax)
        return invalid_field("addresses", std::to_string(kValuesMax) + " at most can be asked for");
    for (const std::string& bytes : request.addresses()) {
        const auto address = to_address(bytes);
        if (!address) return invalid_field("addresses", "must be 20 bytes each");
        addresses.push_back(*address);
    }
    if (static_cast<std::size_t>(request.topics_size()) > LogFilter::kPositionsMax)
        return invalid_field("topics", "an event has 4 at most");
    for (const pb::TopicFilter& topic : request.topics()) {
        if (topic.values_size() > kValuesMax)
            return invalid_field("topics", std::to_string(kValuesMax) + " values at most");
        std::vector<chain::Hash32>& values = topics.emplace_back();
        for (const std::string& bytes : topic.values()) {
            const auto value = to_hash(bytes);
            if (!value) return invalid_field("topics.values", "must be 32 bytes each");
            values.push_back(*value);
        }
    }
    filter = LogFilter(std::move(addresses), std::move(topics));
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
