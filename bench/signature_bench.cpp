#include "bench/signature_bench.hpp"

#include "chain/crypto/secp256k1.hpp"
#include "chain/types/transaction.hpp"
#include "sequencer/workload/transfers.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace troupe::bench {
namespace {

constexpr std::size_t kWallets = 64;
constexpr std::size_t kTransactions = 4'096;
constexpr double kSeconds = 2.0;

struct Signed {
    chain::Hash32 digest;
    chain::crypto::EcdsaSignature signature;
    chain::Address sender;
};

std::vector<Signed> make_input() {
    const auto wallets = node::make_wallets("bench W13", kWallets);
    const auto raw = node::sign_transfers(wallets, {.chain_id = 42, .count = kTransactions});
    std::vector<Signed> input;
    input.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto tx = chain::decode_transaction(raw[i]);
        input.push_back(
            {chain::signing_hash(*tx), tx->signature, wallets[i % wallets.size()].address});
    }
    return input;
}

/// Recoveries per second over `threads` threads, all together.
double measure(const std::vector<Signed>& input, unsigned threads) {
    using Clock = std::chrono::steady_clock;
    std::atomic<std::uint64_t> total{0};
    const auto start = Clock::now();
    const auto deadline = start + std::chrono::duration<double>(kSeconds);
    {
        std::vector<std::jthread> workers;
        for (unsigned worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&, worker] {
                std::uint64_t done = 0;
                for (std::size_t i = worker; Clock::now() < deadline; i += threads) {
                    const Signed& item = input[i % input.size()];
                    const auto signer = chain::crypto::recover_signer(item.digest, item.signature);
                    TROUPE_ASSERT(signer.ok() && *signer == item.sender);
                    ++done;
                }
                total += done;
            });
        }
    }
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    return static_cast<double>(total) / elapsed.count();
}

}  // namespace

std::vector<Result> signature_bench() {
    const auto input = make_input();
    std::vector<unsigned> cores{1};
    if (std::thread::hardware_concurrency() > 1)
        cores.push_back(std::thread::hardware_concurrency());
    std::vector<Result> results;
    for (const unsigned count : cores) {
        Result result;
        result.workload = "W13";
        result.stack = "signatures";
        result.cores = count;
        result.accounts = kWallets;
        result.recoveries_per_s = measure(input, count);
        result.libsecp256k1_per_s = result.recoveries_per_s;  // it is the only path so far
        result.path = "scalar";
        results.push_back(result);
    }
    return results;
}

}  // namespace troupe::bench
