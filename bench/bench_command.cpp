#include "bench/bench_command.hpp"

#include "bench/anvil_peer.hpp"
#include "bench/ask_bench.hpp"
#include "bench/attacks_bench.hpp"
#include "bench/contracts_bench.hpp"
#include "bench/evm_bench.hpp"
#include "bench/execution_bench.hpp"
#include "bench/mainnet_bench.hpp"
#include "bench/node_bench.hpp"
#include "bench/opcode_bench.hpp"
#include "bench/plot.hpp"
#include "bench/precompile_bench.hpp"
#include "bench/prediction_bench.hpp"
#include "bench/report.hpp"
#include "bench/root_bench.hpp"
#include "bench/scaling_bench.hpp"
#include "bench/signature_bench.hpp"
#include "bench/storage_bench.hpp"
#include "sequencer/process/anvil_program.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace troupe::bench {
namespace {

const std::vector<std::string> kWorkloads{"W1", "W2",  "W3",  "W4",  "W5",  "W6",  "W7",  "W8",
                                          "W9", "W10", "W11", "W12", "W13", "W14", "W15", "W16"};

struct BenchOptions {
    std::string workloads;
    std::string stacks = "exec";
    std::string json_file;
    std::string plots;  ///< folder
    NodeBenchOptions node;
};

/// @return what was asked for, everything where nothing was; empty with `failure` for a name that
///         is none
std::vector<std::string> parse_names(
    const std::string& text, const std::vector<std::string>& all, const char* option,
    std::string& failure) {
    if (text.empty()) return all;
    std::vector<std::string> asked;
    std::istringstream names(text);
    for (std::string name; std::getline(names, name, ',');) {
        if (std::find(all.begin(), all.end(), name) == all.end()) {
            failure = std::string(option) + ": \"" + name + "\" is none of";
            for (const auto& known : all)
                failure += " " + known;
            return {};
        }
        asked.push_back(name);
    }
    return asked;
}

class BenchRun {
  public:
    BenchRun(
        std::vector<std::string> asked, std::vector<std::string> stacks,
        const BenchOptions& options)
        : asked_(std::move(asked)), stacks_(std::move(stacks)), options_(options) {}

