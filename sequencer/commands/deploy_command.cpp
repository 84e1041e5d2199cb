#include "chain/base/hex.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/deployment.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/commands/keys.hpp"
#include "sequencer/config/genesis_file.hpp"
#include "sequencer/terminal/table.hpp"

#include <filesystem>
#include <memory>

namespace troupe::node {
namespace {

struct DeployArguments {
    std::string l1 = "http://127.0.0.1:18545";
    std::string genesis;
    std::string rollup = "rollup.json";
    std::string key_file;
    std::string password_file;
    bool dev_keys = false;
    bool force = false;
    std::string owner;
    std::string guardian;
    std::string batcher;
    std::string proposer;
    std::string fee_vault;
    std::uint64_t confirmations = 1;
    std::uint64_t challenge_window_s = 7 * 24 * 3'600;
};

// An address given as text, or `fallback` where none is.
bool pick_address(
    const char* flag, const std::string& text, const chain::Address& fallback,
    chain::Address& address, std::string& failure) {
    address = fallback;
    if (text.empty()) return true;
    const auto read = chain::fixed_from_hex<chain::Address>(text);
    if (!read) {
        failure = std::string(flag) + " is \"" + text + "\", expected 20 bytes in hexadecimal";
        return false;
    }
    address = *read;
    return true;
}

int run_deploy(const DeployArguments& arguments) {
    std::string failure;
    if (std::filesystem::exists(arguments.rollup) && !arguments.force)
        return report(
            arguments.rollup +
                " exists already: a rollup was deployed with it. Name another file "
                "with --rollup, or say --force to replace it",
            kExitUsage);
    auto genesis = read_genesis_file(arguments.genesis, failure);
    if (!genesis) return report(failure, kExitUsage);

    auto client = l1::EthClient::open(arguments.l1);
    if (!client) return report("--l1: " + client.error().text, kExitUsage);
    const auto chain_id = (*client)->chain_id();
    if (!chain_id) return report("the L1 at " + arguments.l1 + ": " + chain_id.error().text);

    std::optional<UnlockedKey> key;
    if (arguments.dev_keys) {
        if (!is_development_chain(*chain_id))
            return report(
                "--dev-keys: the L1 has chain id " + std::to_string(*chain_id) +
                    ", and everybody knows these keys; name your own with --key-file",
                kExitUsage);
        key.emplace(dev_keys()[kDevOwner]);
    } else if (arguments.key_file.empty()) {
        return report("name the key that deploys with --key-file (or --dev-keys)", kExitUsage);
    } else {
        key = unlock_key(
            arguments.key_file,
            {.file = arguments.password_file,
             .environment = "TROUPE_DEPLOYER_PASSWORD",
             .prompt = "Password of " + arguments.key_file},
            failure);
        if (!key) return report(failure);
    }

    l1::DeployConfig config;
    config.l1_chain_id = *chain_id;
    config.l2_chain_id = genesis->chain_id;
    config.gas_limit = genesis->gas_limit;
    config.confirmations = arguments.confirmations;
    config.challenge_window_s = arguments.challenge_window_s;
    chain::Address fee_vault;
    const bool dev = arguments.dev_keys;
    const chain::Address self = key->address();
    const chain::Address batcher = dev ? dev_addresses()[kDevBatcher] : self;
    const chain::Address proposer = dev ? dev_addresses()[kDevProposer] : batcher;
    if (!pick_address("--owner", arguments.owner, self, config.owner, failure) ||
        !pick_address("--guardian", arguments.guardian, self, config.guardian, failure) ||
        !pick_address("--batcher", arguments.batcher, batcher, config.batcher, failure) ||
        !pick_address("--proposer", arguments.proposer, proposer, config.proposer, failure) ||
        !pick_address("--fee-vault", arguments.fee_vault, config.owner, fee_vault, failure))
        return report(failure, kExitUsage);

    const auto rollup =
        deploy_rollup(**client, key->key(), config, std::move(*genesis), fee_vault, failure);
    if (!rollup) return report(failure);
    failure = write_rollup_file(arguments.rollup, *rollup);
    if (!failure.empty()) return report(failure);

    FactTable table("Deployed");
    table.add("L1", (*client)->origin() + ", chain id " + std::to_string(*chain_id));
    table.add("L2 chain id", std::to_string(rollup->chain.chain_id));
    table.add("SystemConfig", chain::to_hex(rollup->chain.system_config));
    table.add("BatchInbox", chain::to_hex(rollup->chain.batch_inbox));
    table.add("OutputRegistry", chain::to_hex(rollup->chain.output_registry));
    table.add("starts from L1 block", std::to_string(rollup->chain.l1_start.number));
    table.add("genesis hash", chain::to_hex(rollup->genesis_hash));
    table.add("rollup config", arguments.rollup);
    std::fputs(table.text().c_str(), stdout);
    return kExitOk;
}

}  // namespace

Command add_deploy_command(CLI::App& root) {
    CLI::App* app =
        root.add_subcommand("deploy", "Deploys the L1 contracts and writes rollup.json");
    auto arguments = std::make_shared<DeployArguments>();
    app->add_option("--l1", arguments->l1, "JSON-RPC address of the L1")
        ->envname("TROUPE_L1_URL")
        ->capture_default_str();
    app->add_option("--genesis", arguments->genesis, "genesis.json, as geth has it")->required();
    app->add_option("--rollup", arguments->rollup, "The rollup config to write")
        ->envname("TROUPE_ROLLUP")
        ->capture_default_str();
    app->add_flag("--force", arguments->force, "Replace the rollup config if it exists");
    app->add_option("--key-file", arguments->key_file, "Keystore file of the key that deploys")
        ->group("Keys");
    app->add_option(
           "--password-file", arguments->password_file,
           "File with its password; else TROUPE_DEPLOYER_PASSWORD, else a prompt")
        ->group("Keys");
    app->add_flag(
           "--dev-keys", arguments->dev_keys,
           "Use anvil's well-known accounts (chain id 31337 or 1337 only)")
        ->group("Keys");
    const auto role = [&](const char* flag, std::string& text, const char* help) {
        app->add_option(flag, text, help)->group("Roles")->type_name("ADDRESS");
    };
    role("--owner", arguments->owner, "May change roles [default: the deploying key]");
    role("--guardian", arguments->guardian, "May pause [default: the deploying key]");
    role("--batcher", arguments->batcher, "May post batches [default: the deploying key]");
    role("--proposer", arguments->proposer, "May claim output roots [default: the batcher]");
    role("--fee-vault", arguments->fee_vault, "Receives priority fees on the L2 [default: owner]");
    app->add_option(
           "--confirmations", arguments->confirmations,
           "L1 blocks to wait for, the contract's own included")
        ->capture_default_str();
    app->add_option(
           "--challenge-window", arguments->challenge_window_s,
           "Seconds after which a claimed output root is final")
        ->capture_default_str();
    app->footer(
        "Example:\n  troupe deploy --l1 http://127.0.0.1:18545 --genesis genesis.json --dev-keys");
    return {app, [arguments] { return run_deploy(*arguments); }};
}

}  // namespace troupe::node
