#include "sequencer/runtime/key_lock.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace troupe::node {

std::unique_ptr<KeyLock> KeyLock::acquire(
    const std::string& l1, const chain::Address& address, std::string& failure) {
    const std::string name = "troupe-l1-key-" + l1 + "-" + chain::to_hex(address);
    sockaddr_un at{};
    TROUPE_ASSERT(name.size() < sizeof(at.sun_path));
    at.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), at.sun_path + 1);  // the first byte 0: no file
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());

    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr*>(&at), size) == 0)
        return std::unique_ptr<KeyLock>(new KeyLock(socket));
    const int error = errno;
    if (socket >= 0) ::close(socket);
    failure = error == EADDRINUSE
                  ? "another troupe process posts with the L1 key of " + chain::to_hex(address) +
                        " on this machine: one sequencer only"
                  : "cannot hold the name " + name + ": " + std::strerror(error);
    return nullptr;
}

KeyLock::~KeyLock() {
    ::close(socket_);
}

std::string name_l1(
    const chain::Hash32& genesis, const std::string& host, const std::string& port) {
    std::string name = chain::to_hex(genesis.view().first(8)).substr(2);
    if (host == "localhost" || host == "::1" || host.starts_with("127.")) name += "-" + port;
    return name;
}

}  // namespace troupe::node
