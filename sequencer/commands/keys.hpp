#pragma once

#include "sequencer/keystore/keystore.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// Where a keystore's password may come from: a file, an environment variable, or the terminal.
/// Never the command line, which other users of the machine can read.
struct PasswordSource {
    std::string file;         ///< its first line; empty: not used
    std::string environment;  ///< name of the variable; empty: not used
    std::string prompt;       ///< shown on the terminal; empty: never ask
};
/// @return empty with what to do in `failure`
[[nodiscard]] std::optional<std::string> read_password(
    const PasswordSource& source, std::string& failure);
/// Asks twice on the terminal.
[[nodiscard]] std::optional<std::string> read_new_password(
    const PasswordSource& source, std::string& failure);

/// Decrypts `key_file`. From the first call on this process leaves no core dump and lets no other
/// process of the same user trace it: an unlocked key is in memory.
[[nodiscard]] std::optional<UnlockedKey> unlock_key(
    const std::string& key_file, const PasswordSource& password, std::string& failure);

/// Turns core dumps off (RLIMIT_CORE 0, PR_SET_DUMPABLE 0).
void forbid_core_dumps() noexcept;

}  // namespace troupe::node
