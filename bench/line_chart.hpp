#pragma once

#include <string>
#include <utility>
#include <vector>

namespace troupe::bench {

struct LineChart {
    struct Line {
        std::string label;
        std::vector<std::pair<double, double>> points;  ///< x ascending
        bool dashed = false;
    };
    std::string title;
    std::string x_label;
    std::string y_label;
    double y_max = 1;  ///< lines end where they leave the chart
    std::vector<Line> lines;
};

/// As SVG. The x axis doubles from step to step (1, 2, 4 ...), the y axis is linear from 0.
[[nodiscard]] std::string draw(const LineChart& chart);

}  // namespace troupe::bench
