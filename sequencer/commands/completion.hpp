#pragma once

#include "sequencer/commands/command_tree.hpp"

#include <string>

/// Shell completions: scripts that know every command and option, with its words or files. They
/// never run the program.
namespace troupe::node {

[[nodiscard]] std::string bash_completion(const CommandNode& root);
[[nodiscard]] std::string zsh_completion(const CommandNode& root);
[[nodiscard]] std::string fish_completion(const CommandNode& root);

}  // namespace troupe::node
