#include "bench/plot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::bench {
namespace {

constexpr int kWidth = 720;
constexpr int kLabels = 275;  // left of the bars
constexpr int kFigures = 90;  // right of them
constexpr int kRow = 26;
constexpr int kTop = 56;

struct Bar {
    std::string label;
    double value = 0;
};

struct Chart {
    std::string name;
    std::string title;
    std::string unit;
    int digits = 2;
    std::optional<double> mark;  // a line across all bars
    std::vector<Bar> bars;
};

std::string draw(const Chart& chart) {
    double most = chart.mark.value_or(0);
    for (const Bar& bar : chart.bars)
        most = std::max(most, bar.value);
    const double scale = most > 0 ? (kWidth - kLabels - kFigures) / most : 0;
    const int height = kTop + kRow * static_cast<int>(chart.bars.size()) + 16;
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        "<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"bold\" "
        "fill=\"#1f2933\">{2}</text>\n"
        "<text x=\"12\" y=\"42\" fill=\"#52606d\">{3}</text>\n",
        kWidth, height, chart.title, chart.unit);
    int y = kTop;
    for (const Bar& bar : chart.bars) {
        const double width = bar.value * scale;
        svg += fmt::format(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1f2933\">{}</text>\n"
            "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"#2f6fb0\"/>\n"
            "<text x=\"{:.1f}\" y=\"{}\" fill=\"#1f2933\">{:.{}f}</text>\n",
            kLabels - 8, y + 15, bar.label, kLabels, y + 2, width, kRow - 8, kLabels + width + 6,
            y + 15, bar.value, chart.digits);
        y += kRow;
    }
    if (chart.mark) {
        const double x = kLabels + *chart.mark * scale;
        svg += fmt::format(
            "<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\" stroke=\"#c2410c\" "
            "stroke-dasharray=\"4 3\"/>\n",
            x, kTop - 4, y);
    }
    return svg + "</svg>\n";
}

std::string label_of(const Result& result) {
    const bool has_stacks = result.speedup.has_value() && result.stack != "exec";
    return fmt::format(
        "{}{}{}, {} core{}", result.workload, has_stacks ? " " : "", has_stacks ? result.stack : "",
        result.cores, result.cores == 1 ? "" : "s");
}

bool is_transfers(const Result& result) {
    return result.workload.size() == 2 && result.workload[1] >= '1' && result.workload[1] <= '4';
}

}  // namespace

std::vector<Plot> plots_of(const Report& report) {
    Chart transfers{"transfers", "Transfers", "times as fast as a plain serial loop", 2, 1.0, {}};
    Chart contracts{
        "contracts", "Contracts", "times as fast as one executor in order; W11: as a plain loop",
        2,           1.0,         {}};
    Chart stacks{"stacks", "Around execution", "times as fast as with one core", 2, 1.0, {}};
    Chart root{"root", "State root", "ns per updated account", 0, std::nullopt, {}};
    Chart signatures{"signatures", "Signature recovery", "a second", 0, std::nullopt, {}};
    Chart latency{
        "latency",
        "Submission to soft confirmation",
        "ms; W14 as fast as it goes, W15 at half of it",
        2,
        std::nullopt,
        {}};
    for (const Result& result : report.results) {
        const std::string label = label_of(result);
        if (result.recoveries_per_s) {
            const std::string way = result.path.value_or("") + ", " + result.note;
            signatures.bars.push_back({label + ", " + way, *result.recoveries_per_s});
        } else if (result.speedup && result.stack != "exec") {
            stacks.bars.push_back({label, *result.speedup});
        } else if (result.speedup && is_transfers(result)) {
            transfers.bars.push_back(
                {fmt::format("{}, {}k accounts", label, result.accounts / 1'000), *result.speedup});
        } else if (result.speedup) {
            contracts.bars.push_back({label, *result.speedup});
        }
        if (result.ns_per_update)
            root.bars.push_back(
                {fmt::format(
                     "{}, {}, {} a block", label, result.path.value_or(""),
                     result.updates_per_block.value_or(0)),
                 *result.ns_per_update});
        if (result.p50_ms) latency.bars.push_back({label + " p50", *result.p50_ms});
        if (result.p99_ms) latency.bars.push_back({label + " p99", *result.p99_ms});
    }
    std::vector<Plot> plots;
    for (const Chart& chart : {transfers, contracts, stacks, root, signatures, latency})
        if (!chart.bars.empty()) plots.push_back({chart.name, draw(chart)});
    return plots;
}

}  // namespace troupe::bench
