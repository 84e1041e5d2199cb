#include "bench/bench_command.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/command_tree.hpp"
#include "sequencer/version.hpp"

#include <cstdio>

namespace troupe::node {

int report(const std::string& message, int status) {
    std::fprintf(stderr, "troupe: %s\n", message.c_str());
    return status;
}

}  // namespace troupe::node

int main(int argc, char** argv) {
    using namespace troupe::node;
    CLI::App root{"Troupe: an Ethereum rollup sequencer made of actors", "troupe"};
    root.set_version_flag("--version", std::string("troupe ") + kVersion);
    root.require_subcommand(1);
    root.footer(
        "Examples:\n"
        "  troupe devnet                      an L1, the contracts and a node in one command\n"
        "  troupe verify --l1 http://127.0.0.1:18545 --rollup rollup.json\n"
        "  troupe <command> --help            every option of a command\n"
        "Exit status: 0 done, 1 failed or found false, 2 wrong usage or configuration.");
    const Command commands[] = {
        add_node_command(root),       add_devnet_command(root),
        add_demo_command(root),       add_wallet_command(root),
        add_deploy_command(root),     add_verify_command(root),
        add_config_command(root),     troupe::bench::add_bench_command(root),
        add_statetest_command(root),  add_replay_command(root),
        add_trace_command(root),      add_status_command(root),
        add_completion_command(root), add_man_command(root),
        add_load_command(root),
    };
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const std::string unknown =
            unknown_word(command_tree(root), std::vector<std::string>(argv + 1, argv + argc));
        const bool asked_for_help = error.get_exit_code() == 0;
        if (!asked_for_help && !unknown.empty()) return report(unknown, kExitUsage);
        return root.exit(error) == 0 ? kExitOk : kExitUsage;
    }
    for (const Command& command : commands)
        if (command.app->parsed()) return command.run();
    return kExitUsage;
}
