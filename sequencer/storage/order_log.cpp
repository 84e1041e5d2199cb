#include "sequencer/storage/order_log.hpp"

#include "chain/base/endian.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/storage/data_directory.hpp"
#include "sequencer/storage/records.hpp"

#include <sys/random.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <utility>

namespace troupe::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDirectory = "order-log";
constexpr const char* kOldDirectory = "order";  // LevelDB, until format 4
constexpr const char* kDone = ".done";          // behind the name of what was taken over
constexpr const char* kKeyFile = "KEY";

/// The number that is the name of a file of entries; nothing for other names.
std::optional<std::uint64_t> number_of(const fs::path& path) {
    const std::string name = path.filename().string();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    return number;
}

Failure make_key(const fs::path& file) {
    OrderLogKey key{};
    if (::getentropy(key.data(), key.size()) != 0) return system_failure("make", file);
    const std::string failure =
        write_file_atomically(file, std::string(key.begin(), key.end()), 0600);
    return failure.empty() ? std::nullopt : Failure{failure};
}

Failure read_key(const fs::path& file, OrderLogKey& key) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes(key.size() + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in.gcount() != static_cast<std::streamsize>(key.size()))
        return file.string() +
               " is missing or damaged: without it the order log cannot be read. Restore the data "
               "directory from a copy";
    std::copy_n(bytes.begin(), key.size(), key.begin());
    return std::nullopt;
}

/// The directory's files of entries, by number.
std::map<std::uint64_t, fs::path> files_in(const fs::path& directory, std::error_code& error) {
    std::map<std::uint64_t, fs::path> files;
    fs::directory_iterator entry(directory, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error))
        if (const auto number = number_of(entry->path())) files.emplace(*number, entry->path());
    return files;
}

}  // namespace

SegmentedOrderLog::SegmentedOrderLog(
    std::unique_ptr<LockFile> lock, fs::path directory, std::uint64_t bytes, const OrderLogKey& key,
    std::vector<std::unique_ptr<OrderSegment>> found, std::uint64_t next_number)
    : lock_(std::move(lock)),
      directory_(std::move(directory)),
      pool_(directory_, bytes, key, next_number) {
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a->last() < b->last();
    });
    for (auto& segment : found) {
        if (segment->last() == 0)
            pool_.give_back(std::move(segment));
        else
            segments_.push_back(std::move(segment));
    }
}

std::unique_ptr<SegmentedOrderLog> SegmentedOrderLog::open(
    const fs::path& data_directory, std::string& failure, const Options& options) {
    const fs::path directory = data_directory / kDirectory;
    const fs::path old = data_directory / kOldDirectory;
    std::error_code error;
    fs::remove_all(old.string() + kDone, error);
    fs::create_directories(directory, error);
    if (error) {
        failure = "cannot create " + directory.string() + ": " + error.message();
        return nullptr;
    }
    auto lock = LockFile::take(directory / "LOCK", failure);
    if (!lock) {
        failure = directory.string() + ": " + failure;
        return nullptr;
    }
    auto files = files_in(directory, error);
    const bool takes_over = fs::exists(old, error);
    if (takes_over) {  // what is there was copied by a start that did not get to the end
        for (const auto& [number, path] : files)
            fs::remove(path, error);
        files.clear();
    }
    if (error) {
        failure = "cannot read " + directory.string() + ": " + error.message();
        return nullptr;
    }
    const fs::path key_file = directory / kKeyFile;
    OrderLogKey key{};
    Failure wrong;
    if (files.empty() && !fs::exists(key_file, error)) wrong = make_key(key_file);
    if (!wrong) wrong = read_key(key_file, key);
    std::vector<std::unique_ptr<OrderSegment>> found;
    for (auto file = files.begin(); file != files.end() && !wrong; ++file)
        if (auto segment = OrderSegment::open(file->second, key, wrong))
            found.push_back(std::move(segment));
    if (wrong) {
        failure = *wrong;
        return nullptr;
    }
    std::unique_ptr<SegmentedOrderLog> log(new SegmentedOrderLog(
        std::move(lock), directory, options.segment_bytes, key, std::move(found),
        files.empty() ? 1 : files.rbegin()->first + 1));
    if (takes_over) wrong = log->take_over(old);
    if (!wrong && log->segments_.empty())
        if (auto first = log->pool_.take(0, wrong)) log->segments_.push_back(std::move(first));
    if (!wrong) return log;
    failure = *wrong;
    return nullptr;
}

