#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The command line as plain data: what completions, the man page and suggestions are made from.
namespace troupe::node {

struct CommandOption {
    std::vector<std::string> names;  ///< "-p", "--port"; of a positional one its name alone
    std::string value;               ///< what it takes: "N", "PATH"; empty: nothing, it is a switch
    std::string fallback;            ///< where --help has none in its text
    std::string help;
    std::string group;
    std::vector<std::string> choices;  ///< all that it takes, where these are few words
    bool file = false;                 ///< it takes a file or a directory
    bool positional = false;
    bool required = false;
};

struct CommandNode {
    std::string name;
    std::string path;  ///< with those above it: "troupe wallet send"
    std::string help;
    std::string footer;  ///< examples and the like, as --help prints them
    std::vector<CommandOption> options;
    std::vector<CommandNode> children;
};

[[nodiscard]] CommandNode command_tree(const CLI::App& root);

/// Every command of the tree, parents before children.
[[nodiscard]] std::vector<const CommandNode*> all_commands(const CommandNode& root);

/// The first word of a command line that is no command and no option, in words, with the one that
/// was probably meant: `there is no option --prot of troupe devnet; did you mean --port?`
/// @param words  without the program's name
/// @return empty where every word is known
[[nodiscard]] std::string unknown_word(
    const CommandNode& root, const std::vector<std::string>& words);

}  // namespace troupe::node
