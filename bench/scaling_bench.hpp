#pragma once

#include <string>

namespace troupe::bench {

struct ScalingOptions {
    std::string workloads;  ///< separated by commas; empty: W5, W7/100, W8/100, W9, W10
    std::string json_file;
    std::string plots;  ///< folder
    int runs = 5;       ///< of what is measured on real cores: the fastest counts
};

/// `troupe bench scaling`: what executors, partitions and the sequencer take for a load, recorded
/// handler by handler, put on 1 to 32 simulated cores; and measured beside it on those that this
/// machine has. @return the exit code
[[nodiscard]] int run_scaling_bench(const ScalingOptions& options);

}  // namespace troupe::bench
