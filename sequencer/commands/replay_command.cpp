#include "sequencer/commands/command.hpp"
#include "sequencer/evm_tools/mainnet_block.hpp"
#include "sequencer/evm_tools/state_test_suite.hpp"

#include <fmt/format.h>

#include <memory>

namespace troupe::node {
namespace {

struct ReplayArguments {
    std::vector<std::string> paths;
    unsigned repeat = 3;
};

/// Prints the line of one file. @return whether all is as expected
bool replay_file(const std::string& file, unsigned repetitions) {
    std::string failure;
    const auto block = read_mainnet_block(file, failure);
    if (!block) {
        fmt::print("FAILED {}\n", failure);
        return false;
    }
    const ReplayResult result = replay(*block, repetitions);
    const auto gas = static_cast<double>(result.gas_used);
    const auto ns = static_cast<double>(result.ns);
    fmt::print(
        "{:>12} {:>14} {:>10.3f} {:>10.3f} {:>10.1f}  {}\n", block->env.number,
        block->transactions.size(), gas / 1e6, ns / 1e6, gas * 1e3 / ns,
        result.difference.empty() ? "ok" : "FAILED: " + result.difference);
    return result.difference.empty();
}

int run_replay(const ReplayArguments& arguments) {
    std::string failure;
    const auto files = json_files(arguments.paths, failure);
    if (!failure.empty()) return report(failure, kExitUsage);
    fmt::print(
        "{:>12} {:>14} {:>10} {:>10} {:>10}\n", "block", "transactions", "Mgas", "serial ms",
        "Mgas/s");
    std::size_t passed = 0;
    for (const std::string& file : files)
        passed += replay_file(file, arguments.repeat) ? 1 : 0;
    fmt::print("{} passed, {} failed\n", passed, files.size() - passed);
    if (files.empty()) return report("there was no block to replay");
    return passed == files.size() ? kExitOk : kExitFailed;
}

}  // namespace

Command add_replay_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "replay",
        "Executes real blocks again: gas used, receipts root and bloom must be the header's");
    auto arguments = std::make_shared<ReplayArguments>();
    app->add_option("files", arguments->paths, "Files, or folders whose .json files are meant")
        ->type_name("FILE")
        ->required();
    app->add_option(
           "--repeat", arguments->repeat, "Times each block is executed; the shortest is printed")
        ->check(CLI::Range(1u, 1'000'000u))
        ->capture_default_str();
    app->footer(
        "Example:\n  troupe replay ../shared/vectors/mainnet_blocks\n"
        "The time is that of executing and applying; senders are recovered before.\n"
        "Exit status: 0 all passed, 1 one failed or could not be read.");
    return {app, [arguments] { return run_replay(*arguments); }};
}

}  // namespace troupe::node
