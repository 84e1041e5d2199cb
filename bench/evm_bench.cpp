#include "bench/evm_bench.hpp"

#include "bench/erc20_bench.hpp"
#include "bench/report.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/evm_tools/state_test_suite.hpp"
#include "sequencer/version.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace troupe::bench {
namespace {

/// What evmone's baseline interpreter takes on the machine that the project's targets name, in ns.
/// For orientation: it is another machine than the one that measures.
struct Reference {
    const char* program;
    double ns;
};
constexpr Reference kReferences[] = {
    {"swap_math/received", 2'800},       {"snailtracer/benchmark", 25'700'000},
    {"blake2b_huff/8415nulls", 583'000}, {"sha1_shifts/5311", 1'440'000},
    {"weierstrudel/15", 1'640'000},      {"structarray_alloc/nfts_rank", 254'000}};

struct Line {
    std::string program;
    std::string failure;  ///< empty: the result was right
    std::uint64_t gas = 0;
    Timing timing;

    [[nodiscard]] double mgas_per_s() const {
        return static_cast<double>(gas) * 1e3 / timing.min_ns;
    }
    [[nodiscard]] std::optional<double> reference_ns() const {
        for (const Reference& reference : kReferences)
            if (program == reference.program) return reference.ns;
        return std::nullopt;
    }
};

std::string program_name(const node::StateTest& test, const node::StateTestCase& test_case) {
    const std::string label = test_case.data_index < test.labels.size()
                                  ? test.labels[test_case.data_index]
                                  : std::to_string(test_case.number);
    return std::filesystem::path(test.file).stem().string() + "/" + label;
}

/// @param test_case  of an upgrade before Cancun the rules are Cancun's: where that would change
///                   the result, the check says so
Line measure_case(
    const node::StateTest& test, const node::StateTestCase& test_case, double seconds) {
    Line line;
    line.program = program_name(test, test_case);
    const auto revision =
        node::revision_from(test_case.revision_name).value_or(chain::Revision::kCancun);
    chain::evm::Machine machine;
    const node::StateTestResult checked = node::run_state_test(machine, test, test_case, revision);
    line.failure = checked.difference;
    line.gas = checked.gas_used;
    if (!checked.passed) return line;
    std::string refusal;
    const auto transaction = node::transaction_of(test, test_case, refusal);
    const auto env = node::block_env_of(test, revision);
    line.timing = measure(seconds, [&] {
        const auto outcome = chain::execution::execute_transaction(
            machine, test.pre, env, transaction->tx, transaction->sender);
        return outcome.ok() && outcome->gas_used == checked.gas_used;
    });
    if (line.timing.wrong) line.failure = "a repetition had another result";
    return line;
}

void print(const Line& line) {
    if (!line.failure.empty()) {
        fmt::print("{:<34} FAILED: {}\n", line.program, line.failure);
        return;
    }
    const auto reference = line.reference_ns();
    fmt::print(
        "{:<34} {:>12} {:>14.0f} {:>14.0f} {:>10.1f} {:>14} {:>8}\n", line.program, line.gas,
        line.timing.min_ns, line.timing.median_ns, line.mgas_per_s(),
        reference ? fmt::format("{:.0f}", *reference) : "",
        reference ? fmt::format("{:.2f}", line.timing.min_ns / *reference) : "");
}

/// Geometric means of the shortest times, and of their ratios to the reference where there is one.
struct Means {
    double ns = 0;
    double ratio = 0;
    std::size_t ratios = 0;
};

Means means_of(const std::vector<Line>& lines) {
    Means means;
    double logs = 0;
    double ratio_logs = 0;
    std::size_t count = 0;
    for (const Line& line : lines) {
        if (!line.failure.empty()) continue;
        logs += std::log(line.timing.min_ns);
        ++count;
        if (const auto reference = line.reference_ns()) {
            ratio_logs += std::log(line.timing.min_ns / *reference);
            ++means.ratios;
        }
    }
    if (count != 0) means.ns = std::exp(logs / static_cast<double>(count));
    if (means.ratios != 0) means.ratio = std::exp(ratio_logs / static_cast<double>(means.ratios));
    return means;
}

node::Json to_json(const std::vector<Line>& lines, const Means& means) {
    node::Json json;
    json["machine"] = cpu_name();
    json["version"] = node::kVersion;
    json["programs"] = node::Json::array();
    for (const Line& line : lines) {
        node::Json one{{"program", line.program}};
        if (!line.failure.empty()) {
            one["failure"] = line.failure;
        } else {
            one["gas"] = line.gas;
            one["min_ns"] = line.timing.min_ns;
            one["median_ns"] = line.timing.median_ns;
            one["samples"] = line.timing.samples;
            one["mgas_per_s"] = line.mgas_per_s();
            if (const auto reference = line.reference_ns()) one["reference_ns"] = *reference;
        }
        json["programs"].push_back(std::move(one));
    }
    json["geometric_mean_ns"] = means.ns;
    if (means.ratios != 0) json["geometric_mean_of_ratios"] = means.ratio;
    return json;
}

}  // namespace

int run_evm_bench(const EvmBenchOptions& options) {
    std::string failure;
    const auto files = node::json_files(options.paths, failure);
    if (!failure.empty()) return node::report(failure, node::kExitUsage);
    fmt::print("{}\n", cpu_name());
    fmt::print(
        "{:<34} {:>12} {:>14} {:>14} {:>10} {:>14} {:>8}\n", "program", "gas", "min ns",
        "median ns", "Mgas/s", "reference ns", "ratio");
    std::vector<Line> lines;
    const auto take = [&](Line line) {
        print(line);
        std::fflush(stdout);
        lines.push_back(std::move(line));
    };
    for (const std::string& file : files) {
        const auto tests = node::read_state_tests(file, failure);
        if (!failure.empty()) return node::report(failure);
        for (const auto& test : tests)
            for (const auto& test_case : test.cases)
                take(measure_case(test, test_case, options.seconds));
    }
    if (options.erc20) {
        const Erc20Result erc20 = measure_erc20(options.seconds);
        take({"openzeppelin_erc20/transfer", erc20.failure, erc20.gas, erc20.timing});
    }
    const Means means = means_of(lines);
    fmt::print("geometric mean {:.0f} ns", means.ns);
    if (means.ratios != 0)
        fmt::print(
            ", {:.2f} times the reference over {} programs (the reference is of another machine)",
            means.ratio, means.ratios);
    fmt::print("\n");
    if (!options.json_file.empty()) {
        std::ofstream out(options.json_file);
        out << to_json(lines, means).dump(1) << '\n';
        if (!out.flush()) return node::report(options.json_file + " cannot be written");
    }
    for (const Line& line : lines)
        if (!line.failure.empty()) return node::report(line.program + ": " + line.failure);
    return node::kExitOk;
}

}  // namespace troupe::bench
