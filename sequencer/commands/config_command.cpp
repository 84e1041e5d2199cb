#include "sequencer/commands/command.hpp"
#include "sequencer/commands/node_options.hpp"

#include <cstdio>

namespace troupe::node {

Command add_config_command(CLI::App& root) {
    CLI::App* app =
        root.add_subcommand("config", "Shows the configuration that a node would run with");
    app->require_subcommand(1);
    CLI::App* dump = app->add_subcommand(
        "dump", "Prints every value with its origin, as a TOML file that gives the same");
    dump->footer("Example: TROUPE_LOG_LEVEL=debug troupe config dump --config node.toml");
    NodeOptions options(*dump);
    return {app, [options] {
                std::string failure;
                const auto settings = options.settings(failure);
                if (!settings) return report(failure, kExitUsage);
                std::fputs(settings->dump().c_str(), stdout);
                return kExitOk;
            }};
}

}  // namespace troupe::node
