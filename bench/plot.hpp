#pragma once

#include "bench/report.hpp"

#include <string>

namespace troupe::bench {

/// A picture of some results.
struct Plot {
    std::string name;  ///< of the file, without ".svg"
    std::string svg;
};

/// One plot per family of workloads that was measured: how many times as fast as serial execution
/// (transfers; contracts; what surrounds execution), nanoseconds per update (root), recoveries
/// (signatures), and the node's latency. Bars, with their figures written beside them.
[[nodiscard]] std::vector<Plot> plots_of(const Report& report);

}  // namespace troupe::bench
