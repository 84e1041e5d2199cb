#include "sequencer/storage/order_segment.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;

// An entry: tag of the head, tag of all of it, head, value, zeros to the end of the page. A tag is
// the beginning of the Keccak-256 hash of the log's key and what is tagged.
constexpr std::uint32_t kMagic = 0x7472'6f65;  // "troe"
constexpr std::size_t kTag = 8;
constexpr std::size_t kHead = 16;  // magic, size of the value, sequence
constexpr std::size_t kPrefix = 2 * kTag + kHead;
constexpr std::size_t kZeros = 1 << 20;  // written at once

// What is hashed stands in one piece, and the tags take the place of the key's end: from
// kKey - 2 * kTag on a buffer of this form has the bytes of the file.
constexpr std::size_t kKey = std::tuple_size_v<OrderLogKey>;
constexpr std::size_t kFileBegin = kKey - 2 * kTag;

void put_tag(std::uint8_t* to, ByteView tagged) {
    const chain::Hash32 hash = chain::crypto::keccak256(tagged);
    std::copy_n(hash.data(), kTag, to);
}

bool is_tag(const std::uint8_t* tag, ByteView tagged) {
    const chain::Hash32 hash = chain::crypto::keccak256(tagged);
    return std::equal(tag, tag + kTag, hash.data());
}

std::uint64_t to_pages(std::uint64_t bytes) {
    return (bytes + OrderSegment::kPage - 1) / OrderSegment::kPage * OrderSegment::kPage;
}

}  // namespace

Failure system_failure(const char* action, const std::filesystem::path& path) {
    return std::string("cannot ") + action + " " + path.string() + ": " + std::strerror(errno);
}

Failure sync_directory(const std::filesystem::path& directory) {
    const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0) return system_failure("open", directory);
    Failure failure;
    if (::fsync(opened) != 0) failure = system_failure("sync", directory);
    ::close(opened);
    return failure;
}

std::unique_ptr<OrderSegment> OrderSegment::create(
    const std::filesystem::path& path, std::uint64_t bytes, const OrderLogKey& key,
    Failure& failure) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0) {
        failure = system_failure("write to", path);
        return nullptr;
    }
    std::unique_ptr<OrderSegment> made(new OrderSegment(path, file, to_pages(bytes), key));
    const Bytes zeros(std::min<std::uint64_t>(kZeros, made->bytes_));
    for (std::uint64_t at = 0; at < made->bytes_ && !failure; at += zeros.size())
        failure = made->write_at(
            at, ByteView(zeros).first(std::min<std::uint64_t>(zeros.size(), made->bytes_ - at)));
    if (!failure && ::fsync(file) != 0) failure = made->failed("write to");
    if (!failure) failure = sync_directory(path.parent_path());
    if (!failure) return made;
    ::unlink(path.c_str());  // half a file would take the room that is missing
    return nullptr;
}

std::unique_ptr<OrderSegment> OrderSegment::open(
    const std::filesystem::path& path, const OrderLogKey& key, Failure& failure) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) {
        failure = system_failure("open", path);
        return nullptr;
    }
    std::unique_ptr<OrderSegment> opened(new OrderSegment(path, file, 0, key));
    struct stat status {};
    if (::fstat(file, &status) != 0) {
        failure = opened->failed("read");
        return nullptr;
    }
    opened->bytes_ = static_cast<std::uint64_t>(status.st_size) / kPage * kPage;
    std::vector<Place> places;
    failure = opened->find(places);
    if (failure) return nullptr;
    for (const Place& place : places) {
        if (place.sequence < opened->last_) continue;
        opened->last_ = place.sequence;
        opened->end_ = place.offset + room_for(place.size);
    }
    return opened;
}

OrderSegment::~OrderSegment() {
    ::close(file_);
}

Failure OrderSegment::failed(const char* action) const {
    return system_failure(action, path_);
}

Failure OrderSegment::write_at(std::uint64_t offset, ByteView bytes) const {
    while (!bytes.empty()) {
        const ssize_t size =
            ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return failed("write to");
        bytes = bytes.subspan(static_cast<std::size_t>(size));
        offset += static_cast<std::uint64_t>(size);
    }
    return std::nullopt;
}

Failure OrderSegment::read_at(std::uint64_t offset, Bytes& bytes) const {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t size = ::pread(
            file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return failed("read");
        if (size == 0) return "cannot read " + path_.string() + ": it is shorter than before";
        done += static_cast<std::size_t>(size);
    }
    return std::nullopt;
}

Failure OrderSegment::find(std::vector<Place>& places) const {
    places.clear();
    Bytes prefix(kPrefix);
    Bytes tagged(key_.begin(), key_.end());
    for (std::uint64_t offset = 0; offset < bytes_;) {
        if (Failure failure = read_at(offset, prefix)) return failure;
        const ByteView head = ByteView(prefix).subspan(2 * kTag);
        const auto size = chain::load_be<std::uint32_t>(head.data() + 4);
        offset += kPage;
        if (chain::load_be<std::uint32_t>(head.data()) != kMagic) continue;
        if (offset - kPage + room_for(size) > bytes_) continue;
        tagged.resize(kKey);
        chain::append(tagged, head);
        if (!is_tag(prefix.data(), tagged)) continue;
        places.push_back({chain::load_be<std::uint64_t>(head.data() + 8), offset - kPage, size});
        offset += room_for(size) - kPage;
    }
    return std::nullopt;
}

Failure OrderSegment::read(const Place& place, Bytes& value, bool& whole) const {
    Bytes bytes(kPrefix + place.size);
    if (Failure failure = read_at(place.offset, bytes)) return failure;
    Bytes tagged(key_.begin(), key_.end());
    chain::append(tagged, ByteView(bytes).subspan(2 * kTag));
    whole = is_tag(bytes.data() + kTag, tagged);
    if (whole) value.assign(bytes.begin() + kPrefix, bytes.end());
    return std::nullopt;
}

std::uint64_t OrderSegment::room_for(std::size_t value_size) noexcept {
    return to_pages(kPrefix + value_size);
}

bool OrderSegment::has_room(std::size_t value_size) const noexcept {
    return end_ + room_for(value_size) <= bytes_;
}

Failure OrderSegment::append(std::uint64_t sequence, ByteView value) {
    TROUPE_ASSERT(has_room(value.size()));
    buffer_.assign(key_.begin(), key_.end());
    chain::append_be(buffer_, kMagic);
    chain::append_be(buffer_, static_cast<std::uint32_t>(value.size()));
    chain::append_be(buffer_, sequence);
    chain::append(buffer_, value);
    std::array<std::uint8_t, 2 * kTag> tags{};
    put_tag(tags.data(), ByteView(buffer_).first(kKey + kHead));
    put_tag(tags.data() + kTag, buffer_);
    std::copy(tags.begin(), tags.end(), buffer_.begin() + kFileBegin);
    const std::uint64_t room = room_for(value.size());
    buffer_.resize(kFileBegin + room);
    if (Failure failure = write_at(end_, ByteView(buffer_).subspan(kFileBegin))) return failure;
    if (::fdatasync(file_) != 0) return failed("write to");
    end_ += room;
    last_ = std::max(last_, sequence);
    return std::nullopt;
}

}  // namespace troupe::node
