#include "sequencer/commands/command.hpp"
#include "sequencer/evm_tools/mainnet_block.hpp"
#include "sequencer/evm_tools/state_test_run.hpp"
#include "sequencer/evm_tools/trace_printer.hpp"

#include <fmt/format.h>

#include <memory>

namespace troupe::node {
namespace {

struct TraceArguments {
    std::string file;
    std::string filter;
    std::optional<std::size_t> index;
    std::string revision;
    std::optional<std::size_t> transaction;
    TraceOptions print;
};

constexpr std::size_t kTitlesShown = 5;  // of cases to choose from

using Traced = chain::Result<chain::execution::Outcome, chain::execution::Refusal>;

/// The line that ends a trace. @param root  of the state afterwards; empty where it is not known
int print_summary(const Traced& outcome, const std::string& root, chain::Revision revision) {
    if (!outcome) return report("refused: " + std::string(chain::to_string(outcome.error().error)));
    fmt::print(
        R"({{{}"output":"{}","gasUsed":"{:#x}","pass":{},"fork":"{}"}})"
        "\n",
        root.empty() ? "" : fmt::format(R"("stateRoot":"{}",)", root),
        chain::to_hex(outcome->output), outcome->gas_used, outcome->success, to_string(revision));
    return kExitOk;
}

int trace_case(
    const StateTest& test, const StateTestCase& test_case, const TraceArguments& arguments) {
    const auto revision = *revision_from(test_case.revision_name);
    std::string refusal;
    const auto transaction = transaction_of(test, test_case, refusal);
    if (!transaction) return report("the transaction is malformed: " + refusal);
    TracePrinter printer(arguments.print, stdout);
    chain::evm::Machine machine;
    const Traced outcome = chain::execution::execute_transaction(
        machine, test.pre, block_env_of(test, revision), transaction->tx, transaction->sender,
        printer);
    World world = test.pre;
    if (outcome) world.apply(*outcome);
    return print_summary(outcome, chain::to_hex(world.root()), revision);
}

int trace_state_test(const TraceArguments& arguments) {
    std::string failure;
    const auto tests = read_state_tests(arguments.file, failure);
    if (!failure.empty()) return report(failure);
    std::vector<std::pair<const StateTest*, const StateTestCase*>> found;
    for (const StateTest& test : tests) {
        for (const StateTestCase& test_case : test.cases) {
            if (!revision_from(test_case.revision_name)) continue;
            if (!arguments.revision.empty() && test_case.revision_name != arguments.revision)
                continue;
            if (arguments.index && test_case.number != *arguments.index) continue;
            if (test.title(test_case).find(arguments.filter) == std::string::npos) continue;
            found.emplace_back(&test, &test_case);
        }
    }
    if (found.size() == 1) return trace_case(*found[0].first, *found[0].second, arguments);
    std::string text = found.empty() ? "no case of " + arguments.file + " is meant"
                                     : std::to_string(found.size()) +
                                           " cases are meant; --filter, "
                                           "--index and --revision choose one:";
    for (std::size_t i = 0; i < std::min(found.size(), kTitlesShown); ++i)
        text += "\n  " + found[i].first->title(*found[i].second);
    return report(text, kExitUsage);
}

int trace_block(const TraceArguments& arguments) {
    std::string failure;
    const auto block = read_mainnet_block(arguments.file, failure);
    if (!block) return report(failure);
    const std::size_t number = *arguments.transaction;
    if (number >= block->transactions.size()) {
        return report(
            "--transaction: the block has " + std::to_string(block->transactions.size()) +
                ", the first is 0",
            kExitUsage);
    }
    World world = block->pre;
    chain::evm::Machine machine;
    if (const std::string refusal = replay_until(*block, number, machine, world); !refusal.empty())
        return report(refusal);
    const auto& [tx, raw, sender] = block->transactions[number];
    TracePrinter printer(arguments.print, stdout);
    const Traced outcome =
        chain::execution::execute_transaction(machine, world, block->env, tx, sender, printer);
    return print_summary(outcome, {}, block->env.rules.revision);
}

}  // namespace

Command add_trace_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "trace", "Prints every instruction of one transaction as JSON lines (EIP-3155)");
    auto arguments = std::make_shared<TraceArguments>();
    app->add_option("file", arguments->file, "A state test, or with --transaction a block")
        ->required();
    app->add_option(
           "--filter", arguments->filter,
           "The state test whose title, as troupe statetest prints it, has this text in it")
        ->type_name("TEXT");
    app->add_option("--index", arguments->index, "The case's number in its post array");
    app->add_option("--revision", arguments->revision, "Cancun or Prague")->type_name("NAME");
    app->add_option(
        "--transaction", arguments->transaction,
        "The transaction of the block: 0 is the first; those before it are executed untraced");
    app->add_flag("--memory", arguments->print.memory, "Each line has the memory, too");
    app->add_flag(
        "--return-data", arguments->print.return_data,
        "Each line has the return data of the last call, too");
    app->footer(
        "Examples:\n"
        "  troupe trace ../shared/vectors/state_tests/cancun/stExample/add11.json --index 0\n"
        "  troupe trace ../shared/vectors/mainnet_blocks/19426587.json --transaction 3");
    return {app, [arguments] {
                return arguments->transaction ? trace_block(*arguments)
                                              : trace_state_test(*arguments);
            }};
}

}  // namespace troupe::node
