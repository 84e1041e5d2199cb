#include "sequencer/commands/command_tree.hpp"

#include "sequencer/config/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>

namespace troupe::node {
namespace {

bool all_lower(std::string_view word) {
    return !word.empty() &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == word.npos;
}

// "text|json" -> both; "URL|none" -> none: it takes more than the words that it names.
std::vector<std::string> choices_of(const std::string& value) {
    if (value.find('|') == value.npos) return {};
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin <= value.size()) {
        const std::size_t end = std::min(value.find('|', begin), value.size());
        words.push_back(value.substr(begin, end - begin));
        if (!all_lower(words.back())) return {};
        begin = end + 1;
    }
    return words;
}

CommandOption option_of(const CLI::Option& option) {
    CommandOption made;
    for (const std::string& name : option.get_snames())
        made.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        made.names.push_back("--" + name);
    made.positional = made.names.empty();
    if (made.positional) made.names.push_back(option.get_name(true));
    const bool takes = option.get_items_expected_max() > 0;
    // CLI11 appends what a check allows: "UINT:INT in [1 - 3600]".
    if (takes) made.value = option.get_type_name().substr(0, option.get_type_name().find(':'));
    if (takes && made.value.empty()) made.value = "TEXT";
    made.fallback = option.get_default_str();
    made.help = option.get_description();
    made.group = option.get_group();
    made.required = option.get_required();
    made.choices = choices_of(made.value);
    const std::string& name = made.names.back();
    made.file = takes && (made.value == "PATH" || made.value == "FILE" || name.ends_with("-file") ||
                          name.ends_with("dir"));
    return made;
}

CommandNode node_of(const CLI::App& app, const std::string& above) {
    CommandNode node;
    node.name = app.get_name();
    node.path = above.empty() ? node.name : above + " " + node.name;
    node.help = app.get_description();
    node.footer = app.get_footer();
    for (const CLI::Option* option : app.get_options()) {
        const bool version = option == app.get_version_ptr();
        CommandOption made = option_of(*option);
        if (version || option == app.get_help_ptr()) made.value.clear();
        if (!made.group.empty()) node.options.push_back(std::move(made));
    }
    for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; }))
        node.children.push_back(node_of(*child, node.path));
    return node;
}

const CommandOption* find_option_named(const CommandNode& node, std::string_view name) {
    for (const CommandOption& option : node.options)
        if (!option.positional &&
            std::find(option.names.begin(), option.names.end(), name) != option.names.end())
            return &option;
    return nullptr;
}

std::string with_suggestion(
    std::string message, std::string_view meant, const std::vector<std::string>& names) {
    const std::string nearest = nearest_name(meant, names);
    if (!nearest.empty()) message += "; did you mean " + nearest + "?";
    return message;
}

}  // namespace

CommandNode command_tree(const CLI::App& root) {
    return node_of(root, "");
}

std::vector<const CommandNode*> all_commands(const CommandNode& root) {
    std::vector<const CommandNode*> all{&root};
    for (const CommandNode& child : root.children)
        for (const CommandNode* below : all_commands(child))
            all.push_back(below);
    return all;
}

std::string unknown_word(const CommandNode& root, const std::vector<std::string>& words) {
    const CommandNode* node = &root;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") return {};  // what follows are arguments
        if (word.starts_with("--")) {
            const std::size_t equals = word.find('=');
            const std::string name = word.substr(0, equals);
            const CommandOption* option = find_option_named(*node, name);
            if (option == nullptr) {
                std::vector<std::string> names;
                for (const CommandOption& other : node->options)
                    if (!other.positional) names.push_back(other.names.back());
                return with_suggestion(
                    "there is no option " + name + " of " + node->path, name, names);
            }
            if (!option->value.empty() && equals == word.npos) ++i;  // its value
            continue;
        }
        if (word.size() > 1 && word[0] == '-') {
            const CommandOption* option = find_option_named(*node, word.substr(0, 2));
            if (option == nullptr) return "there is no option " + word + " of " + node->path;
            if (!option->value.empty() && word.size() == 2) ++i;
            continue;
        }
        const auto child = std::find_if(
            node->children.begin(), node->children.end(),
            [&](const CommandNode& candidate) { return candidate.name == word; });
        if (child != node->children.end()) {
            node = &*child;
            continue;
        }
        const bool takes_words = std::any_of(
            node->options.begin(), node->options.end(),
            [](const CommandOption& option) { return option.positional; });
        if (node->children.empty() || takes_words) continue;
        std::vector<std::string> names;
        for (const CommandNode& candidate : node->children)
            names.push_back(candidate.name);
        return with_suggestion("there is no command " + node->path + " " + word, word, names);
    }
    return {};
}

}  // namespace troupe::node
