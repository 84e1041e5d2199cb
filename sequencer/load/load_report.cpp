#include "sequencer/load/load_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::node {
namespace {

double ms(const LatencyHistogram& latencies, double fraction) {
    return static_cast<double>(latencies.percentile_us(fraction)) / 1e3;
}
std::string percentiles(const LatencyHistogram& latencies) {
    return fmt::format(
        "p50 {:.2f}, p90 {:.2f}, p99 {:.2f}, p99.9 {:.2f}, max {:.2f}", ms(latencies, 0.5),
        ms(latencies, 0.9), ms(latencies, 0.99), ms(latencies, 0.999),
        static_cast<double>(latencies.max_us()) / 1e3);
}
nlohmann::ordered_json percentiles_json(const LatencyHistogram& latencies) {
    nlohmann::ordered_json json;
    json["p50"] = ms(latencies, 0.5);
    json["p90"] = ms(latencies, 0.9);
    json["p99"] = ms(latencies, 0.99);
    json["p99.9"] = ms(latencies, 0.999);
    json["max"] = static_cast<double>(latencies.max_us()) / 1e3;
    return json;
}
double each_us(double seconds, std::uint64_t count) {
    return count == 0 ? 0 : seconds * 1e6 / static_cast<double>(count);
}

}  // namespace

std::uint64_t LoadReport::least_in_a_second() const noexcept {
    const auto& seconds = result.each_second;
    if (seconds.empty()) return 0;
    if (seconds.size() <= 2) return *std::min_element(seconds.begin(), seconds.end());
    return *std::min_element(seconds.begin() + 1, seconds.end() - 1);
}

std::string to_text(const LoadReport& report) {
    const LoadSessionResult& result = report.result;
    const auto& bytes = report.node_bytes;
    const auto mib = [&](std::size_t i) { return bytes.empty() ? 0 : bytes[i] >> 20; };
    std::string text = fmt::format(
        "{} through {}: {:.0f} transactions a second over {:.1f} s ({} confirmed, least in a "
        "second {})\n"
        "{:.1f} Mgas/s; {} blocks sealed, {}\n"
        "soft confirmation [ms]: {}{}\n",
        report.mix, report.via, report.tps(), result.seconds, result.confirmed,
        report.least_in_a_second(), static_cast<double>(result.gas_used) / result.seconds / 1e6,
        report.sealed_blocks,
        report.all_sealed ? fmt::format("all of it up to block {}", report.last_sealed_block)
                          : "and the last transactions NOT within 10 s",
        percentiles(result.soft), report.rate_per_s ? ", from the arrival" : ", from the sending");
    if (!report.rate_per_s)
        text += fmt::format(
            "  corrected for coordinated omission: {}\n", percentiles(result.corrected));
    std::string stages;
    for (const StageCost& stage : report.stages)
        stages += fmt::format("  {:.2f} {}\n", stage.us, stage.stage);
    text += fmt::format(
        "processor time [us each]: node {:.2f}, load generator {:.2f}\n{}"
        "node memory [MiB]: {} before, {} halfway, {} after, {} at most\n",
        each_us(report.node_s, result.confirmed), each_us(report.generator_s, result.confirmed),
        stages, mib(0), mib(bytes.size() / 2), bytes.empty() ? 0 : bytes.back() >> 20,
        bytes.empty() ? 0 : *std::max_element(bytes.begin(), bytes.end()) >> 20);
    return text;
}

std::string to_json(const LoadReport& report) {
    const LoadSessionResult& result = report.result;
    nlohmann::ordered_json json;
    json["mix"] = report.mix;
    json["via"] = report.via;
    json["loop"] = report.rate_per_s ? "open" : "closed";
    if (report.rate_per_s)
        json["rate_per_s"] = *report.rate_per_s;
    else
        json["window"] = report.window;
    json["wallets"] = report.wallets;
    json["seconds"] = result.seconds;
    json["sent"] = result.sent;
    json["confirmed"] = result.confirmed;
    json["refused"] = result.refused;
    json["reverted"] = result.failed;
    json["tps"] = report.tps();
    json["least_tps_in_a_second"] = report.least_in_a_second();
    json["gas_per_s"] = static_cast<double>(result.gas_used) / result.seconds;
    json["each_second"] = result.each_second;
    json["soft_ms"] = percentiles_json(result.soft);
    json["soft_ms_corrected"] = percentiles_json(result.corrected);
    json["node_us_each"] = each_us(report.node_s, result.confirmed);
    json["generator_us_each"] = each_us(report.generator_s, result.confirmed);
    for (const StageCost& stage : report.stages)
        json["stages_us_each"][stage.stage] = stage.us;
    json["node_bytes"] = report.node_bytes;
    json["sealed_blocks"] = report.sealed_blocks;
    json["last_sealed_block"] = report.last_sealed_block;
    json["all_sealed"] = report.all_sealed;
    return json.dump(2) + "\n";
}

}  // namespace troupe::node
