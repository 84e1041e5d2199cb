#pragma once

#include "chain/base/bytes.hpp"

#include <memory>
#include <string>

namespace troupe::node {

/// Keeps a second process on this machine from posting with the same L1 key: two would take each
/// other's nonces. A lock on a file in the temporary directory, which ends with the process.
class KeyLock {
  public:
    /// @param l1_genesis  hash of the L1's block 0: development L1s share chain ids and keys
    /// @return null with the reason in `failure`
    [[nodiscard]] static std::unique_ptr<KeyLock> acquire(
        const chain::Hash32& l1_genesis, const chain::Address& address, std::string& failure);
    ~KeyLock();
    KeyLock(const KeyLock&) = delete;
    KeyLock& operator=(const KeyLock&) = delete;

  private:
    explicit KeyLock(int file) : file_(file) {}
    int file_;
};

}  // namespace troupe::node
