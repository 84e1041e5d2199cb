#include "bench/report.hpp"

#include "sequencer/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <thread>

namespace troupe::bench {
namespace {

double load_average() {
    double load = 0;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

template <class T>
void put(nlohmann::ordered_json& json, const char* key, const std::optional<T>& value) {
    if (value) json[key] = *value;
}

nlohmann::ordered_json to_json(const Result& result) {
    nlohmann::ordered_json json;
    json["workload"] = result.workload;
    json["stack"] = result.stack;
    json["cores"] = result.cores;
    json["accounts"] = result.accounts;
    put(json, "tps", result.tps);
    put(json, "serial_tps", result.serial_tps);
    put(json, "speedup", result.speedup);
    put(json, "mgas_per_s", result.mgas_per_s);
    put(json, "reexecution_rate", result.reexecution_rate);
    put(json, "p50_ms", result.p50_ms);
    put(json, "p99_ms", result.p99_ms);
    put(json, "updates_per_block", result.updates_per_block);
    put(json, "ns_per_update", result.ns_per_update);
    put(json, "recoveries_per_s", result.recoveries_per_s);
    put(json, "libsecp256k1_per_s", result.libsecp256k1_per_s);
    put(json, "path", result.path);
    put(json, "sustained_s", result.sustained_s);
    if (!result.note.empty()) json["note"] = result.note;
    return json;
}

std::string cell(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "";
}

}  // namespace

std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (!line.starts_with("model name")) continue;
        const auto colon = line.find(": ");
        if (colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

std::string to_json(const Report& report) {
    nlohmann::ordered_json json;
    json["commit"] = node::kCommit;
    json["cpu"] = cpu_name();
    json["cores"] = std::thread::hardware_concurrency();
    json["load_average"] = load_average();
    json["results"] = nlohmann::ordered_json::array();
    for (const auto& result : report.results)
        json["results"].push_back(to_json(result));
    json["peers"] = nlohmann::ordered_json::array();
    for (const auto& peer : report.peers) {
        json["peers"].push_back(
            {{"name", peer.name}, {"workload", peer.workload}, {"tps", peer.tps}});
    }
    return json.dump(2) + "\n";
}

std::string to_table(const Report& report) {
    std::string text = fmt::format(
        "{:<4} {:<13} {:>5} {:>9} {:>12} {:>12} {:>7} {:>10} {:>8} {:>8}  {}\n", "load", "stack",
        "cores", "accounts", "per second", "serial", "ratio", "ns each", "p50 ms", "p99 ms", "");
    for (const auto& r : report.results) {
        const auto rate = r.recoveries_per_s ? r.recoveries_per_s : r.tps;
        auto each = r.ns_per_update;
        if (!each && rate && *rate > 0) each = 1e9 / *rate;
        text += fmt::format(
            "{:<4} {:<13} {:>5} {:>9} {:>12} {:>12} {:>7} {:>10} {:>8} {:>8}  {}{}{}\n", r.workload,
            r.stack, r.cores, r.accounts, cell(rate, 0), cell(r.serial_tps, 0), cell(r.speedup, 2),
            cell(each, 0), cell(r.p50_ms, 2), cell(r.p99_ms, 2), r.path.value_or(""),
            r.path && !r.note.empty() ? "; " : "", r.note);
    }
    for (const auto& peer : report.peers) {
        text +=
            fmt::format("peer {} on {}: {:.0f} per second\n", peer.name, peer.workload, peer.tps);
    }
    return text;
}

}  // namespace troupe::bench
