#include "sequencer/commands/command.hpp"
#include "sequencer/demo/demo.hpp"

#include <memory>

namespace troupe::node {

Command add_demo_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "demo", "Shows the main job: wallets, sequencer, L1 and verifier, each its own process");
    auto options = std::make_shared<DemoOptions>();
    app->add_option("--wallets", options->wallets, "Wallets that the genesis funds")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
        ->capture_default_str();
    app->add_option("--transfers", options->transfers, "Transfers to sign and submit")
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
        ->capture_default_str();
    app->add_option("--window", options->window, "Transfers sent and not yet answered at most")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->capture_default_str();
    app->add_option(
        "--directory", options->directory, "Write everything here [default: temporary]");
    app->add_flag("--keep", options->keep, "Leave the temporary directory behind");
    app->add_option("--json", options->json_file, "Write the figures to this file as JSON");
    app->footer(
        "Example:\n  troupe demo --json demo.json\n"
        "Exit status: 0 only if every transfer is on the L1 and the state roots are equal.");
    return {app, [options] { return run_demo(*options) ? kExitOk : kExitFailed; }};
}

}  // namespace troupe::node
