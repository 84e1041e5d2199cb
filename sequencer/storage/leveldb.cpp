#include "sequencer/storage/leveldb.hpp"

#include <fcntl.h>
#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace troupe::node {
namespace {

leveldb::Slice slice(chain::ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

chain::ByteView view(const leveldb::Slice& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// A file that is read where LevelDB's own would be mapped.
class ReadFile final : public leveldb::RandomAccessFile {
  public:
    ReadFile(int file, std::string name) : file_(file), name_(std::move(name)) {}
    ~ReadFile() override { ::close(file_); }
    ReadFile(const ReadFile&) = delete;
    ReadFile& operator=(const ReadFile&) = delete;

    leveldb::Status Read(
        std::uint64_t offset, std::size_t size, leveldb::Slice* result,
        char* scratch) const override {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got =
                ::pread(file_, scratch + done, size - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return leveldb::Status::IOError(name_, std::strerror(errno));
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        *result = leveldb::Slice(scratch, done);
        return leveldb::Status::OK();
    }

  private:
    int file_;
    std::string name_;
};

/// LevelDB maps up to 1,000 files, and caches no block of a mapped file: the cache's size would
/// mean nothing, and whatever was read would count as this process's memory.
class UnmappedEnv final : public leveldb::EnvWrapper {
  public:
    UnmappedEnv() : EnvWrapper(leveldb::Env::Default()) {}
    leveldb::Status NewRandomAccessFile(
        const std::string& name, leveldb::RandomAccessFile** file) override {
        *file = nullptr;
        const int opened = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
        if (opened < 0) {
            const std::string why = std::strerror(errno);
            return errno == ENOENT ? leveldb::Status::NotFound(name, why)
                                   : leveldb::Status::IOError(name, why);
        }
        *file = new ReadFile(opened, name);
        return leveldb::Status::OK();
    }
};

}  // namespace

struct WriteBatch::Impl {
    leveldb::WriteBatch batch;
};

WriteBatch::WriteBatch() : impl_(std::make_unique<Impl>()) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;
void WriteBatch::put(chain::ByteView key, chain::ByteView value) {
    impl_->batch.Put(slice(key), slice(value));
}
void WriteBatch::erase(chain::ByteView key) {
    impl_->batch.Delete(slice(key));
}
void WriteBatch::clear() {
    impl_->batch.Clear();
}
std::size_t WriteBatch::bytes() const noexcept {
    return impl_->batch.ApproximateSize();
}

struct Database::Impl {
    std::filesystem::path directory;
    UnmappedEnv unmapped;  // outlives db, as those below
    std::unique_ptr<leveldb::Cache> cache;
    std::unique_ptr<const leveldb::FilterPolicy> filters;
    std::unique_ptr<leveldb::DB> db;
    mutable std::mutex mutex;  // guards write_failure
    Failure write_failure;

    [[nodiscard]] std::string describe(const char* action, const leveldb::Status& status) const {
        return std::string(action) + " " + directory.string() + ": " + status.ToString();
    }
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

std::unique_ptr<Database> Database::open(
    const std::filesystem::path& directory, const DatabaseOptions& options, std::string& failure) {
    auto impl = std::make_unique<Impl>();
    impl->directory = directory;
    impl->cache.reset(leveldb::NewLRUCache(options.cache_bytes));
    leveldb::Options settings;
    settings.create_if_missing = options.create;
    settings.paranoid_checks = true;  // damage is an error at start, not a silently shorter chain
    settings.write_buffer_size = options.write_buffer_bytes;
    settings.max_file_size = 16 * 1024 * 1024;
    settings.block_cache = impl->cache.get();
    settings.max_open_files = options.files_max;
    constexpr int kFilterBitsPerKey = 10;  // one key in a hundred is looked for in vain
    if (options.filters) impl->filters.reset(leveldb::NewBloomFilterPolicy(kFilterBitsPerKey));
    settings.filter_policy = impl->filters.get();
    if (options.filters) settings.env = &impl->unmapped;  // a database that is read at random
    settings.compression = options.compress ? leveldb::kSnappyCompression : leveldb::kNoCompression;
    leveldb::DB* db = nullptr;
    const leveldb::Status status = leveldb::DB::Open(settings, directory.string(), &db);
    if (!status.ok()) {
        failure = impl->describe("cannot open", status);
        if (status.ToString().find("/LOCK") != std::string::npos)
            failure += "\nanother process has this database open: stop it first";
        return nullptr;
    }
    impl->db.reset(db);
    return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Failure Database::write(WriteBatch& batch, Sync sync) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->write_failure) return impl_->write_failure;
    }
    leveldb::WriteOptions options;
    options.sync = sync == Sync::kYes;
    const leveldb::Status status = impl_->db->Write(options, &batch.impl_->batch);
    if (status.ok()) return std::nullopt;
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->write_failure) impl_->write_failure = impl_->describe("cannot write to", status);
    return impl_->write_failure;
}

Database::Read Database::get(chain::ByteView key) const {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    std::string value;
    const leveldb::Status status = impl_->db->Get(options, slice(key), &value);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return {.value = {}, .failure = impl_->describe("cannot read", status)};
    return {.value = chain::Bytes(value.begin(), value.end()), .failure = {}};
}

Failure Database::scan(
    chain::ByteView from, chain::ByteView to,
    const std::function<bool(chain::ByteView, chain::ByteView)>& visit) const {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    const std::unique_ptr<leveldb::Iterator> iterator(impl_->db->NewIterator(options));
    for (iterator->Seek(slice(from)); iterator->Valid(); iterator->Next()) {
        if (!to.empty() && iterator->key().compare(slice(to)) >= 0) break;
        if (!visit(view(iterator->key()), view(iterator->value()))) break;
    }
    if (!iterator->status().ok()) return impl_->describe("cannot read", iterator->status());
    return std::nullopt;
}

Failure Database::scan_ranges(
    std::span<const Range> ranges,
    const std::function<bool(std::size_t, chain::ByteView, chain::ByteView)>& visit) const {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    const std::unique_ptr<leveldb::Iterator> iterator(impl_->db->NewIterator(options));
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const leveldb::Slice to = slice(ranges[i].to);
        for (iterator->Seek(slice(ranges[i].from)); iterator->Valid(); iterator->Next()) {
            if (iterator->key().compare(to) >= 0) break;
            if (!visit(i, view(iterator->key()), view(iterator->value()))) break;
        }
        if (!iterator->status().ok()) return impl_->describe("cannot read", iterator->status());
    }
    return std::nullopt;
}

void Database::compact(chain::ByteView from, chain::ByteView to) {
    const leveldb::Slice first = slice(from);
    const leveldb::Slice last = slice(to);
    impl_->db->CompactRange(&first, &last);
}

Failure Database::scan_back(
    chain::ByteView from, chain::ByteView to,
    const std::function<bool(chain::ByteView, chain::ByteView)>& visit) const {
    leveldb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    const std::unique_ptr<leveldb::Iterator> iterator(impl_->db->NewIterator(options));
    if (to.empty()) {
        iterator->SeekToLast();
    } else {
        iterator->Seek(slice(to));
        if (iterator->Valid())
            iterator->Prev();
        else if (iterator->status().ok())
            iterator->SeekToLast();
    }
    for (; iterator->Valid(); iterator->Prev()) {
        if (iterator->key().compare(slice(from)) < 0) break;
        if (!visit(view(iterator->key()), view(iterator->value()))) break;
    }
    if (!iterator->status().ok()) return impl_->describe("cannot read", iterator->status());
    return std::nullopt;
}

}  // namespace troupe::node
