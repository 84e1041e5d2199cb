#include "bench/signature_bench.hpp"

#include "chain/crypto/recovery/path.hpp"
#include "chain/types/transaction.hpp"
#include "sequencer/workload/transfers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>

namespace troupe::bench {

namespace crypto = chain::crypto;

namespace {

constexpr std::size_t kWallets = 64;
constexpr std::size_t kTransactions = 4'096;
constexpr double kRoundSeconds = 0.25;
constexpr int kRounds = 4;  // of each way in turn: what disturbs the machine disturbs all

struct Input {
    std::vector<chain::crypto::RecoveryInput> signatures;
    std::vector<chain::Address> senders;
};

Input make_input() {
    const auto wallets = node::make_wallets("bench W13", kWallets);
    const auto raw = node::sign_transfers(wallets, {.chain_id = 42, .count = kTransactions});
    Input input;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto tx = chain::decode_transaction(raw[i]);
        input.signatures.push_back({chain::signing_hash(*tx), tx->signature});
        input.senders.push_back(wallets[i % wallets.size()].address);
    }
    return input;
}

/// A way to recover: a kernel, or none for libsecp256k1, and how many at once.
struct Way {
    std::string path;
    std::optional<crypto::recovery::Kernel> kernel;
    std::size_t batch = 1;
    double best_per_s = 0;
};

std::uint64_t recover_until(
    const Input& input, const Way& way, std::chrono::steady_clock::time_point deadline) {
    std::vector<crypto::RecoveryResult> results(
        way.batch, crypto::RecoveryResult(chain::Error::kTxSignatureInvalid));
    std::uint64_t done = 0;
    for (std::size_t first = 0; std::chrono::steady_clock::now() < deadline;
         first = (first + way.batch) % (kTransactions - way.batch + 1)) {
        const auto signatures = std::span(input.signatures).subspan(first, way.batch);
        crypto::recovery::recover_batch_with(way.kernel, signatures, results, true);
        for (std::size_t i = 0; i < way.batch; ++i)
            TROUPE_ASSERT(results[i].ok() && *results[i] == input.senders[first + i]);
        done += way.batch;
    }
    return done;
}

/// Processor time of this thread: what other programs take meanwhile does not count.
double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// One round of a way over `threads` threads; keeps the best. Per second of each core.
void measure(const Input& input, Way& way, unsigned threads) {
    using Clock = std::chrono::steady_clock;
    std::atomic<double> per_s{0};
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                             std::chrono::duration<double>(kRoundSeconds));
    {
        std::vector<std::jthread> workers;
        for (unsigned worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&] {
                const double start = thread_seconds();
                const auto done = static_cast<double>(recover_until(input, way, deadline));
                per_s += done / (thread_seconds() - start);
            });
        }
    }
    way.best_per_s = std::max(way.best_per_s, per_s.load());
}

std::vector<Way> ways(std::span<const std::size_t> batches) {
    using crypto::recovery::Path;
    std::vector<Way> all{{"libsecp256k1", std::nullopt}};
    for (const auto& [path, name] :
         {std::pair{Path::kAvx2, "avx2"}, std::pair{Path::kAvx512, "avx512-ifma"}}) {
        const auto kernel = crypto::recovery::kernel_of(path);
        if (!kernel) continue;
        for (const std::size_t batch : batches)
            all.push_back({name, kernel, batch});
    }
    return all;
}

}  // namespace

std::vector<Result> signature_bench() {
    constexpr std::size_t kOneCoreBatches[] = {1, 2, 4, 8, 16, 64, 256, 1'024};
    constexpr std::size_t kAllCoresBatches[] = {256};
    const Input input = make_input();
    std::vector<Result> results;
    const unsigned cores = std::thread::hardware_concurrency();
    for (const unsigned threads : {1u, cores}) {
        if (threads == 1 && !results.empty()) break;  // a machine of one core
        auto all = threads == 1 ? ways(kOneCoreBatches) : ways(kAllCoresBatches);
        for (int round = 0; round < kRounds; ++round) {
            for (Way& way : all)
                measure(input, way, threads);
        }
        for (const Way& way : all) {
            Result result;
            result.workload = "W13";
            result.stack = "signatures";
            result.cores = threads;
            result.accounts = kWallets;
            result.recoveries_per_s = way.best_per_s;
            result.libsecp256k1_per_s = all.front().best_per_s;
            result.speedup = way.best_per_s / all.front().best_per_s;
            result.path = way.path;
            result.note = fmt::format("batch {}", way.batch);
            results.push_back(result);
        }
    }
    return results;
}

}  // namespace troupe::bench
