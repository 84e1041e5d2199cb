#include "chain/base/hex.hpp"
#include "l1-client/json_rpc_client.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/status_report.hpp"

#include <chrono>
#include <cstdio>
#include <memory>

namespace troupe::node {
namespace {

using Json = l1::Json;

constexpr std::uint64_t kRateBlocks = 10;
constexpr std::chrono::milliseconds kPatience{5'000};
constexpr std::int64_t kNoSuchMethod = -32'601;

struct StatusArguments {
    std::string rpc = "http://127.0.0.1:8545";
    bool json = false;
};

std::string explain(const l1::Error& error, const std::string& url) {
    if (error.kind == l1::ErrorKind::kRpc && error.code == kNoSuchMethod)
        return "what answers at " + url + " is no Troupe node";
    if (error.kind == l1::ErrorKind::kUnreachable || error.kind == l1::ErrorKind::kTimeout)
        return "no node answers at " + url +
               "; start one with `troupe devnet` or `troupe node`, or name its JSON-RPC address "
               "with --rpc";
    return error.text;
}

l1::Result<Json> ask(l1::JsonRpcClient& client) {
    TROUPE_TRY(status, client.call("troupe_nodeStatus", Json::array()));
    const std::uint64_t head = status.value("/heads/unsafe"_json_pointer, std::uint64_t{0});
    std::vector<l1::RpcCall> calls;
    for (std::uint64_t i = 0; i < kRateBlocks && i < head; ++i)
        calls.push_back(
            {"eth_getBlockTransactionCountByNumber",
             Json::array({chain::to_hex_quantity(head - i)})});
    std::vector<Json> answers;
    if (!calls.empty()) {
        TROUPE_TRY(counted, client.batch(calls));
        answers = std::move(counted);
    }
    std::vector<std::uint64_t> transactions;
    for (const Json& answer : answers)
        if (answer.is_string())
            if (const auto count = chain::u64_from_text(answer.get<std::string>()); count.ok())
                transactions.push_back(*count);
    return status_report(std::move(status), transactions);
}

int run_status(const StatusArguments& arguments) {
    auto url = l1::parse_url(arguments.rpc);
    if (!url) return report("--rpc: " + url.error().text, kExitUsage);
    l1::RpcConfig config;
    config.timeout = kPatience;
    config.attempts_max = 1;
    l1::JsonRpcClient client(std::move(*url), config);
    try {
        const auto answer = ask(client);
        if (!answer) return report(explain(answer.error(), arguments.rpc));
        const std::string text =
            arguments.json ? answer->dump(2) + "\n" : status_table(*answer, arguments.rpc);
        std::fputs(text.c_str(), stdout);
    } catch (const Json::exception&) {
        return report(
            "the node at " + arguments.rpc +
            " answers in another form: it is of another version than this program");
    }
    return kExitOk;
}

}  // namespace

Command add_status_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand("status", "Shows how a running node is doing");
    auto arguments = std::make_shared<StatusArguments>();
    app->add_option("--rpc", arguments->rpc, "JSON-RPC address of the node")
        ->capture_default_str()
        ->type_name("URL");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(
        "Examples:\n"
        "  troupe status\n"
        "  troupe status --rpc http://127.0.0.1:9545 --json\n"
        "Exit status: 0 it answered, whatever its state; 1 it did not.");
    return {app, [arguments] { return run_status(*arguments); }};
}

}  // namespace troupe::node
