#include "sequencer/commands/command.hpp"
#include "sequencer/evm_tools/state_test_suite.hpp"
#include "sequencer/round_replay/state_test_rounds.hpp"

#include <fstream>
#include <memory>
#include <thread>

namespace troupe::node {
namespace {

struct StateTestArguments {
    std::vector<std::string> paths;
    std::string revision;
    std::string filter;
    std::string json;
    unsigned jobs = 0;
    bool rounds = false;
};

struct Totals {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t other_revisions = 0;
};

/// Prints every failure. @return the sums
Totals print_failures(const std::vector<StateTestFileReport>& reports) {
    Totals totals;
    for (const StateTestFileReport& report : reports) {
        if (!report.failure.empty()) {
            std::printf("FAILED %s\n", report.failure.c_str());
            ++totals.failed;
        }
        for (const StateTestResult& result : report.results) {
            if (result.passed) {
                ++totals.passed;
                continue;
            }
            ++totals.failed;
            std::printf("FAILED %s: %s\n", result.title.c_str(), result.difference.c_str());
        }
        totals.other_revisions += report.other_revisions;
    }
    return totals;
}

bool write_json(
    const std::string& path, const std::vector<StateTestFileReport>& reports,
    const Totals& totals) {
    Json json;
    json["passed"] = totals.passed;
    json["failed"] = totals.failed;
    json["cases"] = Json::array();
    for (const StateTestFileReport& report : reports) {
        if (!report.failure.empty())
            json["cases"].push_back(
                {{"title", report.file}, {"passed", false}, {"difference", report.failure}});
        for (const StateTestResult& result : report.results) {
            Json one{{"title", result.title}, {"passed", result.passed}};
            if (!result.passed) one["difference"] = result.difference;
            one["gas_used"] = result.gas_used;
            one["ns"] = result.ns;
            json["cases"].push_back(std::move(one));
        }
    }
    std::ofstream out(path);
    out << json.dump(1) << '\n';
    return static_cast<bool>(out.flush());
}

int run_statetest(const StateTestArguments& arguments) {
    StateTestFilter filter;
    filter.text = arguments.filter;
    if (!arguments.revision.empty()) {
        filter.revision = revision_from(arguments.revision);
        if (!filter.revision)
            return report("--revision: Cancun or Prague, not " + arguments.revision, kExitUsage);
    }
    std::string failure;
    const auto files = json_files(arguments.paths, failure);
    if (!failure.empty()) return report(failure, kExitUsage);
    const unsigned jobs =
        arguments.jobs != 0 ? arguments.jobs : std::max(1u, std::thread::hardware_concurrency());
    const auto reports = run_state_test_files(
        files, filter, jobs,
        arguments.rounds ? SecondExecution(difference_in_rounds) : SecondExecution());

    const Totals totals = print_failures(reports);
    if (!arguments.json.empty() && !write_json(arguments.json, reports, totals))
        return report(arguments.json + " cannot be written");
    if (totals.other_revisions != 0) {
        std::printf(
            "left out: %zu cases of upgrades other than Cancun and Prague\n",
            totals.other_revisions);
    }
    std::printf("%zu passed, %zu failed\n", totals.passed, totals.failed);
    if (totals.passed + totals.failed == 0) return report("there was no case to run");
    return totals.failed == 0 ? kExitOk : kExitFailed;
}

}  // namespace

Command add_statetest_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "statetest", "Runs Ethereum state tests: state root, logs, and what must be refused");
    auto arguments = std::make_shared<StateTestArguments>();
    app->add_option("paths", arguments->paths, "Files, or folders whose .json files are meant")
        ->type_name("PATH")
        ->required();
    app->add_option("--revision", arguments->revision, "Only this upgrade: Cancun or Prague")
        ->type_name("NAME");
    app->add_option(
           "--filter", arguments->filter,
           "Only cases whose title, as failures print it, has this text in it")
        ->type_name("TEXT");
    app->add_option("--jobs", arguments->jobs, "Threads; 0: one per core")->capture_default_str();
    app->add_flag(
        "--rounds", arguments->rounds,
        "Run every case in rounds over partitions, too: speculated, validated, settled");
    app->add_option("--json", arguments->json, "Write every case's result to this file as JSON");
    app->footer(
        "Example:\n  troupe statetest ../shared/vectors/state_tests --revision Prague\n"
        "Exit status: 0 all passed, 1 one failed or could not be read.");
    return {app, [arguments] { return run_statetest(*arguments); }};
}

}  // namespace troupe::node
