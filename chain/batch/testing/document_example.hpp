#pragma once

#include "chain/base/hex.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

/// For tests: the fenced blocks of a page in docs/formats/. Tests run in the source root.
namespace troupe::chain::batch {

/// The lines of the block that begins with ```name, without comments (# …) and spaces.
inline std::vector<std::string> document_lines(const std::string& page, const std::string& name) {
    std::ifstream file("docs/formats/" + page);
    std::vector<std::string> lines;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (inside && line == "```") return lines;
        if (inside) {
            line.resize(std::min(line.find('#'), line.size()));
            std::erase(line, ' ');
            lines.push_back(line);
        }
        inside = inside || line == "```" + name;
    }
    throw std::runtime_error("no block " + name + " in docs/formats/" + page);
}

/// The block's bytes.
inline Bytes document_bytes(const std::string& page, const std::string& name) {
    std::string digits;
    for (const std::string& line : document_lines(page, name)) {
        digits += line;
    }
    return from_hex(digits).value();
}

}  // namespace troupe::chain::batch
