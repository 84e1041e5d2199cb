#pragma once

#include <optional>
#include <string>

namespace troupe::node {

/// Where the local L1's program is: TROUPE_ANVIL, else beside the project that this binary was
/// built in (node_modules, as ./dev setup installs it), else "anvil" in PATH.
/// @return empty with what to do in `failure`
[[nodiscard]] std::optional<std::string> find_anvil(std::string& failure);

/// The file this process runs: to start other subcommands of the same build.
[[nodiscard]] std::string own_program();

}  // namespace troupe::node
