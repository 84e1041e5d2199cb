#include "sequencer/demo/demo.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/config/predeploys.hpp"
#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/demo/swap_demo.hpp"
#include "sequencer/load/load_session.hpp"
#include "sequencer/terminal/progress.hpp"
#include "sequencer/terminal/table.hpp"
#include "sequencer/workload/transfers.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kChainId = 420'042;
constexpr std::uint64_t kGasLimit = 5'000'000'000;  // 238,095 transfers a block
constexpr std::uint64_t kSwaps = 10;
constexpr std::size_t kBatchTxs = 256;
constexpr const char* kSwapSeed = "troupe demo contracts";
constexpr std::chrono::minutes kPostMax{5};
constexpr std::chrono::milliseconds kPoll{100};

/// Execution alone of a mix of transfers, tokens and swaps (W9 of `troupe bench`).
struct MixedLoad {
    unsigned cores = 0;
    double tps = 0;
    double serial_tps = 0;
};

/// Everything the table and the JSON say.
struct Figures {
    std::size_t transfers = 0;
    double start_ms = 0;
    LoadSessionResult load;
    SwapFigures swaps;
    std::uint64_t included = 0;
    std::uint64_t blocks = 0;
    std::uint64_t batches = 0;
    std::uint64_t l1_bytes = 0;
    std::string sequencer_root;
    std::string derived_root;
    bool verified = false;
    std::optional<MixedLoad> mixed;  ///< absent where it could not be measured

    [[nodiscard]] double tps() const {
        return load.seconds > 0 ? static_cast<double>(load.accepted) / load.seconds : 0;
    }
    [[nodiscard]] double l1_bytes_per_tx() const {
        return included > 0 ? static_cast<double>(l1_bytes) / static_cast<double>(included) : 0;
    }
};

double soft_ms(const Figures& figures, double fraction) {
    return static_cast<double>(figures.load.soft.percentile_us(fraction)) / 1e3;
}

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

chain::Genesis make_genesis(const std::vector<WorkloadWallet>& wallets) {
    chain::Genesis genesis;
    genesis.chain_id = kChainId;
    genesis.gas_limit = kGasLimit;
    genesis.base_fee_per_gas = 1'000'000'000;
    genesis.alloc = fund(wallets, *chain::uint256_from_text("1000000000000000000000"));
    add_predeploys(genesis);
    return genesis;
}

/// Waits until everything up to `block` is derived from the L1.
bool wait_until_safe(client::Client& client, std::uint64_t block, std::string& failure) {
    Progress progress("post", block);
    const auto deadline = std::chrono::steady_clock::now() + kPostMax;
    while (std::chrono::steady_clock::now() < deadline) {
        const auto info = client.chain_info();
        if (!info) {
            failure = info.error().text();
            return false;
        }
        progress.update(std::min(info->heads.safe, block), "blocks on the L1");
        if (info->heads.safe >= block) {
            progress.finish();
            return true;
        }
        std::this_thread::sleep_for(kPoll);
    }
    failure = fmt::format("block {} was not on the L1 after {} minutes", block, kPostMax.count());
    return false;
}

bool submit(
    LocalRollup& rollup, const std::vector<chain::Bytes>& transfers, const DemoOptions& options,
    Figures& figures, std::string& failure) {
    const auto client = rollup.connect();
    if (!client) return false;
    Progress progress("submit", transfers.size());
    LoadSessionConfig config;
    config.batch_txs = kBatchTxs;
    config.window_txs = options.window;
    config.on_progress = [&](std::uint64_t confirmed) { progress.update(confirmed); };
    TransactionList source(transfers);
    auto result = run_load_session(through_grpc(*client), source, config, failure);
    if (!result) return false;
    progress.update(transfers.size());
    progress.finish();
    figures.load = std::move(*result);
    return true;
}

bool swap(
    LocalRollup& rollup, const chain::Bytes& factory, Figures& figures, std::string& failure) {
    const auto client = rollup.connect();
    if (!client) return false;
    // A wallet of its own: the transfers' nonces are signed already.
    const auto wallets = make_wallets(kSwapSeed, 1);
    const auto swaps = run_swaps(*client, factory, wallets.front(), kSwaps, failure);
    if (swaps) figures.swaps = *swaps;
    return swaps.has_value();
}

