#include "sequencer/commands/command.hpp"
#include "sequencer/commands/completion.hpp"
#include "sequencer/commands/man_page.hpp"
#include "sequencer/version.hpp"

#include <cstdio>
#include <memory>

namespace troupe::node {

Command add_completion_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand("completion", "Prints the completions of a shell");
    app->alias("completions");  // what anvil, cast and forge call it
    auto shell = std::make_shared<std::string>();
    app->add_option("shell", *shell, "Which shell")
        ->required()
        ->type_name("bash|zsh|fish")
        ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
    app->footer(
        "Examples:\n"
        "  troupe completion bash >/usr/share/bash-completion/completions/troupe\n"
        "  troupe completion zsh >/usr/share/zsh/vendor-completions/_troupe\n"
        "  troupe completion fish >~/.config/fish/completions/troupe.fish\n"
        "  source <(troupe completion bash)");
    return {app, [&root, shell] {
                const CommandNode tree = command_tree(root);
                const std::string script = *shell == "bash"  ? bash_completion(tree)
                                           : *shell == "zsh" ? zsh_completion(tree)
                                                             : fish_completion(tree);
                std::fputs(script.c_str(), stdout);
                return kExitOk;
            }};
}

Command add_man_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand("man", "Prints the manual page, in roff");
    app->footer(
        "Examples:\n"
        "  troupe man | man -l -\n"
        "  troupe man >/usr/local/share/man/man1/troupe.1");
    return {app, [&root] {
                std::fputs(man_page(command_tree(root), kVersion).c_str(), stdout);
                return kExitOk;
            }};
}

}  // namespace troupe::node