    /// @return an empty string, or the first thing that failed; what was measured stays
    std::string run() {
        for (const char* id : {"W1", "W2", "W3", "W4"}) {
            if (!wants(id) || !wants_stack(Stack::kExec)) continue;
            for (const std::uint64_t accounts : {100'000u, 1'000'000u}) {
                take(execution_bench(id, accounts));
            }
        }
        std::string failure;
        for (int number = 1; number <= 10; ++number) {
            const std::string id = "W" + std::to_string(number);
            for (const Stack stack :
                 {Stack::kExec, Stack::kSignatures, Stack::kRoot, Stack::kFull}) {
                if (!wants(id) || !wants_stack(stack) || (stack == Stack::kExec && number < 5))
                    continue;
                take(contracts_bench(id, stack, failure));
                if (!failure.empty()) return id + ": " + failure;
            }
        }
        if (wants("W11")) take(mainnet_bench(failure));
        if (!failure.empty()) return "W11: " + failure;
        if (wants("W12")) take(root_bench());
        if (wants("W12")) take(storage_bench());
        if (wants("W13")) take(signature_bench());
        if (wants("W16")) take(prediction_bench());
        if (!wants("W14") && !wants("W15")) return {};
        NodeBenchOptions node = options_.node;
        node.latency = wants("W15");
        take(node_bench(node, budget_, failure));
        if (!failure.empty()) return "W14: " + failure;
        return wants("W14") ? measure_peer() : "";
    }

    [[nodiscard]] const Report& report() const noexcept { return report_; }
    [[nodiscard]] std::string budget() const {
        return budget_.empty() ? "" : budget_table(budget_, report_.results);
    }

  private:
    [[nodiscard]] bool wants(const std::string& id) const {
        return std::find(asked_.begin(), asked_.end(), id) != asked_.end();
    }
    [[nodiscard]] bool wants_stack(Stack stack) const {
        const std::string& word = kStackWords[static_cast<std::size_t>(stack)];
        return std::find(stacks_.begin(), stacks_.end(), word) != stacks_.end();
    }
    void take(std::vector<Result> results) {
        for (const auto& result : results) {
            std::fprintf(stderr, "measured %s %s\n", result.workload.c_str(), result.stack.c_str());
        }
        std::move(results.begin(), results.end(), std::back_inserter(report_.results));
    }
    std::string measure_peer() {
        std::string failure;
        const auto anvil = node::find_anvil(failure);
        if (!anvil) return failure;
        const auto peer = measure_anvil(*anvil, failure);
        if (!peer) return "anvil: " + failure;
        report_.peers.push_back(*peer);
        return {};
    }

    std::vector<std::string> asked_;
    std::vector<std::string> stacks_;
    const BenchOptions& options_;
    Report report_;
    std::vector<node::StageCost> budget_;
};

/// @return an empty string, or what cannot be written
std::string write_plots(const Report& report, const std::string& folder) {
    if (folder.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    for (const Plot& plot : plots_of(report)) {
        const std::string path = folder + "/" + plot.name + ".svg";
        std::ofstream out(path);
        out << plot.svg;
        if (!out.flush()) return path + " cannot be written";
    }
    return {};
}

int run_bench(const BenchOptions& options) {
    std::string failure;
    auto asked = parse_names(options.workloads, kWorkloads, "--workloads", failure);
    if (!failure.empty()) return node::report(failure, node::kExitUsage);
    auto stacks = parse_names(options.stacks, kStackWords, "--stacks", failure);
    if (!failure.empty()) return node::report(failure, node::kExitUsage);
    BenchRun bench(std::move(asked), std::move(stacks), options);
    failure = bench.run();
    std::fputs((to_table(bench.report()) + bench.budget()).c_str(), stdout);
    if (!options.json_file.empty()) {
        std::ofstream out(options.json_file);
        out << to_json(bench.report());
        if (!out.flush()) return node::report(options.json_file + " cannot be written");
    }
    if (const std::string wrong = write_plots(bench.report(), options.plots); !wrong.empty())
        return node::report(wrong);
    return failure.empty() ? node::kExitOk : node::report(failure);
}

}  // namespace

node::Command add_bench_command(CLI::App& root) {
    CLI::App* app =
        root.add_subcommand("bench", "Measures this build against its peers in one run");
    auto options = std::make_shared<BenchOptions>();
    app->add_option(
           "--workloads", options->workloads,
           "Which, separated by commas: W1-W4 transfers against a plain loop, W5-W10 contracts on "
           "all cores against one, W11 mainnet blocks, W12 state root, W13 signature recovery, W14 "
           "whole node (and anvil), W15 latency at half load, W16 calls whose arguments mislead "
           "[default: all]")
        ->type_name("W1,W12,...");
    app->add_option(
           "--stacks", options->stacks,
           "Of W1-W10: exec (transactions admitted before), signatures (admission with it), root "
           "(all actors, to sealed blocks), full (the node, over gRPC)")
        ->type_name("exec,full,...")
        ->capture_default_str();
    app->add_option("--json", options->json_file, "Write the results to this file as JSON");
    app->add_option("--plots", options->plots, "Draw the results into this folder, as SVG")
        ->type_name("FOLDER");
    app->add_option("--transactions", options->node.transactions, "Of W14")->capture_default_str();
    app->add_option("--wallets", options->node.wallets, "Of W14 and W15")->capture_default_str();
    app->add_option("--window", options->node.window, "Of W14: sent and not answered at most")
        ->capture_default_str();
    app->footer("Example:\n  troupe bench --workloads W13,W14 --json bench.json");

    CLI::App* evm = app->add_subcommand(
        "evm", "Measures EVM programs: those of state-test files, and an ERC-20 transfer");
    auto evm_options = std::make_shared<EvmBenchOptions>();
    evm->add_option("paths", evm_options->paths, "Files, or folders whose .json files are meant")
        ->type_name("PATH");
    evm->add_option("--json", evm_options->json_file, "Write the results to this file as JSON");
    evm->add_option("--seconds", evm_options->seconds, "Measured per program, at least")
        ->check(CLI::Range(0.0, 3'600.0))
        ->capture_default_str();
    evm->footer("Example:\n  troupe bench evm ../shared/vectors/evm_benchmarks/main");

    CLI::App* opcodes = app->add_subcommand(
        "opcodes", "Measures what a unit of gas costs, instruction by instruction, at its dearest");
    auto opcodes_json = std::make_shared<std::string>();
    opcodes->add_option("--json", *opcodes_json, "Write the results to this file as JSON");
    opcodes->footer("Example:\n  troupe bench opcodes --json opcodes.json");

    CLI::App* precompiles = app->add_subcommand(
        "precompiles", "Measures every precompile on the inputs that take longest for their gas");
    auto precompile_options = std::make_shared<PrecompileBenchOptions>();
    precompiles->add_option(
        "--json", precompile_options->json_file, "Write the results to this file as JSON");
    precompiles
        ->add_option("--seconds", precompile_options->seconds, "Measured per input, at least")
        ->check(CLI::Range(0.0, 3'600.0))
        ->capture_default_str();
    precompiles->footer("Example:\n  troupe bench precompiles --json precompiles.json");

    CLI::App* scaling = app->add_subcommand(
        "scaling", "Puts what contracts cost on 1 to 32 simulated cores, beside measured ones");
    auto scaling_options = std::make_shared<ScalingOptions>();
    scaling
        ->add_option(
            "--workloads", scaling_options->workloads,
            "Which, separated by commas: of W5, W6, W7/100, W8/100, W9, W10 [default: all but W6]")
        ->type_name("W5,W9,...");
    scaling->add_option("--json", scaling_options->json_file, "Write the results to this file");
    scaling->add_option("--plots", scaling_options->plots, "Draw the results into this folder")
        ->type_name("FOLDER");
    scaling->add_option("--runs", scaling_options->runs, "On real cores; the fastest counts")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    CLI::App* attacks = app->add_subcommand(
        "attacks", "Measures what contracts made to disturb cost everybody else");
    auto attacks_options = std::make_shared<AttacksOptions>();
    attacks
        ->add_option(
            "--attacks", attacks_options->attacks,
            "Which, separated by commas: of hot, fresh, burn, names, lists, limits, flood, pool "
            "[default: all]")
        ->type_name("hot,...");
    attacks->add_option("--json", attacks_options->json_file, "Write the results to this file");
    attacks
        ->add_option("--transactions", attacks_options->transactions, "Of those who don't attack")
        ->capture_default_str();
    attacks
        ->add_option(
            "--share", attacks_options->share_percent, "Of all transactions that are attacks, %")
        ->check(CLI::Range(1, 90))
        ->capture_default_str();
    attacks->add_option("--runs", attacks_options->runs, "Of each; the fastest counts")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    attacks->footer("Example:\n  troupe bench attacks --attacks names --share 20");
    scaling->footer("Example:\n  troupe bench scaling --plots build/bench");

    CLI::App* ask = app->add_subcommand(
        "ask", "Asks a JSON-RPC server over and over, as cheaply as a client can");
    auto ask_options = std::make_shared<AskBenchOptions>();
    ask->add_option("--host", ask_options->host, "IPv4 address")->capture_default_str();
    ask->add_option("--port", ask_options->port, "TCP port")->required();
    ask->add_option(
           "--body", ask_options->body_file, "File with a call, or a batch of calls, on each line")
        ->type_name("FILE")
        ->required();
    ask->add_option("--expect", ask_options->expect, "Text that every answer holds")->required();
    ask->add_option("--expect-times", ask_options->expect_times, "How many times it holds it")
        ->capture_default_str();
    ask->add_option("--connections", ask_options->connections, "Each with one request under way")
        ->capture_default_str();
    ask->add_option("--seconds", ask_options->seconds, "For how long")
        ->check(CLI::Range(0.0, 3'600.0))
        ->capture_default_str();
    ask->footer(
        "Example:\n  troupe bench ask --port 8545 --body call.json --expect '\"result\":\"0x'");
    return {app, [=] {
                if (ask->parsed()) return run_ask_bench(*ask_options);
                if (evm->parsed()) return run_evm_bench(*evm_options);
                if (opcodes->parsed()) return run_opcode_bench(*opcodes_json);
                if (attacks->parsed()) return run_attacks_bench(*attacks_options);
                if (scaling->parsed()) return run_scaling_bench(*scaling_options);
                if (precompiles->parsed()) return run_precompile_bench(*precompile_options);
                return run_bench(*options);
            }};
}

}  // namespace troupe::bench