bool post(LocalRollup& rollup, const Figures& figures, std::string& failure) {
    const auto admin = rollup.connect_admin();
    const auto client = rollup.connect();
    if (!admin || !client) return false;
    if (const auto flushed = admin->flush(); !flushed) {
        failure = flushed.error().text();
        return false;
    }
    return wait_until_safe(
        *client, std::max(figures.load.last_block, figures.swaps.last_block), failure);
}

/// Runs the verifier and asks the sequencer for its root of the block that the verifier reached.
bool verify(LocalRollup& rollup, Figures& figures, std::string& failure) {
    std::string text;
    const int status = rollup.verify(text);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) {
        failure = "the verifier failed: see " + rollup.file("verify.log");
        return false;
    }
    figures.verified = status == 0 && json.value("verified", false);
    figures.included = json.value("transactions", std::uint64_t{0});
    figures.blocks = json.value("blocks", std::uint64_t{0});
    figures.batches = json.value("batches", std::uint64_t{0});
    figures.l1_bytes = json.value("l1_bytes", std::uint64_t{0});
    figures.derived_root = json.value("state_root", std::string{});
    const auto client = rollup.connect();
    if (!client) return false;
    const auto block = client->block(figures.blocks, client::BlockContent::kHeader);
    if (!block) {
        failure = block.error().text();
        return false;
    }
    figures.sequencer_root = chain::to_hex(block->state_root);
    return true;
}

std::optional<MixedLoad> measure_mixed_load(LocalRollup& rollup) {
    std::string text;
    if (rollup.bench("W9", text) != 0) return std::nullopt;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("results") || json["results"].size() != 1)
        return std::nullopt;
    const auto& result = json["results"][0];
    return MixedLoad{
        result.value("cores", 0u), result.value("tps", 0.0), result.value("serial_tps", 0.0)};
}

/// @return an empty string, or what went wrong
std::string run_steps(LocalRollup& rollup, const DemoOptions& options, Figures& figures) {
    std::string failure;
    say("starting an L1 (anvil)");
    if (!rollup.start_l1()) return rollup.failure();
    say(fmt::format("  {}", rollup.l1_url()));
    say("deploying SystemConfig, BatchInbox and OutputRegistry");
    if (!rollup.deploy()) return rollup.failure();
    say("starting the sequencer");
    if (!rollup.start_node()) return rollup.failure();
    figures.start_ms = rollup.start_ms();
    say(fmt::format(
        "  gRPC {}, metrics {}/metrics, up in {:.0f} ms", rollup.grpc_target(),
        rollup.metrics_url(), rollup.start_ms()));
    say(fmt::format(
        "signing {} transfers of {} wallets: legacy, EIP-2930 and EIP-1559",
        with_commas(options.transfers), with_commas(options.wallets)));
    const auto wallets = make_wallets("troupe demo", options.wallets);
    const auto transfers =
        sign_transfers(wallets, {.chain_id = kChainId, .count = options.transfers});
    say("submitting them over gRPC");
    if (!submit(rollup, transfers, options, figures, failure)) return failure;
    if (const auto factory = published_factory()) {
        say("deploying two ERC-20 tokens and Uniswap V2, and swapping over gRPC");
        if (!swap(rollup, *factory, figures, failure)) return failure;
    } else {
        say("no swaps: the npm package @uniswap/v2-core is not installed (./dev setup)");
    }
    say("waiting until the last one is on the L1");
    if (!post(rollup, figures, failure)) return failure;
    say("verifying from the L1 alone, in another process");
    if (!verify(rollup, figures, failure)) return failure;
    say("executing a mix of transfers, tokens and swaps, in order and in parallel");
    figures.mixed = measure_mixed_load(rollup);
    return {};
}

