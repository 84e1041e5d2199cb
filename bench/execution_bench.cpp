#include "bench/execution_bench.hpp"

#include "actors/partition/account_table.hpp"
#include "actors/round_runner.hpp"
#include "actors/sequencer/native.hpp"
#include "bench/transfer_pattern.hpp"
#include "chain/crypto/keccak.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <span>
#include <thread>

namespace troupe::bench {
namespace {

using actors::AccountRecord;
using actors::AccountTable;
using actors::AdmittedTx;
using actors::TableSeed;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTransactions = 200'000;
constexpr std::uint32_t kMicroBlockTxs = 2'000;
constexpr std::uint32_t kPartitionsPerCore = 4;
constexpr int kRuns = 5;  // the fastest counts
constexpr TableSeed kSeed{0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3211};
const chain::Uint256 kBalance{1'000'000'000'000'000'000};
const chain::Uint256 kBaseFee{7};

chain::Address address_of(std::uint64_t number) {
    chain::Address address;
    chain::store_be(address.data() + 8, number * 0x9e37'79b9'7f4a'7c15);
    chain::store_be(address.data(), number);
    return address;
}

/// Two blocks of the same kind: the first one warms tables and buffers, as a node that runs has
/// them, and the second one is measured.
struct Workload {
    chain::Address vault;
    std::vector<AdmittedTx> txs;

    [[nodiscard]] std::span<AdmittedTx> warm_up() { return std::span(txs).first(kTransactions); }
    [[nodiscard]] std::span<AdmittedTx> measured() { return std::span(txs).last(kTransactions); }
};

Workload make_workload(const std::string& name, std::uint64_t accounts) {
    Workload workload;
    workload.vault.bytes[0] = 0xfe;
    workload.txs.resize(2 * kTransactions);
    std::vector<std::uint64_t> nonces(accounts);
    std::mt19937_64 random{42};
    for (std::size_t i = 0; i < workload.txs.size(); ++i) {
        const auto [from, to] = draw_transfer(name, i, accounts, random);
        AdmittedTx& tx = workload.txs[i];
        tx.sender = address_of(from);
        tx.to = address_of(to);
        tx.sender_place = {
            chain::crypto::keccak256(tx.sender)[0], actors::table_hash(tx.sender, kSeed)};
        tx.to_place = {chain::crypto::keccak256(tx.to)[0], actors::table_hash(tx.to, kSeed)};
        tx.nonce = nonces[from]++;
        tx.gas_limit = tx.gas_used = 21'000;
        tx.max_fee_per_gas = 20;
        tx.max_priority_fee_per_gas = 2;
        tx.value = 1 + i % 1'000;
        tx.max_cost = chain::Uint256{21'000 * 20} + tx.value;
    }
    return workload;
}

chain::Account funded() {
    chain::Account account;
    account.balance = kBalance;
    return account;
}

/// The plain loop: one table, everything in order.
class Serial {
  public:
    explicit Serial(std::uint64_t accounts) : table_(kSeed) {
        table_.reserve(accounts + 1);
        for (std::uint64_t i = 0; i < accounts; ++i) {
            const chain::Address address = address_of(i);
            table_.find_or_insert(table_.hash(address), address).balance = kBalance;
        }
    }
    bool run(std::span<const AdmittedTx> txs, const chain::Address& vault_address) {
        constexpr std::size_t kAhead = 8;
        AccountRecord& vault = table_.find_or_insert(table_.hash(vault_address), vault_address);
        for (std::size_t i = 0; i < txs.size(); ++i) {
            if (i + kAhead < txs.size()) {
                table_.prefetch(txs[i + kAhead].sender_place.hash);
                table_.prefetch(txs[i + kAhead].to_place.hash);
            }
            const AdmittedTx& tx = txs[i];
            AccountRecord* sender = table_.find(tx.sender_place.hash, tx.sender);
            if (sender == nullptr || sender->nonce != tx.nonce || sender->has_code() ||
                sender->balance < tx.max_cost)
                return false;
            const chain::Uint256 gas{tx.gas_used};
            const chain::Uint256 price = actors::price_of(tx, kBaseFee);
            sender->nonce += 1;
            sender->balance -= gas * price + tx.value;
            AccountRecord& to = table_.find_or_insert(tx.to_place.hash, tx.to);
            if (to.has_code()) return false;
            to.balance += tx.value;
            vault.balance += gas * (price - kBaseFee);
        }
        return true;
    }
    [[nodiscard]] chain::Account account(const chain::Address& address) const {
        const AccountRecord* record = table_.find(table_.hash(address), address);
        return record != nullptr ? table_.account(*record) : chain::Account{};
    }

  private:
    AccountTable table_;
};

template <class Run>
double seconds_of(const Run& run) {
    const auto start = Clock::now();
    TROUPE_ASSERT(run());
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A fast wrong answer fails.
template <class A, class B>
void compare(const A& a, const B& b, const Workload& workload, std::uint64_t accounts) {
    for (std::uint64_t i = 0; i < accounts; ++i)
        TROUPE_ASSERT(a.account(address_of(i)) == b.account(address_of(i)));
    TROUPE_ASSERT(a.account(workload.vault) == b.account(workload.vault));
}

}  // namespace

std::vector<Result> execution_bench(const std::string& workload) {
    std::vector<Result> results;
    for (const std::uint64_t accounts : {100'000u, 1'000'000u}) {
        for (Result& result : execution_bench(workload, accounts))
            results.push_back(std::move(result));
    }
    return results;
}

std::vector<Result> execution_bench(const std::string& name, std::uint64_t accounts) {
    Workload workload = make_workload(name, accounts);
    double serial_s = 1e9;
    std::unique_ptr<Serial> serial;
    for (int run = 0; run < kRuns; ++run) {
        serial = std::make_unique<Serial>(accounts);
        TROUPE_ASSERT(serial->run(workload.warm_up(), workload.vault));
        serial_s = std::min(
            serial_s, seconds_of([&] { return serial->run(workload.measured(), workload.vault); }));
    }
    std::vector<Result> results;
    const unsigned all_cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<unsigned> core_counts{1};
    if (all_cores > 1) core_counts.push_back(all_cores);
    chain::execution::BlockEnv env;
    env.base_fee_per_gas = kBaseFee;
    env.coinbase = workload.vault;
    for (const unsigned cores : core_counts) {
        double best_s = 1e9;
        for (int run = 0; run < kRuns; ++run) {
            actors::RoundRunner::Config config;
            config.threads = config.executors = cores;
            config.partitions = all_cores * kPartitionsPerCore;  // on one core, too
            config.micro_block_txs = kMicroBlockTxs;
            config.seed = kSeed;
            actors::RoundRunner runner{config};
            for (std::uint64_t i = 0; i < accounts; ++i)
                runner.load(address_of(i), funded());
            const auto run_block = [&](std::span<AdmittedTx> txs) {
                return runner.run(txs, env).refused == 0;
            };
            TROUPE_ASSERT(run_block(workload.warm_up()));
            runner.seal_block();
            best_s = std::min(best_s, seconds_of([&] { return run_block(workload.measured()); }));
            if (run == 0) compare(*serial, runner, workload, accounts);
        }
        Result result;
        result.workload = name;
        result.stack = "exec";
        result.cores = cores;
        result.accounts = accounts;
        result.tps = static_cast<double>(kTransactions) / best_s;
        result.serial_tps = static_cast<double>(kTransactions) / serial_s;
        result.speedup = serial_s / best_s;
        result.reexecution_rate = 0.0;
        results.push_back(result);
    }
    return results;
}

}  // namespace troupe::bench
