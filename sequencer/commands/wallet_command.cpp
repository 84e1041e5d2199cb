#include "chain/base/hex.hpp"
#include "chain/execution/transaction.hpp"
#include "sequencer/client/client.hpp"
#include "sequencer/commands/amount.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/commands/keys.hpp"
#include "sequencer/config/settings.hpp"
#include "sequencer/terminal/table.hpp"

#include <fmt/core.h>

#include <cctype>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace troupe::node {
namespace {

struct WalletArguments {
    std::string directory;
    std::string password_file;
    bool light = false;
    std::string node = "127.0.0.1:50051";
    std::string ca_file;
    std::string key_file;
    std::string account;  // address or keystore file, positional
    std::string import_file;
    int dev_account = -1;
    std::string to;
    std::string value = "0";
    std::string max_fee;
    std::string tip = "1gwei";
    std::string data;
    std::string code;
    std::string code_file;
    std::string from;
    bool creates = false;
    std::uint64_t gas_limit = 0;
    std::string wait;
    std::uint32_t timeout_s = 60;
    std::string hash;
};
using Arguments = std::shared_ptr<WalletArguments>;

PasswordSource password_source(const WalletArguments& arguments, const std::string& prompt) {
    return {
        .file = arguments.password_file, .environment = "TROUPE_WALLET_PASSWORD", .prompt = prompt};
}

std::string default_directory() {
    if (const auto named = process_environment("TROUPE_WALLET_DIR")) return *named;
    if (const auto home = process_environment("HOME")) return *home + "/.troupe/keys";
    return "keys";
}

// Encrypts and writes a key, and says where.
int store_key(const WalletArguments& arguments, const UnlockedKey& key) {
    std::string failure;
    const auto password =
        read_new_password(password_source(arguments, "Password for the new key file"), failure);
    if (!password) return report(failure);
    std::error_code error;
    std::filesystem::create_directories(arguments.directory, error);
    if (error) return report("cannot create " + arguments.directory + ": " + error.message());
    std::filesystem::permissions(arguments.directory, std::filesystem::perms::owner_all, error);
    const std::string path =
        arguments.directory + "/" + keystore_file_name(key.address(), std::time(nullptr));
    const auto strength = arguments.light ? KeystoreStrength::kLight : KeystoreStrength::kStandard;
    if (const auto wrong = save_keystore(path, encrypt_keystore(key, *password, strength)))
        return report(wrong->message);
    std::printf("%s\n%s\n", chain::to_hex(key.address()).c_str(), path.c_str());
    return kExitOk;
}

int run_new(const WalletArguments& arguments) {
    forbid_core_dumps();
    return store_key(arguments, random_key());
}

// A raw key comes from a file or from standard input, never from the command line.
int run_import(const WalletArguments& arguments) {
    forbid_core_dumps();
    std::string text;
    if (arguments.import_file == "-") {
        std::getline(std::cin, text);
    } else {
        std::ifstream in(arguments.import_file);
        if (!in || !std::getline(in, text))
            return report(arguments.import_file + ": cannot be read");
    }
    while (!text.empty() && (text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    const auto key = chain::fixed_from_hex<chain::crypto::PrivateKey>(text);
    if (!key || !chain::crypto::is_valid(*key))
        return report(
            (arguments.import_file == "-" ? "standard input" : arguments.import_file) +
            ": expected a private key of 32 bytes in hexadecimal on the first line");
    return store_key(arguments, UnlockedKey(*key));
}

std::optional<std::string> read_text_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

int run_list(const WalletArguments& arguments) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(arguments.directory, error)) {
        const auto text = read_text_file(entry.path().string());
        if (!text) continue;
        if (const auto address = keystore_address(*text))
            std::printf("%s  %s\n", chain::to_hex(*address).c_str(), entry.path().c_str());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return report(arguments.directory + ": " + error.message());
    return kExitOk;
}

int run_address(const WalletArguments& arguments) {
    const auto text = read_text_file(arguments.key_file);
    if (!text) return report(arguments.key_file + ": cannot be read");
    auto address = keystore_address(*text);
    if (!address) {  // the file may keep it to itself: then the password shows it
        std::string failure;
        const auto key = unlock_key(
            arguments.key_file, password_source(arguments, "Password of " + arguments.key_file),
            failure);
        if (!key) return report(failure);
        address = key->address();
    }
    std::printf("%s\n", chain::to_hex(*address).c_str());
    return kExitOk;
}

std::unique_ptr<client::Client> connect(const WalletArguments& arguments, std::string& failure) {
    client::ClientConfig config;
    config.target = arguments.node;
    config.ca_file = arguments.ca_file;
    return client::Client::create(config, failure);
}

int report_call(const WalletArguments& arguments, const client::CallError& error) {
    return report("the node at " + arguments.node + ": " + error.text());
}

int run_balance(const WalletArguments& arguments) {
    const auto address = chain::fixed_from_hex<chain::Address>(arguments.account);
    if (!address)
        return report(
            "\"" + arguments.account + "\" is no address: expected 20 bytes in hexadecimal",
            kExitUsage);
    std::string failure;
    const auto node = connect(arguments, failure);
    if (!node) return report(failure);
    const auto found = node->account(*address);
    if (!found) return report_call(arguments, found.error());
    FactTable table(chain::to_hex(*address));
    table.add("balance", to_ether_text(found->account.balance) + " ether");
    table.add("nonce", std::to_string(found->account.nonce));
    table.add("next nonce", std::to_string(found->pending_nonce));
    table.add("at block", std::to_string(found->block_number));
    std::fputs(table.text().c_str(), stdout);
    return kExitOk;
}

std::optional<Stage> read_stage(const std::string& text) {
    for (const Stage stage :
         {Stage::kAccepted, Stage::kSequenced, Stage::kSealed, Stage::kBatched, Stage::kPosted,
          Stage::kSafe, Stage::kFinalized})
        if (text == to_string(stage)) return stage;
    return std::nullopt;
}

// Follows a transaction until `until`, one line for each stage.
int follow(
    const WalletArguments& arguments, client::Client& node, const chain::Hash32& hash,
    Stage until) {
    client::Client::WatchTransactionOptions options;
    options.until = until;
    options.wait_ms = arguments.timeout_s * 1'000;
    const std::time_t give_up = std::time(nullptr) + arguments.timeout_s;
    Stage reached = Stage::kUnknown;
    const auto watched = node.watch_transaction(hash, options, [&](const auto& event) {
        if (event.stage != Stage::kUnknown) {
            reached = event.stage;
            const std::string l1 =
                event.l1_block == 0 ? "" : ", L1 block " + std::to_string(event.l1_block);
            fmt::print("{:<10} block {}{}\n", to_string(event.stage), event.block_number, l1);
            std::fflush(stdout);
        }
        return reached < until && std::time(nullptr) < give_up;
    });
    if (reached >= until) return kExitOk;
    if (!watched) return report_call(arguments, watched.error());
    return report(
        "not " + std::string(to_string(until)) + " after " + std::to_string(arguments.timeout_s) +
        " s; it is " + std::string(to_string(reached)) + ": ask again with `troupe wallet status`");
}

std::optional<UnlockedKey> sending_key(const WalletArguments& arguments, std::string& failure) {
    if (arguments.dev_account >= 0)
        return UnlockedKey(dev_keys()[static_cast<std::size_t>(arguments.dev_account)]);
    if (arguments.key_file.empty()) {
        failure = "name the key to send with: --key-file, or --dev-account on a devnet";
        return std::nullopt;
    }
    return unlock_key(
        arguments.key_file, password_source(arguments, "Password of " + arguments.key_file),
        failure);
}

std::optional<chain::Address> read_address(
    const char* flag, const std::string& text, std::string& failure) {
    const auto address = chain::fixed_from_hex<chain::Address>(text);
    if (address) return *address;
    failure = std::string(flag) + " is \"" + text + "\", expected an address of 20 bytes";
    return std::nullopt;
}

// The init code of a creation, from a flag or a file.
bool read_code(const WalletArguments& arguments, chain::Bytes& code, std::string& failure) {
    std::string text = arguments.code;
    if (!arguments.code_file.empty()) {
        const auto read = read_text_file(arguments.code_file);
        if (!read) {
            failure = arguments.code_file + ": cannot be read";
            return false;
        }
        text = *read;
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
            text.pop_back();
    }
    auto bytes = chain::from_hex(text);
    if (!bytes || bytes->empty()) {
        failure = "expected init code in hexadecimal in --code or --code-file";
        return false;
    }
    code = std::move(*bytes);
    return true;
}

// The transaction that the flags describe, unsigned, without nonce, fees and chain id.
bool describe(const WalletArguments& arguments, chain::Transaction& tx, std::string& failure) {
    tx.type = chain::TxType::kDynamicFee;
    if (!arguments.creates) {
        tx.to = read_address("--to", arguments.to, failure);
        if (!tx.to) return false;
    }
    const auto amount = [&](const char* flag, const std::string& text, chain::Uint256& into) {
        const auto read = read_amount(text);
        if (!read)
            failure = std::string(flag) + " is \"" + text +
                      "\", expected an amount such as 1.5ether, 20gwei or 1000 (wei)";
        else
            into = *read;
        return read.has_value();
    };
    if (!amount("--value", arguments.value, tx.value)) return false;
    if (!amount("--tip", arguments.tip, tx.max_priority_fee_per_gas)) return false;
    if (!arguments.max_fee.empty() && !amount("--max-fee", arguments.max_fee, tx.max_fee_per_gas))
        return false;
    const auto data = chain::from_hex(arguments.data);
    if (!data) {
        failure = "--data: expected bytes in hexadecimal";
        return false;
    }
    if (arguments.creates && !read_code(arguments, tx.data, failure)) return false;
    chain::append(tx.data, *data);
    tx.gas_limit = arguments.gas_limit;
    return true;
}

// "revert: ERC20: transfer amount exceeds balance"
std::string failure_text(const std::string& failure, const std::string& message) {
    return message.empty() ? failure : failure + ": " + message;
}

// The gas limit that the node estimates, and a tenth more for what others may change meanwhile.
bool estimate_gas(
    client::Client& node, const chain::Address& from, chain::Transaction& tx,
    std::string& failure) {
    client::CallRequest request;
    request.from = from;
    request.to = tx.to;
    request.value = tx.value;
    request.data = tx.data;
    const auto estimate = node.estimate_gas(request);
    if (!estimate) {
        failure = estimate.error().text();
        return false;
    }
    if (estimate->gas == 0) {
        failure = "it would fail: " + failure_text(estimate->failure, estimate->message) +
                  " (with --gas it is sent all the same)";
        return false;
    }
    const std::uint64_t least =
        std::max(chain::execution::intrinsic_gas(tx), chain::execution::floor_gas(tx));
    tx.gas_limit = estimate->gas <= least ? least : estimate->gas + estimate->gas / 10;
    return true;
}

int run_send(const WalletArguments& arguments) {
    std::string failure;
    Stage until = Stage::kAccepted;
    if (!arguments.wait.empty()) {
        const auto stage = read_stage(arguments.wait);
        if (!stage)
            return report(
                "--wait is \"" + arguments.wait +
                    "\", expected accepted, sequenced, sealed, batched, posted, safe or finalized",
                kExitUsage);
        until = *stage;
    }
    chain::Transaction tx;
    if (!describe(arguments, tx, failure)) return report(failure, kExitUsage);
    const auto key = sending_key(arguments, failure);
    if (!key) return report(failure);
    const auto node = connect(arguments, failure);
    if (!node) return report(failure);

    const auto chain_info = node->chain_info();
    if (!chain_info) return report_call(arguments, chain_info.error());
    const auto account = node->account(key->address());
    if (!account) return report_call(arguments, account.error());
    tx.chain_id = chain_info->chain_id;
    tx.nonce = account->pending_nonce;
    if (arguments.max_fee.empty())  // room for six full blocks: 1.125^6 is just above 2
        tx.max_fee_per_gas = chain_info->base_fee_per_gas + chain_info->base_fee_per_gas +
                             tx.max_priority_fee_per_gas;
    if (tx.gas_limit == 0 && !estimate_gas(*node, key->address(), tx, failure))
        return report(failure);
    if (!chain::sign_transaction(tx, key->key())) return report("the key cannot sign");
    const auto sent = node->submit(chain::encode_transaction(tx));
    if (!sent) return report_call(arguments, sent.error());
    std::printf("%s\n", chain::to_hex(sent->transaction_hash).c_str());
    if (!tx.to)
        std::printf(
            "contract   %s\n",
            chain::to_hex(chain::contract_address(key->address(), tx.nonce)).c_str());
    std::fflush(stdout);
    if (until <= Stage::kAccepted) return kExitOk;
    return follow(arguments, *node, sent->transaction_hash, until);
}

int run_deploy(const WalletArguments& arguments) {
    WalletArguments creation = arguments;
    creation.creates = true;
    return run_send(creation);
}

int run_call(const WalletArguments& arguments) {
    std::string failure;
    client::CallRequest request;
    request.to = read_address("--to", arguments.to, failure);
    if (!request.to) return report(failure, kExitUsage);
    if (!arguments.from.empty()) {
        const auto from = read_address("--from", arguments.from, failure);
        if (!from) return report(failure, kExitUsage);
        request.from = *from;
    }
    const auto data = chain::from_hex(arguments.data);
    if (!data) return report("--data: expected bytes in hexadecimal", kExitUsage);
    request.data = *data;
    request.gas = arguments.gas_limit;
    const auto value = read_amount(arguments.value);
    if (!value) return report("--value: expected an amount such as 1.5ether", kExitUsage);
    request.value = *value;
    const auto node = connect(arguments, failure);
    if (!node) return report(failure);
    const auto outcome = node->call(request);
    if (!outcome) return report_call(arguments, outcome.error());
    if (!outcome->success)
        return report("the call failed: " + failure_text(outcome->failure, outcome->message));
    std::printf("%s\n", chain::to_hex(outcome->output).c_str());
    return kExitOk;
}

int run_status(const WalletArguments& arguments) {
    const auto hash = chain::fixed_from_hex<chain::Hash32>(arguments.hash);
    if (!hash)
        return report(
            "\"" + arguments.hash + "\" is no transaction hash: expected 32 bytes in hexadecimal",
            kExitUsage);
    std::string failure;
    const auto node = connect(arguments, failure);
    if (!node) return report(failure);
    const auto receipt = node->receipt(*hash);
    if (!receipt) return report_call(arguments, receipt.error());
    FactTable table(chain::to_hex(*hash));
    table.add("stage", std::string(to_string(receipt->stage)));
    table.add("result", receipt->success ? "success" : "failed");
    table.add(
        "block", std::to_string(receipt->block_number) + ", index " +
                     std::to_string(receipt->transaction_index));
    table.add("from", chain::to_hex(receipt->from));
    if (receipt->contract)
        table.add("new contract", chain::to_hex(*receipt->contract));
    else
        table.add("to", receipt->to ? chain::to_hex(*receipt->to) : "a new contract");
    if (!receipt->logs.empty()) table.add("logs", std::to_string(receipt->logs.size()));
    if (!receipt->revert_output.empty())
        table.add("reverted with", chain::to_hex(receipt->revert_output));
    table.add("gas used", with_commas(receipt->gas_used));
    table.add("gas price", chain::to_decimal(receipt->effective_gas_price) + " wei");
    std::fputs(table.text().c_str(), stdout);
    return kExitOk;
}

void add_password_options(CLI::App& app, const Arguments& arguments) {
    app.add_option(
        "--password-file", arguments->password_file,
        "File with the password; else TROUPE_WALLET_PASSWORD, else a prompt");
}

void add_directory_options(CLI::App& app, const Arguments& arguments) {
    arguments->directory = default_directory();
    app.add_option(
           "--dir", arguments->directory, "Directory of the key files [env: TROUPE_WALLET_DIR]")
        ->capture_default_str();
}

void add_node_options(CLI::App& app, const Arguments& arguments) {
    app.add_option("--node", arguments->node, "gRPC address of the node")
        ->envname("TROUPE_NODE")
        ->capture_default_str();
    app.add_option("--ca-file", arguments->ca_file, "PEM certificates to trust; empty: no TLS");
}

void add_sending_options(CLI::App& app, const Arguments& arguments) {
    add_node_options(app, arguments);
    add_password_options(app, arguments);
    app.add_option("--key-file", arguments->key_file, "Key file of the sender");
    app.add_option("--dev-account", arguments->dev_account, "Send with anvil's account 0 to 9")
        ->check(CLI::Range(0, 9));
    app.add_option("--value", arguments->value, "Amount: 1.5ether, 20gwei, 1000 (wei)")
        ->capture_default_str();
    app.add_option(
        "--max-fee", arguments->max_fee,
        "Most to pay per gas [default: twice the base fee and the tip]");
    app.add_option("--tip", arguments->tip, "Priority fee per gas")->capture_default_str();
    app.add_option("--gas", arguments->gas_limit, "Gas limit [default: as the node estimates]");
    app.add_flag(
        "--wait{sealed}", arguments->wait,
        "Wait until it is so far: --wait=safe; sealed without a value");
    app.add_option("--timeout", arguments->timeout_s, "Longest wait [s]")->capture_default_str();
}

}  // namespace

Command add_wallet_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand("wallet", "Keys, balances, transfers and contracts");
    app->require_subcommand(1);
    const auto arguments = std::make_shared<WalletArguments>();
    auto chosen = std::make_shared<std::function<int()>>();
    const auto add = [&](const char* name, const char* help, int (*run)(const WalletArguments&)) {
        CLI::App* verb = app->add_subcommand(name, help);
        verb->callback([=] { *chosen = [=] { return run(*arguments); }; });
        return verb;
    };
    CLI::App* created = add("new", "Makes a key and writes it to an encrypted file", run_new);
    CLI::App* imported =
        add("import", "Encrypts a raw key that a file or standard input holds", run_import);
    for (CLI::App* verb : {created, imported}) {
        add_directory_options(*verb, arguments);
        add_password_options(*verb, arguments);
        verb->add_flag("--light", arguments->light, "Weaker and faster encryption: for tests");
    }
    imported->add_option("file", arguments->import_file, "File with the key; - for standard input")
        ->required();
    add_directory_options(*add("list", "Lists the key files", run_list), arguments);
    CLI::App* address = add("address", "Shows whose key a file holds", run_address);
    address->add_option("file", arguments->key_file, "Key file")->required();
    add_password_options(*address, arguments);
    CLI::App* balance = add("balance", "Asks a node for an account", run_balance);
    balance->add_option("address", arguments->account, "Address")->required();
    add_node_options(*balance, arguments);

