#pragma once

#include "chain/base/bytes.hpp"

#include <memory>
#include <string>

namespace troupe::node {

/// Keeps a second process on this machine from posting with the same L1 key: two would take each
/// other's nonces. A name that the process holds in the kernel (an abstract socket, unix(7)): it
/// ends with the process, whatever ends that, and leaves no file.
class KeyLock {
  public:
    /// @param l1  what tells the L1 from others (name_l1)
    /// @return null with the reason in `failure`
    [[nodiscard]] static std::unique_ptr<KeyLock> acquire(
        const std::string& l1, const chain::Address& address, std::string& failure);
    ~KeyLock();
    KeyLock(const KeyLock&) = delete;
    KeyLock& operator=(const KeyLock&) = delete;

  private:
    explicit KeyLock(int socket) : socket_(socket) {}
    int socket_;
};

/// Names an L1 by its block 0, and one on this machine by its port as well: development L1s share
/// chain ids and keys, and those started within one second share block 0.
[[nodiscard]] std::string name_l1(
    const chain::Hash32& genesis, const std::string& host, const std::string& port);

}  // namespace troupe::node
