#include "sequencer/commands/command.hpp"
#include "sequencer/evm_tools/mainnet_block.hpp"
#include "sequencer/evm_tools/state_test_suite.hpp"
#include "sequencer/round_replay/round_replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace troupe::node {
namespace {

struct ReplayArguments {
    std::vector<std::string> paths;
    unsigned repeat = 3;
    unsigned executors = std::max(1u, std::thread::hardware_concurrency());
};

/// Sums over all blocks.
struct Totals {
    double gas = 0;
    double serial_ns = 0;
    double alone_ns = 0;
    double parallel_ns = 0;
};

/// Prints the line of one file. @return whether all is as expected
bool replay_file(const std::string& file, const ReplayArguments& arguments, Totals& totals) {
    std::string failure;
    const auto block = read_mainnet_block(file, failure);
    if (!block) {
        fmt::print("FAILED {}\n", failure);
        return false;
    }
    const ReplayResults results = replay_by_turns(*block, arguments.executors, arguments.repeat);
    const auto gas = static_cast<double>(block->gas_used);
    const auto serial_ns = static_cast<double>(results.serial.ns);
    const auto alone_ns = static_cast<double>(results.alone.ns);
    const auto parallel_ns = static_cast<double>(results.parallel.ns);
    const std::string difference = results.difference();
    fmt::print(
        "{:>12} {:>14} {:>10.3f} {:>10.3f} {:>8.3f} {:>12.3f} {:>6.2f} {:>6} {:>10.1f}  {}\n",
        block->env.number, block->transactions.size(), gas / 1e6, serial_ns / 1e6, alone_ns / 1e6,
        parallel_ns / 1e6, parallel_ns > 0 ? serial_ns / parallel_ns : 0,
        results.parallel.reexecuted, gas * 1e3 / serial_ns,
        difference.empty() ? "ok" : "FAILED: " + difference);
    totals.gas += gas;
    totals.serial_ns += serial_ns;
    totals.alone_ns += alone_ns;
    totals.parallel_ns += parallel_ns;
    return difference.empty();
}

int run_replay(const ReplayArguments& arguments) {
    std::string failure;
    const auto files = json_files(arguments.paths, failure);
    if (!failure.empty()) return report(failure, kExitUsage);
    fmt::print(
        "{:>12} {:>14} {:>10} {:>10} {:>8} {:>12} {:>6} {:>6} {:>10}\n", "block", "transactions",
        "Mgas", "serial ms", "alone ms", "parallel ms", "ratio", "again", "Mgas/s");
    std::size_t passed = 0;
    Totals totals;
    for (const std::string& file : files)
        passed += replay_file(file, arguments, totals) ? 1 : 0;
    if (passed == files.size() && passed > 1)
        fmt::print(
            "{:>12} {:>14} {:>10.3f} {:>10.3f} {:>8.3f} {:>12.3f} {:>6.2f} {:>6} {:>10.1f}\n",
            "together", "", totals.gas / 1e6, totals.serial_ns / 1e6, totals.alone_ns / 1e6,
            totals.parallel_ns / 1e6, totals.serial_ns / totals.parallel_ns, "",
            totals.gas * 1e3 / totals.serial_ns);
    fmt::print("{} passed, {} failed\n", passed, files.size() - passed);
    if (files.empty()) return report("there was no block to replay");
    return passed == files.size() ? kExitOk : kExitFailed;
}

}  // namespace

Command add_replay_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "replay",
        "Executes real blocks again, in order and in parallel: gas used, receipts root and bloom "
        "must "
        "be the header's");
    auto arguments = std::make_shared<ReplayArguments>();
    app->add_option("files", arguments->paths, "Files, or folders whose .json files are meant")
        ->type_name("FILE")
        ->required();
    app->add_option(
           "--repeat", arguments->repeat, "Times each block is executed; the shortest is printed")
        ->check(CLI::Range(1u, 1'000'000u))
        ->capture_default_str();
    app->add_option("--executors", arguments->executors, "Executors that share a block's rounds")
        ->check(CLI::Range(1u, 64u))
        ->capture_default_str();
    app->footer(
        "Example:\n  troupe replay ../shared/vectors/mainnet_blocks\n"
        "The times are those of executing and applying, by turns; senders are recovered before.\n"
        "Serial: a plain loop. Parallel: in rounds over partitions, as the sequencer does it,\n"
        "with nothing learnt from other blocks; alone: the same by one executor. 'again' is how "
        "many\n"
        "transactions were run a second time.\n"
        "Exit status: 0 all passed, 1 one failed or could not be read.");
    return {app, [arguments] { return run_replay(*arguments); }};
}

}  // namespace troupe::node
