#pragma once

#include "chain/base/bytes.hpp"
#include "sequencer/storage/leveldb.hpp"  // Failure

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace troupe::node {

/// A random number of one log, which only its own machine knows. What is in an entry comes from
/// strangers, who could otherwise write pages that look like entries.
using OrderLogKey = std::array<std::uint8_t, 32>;

/// One file of the order log. It has its size from the beginning, all zeros and synced, and is
/// written over from its beginning when nothing in it is needed any more: to sync a change of bytes
/// that are there already waits for the disk, but not for the file system's journal, and so not for
/// what others write. Each entry begins on a page of its own, so no write touches an older one.
/// docs/formats/storage.md has the bytes.
class OrderSegment {
  public:
    static constexpr std::uint64_t kPage = 4'096;

    /// Where what looks like an entry is.
    struct Place {
        std::uint64_t sequence = 0;
        std::uint64_t offset = 0;
        std::uint32_t size = 0;  ///< of its value
    };

    /// Makes the file, of `bytes` rounded up to pages, and syncs it and its directory.
    [[nodiscard]] static std::unique_ptr<OrderSegment> create(
        const std::filesystem::path& path, std::uint64_t bytes, const OrderLogKey& key,
        Failure& failure);
    /// Opens one that is there, and looks for the end of it.
    [[nodiscard]] static std::unique_ptr<OrderSegment> open(
        const std::filesystem::path& path, const OrderLogKey& key, Failure& failure);
    ~OrderSegment();
    OrderSegment(const OrderSegment&) = delete;
    OrderSegment& operator=(const OrderSegment&) = delete;

    /// Whatever has the head of an entry of this log, in the order of offsets: what was written
    /// before the file was used again, and what was never written whole, too.
    [[nodiscard]] Failure find(std::vector<Place>& places) const;
    /// @return in `whole` whether all of the entry is as it was written; only then its `value`
    [[nodiscard]] Failure read(const Place& place, chain::Bytes& value, bool& whole) const;

    /// Bytes that a file needs for an entry.
    [[nodiscard]] static std::uint64_t room_for(std::size_t value_size) noexcept;
    [[nodiscard]] bool has_room(std::size_t value_size) const noexcept;
    /// Writes and syncs. @pre has_room(value.size())
    [[nodiscard]] Failure append(std::uint64_t sequence, chain::ByteView value);
    /// The highest sequence in it; 0: nothing that is needed.
    [[nodiscard]] std::uint64_t last() const noexcept { return last_; }
    [[nodiscard]] bool half_full() const noexcept { return 2 * end_ >= bytes_; }
    /// From now on it is written over from its beginning. @pre nothing in it is needed
    void begin_again() noexcept { end_ = last_ = 0; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    OrderSegment(std::filesystem::path path, int file, std::uint64_t bytes, const OrderLogKey& key)
        : path_(std::move(path)), file_(file), bytes_(bytes), key_(key) {}
    [[nodiscard]] Failure failed(const char* action) const;
    [[nodiscard]] Failure write_at(std::uint64_t offset, chain::ByteView bytes) const;
    [[nodiscard]] Failure read_at(std::uint64_t offset, chain::Bytes& bytes) const;

    std::filesystem::path path_;
    int file_;
    std::uint64_t bytes_;
    OrderLogKey key_;
    std::uint64_t end_ = 0;   // where the next entry begins
    std::uint64_t last_ = 0;  // highest sequence
    chain::Bytes buffer_;     // scratch of append()
};

/// "cannot ACTION PATH: what errno says". @return the failure
[[nodiscard]] Failure system_failure(const char* action, const std::filesystem::path& path);
/// So that files that were made or renamed in it are found after a loss of power.
[[nodiscard]] Failure sync_directory(const std::filesystem::path& directory);

}  // namespace troupe::node
