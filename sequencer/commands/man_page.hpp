#pragma once

#include "sequencer/commands/command_tree.hpp"

#include <string>

namespace troupe::node {

/// troupe(1) in roff, for `man`: every command and option of the tree.
/// @param version  stands at the foot of each page
[[nodiscard]] std::string man_page(const CommandNode& root, const std::string& version);

}  // namespace troupe::node