    CLI::App* send = add("send", "Signs a transfer or a call and submits it", run_send);
    send->add_option("--to", arguments->to, "Receiver, or contract")
        ->required()
        ->type_name("ADDRESS");
    send->add_option("--data", arguments->data, "Call data, in hexadecimal");
    CLI::App* deploy = add("deploy", "Signs the creation of a contract and submits it", run_deploy);
    auto* code = deploy->add_option("--code", arguments->code, "Init code, in hexadecimal");
    deploy->add_option("--code-file", arguments->code_file, "File with the init code")
        ->excludes(code);
    deploy->add_option(
        "--data", arguments->data, "The constructor's arguments, ABI-encoded, in hexadecimal");
    for (CLI::App* verb : {send, deploy})
        add_sending_options(*verb, arguments);
    CLI::App* call =
        add("call", "Runs a call without a transaction and prints its output", run_call);
    add_node_options(*call, arguments);
    call->add_option("--to", arguments->to, "Contract")->required()->type_name("ADDRESS");
    call->add_option("--from", arguments->from, "Who calls [default: the zero address]")
        ->type_name("ADDRESS");
    call->add_option("--data", arguments->data, "Call data, in hexadecimal");
    call->add_option("--value", arguments->value, "Amount to send along")->capture_default_str();
    call->add_option("--gas", arguments->gas_limit, "Gas limit [default: as the node allows]");
    CLI::App* status = add("status", "Shows how far a transaction is", run_status);
    status->add_option("hash", arguments->hash, "Transaction hash")->required();
    add_node_options(*status, arguments);
    app->footer(
        "Examples:\n"
        "  troupe wallet new\n"
        "  troupe wallet send --key-file KEY --to 0x... --value 0.1ether --wait=safe\n"
        "  troupe wallet deploy --key-file KEY --code-file Token.bin --wait\n"
        "  troupe wallet call --to 0x... --data 0x18160ddd");
    return {app, [chosen] { return *chosen ? (*chosen)() : kExitUsage; }};
}

}  // namespace troupe::node
