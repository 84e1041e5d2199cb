#include "chain/base/endian.hpp"
#include "sequencer/workload/contract_session.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace troupe::tests {
namespace {

namespace client = node::client;

constexpr std::size_t kConnections = 24;
constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchesEach = 20;
constexpr std::size_t kWalletsEach = 8;
constexpr auto kDuration = std::chrono::seconds(6);
constexpr std::uint64_t kRssMaxKib = 700 * 1'024;
constexpr int kResourceExhausted = 8;

std::uint64_t resident_kib(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("VmRSS:")) continue;
        std::istringstream words(line.substr(6));
        std::uint64_t kib = 0;
        words >> kib;
        return kib;
    }
    return 0;
}

/// One client that sends batches as fast as calls return, whatever the answers are. What was
/// refused goes again at once: a rude client.
struct RudeClient {
    std::unique_ptr<client::Client> connection;
    std::vector<chain::Bytes> transfers;  // of its own wallets, senders in turn
    std::vector<Told> told;
    std::uint64_t offered = 0;
    std::uint64_t refused = 0;
    std::vector<std::string> wrong;

    void run(std::chrono::steady_clock::time_point until) {
        std::size_t at = 0;
        while (std::chrono::steady_clock::now() < until && at < transfers.size()) {
            const std::size_t count = std::min(kBatch, transfers.size() - at);
            const std::vector<chain::Bytes> batch(
                transfers.begin() + static_cast<std::ptrdiff_t>(at),
                transfers.begin() + static_cast<std::ptrdiff_t>(at + count));
            offered += count;
            const auto answer = connection->submit_batch(batch);
            if (!answer) {
                refused += count;
                if (answer.error().code != kResourceExhausted ||
                    answer.error().reason != "OVER_CAPACITY" || answer.error().retry_after_ms == 0)
                    wrong.push_back(answer.error().text());
                continue;
            }
            for (const auto& item : *answer) {
                if (item.refusal) {
                    wrong.push_back(item.refusal->text());
                } else {
                    told.push_back({item.transaction_hash, item.block_number, {}});
                }
            }
            at += count;
        }
    }
};

RollupShape overloaded() {
    RollupShape shape;
    shape.wallets = kConnections * kWalletsEach + 1;  // and one that nobody overloads
    shape.node_options["queue-txs"] = "1024";  // so that a small machine's clients overload it
    return shape;
}

/// @param change  what the rude clients send, see TransferMix
void overload_with(TestRollup& rollup, const decltype(node::TransferMix::change)& change) {
    std::vector<RudeClient> clients(kConnections);
    for (std::size_t i = 0; i < kConnections; ++i) {
        clients[i].connection = rollup.connect();
        const std::vector<node::WorkloadWallet> own(
            rollup.wallets().begin() + static_cast<std::ptrdiff_t>(i * kWalletsEach),
            rollup.wallets().begin() + static_cast<std::ptrdiff_t>((i + 1) * kWalletsEach));
        clients[i].transfers = node::sign_transfers(
            own, {.chain_id = TestRollup::kChainId,
                  .count = kBatchesEach * kBatch,
                  .seed = i,
                  .change = change});
    }
    const std::uint64_t before_kib = resident_kib(rollup->node_pid());
    std::atomic<bool> done{false};
    std::uint64_t peak_kib = 0;
    std::thread meter([&] {
        while (!done) {
            peak_kib = std::max(peak_kib, resident_kib(rollup->node_pid()));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    const auto until = std::chrono::steady_clock::now() + kDuration;
    std::vector<std::thread> threads;
    for (RudeClient& rude : clients)
        threads.emplace_back([&rude, until] { rude.run(until); });
    for (std::thread& thread : threads)
        thread.join();
    done = true;
    meter.join();

    std::uint64_t offered = 0;
    std::uint64_t refused = 0;
    std::vector<StreamRecord> records;
    for (RudeClient& rude : clients) {
        offered += rude.offered;
        refused += rude.refused;
        BOOST_TEST(
            rude.wrong.empty(), rude.wrong.size()
                                    << " other answers, the first of them: "
                                    << (rude.wrong.empty() ? "" : rude.wrong.front()));
        records.push_back({std::move(rude.told), {}, {}});
    }
    BOOST_TEST_MESSAGE(
        offered << " offered, " << refused << " refused, memory " << before_kib / 1'024 << " to "
                << peak_kib / 1'024 << " MiB");
    BOOST_TEST(refused > 0u);
    BOOST_TEST(offered > refused);
    BOOST_TEST(peak_kib < kRssMaxKib);
    const auto client = rollup.connect();
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overload)

// R9.
BOOST_AUTO_TEST_CASE(overload_is_refused_with_a_delay_and_costs_no_memory) {
    TestRollup rollup(overloaded());
    rollup.start_node();
    overload_with(rollup, {});
    // It is as quick as ever afterwards.
    const auto client = rollup.connect();
    BOOST_TEST(submit_all(*client, rollup.next_transfers(1'000)).accepted.size() == 1'000u);
}

// The same with contracts, and with a state of which a part is in memory.
BOOST_AUTO_TEST_CASE(overload_by_contract_calls_costs_no_memory_either) {
    RollupShape shape = overloaded();
    shape.node_options["state-cache"] = "1M";
    TestRollup rollup(shape);
    rollup.start_node();
    const auto client = rollup.connect();
    node::ContractSession session(*client, rollup.wallets().back());
    const auto created = session.send(std::nullopt, node::contracts::token_init_code());
    BOOST_TEST_REQUIRE((created && created->success && created->contract));
    const chain::Address token = *created->contract;
    overload_with(rollup, [token](std::size_t, std::mt19937_64& random, chain::Transaction& tx) {
        chain::Address holder;
        chain::store_be(holder.data(), random());
        tx.to = token;
        tx.value = 0;
        tx.data = node::contracts::transfer(holder, 0);
        tx.gas_limit = 100'000;
    });
    const auto last =
        session.send(token, node::contracts::transfer(rollup.wallets()[0].address, 7));
    BOOST_TEST((last && last->success));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
