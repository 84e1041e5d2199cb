#include "sequencer/commands/completion.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::node {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    return fmt::format("{}", fmt::join(words, between));
}

// Inside '…' of bash and zsh.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// Inside '…' of fish.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// Inside […] of zsh's _arguments, and between its colons.
std::string zsh_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::vector<std::string> words_of(const CommandNode& node) {
    std::vector<std::string> words;
    for (const CommandNode& child : node.children)
        words.push_back(child.name);
    for (const CommandOption& option : node.options) {
        if (option.positional)
            words.insert(words.end(), option.choices.begin(), option.choices.end());
        else
            words.insert(words.end(), option.names.begin(), option.names.end());
    }
    return words;
}

bool takes_files(const CommandNode& node) {
    return std::any_of(node.options.begin(), node.options.end(), [](const CommandOption& option) {
        return option.positional && option.file;
    });
}

// Patterns of "path option" for the options that take a value of one kind.
std::vector<std::string> value_patterns(
    const CommandNode& root, bool (*is_kind)(const CommandOption&)) {
    std::vector<std::string> patterns;
    for (const CommandNode* node : all_commands(root))
        for (const CommandOption& option : node->options)
            if (!option.positional && !option.value.empty() && is_kind(option))
                for (const std::string& name : option.names)
                    patterns.push_back(quoted(node->path + " " + name));
    return patterns;
}

}  // namespace

std::string bash_completion(const CommandNode& root) {
    std::string out = fmt::format(
        "# bash completion of {0}: written by `{0} completion bash`\n_{0}() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path={0} i\n"
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case \"$path ${{COMP_WORDS[i]}}\" in\n",
        root.name);
    std::vector<std::string> paths;
    for (const CommandNode* node : all_commands(root))
        if (node != &root) paths.push_back(quoted(node->path));
    out += fmt::format(
        "            {}) path=\"$path ${{COMP_WORDS[i]}}\" ;;\n        esac\n    done\n"
        "    case \"$path $prev\" in\n",
        joined(paths, "|"));
    for (const CommandNode* node : all_commands(root))
        for (const CommandOption& option : node->options)
            if (!option.positional && !option.choices.empty())
                out += fmt::format(
                    "        {}) COMPREPLY=($(compgen -W {} -- \"$cur\")); return ;;\n",
                    quoted(node->path + " " + option.names.back()),
                    quoted(joined(option.choices, " ")));
    const auto files = value_patterns(root, [](const CommandOption& o) { return o.file; });
    const auto others =
        value_patterns(root, [](const CommandOption& o) { return !o.file && o.choices.empty(); });
    out += fmt::format(
        "        {}) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n        {}) return ;;\n"
        "    esac\n    case \"$path\" in\n",
        joined(files, "|"), joined(others, "|"));
    for (const CommandNode* node : all_commands(root))
        out += fmt::format(
            "        {}) COMPREPLY=($(compgen -W {} -- \"$cur\"){}) ;;\n", quoted(node->path),
            quoted(joined(words_of(*node), " ")),
            takes_files(*node) ? " $(compgen -f -- \"$cur\")" : "");
    return out + fmt::format("    esac\n}}\ncomplete -o filenames -F _{0} {0}\n", root.name);
}

namespace {

std::string zsh_function(const CommandNode& node) {
    std::string name = "_" + node.path;
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::string zsh_action(const CommandOption& option) {
    if (!option.choices.empty()) return "(" + joined(option.choices, " ") + ")";
    return option.file ? "_files" : " ";
}

std::string zsh_specification(const CommandOption& option) {
    const std::string help = zsh_escaped(option.help);
    const std::string message =
        option.value.empty() ? "" : ":" + zsh_escaped(option.value) + ":" + zsh_action(option);
    if (option.positional)
        return quoted("*:" + zsh_escaped(option.names.back()) + ":" + zsh_action(option));
    std::string out;
    for (const std::string& name : option.names)
        out += (out.empty() ? "" : " \\\n        ") + quoted(name + "[" + help + "]" + message);
    return out;
}

}  // namespace

std::string zsh_completion(const CommandNode& root) {
    std::string out = fmt::format(
        "#compdef {0}\n# zsh completion of {0}: written by `{0} completion zsh`\n", root.name);
    for (const CommandNode* node : all_commands(root)) {
        out += fmt::format("\n{}() {{\n    local state\n    _arguments -C", zsh_function(*node));
        for (const CommandOption& option : node->options)
            out += " \\\n        " + zsh_specification(option);
        if (node->children.empty()) {
            out += "\n}\n";
            continue;
        }
        out +=
            " \\\n        '1:command:->command' '*::argument:->rest'\n    case $state in\n"
            "        command)\n            local -a commands=(\n";
        for (const CommandNode& child : node->children)
            out += fmt::format(
                "                {}\n", quoted(child.name + ":" + zsh_escaped(child.help)));
        out +=
            "            )\n            _describe command commands ;;\n        rest)\n"
            "            case $words[1] in\n";
        for (const CommandNode& child : node->children)
            out += fmt::format("                {}) {} ;;\n", child.name, zsh_function(child));
        out += "            esac ;;\n    esac\n}\n";
    }
    // Loaded by compinit as a file, or sourced.
    return out + fmt::format(
                     "\nif [[ $funcstack[1] == _{0} ]]; then _{0} \"$@\"; else compdef _{0} {0}; "
                     "fi\n",
                     root.name);
}

std::string fish_completion(const CommandNode& root) {
    std::string out = fmt::format(
        "# fish completion of {0}: written by `{0} completion fish`\n"
        "function __{0}_at\n"
        "    # Whether the commands typed so far are exactly those given.\n"
        "    set -l typed\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        contains -- \"$typed $word\" $__{0}_paths; and set typed \"$typed $word\"\n"
        "    end\n"
        "    test \"$typed\" = \"$argv[1]\"\n"
        "end\n",
        root.name);
    const auto below_root = [&](const CommandNode& node) {
        return node.path.substr(root.name.size());  // " wallet send"
    };
    out += fmt::format("set -g __{}_paths", root.name);
    for (const CommandNode* node : all_commands(root))
        if (node != &root) out += " " + fish_quoted(below_root(*node));
    out += fmt::format("\ncomplete -c {} -f\n", root.name);
    for (const CommandNode* node : all_commands(root)) {
        const std::string at = fmt::format(
            "complete -c {} -n {}", root.name,
            fish_quoted(fmt::format("__{}_at {}", root.name, fish_quoted(below_root(*node)))));
        for (const CommandNode& child : node->children)
            out += fmt::format("{} -a {} -d {}\n", at, child.name, fish_quoted(child.help));
        for (const CommandOption& option : node->options) {
            std::string line = at;
            if (!option.positional)
                for (const std::string& name : option.names)
                    line +=
                        name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (!option.value.empty() && !option.positional) line += " -r";
            if (option.file) line += " -F";
            if (!option.choices.empty()) line += " -a " + fish_quoted(joined(option.choices, " "));
            if (option.positional && option.choices.empty() && !option.file) continue;
            out += line + " -d " + fish_quoted(option.help) + "\n";
        }
    }
    return out;
}

}  // namespace troupe::node
