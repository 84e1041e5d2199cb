#include "bench/line_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace troupe::bench {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 400;
constexpr double kLeft = 52;
constexpr double kRight = 150;  // labels of the lines
constexpr double kTop = 56;
constexpr double kBottom = 48;
constexpr double kLabelGap = 15;  // between labels of lines that end together
constexpr int kSteps = 4;         // of the y axis, about
constexpr std::array kColours{"#2f6fb0", "#c2410c", "#2e7d32", "#7b3fa0", "#8a6d00", "#52606d"};

double nice_step(double most) {
    const double raw = most / kSteps;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (raw <= factor * power) return factor * power;
    return 10 * power;
}

struct Axes {
    double x_max;
    double y_max;
    [[nodiscard]] double x(double value) const {
        return kLeft + (kWidth - kLeft - kRight) * std::log2(value) / std::log2(x_max);
    }
    [[nodiscard]] double y(double value) const {
        return kHeight - kBottom - (kHeight - kTop - kBottom) * value / y_max;
    }
};

std::string draw_axes(const LineChart& chart, const Axes& axes) {
    std::string svg;
    const double step = nice_step(axes.y_max);
    for (double value = 0; value <= axes.y_max * 1.001; value += step)
        svg += fmt::format(
            "<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" stroke=\"#e4e7eb\"/>\n"
            "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\" fill=\"#52606d\">{5:g}</text>\n",
            kLeft, axes.y(value), kWidth - kRight, kLeft - 8, axes.y(value) + 4, value);
    for (double value = 1; value <= axes.x_max; value *= 2)
        svg += fmt::format(
            "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\" fill=\"#52606d\">{:g}</text>\n",
            axes.x(value), kHeight - kBottom + 18, value);
    svg += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#1f2933\">{}</text>\n",
        (kLeft + kWidth - kRight) / 2, kHeight - 10, chart.x_label);
    return svg;
}

std::string draw_line(const LineChart::Line& line, const Axes& axes, const char* colour) {
    std::string points;
    for (const auto& [x, y] : line.points)
        if (y <= axes.y_max) points += fmt::format("{:.1f},{:.1f} ", axes.x(x), axes.y(y));
    return fmt::format(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", points,
        colour, line.dashed ? " stroke-dasharray=\"5 4\"" : "");
}

}  // namespace

std::string draw(const LineChart& chart) {
    Axes axes{2, chart.y_max};
    for (const auto& line : chart.lines)
        for (const auto& point : line.points)
            axes.x_max = std::max(axes.x_max, point.first);
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        "<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"bold\" "
        "fill=\"#1f2933\">{2}</text>\n"
        "<text x=\"12\" y=\"42\" fill=\"#52606d\">{3}</text>\n",
        kWidth, kHeight, chart.title, chart.y_label);
    svg += draw_axes(chart, axes);
    struct Label {
        double y;
        std::string text;
        const char* colour;
    };
    std::vector<Label> labels;
    for (std::size_t i = 0; i < chart.lines.size(); ++i) {
        const LineChart::Line& line = chart.lines[i];
        const char* const colour =
            line.dashed ? kColours.back() : kColours[i % (kColours.size() - 1)];
        svg += draw_line(line, axes, colour);
        if (!line.points.empty())
            labels.push_back(
                {axes.y(std::min(line.points.back().second, axes.y_max)), line.label, colour});
    }
    std::sort(
        labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
    double last = 0;
    for (const Label& label : labels) {
        last = std::max(label.y, last + kLabelGap);
        svg += fmt::format(
            "<text x=\"{}\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n", kWidth - kRight + 8, last + 4,
            label.colour, label.text);
    }
    return svg + "</svg>\n";
}

}  // namespace troupe::bench
