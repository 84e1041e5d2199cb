#include "bench/node_bench.hpp"

#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/load/load_session.hpp"
#include "sequencer/terminal/progress.hpp"
#include "sequencer/workload/transfers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace troupe::bench {
namespace {

constexpr std::uint64_t kChainId = 420'043;
constexpr std::uint64_t kGasLimit = 5'000'000'000;
constexpr std::size_t kBatchTxs = 256;
constexpr const char* kGeneratorStage = "load generator";
constexpr double kAim = 100'000;  // transactions a second

chain::Genesis make_genesis(const std::vector<node::WorkloadWallet>& wallets) {
    chain::Genesis genesis;
    genesis.chain_id = kChainId;
    genesis.gas_limit = kGasLimit;
    genesis.base_fee_per_gas = 1'000'000'000;
    genesis.alloc = node::fund(wallets, *chain::uint256_from_text("1000000000000000000000"));
    return genesis;
}

/// All must be accepted: a fast refusal is no throughput.
std::optional<node::LoadSessionResult> run(
    node::LocalRollup& rollup, const std::vector<chain::Bytes>& transactions,
    node::LoadSessionConfig config, const char* what, std::string& failure) {
    const auto client = rollup.connect();
    if (!client) {
        failure = rollup.failure();
        return std::nullopt;
    }
    node::Progress progress(what, transactions.size());
    config.batch_txs = kBatchTxs;
    config.on_progress = [&](std::uint64_t confirmed) { progress.update(confirmed); };
    node::TransactionList source(transactions);
    auto result = node::run_load_session(node::through_grpc(*client), source, config, failure);
    if (result && result->refused > 0) {
        failure = fmt::format("{} refused, first: {}", result->refused, result->first_refusal);
        return std::nullopt;
    }
    progress.update(transactions.size());
    progress.finish();
    return result;
}

Result to_result(const char* workload, const node::LoadSessionResult& load, std::size_t accounts) {
    Result result;
    result.workload = workload;
    result.stack = "full";
    result.cores = std::thread::hardware_concurrency();
    result.accounts = accounts;
    result.tps = static_cast<double>(load.accepted) / load.seconds;
    result.p50_ms = static_cast<double>(load.soft.percentile_us(0.50)) / 1e3;
    result.p99_ms = static_cast<double>(load.soft.percentile_us(0.99)) / 1e3;
    result.sustained_s = load.seconds;
    return result;
}

}  // namespace

std::vector<Result> node_bench(
    const NodeBenchOptions& options, std::vector<node::StageCost>& budget, std::string& failure) {
    const auto wallets = node::make_wallets("bench node", options.wallets);
    node::LocalRollup::Options parts;
    parts.genesis = make_genesis(wallets);
    parts.node_arguments = {"--log.level", "warn"};
    node::LocalRollup rollup(std::move(parts));
    if (!rollup.do_without_l1() || !rollup.start_node()) {
        failure = rollup.failure();
        return {};
    }
    node::TransferMix mix{.chain_id = kChainId, .count = options.transactions};
    const auto transfers = node::sign_transfers(wallets, mix);
    const auto threads = node::thread_seconds(rollup.node_pid());
    const double own_s = node::processor_seconds(::getpid());
    const auto full = run(rollup, transfers, {.window_txs = options.window}, "W14", failure);
    if (!full) return {};
    budget = node::stage_costs(threads, node::thread_seconds(rollup.node_pid()), full->confirmed);
    budget.push_back(
        {kGeneratorStage, (node::processor_seconds(::getpid()) - own_s) * 1e6 /
                              static_cast<double>(full->confirmed)});
    std::vector<Result> results{to_result("W14", *full, options.wallets)};
    results.back().note = fmt::format(
        "{:.1f} s, window {}, node up in {:.0f} ms", full->seconds, options.window,
        rollup.start_ms());
    if (!options.latency) return results;

    // Every wallet has sent the same number, or one more.
    for (std::size_t i = 0; i < options.wallets; ++i) {
        mix.first_nonces.push_back(
            (options.transactions + options.wallets - 1 - i) / options.wallets);
    }
    mix.count = options.latency_transactions;
    mix.seed = 2;
    const double rate = *results.front().tps / 2;
    const auto half =
        run(rollup, node::sign_transfers(wallets, mix), {.rate_per_s = rate}, "W15", failure);
    if (!half) return results;
    results.push_back(to_result("W15", *half, options.wallets));
    results.back().note = fmt::format("Poisson arrivals, {:.0f} a second", rate);
    return results;
}

std::string budget_table(
    const std::vector<node::StageCost>& budget, const std::vector<Result>& results) {
    const unsigned cores = std::thread::hardware_concurrency();
    double recovery_us = 0;  // of one core, alone
    double recovered = 0;    // a second, all cores
    double full = 0;         // W14
    for (const Result& result : results) {
        if (result.workload == "W14") full = result.tps.value_or(0);
        if (result.workload != "W13" || result.recoveries_per_s.value_or(0) <= 0) continue;
        const double per_s = *result.recoveries_per_s;
        if (result.cores == 1 && (recovery_us == 0 || 1e6 / per_s < recovery_us))
            recovery_us = 1e6 / per_s;
        if (result.cores == cores) recovered = std::max(recovered, per_s);
    }
    std::string text = fmt::format(
        "budget of a transaction on W14 [us of processor; {} cores have {:.1f} for each at {:.0f} "
        "a second]\n",
        cores, cores * 1e6 / kAim, kAim);
    double sum = 0;
    for (const node::StageCost& stage : budget) {
        sum += stage.us;
        if (stage.stage == node::kWorkersStage && recovery_us > 0 && stage.us > recovery_us) {
            text += fmt::format("  {:6.2f} signature recovery, as in W13\n", recovery_us);
            text += fmt::format("  {:6.2f} rest of {}\n", stage.us - recovery_us, stage.stage);
        } else {
            text += fmt::format("  {:6.2f} {}\n", stage.us, stage.stage);
        }
    }
    text += fmt::format("  {:6.2f} together\n", sum);
    if (recovered > 0)
        text += fmt::format(
            "  W14 is {:.2f} of what the same cores recover signatures (W13)\n", full / recovered);
    return text;
}

}  // namespace troupe::bench
