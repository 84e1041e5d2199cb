#pragma once

#include "sequencer/storage/lock_file.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace troupe::node {

inline constexpr unsigned kDataFormat = 5;        ///< docs/formats/storage.md
inline constexpr unsigned kDataFormatOldest = 1;  ///< what this troupe takes over

/// The directory that one sequencer owns. While this object lives no other process can have it
/// (`LOCK`).
class DataDirectory {
  public:
    /// Makes the directory where there is none, locks it, and checks the format in `VERSION`. From
    /// an older one on it is a directory of kDataFormat: what has another form in it is written
    /// anew when its databases are opened.
    /// @return null with the reason in `failure`: another process (its id is named) owns it, the
    ///         format is another one, or the disk refuses
    [[nodiscard]] static std::unique_ptr<DataDirectory> open(
        const std::filesystem::path& path, std::string& failure);
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    DataDirectory(std::filesystem::path path, std::unique_ptr<LockFile> lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}
    std::filesystem::path path_;
    std::unique_ptr<LockFile> lock_;
};

/// Replaces the file by `text` so that a reader, or a crash at any moment, sees the old content or
/// the new, never a mixture. Synced. @return empty on success
[[nodiscard]] std::string write_file_atomically(
    const std::filesystem::path& file, const std::string& text, unsigned mode = 0644);

}  // namespace troupe::node