// Entry by entry, as it was there: read_tail() says whether it is right.
Failure SegmentedOrderLog::take_over(const fs::path& old_directory) {
    Failure wrong;
    std::uint64_t entries = 0;
    {
        std::string failure;
        DatabaseOptions options;
        options.create = false;
        const auto old = Database::open(old_directory, options, failure);
        if (!old) return failure;
        const auto copy = [&](chain::ByteView key, chain::ByteView value) {
            if (key.size() != 8)
                wrong = old_directory.string() + ": damaged (key). Restore the data directory";
            else
                wrong = append_value(chain::load_be<std::uint64_t>(key.data()), value);
            ++entries;
            return !wrong.has_value();
        };
        if (Failure unread = old->scan({}, {}, copy)) return unread;
    }
    if (wrong) return wrong;
    // Renamed first: a start that finds half of it would not know what is missing.
    const fs::path done = old_directory.string() + kDone;
    std::error_code error;
    fs::rename(old_directory, done, error);
    if (error) return "cannot rename " + old_directory.string() + ": " + error.message();
    if (Failure unsynced = sync_directory(old_directory.parent_path())) return unsynced;
    fs::remove_all(done, error);
    log_info(Component::kStorage, "order log: {} entries are written anew", entries);
    return std::nullopt;
}

Failure SegmentedOrderLog::read_tail(std::uint64_t first_sequence, Tail& tail) const {
    tail = {};
    tail.next_sequence = first_sequence;
    struct Found {
        const OrderSegment* segment;
        OrderSegment::Place place;
    };
    // What was not written whole may have been written again behind it.
    std::multimap<std::uint64_t, Found> found;
    std::vector<OrderSegment::Place> places;
    for (const auto& segment : segments_) {
        if (Failure failure = segment->find(places)) return failure;
        for (const OrderSegment::Place& place : places)
            if (place.sequence >= first_sequence)
                found.emplace(place.sequence, Found{segment.get(), place});
    }
    const auto at = [&] { return "order log, entry " + std::to_string(tail.next_sequence) + ": "; };
    const std::string kCure =
        ". Restore the data directory from a copy; do not delete the log: it holds transactions "
        "that were acknowledged";
    while (true) {
        chain::Bytes value;
        bool whole = false;
        const auto [begin, end] = found.equal_range(tail.next_sequence);
        for (auto entry = begin; entry != end && !whole; ++entry)
            if (Failure failure = entry->second.segment->read(entry->second.place, value, whole))
                return failure;
        if (!whole) {
            if (end == found.end()) return std::nullopt;  // never acknowledged
            return at() + (begin == end ? "missing" : "damaged") + "; the next one is " +
                   std::to_string(end->first) + kCure;
        }
        auto record = decode_order_record(value);
        if (!record)
            return at() + "damaged (" + std::string(chain::to_string(record.error())) + ")" + kCure;
        const std::uint64_t inside = std::visit([](const auto& r) { return r.sequence; }, *record);
        if (inside != tail.next_sequence) return at() + "damaged (its number)" + kCure;
        ++tail.next_sequence;
        if (auto* micro_block = std::get_if<actors::MicroBlockRecord>(&*record))
            tail.micro_blocks.push_back(std::move(*micro_block));
        else
            tail.seals.push_back(std::move(std::get<actors::SealRecord>(*record)));
    }
}

Failure SegmentedOrderLog::append_value(std::uint64_t sequence, chain::ByteView value) {
    if (!write_failure_) write_failure_ = write(sequence, value);
    return write_failure_;
}

Failure SegmentedOrderLog::write(std::uint64_t sequence, chain::ByteView value) {
    if (segments_.empty() || !segments_.back()->has_room(value.size())) {
        Failure failure;
        auto next = pool_.take(value.size(), failure);
        if (!next) return failure;
        segments_.push_back(std::move(next));
    }
    OrderSegment& segment = *segments_.back();
    if (segment.half_full()) pool_.prepare();
    return segment.append(sequence, value);
}

actors::IoFailure SegmentedOrderLog::append(const actors::MicroBlockRecord& record) {
    return append_value(record.sequence, encode(record));
}

actors::IoFailure SegmentedOrderLog::append(const actors::SealRecord& record) {
    return append_value(record.sequence, encode(record));
}

// Nothing is written: what is forgotten is what comes before the first entry that a start asks for.
actors::IoFailure SegmentedOrderLog::prune(std::uint64_t sequence) {
    while (segments_.size() > 1 && segments_.front()->last() <= sequence) {
        pool_.give_back(std::move(segments_.front()));
        segments_.pop_front();
    }
    return std::nullopt;
}

}  // namespace troupe::node
