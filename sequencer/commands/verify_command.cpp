#include "chain/base/hex.hpp"
#include "l1-client/rollup_check.hpp"
#include "prover-bridge/verify.hpp"
#include "sequencer/commands/claimed_node.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/l1/reader_source.hpp"
#include "sequencer/terminal/progress.hpp"
#include "sequencer/terminal/table.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <thread>

namespace troupe::node {
namespace {

struct VerifyArguments {
    std::string l1 = "http://127.0.0.1:18545";
    std::string rollup = "rollup.json";
    std::string node;
    std::string json;
    unsigned threads = 0;
};

nlohmann::ordered_json to_json(const prover::Fault& fault) {
    nlohmann::ordered_json json;
    json["block"] = fault.block;
    json["header_fields"] = fault.header_fields;
    if (fault.transaction) {
        json["transaction"] = {
            {"index", fault.transaction->index}, {"hash", chain::to_hex(fault.transaction->hash)}};
    }
    json["accounts"] = nlohmann::ordered_json::array();
    for (const prover::WrongAccount& wrong : fault.accounts)
        json["accounts"].push_back(chain::to_hex(wrong.address));
    json["slots"] = nlohmann::ordered_json::array();
    for (const prover::WrongAccount& wrong : fault.accounts)
        for (const prover::WrongSlot& slot : wrong.slots)
            json["slots"].push_back(
                {{"account", chain::to_hex(wrong.address)}, {"slot", chain::to_hex(slot.slot)}});
    json["text"] = prover::to_text(fault);
    return json;
}

nlohmann::ordered_json to_json(const prover::Verification& verification, const RollupFile& rollup) {
    const prover::Report& found = verification.report;
    nlohmann::ordered_json json;
    json["verified"] = found.ok();
    json["chain_id"] = rollup.chain.chain_id;
    json["l1_head"] = found.l1_head;
    json["l1_blocks"] = found.l1_blocks;
    json["l1_bytes"] = found.inbox_bytes;
    json["batches"] = found.batches;
    json["blocks"] = found.blocks;
    json["transactions"] = found.transactions;
    json["head_hash"] = chain::to_hex(found.head_hash);
    json["state_root"] = chain::to_hex(found.state_root);
    json["output_root"] = chain::to_hex(found.output_root);
    json["claims_right"] = found.claims_right;
    json["claims_wrong"] = found.claims_wrong_count;
    json["dropped"] = found.dropped_count;
    json["wrong"] = nlohmann::ordered_json::array();
    for (const prover::WrongClaim& wrong : found.claims_wrong) {
        json["wrong"].push_back(
            {{"l2_block", wrong.claim.l2_block},
             {"l1_block", wrong.claim.l1_block},
             {"claimed", chain::to_hex(wrong.claim.output_root)},
             {"derived", wrong.derived_root
                             ? nlohmann::ordered_json(chain::to_hex(*wrong.derived_root))
                             : nlohmann::ordered_json(nullptr)}});
    }
    if (verification.fault) json["fault"] = to_json(*verification.fault);
    return json;
}

std::string to_table(const prover::Verification& verification) {
    const prover::Report& found = verification.report;
    FactTable table(found.ok() ? "Verified" : "NOT verified");
    table.add(
        "L1 blocks read",
        with_commas(found.l1_blocks) + ", up to " + std::to_string(found.l1_head));
    table.add("batches", with_commas(found.batches));
    table.add("L2 blocks", with_commas(found.blocks));
    table.add("transactions", with_commas(found.transactions));
    table.add("L1 bytes", with_commas(found.inbox_bytes));
    table.add("dropped pieces", with_commas(found.dropped_count));
    table.gap();
    table.add("head hash", chain::to_hex(found.head_hash));
    table.add("state root", chain::to_hex(found.state_root));
    table.add("output root", chain::to_hex(found.output_root));
    table.gap();
    table.add("claims right", with_commas(found.claims_right));
    table.add("claims wrong", with_commas(found.claims_wrong_count));
    return table.text();
}

int run_verify(const VerifyArguments& arguments) {
    std::string failure;
    const auto rollup = read_rollup_file(arguments.rollup, failure);
    if (!rollup) return report(failure, kExitUsage);
    auto client = l1::EthClient::open(arguments.l1);
    if (!client) return report("--l1: " + client.error().text, kExitUsage);
    if (auto checked = l1::check_rollup(**client, rollup->chain); !checked)
        return report("the L1 at " + (*client)->origin() + ": " + checked.error().text);

    std::unique_ptr<ClaimedNode> node;
    if (!arguments.node.empty()) {
        node = ClaimedNode::connect(arguments.node, failure);
        if (node == nullptr) return report("--node: " + failure, kExitUsage);
    }

    ReaderSource source(**client, rollup->chain);
    Progress progress("verify", 0);
    prover::VerifyOptions options;
    options.threads = arguments.threads != 0 ? arguments.threads
                                             : std::max(1u, std::thread::hardware_concurrency());
    options.on_progress = [&](const prover::Progress& done) {
        progress.set_total(source.end() - rollup->chain.l1_start.number);
        progress.update(
            done.l1_block - rollup->chain.l1_start.number, with_commas(done.blocks) + " blocks");
    };
    const auto verified =
        prover::verify(whole_genesis(*rollup), rollup->chain, source, node.get(), options);
    progress.finish();
    if (!verified) return report(verified.error());

    if (arguments.json.empty())
        std::fputs(to_table(*verified).c_str(), stdout);
    else
        std::printf("%s\n", to_json(*verified, *rollup).dump(2).c_str());
    if (verified->fault && arguments.json.empty())
        std::printf("\n%s\n", prover::to_text(*verified->fault).c_str());
    return verified->report.ok() ? kExitOk : kExitFailed;
}

}  // namespace

Command add_verify_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "verify", "Derives and executes the chain again from the L1 alone and checks every claim");
    auto arguments = std::make_shared<VerifyArguments>();
    app->add_option("--l1", arguments->l1, "JSON-RPC address of the L1")
        ->envname("TROUPE_L1_URL")
        ->capture_default_str();
    app->add_option("--rollup", arguments->rollup, "The rollup's config file")
        ->envname("TROUPE_ROLLUP")
        ->capture_default_str();
    app->add_option(
        "--node", arguments->node,
        "gRPC address of the node to ask where a wrong claim is wrong; believed in nothing else");
    app->add_option(
        "--threads", arguments->threads, "Threads that recover senders; 0: one per core");
    app->add_flag("--json{stdout}", arguments->json, "Print JSON instead of a table");
    app->footer(
        "Example:\n  troupe verify --l1 http://127.0.0.1:18545 --rollup rollup.json\n"
        "Exit status: 0 every claim is right, 1 one is wrong or the L1 cannot be read.");
    return {app, [arguments] { return run_verify(*arguments); }};
}

}  // namespace troupe::node
