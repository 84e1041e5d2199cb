#include "chain/crypto/keccak.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/load/load_report.hpp"
#include "sequencer/load/load_session.hpp"
#include "sequencer/load/load_stage.hpp"
#include "sequencer/load/process_usage.hpp"
#include "sequencer/load/transaction_file.hpp"
#include "sequencer/terminal/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kGasLimit = 60'000'000'000;  // no block of a second is ever full
constexpr std::size_t kTokenHoldersMax = 2'000;      // if not asked for: given tokens one by one
constexpr std::chrono::seconds kSealPatience{10};

struct LoadOptions {
    std::string mix = "transfers";
    unsigned hot = 0;
    std::string via = "grpc";
    std::string file;
    std::string json_file;
    std::uint64_t transactions = 1'000'000;
    std::uint64_t chain_id = 420'044;
    bool sign_only = false;
    std::size_t wallets = 10'000;
    std::uint64_t accounts = 0;
    std::size_t connections = 8;
    double seconds = 60;
    double rate = 0;
    std::size_t window = 8'192;
    std::size_t batch = 512;
    std::vector<std::string> node_arguments;
    std::string program;
};

/// One run: a node of its own, its wallets and contracts, the file of transactions, the load.
class LoadCommand {
  public:
    LoadCommand(const LoadOptions& options, const LoadMix& mix) : options_(options), mix_(mix) {
        if (mix_.with_contracts() && options_.accounts == 0)
            options_.wallets = std::min(options_.wallets, kTokenHoldersMax);
        owner_ = make_wallets("troupe load owner", 1).front();
        wallets_ = options_.accounts != 0 ? make_consecutive_wallets(first_key(), options_.wallets)
                                          : make_wallets("troupe load", options_.wallets);
        // No sender may have two transactions under way there: through_json_rpc().
        if (json_rpc())
            options_.batch = std::clamp<std::size_t>(
                options_.wallets / (2 * options_.connections), 1,
                std::min(options_.batch, kJsonRpcBatchMax));
    }

    int run() {
        if (options_.sign_only) {
            if (options_.file.empty() || mix_.with_contracts() || mix_.hot > 0)
                return report("--sign-only needs --file, and --mix transfers without --hot");
            return open_or_sign() ? kExitOk : report(failure_);
        }
        if (!start_node() || !prepare()) return report(failure_);
        const auto transactions = open_or_sign();
        if (!transactions) return report(failure_);
        auto measured = measure(*transactions);
        if (!measured) return report(failure_);
        fmt::print("{}", to_text(*measured));
        if (!options_.json_file.empty()) {
            std::ofstream out(options_.json_file);
            out << to_json(*measured);
            if (!out.flush()) return report(options_.json_file + " cannot be written");
        }
        return judge(*measured);
    }

  private:
    [[nodiscard]] static chain::Hash32 first_key() {
        constexpr std::string_view kName = "troupe load accounts";
        return chain::crypto::keccak256(chain::Bytes(kName.begin(), kName.end()));
    }
    [[nodiscard]] bool json_rpc() const noexcept { return options_.via == "json-rpc"; }

    bool start_node() {
        LocalRollup::Options parts;
        parts.genesis.chain_id = options_.chain_id;
        parts.genesis.gas_limit = kGasLimit;
        parts.genesis.base_fee_per_gas = 1'000'000'000;
        const chain::Uint256 balance = *chain::uint256_from_text("1000000000000000000000");
        auto listed = wallets_;
        if (options_.accounts != 0) {
            listed.clear();
            parts.funded = {first_key(), options_.accounts, balance};
        }
        listed.push_back(owner_);
        parts.genesis.alloc = fund(listed, balance);
        if (!options_.program.empty()) parts.program = options_.program;
        parts.node_arguments = {"--log.level", "warn"};
        parts.node_arguments.insert(
            parts.node_arguments.end(), options_.node_arguments.begin(),
            options_.node_arguments.end());
        rollup_ = std::make_unique<LocalRollup>(std::move(parts));
        if (rollup_->do_without_l1() && rollup_->start_node()) client_ = rollup_->connect();
        if (!client_) failure_ = rollup_->failure();
        return client_ != nullptr;
    }

    bool prepare() {
        stage_ = std::make_unique<LoadStage>(*client_, options_.chain_id, mix_, wallets_, owner_);
        failure_ = stage_->prepare();
        return failure_.empty();
    }

