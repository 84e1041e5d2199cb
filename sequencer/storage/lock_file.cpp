#include "sequencer/storage/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace troupe::node {
namespace {

std::string holder_of(int file) {
    char text[64];
    const ssize_t size = ::pread(file, text, sizeof text, 0);
    if (size <= 0) return {};
    const std::string line(text, static_cast<std::size_t>(size));
    return " (pid " + line.substr(0, line.find('\n')) + ")";
}

}  // namespace

std::unique_ptr<LockFile> LockFile::take(const std::filesystem::path& path, std::string& failure) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) {
        failure = "cannot create " + path.string() + ": " + std::strerror(errno);
        return nullptr;
    }
    std::unique_ptr<LockFile> lock(new LockFile(file));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        failure = "in use by another troupe process" + holder_of(file);
        return nullptr;
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file, 0) != 0 ||
        ::pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        failure = "cannot write " + path.string() + ": " + std::strerror(errno);
        return nullptr;
    }
    return lock;
}

LockFile::~LockFile() {
    ::close(file_);
}

}  // namespace troupe::node
