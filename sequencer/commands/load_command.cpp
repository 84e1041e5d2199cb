#include "sequencer/commands/command.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/load/load_session.hpp"
#include "sequencer/terminal/progress.hpp"
#include "sequencer/workload/contract_session.hpp"
#include "sequencer/workload/transfers.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kGasLimit = 60'000'000'000;  // no block of a second is ever full
constexpr std::size_t kTokenHoldersMax = 2'000;      // each is given tokens one by one first

struct LoadOptions {
    std::string mix = "transfers";
    std::string file;
    std::string json_file;
    std::uint64_t transactions = 1'000'000;
    std::uint64_t chain_id = 420'044;
    bool sign_only = false;
    std::size_t wallets = 10'000;
    double seconds = 60;
    double rate = 0;
    std::size_t window = 8'192;
    std::size_t batch = 512;
    std::vector<std::string> node_arguments;
};

/// Resident memory of a process [bytes]; 0 where it cannot be told.
std::uint64_t resident_bytes(int pid) {
    std::ifstream in(fmt::format("/proc/{}/statm", pid));
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Processor time that a process has used, all threads [seconds]; 0 where it cannot be told.
double processor_seconds(int pid) {
    std::ifstream in(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(in, line);
    const std::size_t name_end = line.rfind(')');  // the name may hold anything
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int i = 3; i < 14; ++i)  // proc(5): utime is field 14, stime 15
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// What both processes had used at one moment.
struct Usage {
    std::uint64_t node_bytes;
    double node_s;
    double own_s;
};

/// One run: a node of its own, its wallets, the file of transactions, the load.
class LoadCommand {
  public:
    explicit LoadCommand(const LoadOptions& options)
        : options_(options), token_(options.mix == "erc20") {
        if (token_) options_.wallets = std::min(options_.wallets, kTokenHoldersMax);
        wallets_ = make_wallets("troupe load", options_.wallets + 1);
        funder_ = wallets_.back();
        wallets_.pop_back();
    }

    int run() {
        if (options_.sign_only) {
            if (options_.file.empty() || token_)
                return report("--sign-only needs --file, and --mix transfers");
            return open_or_sign() ? kExitOk : report(failure_);
        }
        if (!start_node() || (token_ && !hand_out_tokens())) return report(failure_);
        const auto transactions = open_or_sign();
        if (!transactions) return report(failure_);
        const Usage before = usage();
        Progress progress(options_.mix, options_.rate > 0 ? 0 : options_.transactions);
        LoadSessionConfig config;
        config.batch_txs = options_.batch;
        config.window_txs = options_.window;
        config.seconds = options_.seconds;
        if (options_.rate > 0) config.rate_per_s = options_.rate;
        config.on_progress = [&](std::uint64_t confirmed) { progress.update(confirmed); };
        const auto result = run_load_session(*client_, *transactions, config, failure_);
        progress.finish();
        if (!result) return report(failure_);
        const Usage after = usage();
        const std::uint64_t sealed = wait_until_sealed();
        print(*result, before, after, sealed);
        if (result->refused != 0)
            return report(
                fmt::format("{} refused, the first: {}", result->refused, result->first_refusal));
        if (result->failed != 0) return report(fmt::format("{} reverted", result->failed));
        return kExitOk;
    }

  private:
    [[nodiscard]] Usage usage() const {
        const int node = rollup_->node_pid();
        return {resident_bytes(node), processor_seconds(node), processor_seconds(::getpid())};
    }

    bool start_node() {
        LocalRollup::Options parts;
        parts.genesis.chain_id = options_.chain_id;
        parts.genesis.gas_limit = kGasLimit;
        parts.genesis.base_fee_per_gas = 1'000'000'000;
        auto funded = wallets_;
        funded.push_back(funder_);
        parts.genesis.alloc = fund(funded, *chain::uint256_from_text("1000000000000000000000"));
        parts.node_arguments = {"--log.level", "warn"};
        parts.node_arguments.insert(
            parts.node_arguments.end(), options_.node_arguments.begin(),
            options_.node_arguments.end());
        rollup_ = std::make_unique<LocalRollup>(std::move(parts));
        if (rollup_->do_without_l1() && rollup_->start_node()) client_ = rollup_->connect();
        if (!client_) failure_ = rollup_->failure();
        return client_ != nullptr;
    }

    /// The first transaction of the funder's: the token's address is the same in every run, so that
    /// a file of its transfers can be used again.
    bool hand_out_tokens() {
        ContractSession session(*client_, funder_);
        const auto token = session.deploy(contracts::token_init_code());
        if (!token) {
            failure_ = session.failure();
            return false;
        }
        token_address_ = *token;
        Progress progress("tokens", wallets_.size());
        std::vector<chain::Bytes> raw;
        for (std::size_t i = 0; i < wallets_.size(); ++i) {
            chain::Transaction tx;
            tx.type = chain::TxType::kDynamicFee;
            tx.chain_id = options_.chain_id;
            tx.nonce = i + 1;
            tx.max_fee_per_gas = 100'000'000'000;
            tx.max_priority_fee_per_gas = 1;
            tx.gas_limit = 70'000;
            tx.to = token_address_;
            tx.data = contracts::transfer(wallets_[i].address, 1'000'000'000'000);
            if (!chain::sign_transaction(tx, funder_.key)) return false;
            raw.push_back(chain::encode_transaction(tx));
        }
        std::uint64_t refused = 0;
        auto stream = client_->open_stream(
            false, {.on_outcomes = [&](const auto& outcome) { refused += outcome.refusals.size(); },
                    .on_receipts = {}});
        for (std::size_t at = 0; at < raw.size();) {
            const auto sent = stream->send(std::span<const chain::Bytes>(raw).subspan(
                at, std::min<std::size_t>(256, raw.size() - at)));
            if (sent.count == 0) break;
            at += sent.count;
            progress.update(at);
        }
        const auto finished = stream->finish();
        if (!finished) failure_ = finished.error().text();
        if (refused != 0) failure_ = fmt::format("{} transfers of tokens refused", refused);
        progress.finish();
        return failure_.empty();
    }

    [[nodiscard]] std::string description() const {
        return fmt::format(
            "troupe load 1: {} of {} wallets on chain {}, {} transactions", options_.mix,
            options_.wallets, options_.chain_id, options_.transactions);
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
        if (token_) mix.token = token_address_;
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

    /// @return the last sealed block, when it has been sealed after the last transaction
    std::uint64_t wait_until_sealed() {
        const auto info = client_->chain_info();
        if (!info) return 0;
        const std::uint64_t open = info->heads.latest + 1;  // holds the last transactions
        for (int i = 0; i < 100; ++i) {
            const auto now = client_->chain_info();
            if (!now || now->heads.latest >= open) return now ? now->heads.latest : 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return open - 1;
    }

    void print(
        const LoadSessionResult& result, const Usage& before, const Usage& after,
        std::uint64_t sealed) const {
        const auto each_us = [&](double seconds) {
            return seconds * 1e6 /
                   static_cast<double>(std::max<std::uint64_t>(1, result.confirmed));
        };
        const double node_us = each_us(after.node_s - before.node_s);
        const double own_us = each_us(after.own_s - before.own_s);
        const double tps = static_cast<double>(result.confirmed) / result.seconds;
        const auto ms = [&](double fraction) {
            return static_cast<double>(result.soft.percentile_us(fraction)) / 1e3;
        };
        auto seconds = result.each_second;
        if (seconds.size() > 2) {  // without the first, which fills, and the last, which is cut
            seconds.erase(seconds.begin());
            seconds.pop_back();
        }
        const std::uint64_t least =
            seconds.empty() ? 0 : *std::min_element(seconds.begin(), seconds.end());
        fmt::print(
            "{}: {:.0f} transactions a second over {:.1f} s ({} confirmed, least in a second {})\n"
            "{:.1f} Mgas/s; blocks sealed: {}\n"
            "soft confirmation [ms]: p50 {:.2f}, p90 {:.2f}, p99 {:.2f}, p99.9 {:.2f}, max "
            "{:.2f}{}\n"
            "processor time [us each]: node {:.2f}, load generator {:.2f}\n"
            "node memory [MiB]: {} at the start, {} at the end\n",
            options_.mix, tps, result.seconds, result.confirmed, least,
            static_cast<double>(result.gas_used) / result.seconds / 1e6, sealed, ms(0.5), ms(0.9),
            ms(0.99), ms(0.999), static_cast<double>(result.soft.max_us()) / 1e3,
            options_.rate > 0 ? ", from the arrival" : ", from the sending", node_us, own_us,
            before.node_bytes >> 20, after.node_bytes >> 20);
        if (options_.json_file.empty()) return;
        nlohmann::ordered_json json;
        json["mix"] = options_.mix;
        json["loop"] = options_.rate > 0 ? "open" : "closed";
        if (options_.rate > 0) json["rate_per_s"] = options_.rate;
        json["window"] = options_.window;
        json["seconds"] = result.seconds;
        json["confirmed"] = result.confirmed;
        json["refused"] = result.refused;
        json["reverted"] = result.failed;
        json["tps"] = tps;
        json["gas_per_s"] = static_cast<double>(result.gas_used) / result.seconds;
        json["each_second"] = result.each_second;
        for (const double fraction : {0.5, 0.9, 0.99, 0.999})
            json["soft_ms"][fmt::format("p{}", fraction * 100)] = ms(fraction);
        json["soft_ms"]["max"] = static_cast<double>(result.soft.max_us()) / 1e3;
        json["node_us_each"] = node_us;
        json["generator_us_each"] = own_us;
        json["node_bytes_start"] = before.node_bytes;
        json["node_bytes_end"] = after.node_bytes;
        json["last_sealed_block"] = sealed;
        std::ofstream(options_.json_file) << json.dump(2) << "\n";
    }

    LoadOptions options_;
    bool token_;
    std::vector<WorkloadWallet> wallets_;
    WorkloadWallet funder_;
    std::unique_ptr<LocalRollup> rollup_;
    std::unique_ptr<client::Client> client_;
    chain::Address token_address_;
    std::string failure_;
};

}  // namespace

Command add_load_command(CLI::App& root) {
    CLI::App* app = root.add_subcommand(
        "load", "Drives a node of its own as hard as it can, or at a rate, and measures it");
    auto options = std::make_shared<LoadOptions>();
    app->add_option("--mix", options->mix, "What is sent")
        ->check(CLI::IsMember({"transfers", "erc20"}))
        ->capture_default_str();
    app->add_option(
           "--transactions", options->transactions, "Signed ahead; the load ends with them")
        ->check(CLI::Range(1u, 100'000'000u))
        ->capture_default_str();
    app->add_option("--wallets", options->wallets, "Senders, who are the receivers as well")
        ->check(CLI::Range(2u, 1'000'000u))
        ->capture_default_str();
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
    app->add_option("--node", options->node_arguments, "More arguments for the node")
        ->type_name("ARGUMENT ...");
    app->footer(
        "Signs on all cores first, stores, then sends from the file.\n"
        "Example:\n  troupe load --transactions 6000000 --file transfers.bin --seconds 60");
    return {app, [=] { return LoadCommand(*options).run(); }};
}

}  // namespace troupe::node
