#pragma once

#include <optional>
#include <string>

namespace troupe::node {

/// Where the local L1's program is: TROUPE_ANVIL, else beside the project that this binary was
/// built in (node_modules, as ./dev setup installs it), else "anvil" in PATH.
/// @return empty with what to do in `failure`
[[nodiscard]] std::optional<std::string> find_anvil(std::string& failure);

/// Where a file of the project's npm packages is: `inside` node_modules, as ./dev setup installs
/// it, beside the project that this binary was built in. Empty: not installed.
[[nodiscard]] std::optional<std::string> find_in_packages(const std::string& inside);

/// The file this process runs: to start other subcommands of the same build.
[[nodiscard]] std::string own_program();

}  // namespace troupe::node
