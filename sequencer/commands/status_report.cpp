#include "sequencer/commands/status_report.hpp"

#include "chain/base/hex.hpp"
#include "chain/base/uint256.hpp"
#include "sequencer/terminal/table.hpp"

#include <fmt/format.h>

#include <array>
#include <numeric>

namespace troupe::node {
namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 3> kHistograms{"submit", "sync", "seal"};

// Straight within a bucket; what lies beyond the last bound is told as that bound.
Json quantile(
    const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts, double q) {
    const auto total =
        static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    if (total == 0 || bounds.empty()) return nullptr;
    double below = 0;
    for (std::size_t i = 0; i < counts.size() && i < bounds.size(); ++i) {
        const auto here = static_cast<double>(counts[i]);
        if (here > 0 && below + here >= q * total) {
            const double low = i == 0 ? 0 : bounds[i - 1];
            return low + (bounds[i] - low) * ((q * total - below) / here);
        }
        below += here;
    }
    return bounds.back();
}

std::string seconds_text(const Json& value) {
    if (value.is_null()) return "no sample yet";
    const double seconds = value.get<double>();
    if (seconds < 1e-3) return fmt::format("{:.0f} us", seconds * 1e6);
    return seconds < 1 ? fmt::format("{:.1f} ms", seconds * 1e3) : fmt::format("{:.2f} s", seconds);
}

std::string latency_text(const Json& latency) {
    if (latency.at("p50Seconds").is_null()) return "no sample yet";
    return fmt::format(
        "p50 {}, p99 {}", seconds_text(latency.at("p50Seconds")),
        seconds_text(latency.at("p99Seconds")));
}

std::string span_text(std::uint64_t seconds) {
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3'600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
    return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3'600);
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1'024) return fmt::format("{} B", bytes);
    const double kib = static_cast<double>(bytes) / 1'024;
    if (kib < 1'024) return fmt::format("{:.1f} KiB", kib);
    if (kib < 1'048'576) return fmt::format("{:.1f} MiB", kib / 1'024);
    return fmt::format("{:.2f} GiB", kib / 1'048'576);
}

// Wei per gas in gwei, every digit.
std::string gwei_text(const Json& quantity) {
    const auto wei = chain::uint256_from_text(quantity.get<std::string>());
    if (!wei) return quantity.get<std::string>();
    std::string digits = chain::to_decimal(*wei);
    constexpr std::size_t kGwei = 9;
    if (digits.size() <= kGwei) digits.insert(0, kGwei + 1 - digits.size(), '0');
    std::string fraction = digits.substr(digits.size() - kGwei);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return digits.substr(0, digits.size() - kGwei) + (fraction.empty() ? "" : "." + fraction) +
           " gwei";
}

std::string head_text(std::uint64_t head, std::uint64_t unsafe) {
    std::string text = with_commas(head);
    if (head < unsafe) text += fmt::format("  ({} behind)", with_commas(unsafe - head));
    return text;
}

constexpr std::array<const char*, 4> kThrottles{
    "none", "packs harder", "takes fewer transactions", "takes no transactions"};

void add_l1(FactTable& table, const Json& report) {
    const Json& l1 = report.at("l1");
    table.gap();
    if (!l1.at("enabled").get<bool>()) {
        table.add("L1", "none: blocks are not posted");
        return;
    }
    table.add(
        "L1", l1.at("reachable").get<bool>()
                  ? fmt::format(
                        "chain {}, block {}", l1.at("chainId").get<std::uint64_t>(),
                        with_commas(l1.at("head").get<std::uint64_t>()))
                  : std::string("does not answer"));
    table.add(
        "backlog", fmt::format(
                       "{} blocks, {}", with_commas(l1.at("backlogBlocks").get<std::uint64_t>()),
                       bytes_text(l1.at("backlogBytes").get<std::uint64_t>())));
    const auto throttle = l1.at("throttle").get<std::uint64_t>();
    if (throttle > 0) table.add("throttle", kThrottles[std::min<std::size_t>(throttle, 3)]);
    table.add("last posted", span_text(l1.at("secondsSincePost").get<std::uint64_t>()) + " ago");
}

}  // namespace

Json status_report(Json node_status, const std::vector<std::uint64_t>& transactions) {
    const auto block_ms = node_status.at("blockTimeMs").get<double>();
    const auto sum = static_cast<double>(
        std::accumulate(transactions.begin(), transactions.end(), std::uint64_t{0}));
    node_status["transactionsPerSecond"] =
        transactions.empty() || block_ms == 0
            ? Json(nullptr)
            : Json(sum * 1'000 / (block_ms * static_cast<double>(transactions.size())));
    const Json histograms = node_status.at("latency");
    const auto bounds = histograms.at("boundsSeconds").get<std::vector<double>>();
    Json latency;
    for (const char* name : kHistograms) {
        const auto counts = histograms.at(name).get<std::vector<std::uint64_t>>();
        latency[name] = {
            {"p50Seconds", quantile(bounds, counts, 0.5)},
            {"p99Seconds", quantile(bounds, counts, 0.99)}};
    }
    node_status["latency"] = std::move(latency);
    return node_status;
}

std::string status_table(const Json& report, const std::string& url) {
    const auto number = [&](const char* group, const char* key) {
        return report.at(group).at(key).get<std::uint64_t>();
    };
    FactTable table(fmt::format(
        "{} at {}, chain {}", report.at("version").get<std::string>(), url,
        report.at("chainId").get<std::uint64_t>()));
    const Json& ready = report.at("ready");
    const std::string word = ready.at("word").get<std::string>();
    table.add(
        "state", word == "ok" ? "ready" : word + ": " + ready.at("sentence").get<std::string>());
    table.add("up", span_text(report.at("uptimeSeconds").get<std::uint64_t>()));
    table.add("memory", bytes_text(report.at("memoryBytes").get<std::uint64_t>()));
    table.gap();
    const std::uint64_t unsafe = number("heads", "unsafe");
    table.add("head", head_text(unsafe, unsafe));
    for (const char* head : {"posted", "safe", "finalized"})
        table.add(head, head_text(number("heads", head), unsafe));
    table.add("block time", fmt::format("{} ms", report.at("blockTimeMs").get<std::uint64_t>()));
    table.gap();
    const Json& rate = report.at("transactionsPerSecond");
    table.add(
        "rate", rate.is_null() ? "no block yet" : fmt::format("{:.1f} TPS", rate.get<double>()));
    table.add(
        "transactions",
        fmt::format(
            "{} accepted, {} refused", with_commas(number("transactions", "accepted")),
            with_commas(number("transactions", "refused"))));
    table.add(
        "queue", fmt::format(
                     "{} waiting, {} beyond a nonce gap, room for {}",
                     with_commas(number("queue", "transactions")),
                     with_commas(number("queue", "held")), with_commas(number("queue", "free"))));
    const Json& fees = report.at("fees");
    table.add(
        "fees", fmt::format(
                    "base {}, tip {}", gwei_text(fees.at("baseFeePerGas")),
                    gwei_text(fees.at("priorityFeePerGas"))));
    table.gap();
    const Json& latency = report.at("latency");
    table.add("confirmation", latency_text(latency.at("submit")));
    table.add("disk sync", latency_text(latency.at("sync")));
    table.add("sealing", latency_text(latency.at("seal")));
    add_l1(table, report);
    return table.text();
}

}  // namespace troupe::node
