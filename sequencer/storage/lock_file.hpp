#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace troupe::node {

/// A file that one process holds (flock); the kernel lets go of it however the process ends. It
/// says the holder's process id.
class LockFile {
  public:
    /// Makes the file where there is none, and holds it while the object lives.
    /// @return null with the reason in `failure`: "in use by another troupe process (pid 17)", or
    ///         what the disk refuses
    [[nodiscard]] static std::unique_ptr<LockFile> take(
        const std::filesystem::path& path, std::string& failure);
    ~LockFile();
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;

  private:
    explicit LockFile(int file) : file_(file) {}
    int file_;
};

}  // namespace troupe::node
