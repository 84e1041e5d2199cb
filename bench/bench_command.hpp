#pragma once

#include "sequencer/commands/command.hpp"

namespace troupe::bench {

/// `troupe bench`: the workloads of docs/benchmarks.md, side by side with their peers in one run.
[[nodiscard]] node::Command add_bench_command(CLI::App& root);

}  // namespace troupe::bench