    [[nodiscard]] std::string description() const {
        return fmt::format(
            "troupe load 2: {}, {} % hot, of {}{} wallets on chain {}, {} transactions",
            mix_.text(), mix_.hot, options_.wallets, options_.accounts != 0 ? " consecutive" : "",
            options_.chain_id, options_.transactions);
    }

    std::unique_ptr<TransactionFile> open_or_sign() {
        const std::string path =
            options_.file.empty() ? rollup_->file("transactions") : options_.file;
        if (auto found = TransactionFile::open(path, description(), failure_)) return found;
        failure_.clear();
        Progress progress("sign", options_.transactions);
        TransferMix mix;
        mix.chain_id = options_.chain_id;
        mix.related_nonces = true;
        if (stage_) mix.first_nonces.assign(wallets_.size(), stage_->first_nonce());
        if (stage_ && (mix_.with_contracts() || mix_.hot > 0))
            mix.change = [this](std::size_t sender, std::mt19937_64& random, auto& tx) {
                stage_->change(sender, random, tx);
            };
        failure_ = write_transaction_file(
            path, description(), options_.transactions,
            [&](std::uint64_t first, std::size_t count) {
                mix.first = first;
                mix.count = count;
                return sign_transfers(wallets_, mix);
            },
            [&](std::uint64_t done) { progress.update(done); });
        progress.finish();
        if (!failure_.empty()) return nullptr;
        return TransactionFile::open(path, description(), failure_);
    }

    std::optional<LoadReport> measure(TransactionSource& transactions) {
        LoadReport measured;
        measured.mix = mix_.text();
        measured.via = options_.via;
        measured.window = options_.window;
        measured.wallets = options_.wallets;
        if (options_.rate > 0) measured.rate_per_s = options_.rate;
        const int node = rollup_->node_pid();
        const auto first = client_->chain_info();
        measured.node_bytes.push_back(resident_bytes(node));
        const double node_s = processor_seconds(node);
        const ThreadSeconds threads = thread_seconds(node);
        const double own_s = processor_seconds(::getpid());

        Progress progress(measured.mix, options_.rate > 0 ? 0 : options_.transactions);
        LoadSessionConfig config;
        config.batch_txs = options_.batch;
        config.window_txs = options_.window;
        config.seconds = options_.seconds;
        config.rate_per_s = measured.rate_per_s;
        auto next_look = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        config.on_progress = [&](std::uint64_t confirmed) {
            progress.update(confirmed);
            if (const auto now = std::chrono::steady_clock::now(); now >= next_look) {
                next_look += std::chrono::seconds(1);
                measured.node_bytes.push_back(resident_bytes(node));
            }
        };
        const OpenDoor open = json_rpc()
                                  ? through_json_rpc(rollup_->rpc_url(), options_.connections)
                                  : through_grpc(*client_);
        auto result = run_load_session(open, transactions, config, failure_);
        progress.finish();
        if (!result) {
            if (!rollup_->node_running()) failure_ += " (the node has ended)";
            return std::nullopt;
        }
        measured.result = std::move(*result);
        measured.generator_s = processor_seconds(::getpid()) - own_s;
        measured.node_bytes.push_back(resident_bytes(node));
        wait_until_sealed(first ? first->heads.latest : 0, measured);
        // Now, so that all blocks' roots and most batches are in it.
        measured.node_s = processor_seconds(node) - node_s;
        measured.stages = stage_costs(
            threads, thread_seconds(node), std::max<std::uint64_t>(1, measured.result.confirmed));
        return measured;
    }

    /// Until the block with the last transactions is sealed, for a while.
    void wait_until_sealed(std::uint64_t first, LoadReport& measured) {
        const auto until = std::chrono::steady_clock::now() + kSealPatience;
        do {
            const auto now = client_->chain_info();
            if (!now) return;
            measured.last_sealed_block = now->heads.latest;
            measured.sealed_blocks = now->heads.latest - first;
            measured.all_sealed = now->heads.latest >= measured.result.last_block;
            if (measured.all_sealed) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        } while (std::chrono::steady_clock::now() < until);
    }

