#pragma once

#include "sequencer/commands/node_options.hpp"
#include "sequencer/runtime/node_runtime.hpp"

#include <functional>

namespace troupe::node {

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and those it starts: call before any thread.
void block_stop_signals();

/// Runs until SIGTERM or SIGINT, or until the node stops ordering for a fatal reason. SIGHUP calls
/// `on_reload`. Tells systemd how it goes.
/// @return exit status: 0 after a drain, 1 after a fatal error
int run_until_stopped(NodeRuntime& node, const std::function<void()>& on_reload);

/// Reads the keys that the settings name. @return empty, or what is wrong
[[nodiscard]] std::string load_keys(
    const Settings& settings, const NodeConfig& config, NodeKeys& keys);

}  // namespace troupe::node
