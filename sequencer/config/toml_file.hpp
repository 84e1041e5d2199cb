#pragma once

#include <string>
#include <vector>

namespace troupe::node {

/// One key of a TOML file: tables flattened with dots, the value as text.
struct TomlEntry {
    std::string key;    ///< "grpc.listen"
    std::string value;  ///< "127.0.0.1:50051", "8", "true"
    bool plain = true;  ///< false: an array, a date, a float: nothing that an option can be
    unsigned line = 0;
};

/// Reads a TOML file. The one doorway to toml++.
/// @return empty, or what is wrong, with file, line and column
[[nodiscard]] std::string read_toml(const std::string& path, std::vector<TomlEntry>& entries);

}  // namespace troupe::node