std::string to_table(const Figures& figures) {
    FactTable table("Demo");
    table.add(
        "accepted", fmt::format(
                        "{} of {} transfers", with_commas(figures.load.accepted),
                        with_commas(figures.transfers)));
    if (figures.load.refused > 0) {
        table.add(
            "refused",
            fmt::format(
                "{}, first: {}", with_commas(figures.load.refused), figures.load.first_refusal));
    }
    table.add("included", with_commas(figures.included) + " derived from the L1");
    table.add("rate", with_commas(static_cast<std::uint64_t>(figures.tps())) + " TPS");
    table.add(
        "soft confirmation",
        fmt::format("p50 {:.1f} ms, p99 {:.1f} ms", soft_ms(figures, 0.5), soft_ms(figures, 0.99)));
    if (figures.swaps.swaps > 0) {
        table.add(
            "Uniswap V2",
            fmt::format(
                "{} swaps, {} gas each, pair {}", figures.swaps.swaps,
                with_commas(figures.swaps.swap_gas), chain::to_hex(figures.swaps.pair)));
        table.add("ERC-20", chain::to_hex(figures.swaps.token) + " (OpenZeppelin)");
    }
    table.add("blocks", with_commas(figures.blocks));
    table.add("batches", with_commas(figures.batches));
    table.add(
        "on the L1", fmt::format(
                         "{} bytes, {:.1f} per transaction", with_commas(figures.l1_bytes),
                         figures.l1_bytes_per_tx()));
    if (const auto& mixed = figures.mixed; mixed && mixed->serial_tps > 0)
        table.add(
            "mixed contracts", fmt::format(
                                   "{} a second executed on {} cores, {:.2f} x as many as in order",
                                   with_commas(static_cast<std::uint64_t>(mixed->tps)),
                                   mixed->cores, mixed->tps / mixed->serial_tps));
    table.gap();
    table.add("sequencer's state root", figures.sequencer_root);
    table.add("derived state root", figures.derived_root);
    return table.text();
}

std::string to_json(const Figures& figures, bool good) {
    nlohmann::ordered_json json;
    json["accepted"] = figures.load.accepted;
    json["included"] = figures.included;
    json["tps"] = figures.tps();
    json["soft_p50_ms"] = soft_ms(figures, 0.5);
    json["soft_p99_ms"] = soft_ms(figures, 0.99);
    json["swaps"] = figures.swaps.swaps;
    json["swap_gas"] = figures.swaps.swap_gas;
    json["contract_transactions"] = figures.swaps.transactions;
    json["blocks"] = figures.blocks;
    json["batches"] = figures.batches;
    json["l1_bytes_per_tx"] = figures.l1_bytes_per_tx();
    json["sequencer_state_root"] = figures.sequencer_root;
    json["derived_state_root"] = figures.derived_root;
    json["verified"] = good;
    json["start_ms"] = figures.start_ms;
    if (figures.mixed) {
        json["mixed_tps"] = figures.mixed->tps;
        json["mixed_serial_tps"] = figures.mixed->serial_tps;
    }
    return json.dump(2) + "\n";
}

}  // namespace

bool run_demo(const DemoOptions& options) {
    LocalRollup::Options parts;
    parts.directory = options.directory;
    parts.keep = options.keep;
    auto funded = make_wallets("troupe demo", options.wallets);
    funded.push_back(make_wallets(kSwapSeed, 1).front());
    parts.genesis = make_genesis(funded);
    LocalRollup rollup(std::move(parts));
    Figures figures;
    figures.transfers = options.transfers;
    const std::string failure = run_steps(rollup, options, figures);
    if (!failure.empty()) {
        std::fprintf(stderr, "troupe demo: %s\n", failure.c_str());
        return false;
    }
    const bool good = figures.verified && figures.sequencer_root == figures.derived_root &&
                      figures.load.accepted == figures.transfers &&
                      figures.included == figures.transfers + figures.swaps.transactions;
    std::printf("\n%s\n", to_table(figures).c_str());
    say(good ? "Every transfer and every swap is there, and the roots are equal."
             : "NOT verified: the chain on the L1 is not the one the sequencer answered for.");
    if (options.keep) say("kept: " + rollup.directory());
    if (!options.json_file.empty()) {
        std::ofstream out(options.json_file);
        out << to_json(figures, good);
        if (!out.flush()) {
            std::fprintf(stderr, "troupe demo: %s cannot be written\n", options.json_file.c_str());
            return false;
        }
    }
    return good;
}

}  // namespace troupe::node
