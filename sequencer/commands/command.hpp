#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace troupe::node {

/// Exit statuses of every command.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  ///< what was asked for is not so, or could not be done
inline constexpr int kExitUsage = 2;   ///< the command line or the configuration is wrong

/// One subcommand: its place in the command line, and what it does once that is parsed.
struct Command {
    CLI::App* app = nullptr;
    std::function<int()> run;  ///< @return the exit status
};

// Each adds its subcommand below `root`.
[[nodiscard]] Command add_node_command(CLI::App& root);
[[nodiscard]] Command add_devnet_command(CLI::App& root);
[[nodiscard]] Command add_deploy_command(CLI::App& root);
[[nodiscard]] Command add_verify_command(CLI::App& root);
[[nodiscard]] Command add_config_command(CLI::App& root);
[[nodiscard]] Command add_demo_command(CLI::App& root);
[[nodiscard]] Command add_wallet_command(CLI::App& root);
[[nodiscard]] Command add_replay_command(CLI::App& root);
[[nodiscard]] Command add_statetest_command(CLI::App& root);
[[nodiscard]] Command add_trace_command(CLI::App& root);
[[nodiscard]] Command add_status_command(CLI::App& root);
[[nodiscard]] Command add_completion_command(CLI::App& root);
[[nodiscard]] Command add_man_command(CLI::App& root);
[[nodiscard]] Command add_load_command(CLI::App& root);

/// Prints "troupe: <message>" to standard error. @return `status`
int report(const std::string& message, int status = kExitFailed);

}  // namespace troupe::node
