#include "sequencer/runtime/key_lock.hpp"

#include "chain/base/hex.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace troupe::node {

std::unique_ptr<KeyLock> KeyLock::acquire(
    const std::string& l1, const chain::Address& address, std::string& failure) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("troupe-" + l1 + "-" + chain::to_hex(address) + ".lock");
    // Readable by all: another user's sequencer has to see the lock as well.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) {
        failure = "cannot create " + path.string() + ": " + std::strerror(errno);
        return nullptr;
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        failure = "another troupe process posts with the L1 key of " + chain::to_hex(address) +
                  " on this machine (" + path.string() + " is locked): one sequencer only";
        return nullptr;
    }
    return std::unique_ptr<KeyLock>(new KeyLock(file));
}

KeyLock::~KeyLock() {
    ::close(file_);
}

std::string name_l1(
    const chain::Hash32& genesis, const std::string& host, const std::string& port) {
    std::string name = chain::to_hex(genesis.view().first(8)).substr(2);
    if (host == "localhost" || host == "::1" || host.starts_with("127.")) name += "-" + port;
    return name;
}

}  // namespace troupe::node