    /// A load of which something was refused, failed or was not sealed measured nothing.
    static int judge(const LoadReport& measured) {
        const LoadSessionResult& result = measured.result;
        if (result.refused != 0)
            return report(
                fmt::format("{} refused, the first: {}", result.refused, result.first_refusal));
        if (result.failed != 0) return report(fmt::format("{} reverted", result.failed));
        if (result.confirmed != result.sent)
            return report(fmt::format("{} sent, {} confirmed", result.sent, result.confirmed));
        if (!measured.all_sealed) return report("the last transactions were not sealed");
        return kExitOk;
    }

    LoadOptions options_;
    LoadMix mix_;
    std::vector<WorkloadWallet> wallets_;
    WorkloadWallet owner_;
    std::unique_ptr<LocalRollup> rollup_;
    std::unique_ptr<client::Client> client_;
    std::unique_ptr<LoadStage> stage_;
    std::string failure_;
};

int run_load(const LoadOptions& options) {
    std::string failure;
    auto mix = parse_load_mix(options.mix, failure);
    if (!mix) return report("--mix: " + failure, kExitUsage);
    mix->hot = options.hot;
    if (options.accounts != 0 && options.accounts < options.wallets)
        return report("--accounts: as many as --wallets at least", kExitUsage);
    return LoadCommand(options, *mix).run();
}

}  // namespace

Command add_load_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "load", "Drives a node of its own as hard as it can, or at a rate, and measures it");
    auto options = std::make_shared<LoadOptions>();
    app->add_option(
           "--mix", options->mix,
           "What is sent: transfers, erc20, swap, or shares: transfers=60,erc20=30,swap=10")
        ->type_name("KIND[=PERCENT],...")
        ->capture_default_str();
    app->add_option(
           "--hot", options->hot, "Percent that goes to one receiver, one token holder, one pool")
        ->check(CLI::Range(0u, 100u))
        ->capture_default_str();
    app->add_option(
           "--via", options->via,
           "The door: a gRPC stream, or batches of eth_sendRawTransactionSync")
        ->check(CLI::IsMember({"grpc", "json-rpc"}))
        ->capture_default_str();
    app->add_option("--connections", options->connections, "Of --via json-rpc")
        ->check(CLI::Range(1u, 256u))
        ->capture_default_str();
    app->add_option(
           "--transactions", options->transactions, "Signed ahead; the load ends with them")
        ->check(CLI::Range(1u, 100'000'000u))
        ->capture_default_str();
    app->add_option(
           "--wallets", options->wallets,
           "Senders, who are the receivers as well; with contracts 2,000 at most, or --accounts")
        ->check(CLI::Range(2u, 100'000'000u))
        ->capture_default_str();
    app->add_option(
           "--accounts", options->accounts,
           "Funded in block 0; the wallets are the first of them [default: the wallets]")
        ->check(CLI::Range(std::uint64_t{2}, kFundedKeysMax));
    app->add_option("--seconds", options->seconds, "The load ends then at the latest")
        ->check(CLI::Range(0.1, 86'400.0))
        ->capture_default_str();
    app->add_option(
           "--rate", options->rate,
           "Open loop: transactions a second, as a Poisson process [default: as fast as answered]")
        ->check(CLI::Range(0.0, 10'000'000.0));
    app->add_option("--window", options->window, "Closed loop: sent and not answered at most")
        ->check(CLI::Range(1u, 1'000'000u))
        ->capture_default_str();
    app->add_option("--batch", options->batch, "Transactions per message at most")
        ->check(CLI::Range(1u, 4'096u))
        ->capture_default_str();
    app->add_option(
        "--file", options->file,
        "Keeps the signed transactions here, for the next run [default: nowhere]");
    app->add_flag(
        "--sign-only", options->sign_only,
        "Writes the file and ends: for loads that something else sends");
    app->add_option("--chain-id", options->chain_id, "Of the chain the transactions are signed for")
        ->capture_default_str();
    app->add_option("--json", options->json_file, "Writes the result to this file as JSON");
    app->add_option(
        "--program", options->program,
        "The node's program: another troupe, or a script that limits it [default: this one]");
    app->add_option("--node", options->node_arguments, "More arguments for the node")
        ->type_name("ARGUMENT ...");
    app->footer(
        "Signs on all cores first, stores, then sends from the file.\n"
        "Examples:\n"
        "  troupe load --transactions 6500000 --file transfers.bin --seconds 60 --window 6144\n"
        "  troupe load --mix transfers=60,erc20=30,swap=10 --hot 30 --rate 5000");
    return {app, [=] { return run_load(*options); }};
}

}  // namespace troupe::node
