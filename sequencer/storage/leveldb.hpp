#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

/// The one doorway to LevelDB: an ordered map of byte strings on disk. Every failure is a text that
/// names the directory and what the disk or LevelDB said.
namespace troupe::node {

/// Empty: it worked. Otherwise what went wrong, for an operator.
using Failure = std::optional<std::string>;

/// Changes that reach the disk together or not at all.
class WriteBatch {
  public:
    WriteBatch();
    ~WriteBatch();
    WriteBatch(WriteBatch&&) noexcept;
    WriteBatch& operator=(WriteBatch&&) noexcept;

    void put(chain::ByteView key, chain::ByteView value);
    void erase(chain::ByteView key);
    void clear();
    /// Bytes the batch takes in the write-ahead log.
    [[nodiscard]] std::size_t bytes() const noexcept;

  private:
    friend class Database;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

struct DatabaseOptions {
    std::size_t write_buffer_bytes = 32 * 1024 * 1024;  ///< memory before a sorted file is written
    std::size_t cache_bytes = 32 * 1024 * 1024;         ///< of blocks read back
    bool compress = false;  ///< Snappy; signatures and hashes do not compress
    bool create = true;     ///< make the database where there is none
    bool filters = false;   ///< for keys that are got one by one: 10 bits of memory each
    int files_max = 1'000;  ///< held open; each keeps its index in memory
};

/// One LevelDB directory, open. Thread-safe: any number of readers beside a writer. After the first
/// failed write every later write fails too: LevelDB's log may end in half a record then, and what
/// follows half a record would be lost at the next start.
class Database {
  public:
    enum class Sync : bool {
        kNo,
        kYes
    };

    /// @return the database, or null with the reason in `failure`: among others that another
    /// process
    ///         holds it, or that its files are damaged
    [[nodiscard]] static std::unique_ptr<Database> open(
        const std::filesystem::path& directory, const DatabaseOptions& options,
        std::string& failure);
    ~Database();

    /// Applies the batch. With Sync::kYes it has reached the disk (fdatasync) on return.
    [[nodiscard]] Failure write(WriteBatch& batch, Sync sync);

    struct Read {
        std::optional<chain::Bytes> value;  ///< empty: no such key
        Failure failure;
    };
    [[nodiscard]] Read get(chain::ByteView key) const;

    /// Calls `visit` for the keys in [from, to) in order until it returns false. An empty `to` has
    /// no end. The views are valid during the call only.
    [[nodiscard]] Failure scan(
        chain::ByteView from, chain::ByteView to,
        const std::function<bool(chain::ByteView key, chain::ByteView value)>& visit) const;

    /// The same, from the greatest key below `to` downwards to `from`.
    [[nodiscard]] Failure scan_back(
        chain::ByteView from, chain::ByteView to,
        const std::function<bool(chain::ByteView key, chain::ByteView value)>& visit) const;

    /// The same for several ranges, each of which ends where `visit` says false or at its `to`;
    /// they are sorted and apart. What is read is kept in the cache.
    struct Range {
        chain::Bytes from;
        chain::Bytes to;
    };
    [[nodiscard]] Failure scan_ranges(
        std::span<const Range> ranges,
        const std::function<bool(std::size_t range, chain::ByteView key, chain::ByteView value)>&
            visit) const;

    /// Gives back the disk that erased and overwritten keys in [from, to) take.
    void compact(chain::ByteView from, chain::ByteView to);

  private:
    struct Impl;
    explicit Database(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node
