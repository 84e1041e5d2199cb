#include "sequencer/commands/command.hpp"
#include "sequencer/commands/run_node.hpp"
#include "sequencer/logging/log.hpp"

#include <cstdio>

namespace troupe::node {
namespace {

int run_node(const NodeOptions& options) {
    block_stop_signals();
    std::string failure;
    const auto settings = options.settings(failure);
    if (!settings) return report(failure, kExitUsage);
    if (failure = apply_log_settings(*settings); !failure.empty())
        return report(failure, kExitUsage);
    NodeConfig config;
    if (failure = apply_settings(*settings, config); !failure.empty())
        return report(failure, kExitUsage);
    auto rollup = read_rollup_file(settings->text("rollup"), failure);
    if (!rollup) return report(failure, kExitUsage);
    config.rollup = std::move(*rollup);
    NodeKeys keys;
    if (failure = load_keys(*settings, config, keys); !failure.empty())
        return report(failure, kExitUsage);

    const auto node = NodeRuntime::start(std::move(config), keys, failure);
    if (!node) return report(failure);
    log_info(
        Component::kNode, "ready: gRPC on port {}, admin {}, JSON-RPC {}, metrics {}",
        node->grpc_port(), node->admin_port(), node->rpc_port(), node->metrics_port());
    return run_until_stopped(*node, [&] {
        // What can change while running: log format and levels.
        std::string wrong;
        const auto again = options.settings(wrong);
        if (again) wrong = apply_log_settings(*again);
        if (wrong.empty())
            log_info(Component::kNode, "configuration read again: log levels are in force");
        else
            log_error(Component::kNode, "configuration not read again: {}", wrong);
    });
}

}  // namespace

Command add_node_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand("node", "Runs the sequencer");
    NodeOptions options(*app);
    app->footer(
        "Examples:\n"
        "  troupe node --config /etc/troupe/node.toml\n"
        "  troupe node --rollup rollup.json --l1.url http://127.0.0.1:18545 --dev-keys\n"
        "Signals: SIGTERM drains and exits 0, SIGHUP reads log settings again.");
    return {app, [options] { return run_node(options); }};
}

}  // namespace troupe::node
