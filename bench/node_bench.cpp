#include "bench/node_bench.hpp"

#include "sequencer/demo/local_rollup.hpp"
#include "sequencer/load/load_session.hpp"
#include "sequencer/terminal/progress.hpp"
#include "sequencer/workload/transfers.hpp"

#include <fmt/format.h>

#include <thread>

namespace troupe::bench {
namespace {

constexpr std::uint64_t kChainId = 420'043;
constexpr std::uint64_t kGasLimit = 5'000'000'000;
constexpr std::size_t kBatchTxs = 256;

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

std::vector<Result> node_bench(const NodeBenchOptions& options, std::string& failure) {
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
    const auto full = run(
        rollup, node::sign_transfers(wallets, mix), {.window_txs = options.window}, "W14", failure);
    if (!full) return {};
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

}  // namespace troupe::bench
