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
    const chain::Hash32& l1_genesis, const chain::Address& address, std::string& failure) {
    const std::string l1 = chain::to_hex(l1_genesis.view().first(8));
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("troupe-" + l1.substr(2) + "-" + chain::to_hex(address) + ".lock");
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

}  // namespace troupe::node
