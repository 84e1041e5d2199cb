#include "sequencer/storage/order_log.hpp"

#include "chain/base/endian.hpp"
#include "sequencer/storage/records.hpp"

#include <array>

namespace troupe::node {
namespace {

// The log is written once and forgotten soon: what stays in the write buffer until it is pruned
// never becomes a sorted file.
constexpr std::size_t kWriteBufferBytes = 64 * 1024 * 1024;

std::array<std::uint8_t, 8> key_of(std::uint64_t sequence) {
    std::array<std::uint8_t, 8> key{};
    chain::store_be(key.data(), sequence);
    return key;
}

}  // namespace

std::unique_ptr<LevelOrderLog> LevelOrderLog::open(
    const std::filesystem::path& data_directory, std::string& failure) {
    DatabaseOptions options;
    options.write_buffer_bytes = kWriteBufferBytes;
    options.cache_bytes = 1024 * 1024;
    auto database = Database::open(data_directory / "order", options, failure);
    if (!database) return nullptr;
    return std::unique_ptr<LevelOrderLog>(new LevelOrderLog(std::move(database)));
}

Failure LevelOrderLog::read_tail(std::uint64_t first_sequence, Tail& tail) const {
    tail = {};
    tail.next_sequence = first_sequence;
    Failure damage;
    const auto visit = [&](chain::ByteView key, chain::ByteView value) {
        const std::string at = "order log, entry " + std::to_string(tail.next_sequence) + ": ";
        auto record = decode_order_record(value);
        if (key.size() != 8 || !record) {
            damage = at + "damaged (" +
                     (record ? "key" : std::string(chain::to_string(record.error()))) +
                     "). Restore the data directory from a copy; do not delete the log: it holds "
                     "transactions that were acknowledged";
            return false;
        }
        const auto sequence = chain::load_be<std::uint64_t>(key.data());
        const std::uint64_t inside = std::visit([](const auto& r) { return r.sequence; }, *record);
        if (sequence != tail.next_sequence || inside != sequence) {
            damage = at + "missing; the next one is " + std::to_string(sequence) +
                     ". Restore the data directory from a copy";
            return false;
        }
        ++tail.next_sequence;
        if (auto* micro_block = std::get_if<actors::MicroBlockRecord>(&*record))
            tail.micro_blocks.push_back(std::move(*micro_block));
        else
            tail.seals.push_back(std::move(std::get<actors::SealRecord>(*record)));
        return true;
    };
    if (Failure failure = database_->scan(key_of(first_sequence), {}, visit)) return failure;
    return damage;
}

Failure LevelOrderLog::append_value(std::uint64_t sequence, chain::ByteView value) {
    batch_.clear();
    batch_.put(key_of(sequence), value);
    return database_->write(batch_, Database::Sync::kYes);
}

actors::IoFailure LevelOrderLog::append(const actors::MicroBlockRecord& record) {
    return append_value(record.sequence, encode(record));
}

actors::IoFailure LevelOrderLog::append(const actors::SealRecord& record) {
    return append_value(record.sequence, encode(record));
}

actors::IoFailure LevelOrderLog::prune(std::uint64_t sequence) {
    batch_.clear();
    if (oldest_ == 0) {  // first call since the start: find what an earlier process left
        oldest_ = sequence + 1;
        const auto visit = [&](chain::ByteView key, chain::ByteView) {
            oldest_ = chain::load_be<std::uint64_t>(key.data());
            return false;
        };
        if (Failure failure = database_->scan({}, key_of(sequence + 1), visit)) return failure;
    }
    for (; oldest_ <= sequence; ++oldest_)
        batch_.erase(key_of(oldest_));
    return database_->write(batch_, Database::Sync::kNo);
}

}  // namespace troupe::node
