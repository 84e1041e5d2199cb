// A node that holds a few of its accounts and slots in memory: transfers, contracts, kill -9, the
// L1.
#include "chain/base/hex.hpp"
#include "sequencer/workload/contract_session.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::tests {
namespace {

using node::ContractSession;
namespace contracts = node::contracts;

constexpr std::size_t kWallets = 6'000;
constexpr std::size_t kTransfers = 12'000;  // each wallet sends two: all are needed in turn

/// 64 partitions share a mebibyte: each keeps 25 accounts of its hundred.
RollupShape with_a_small_cache() {
    RollupShape shape;
    shape.wallets = kWallets;
    shape.node_options = {{"state-cache", "1M"}, {"partitions", "64"}};
    return shape;
}

// Of two words `first` and `count`, and a third one: adds the third to `count` slots, from `first`
// on. In a loop, PUSH1 8 JUMPs to its begin:
//   i = calldata[0]; end = i + calldata[32]
//   while (i < end) { sstore(i, calldata[64] + sload(i)); i = i + 1; }
constexpr const char* kAdderCode =
    "5f35806020350190"
    "5b81811015601e57"
    "6040358154018155"
    "600101600856"
    "5b00";
constexpr std::uint64_t kSlotsATransaction = 400;
constexpr std::uint64_t kGasASlot = 22'800;  // cold, from zero (EIP-2929, EIP-2200), and the loop

/// Slots of three contracts: a small one, one that is held by buckets, and one that is wide.
struct Adders {
    static constexpr std::array<std::uint64_t, 3> kGenesisSlots{10, 600, 5'000};
    std::array<std::uint64_t, 3> count = kGenesisSlots;
    std::array<std::map<std::uint64_t, std::uint64_t>, 3> values;

    [[nodiscard]] static chain::Address address(std::size_t index) {
        chain::Address address;
        address[0] = static_cast<std::uint8_t>(0x50 + 0x30 * index);
        address[19] = 0xad;
        return address;
    }
    [[nodiscard]] std::vector<chain::GenesisAccount> genesis() {
        std::vector<chain::GenesisAccount> accounts;
        for (std::size_t i = 0; i < count.size(); ++i) {
            chain::GenesisAccount& account = accounts.emplace_back();
            account.address = address(i);
            account.nonce = 1;
            account.code = chain::from_hex(kAdderCode).value();
            for (std::uint64_t slot = 0; slot < count[i]; ++slot) {
                account.storage.push_back({chain::to_be32(slot), chain::Uint256{1 + slot}});
                values[i][slot] = 1 + slot;
            }
        }
        return accounts;
    }
    static void call(
        chain::Transaction& tx, std::size_t index, std::uint64_t first, std::uint64_t slots,
        std::uint64_t add) {
        tx.to = address(index);
        tx.value = 0;
        tx.data.clear();
        for (const std::uint64_t word : {first, slots, add})
            chain::append(tx.data, chain::to_be32(word));
        tx.gas_limit = 30'000 + kGasASlot * slots;
    }
    /// What transactions that call() made do.
    void note(const std::vector<chain::Bytes>& raw) {
        for (const chain::Bytes& bytes : raw) {
            const auto tx = chain::decode_transaction(bytes);
            std::size_t index = 0;
            while (index < count.size() && tx->to != address(index))
                ++index;
            if (index == count.size()) continue;
            const std::uint64_t first = node::contracts::word_of(tx->data, 0).low_u64();
            const std::uint64_t slots = node::contracts::word_of(tx->data, 1).low_u64();
            for (std::uint64_t slot = first; slot < first + slots; ++slot)
                values[index][slot] += node::contracts::word_of(tx->data, 2).low_u64();
        }
    }
    /// @return what some of the slots have that they should not
    [[nodiscard]] std::vector<std::string> wrong(node::client::Client& client, std::uint64_t seed) {
        std::vector<std::string> wrong;
        std::mt19937_64 random{seed};
        for (int i = 0; i < 300; ++i) {
            const std::size_t index = random() % count.size();
            const std::uint64_t slot = random() % (count[index] + 3);
            const chain::Uint256 value = get(client.storage(address(index), chain::to_be32(slot)));
            if (value == chain::Uint256{values[index][slot]}) continue;
            wrong.push_back(
                "slot " + std::to_string(slot) + " of contract " + std::to_string(index) + ": " +
                std::to_string(value.low_u64()) + ", not " + std::to_string(values[index][slot]));
        }
        return wrong;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(state_cache)

// TROUPE_STATE_CACHE_SLOTS=5000000 TROUPE_STATE_CACHE=256M: a run by hand that fills memory.
BOOST_AUTO_TEST_CASE(a_node_with_few_slots_in_memory_tells_the_truth_through_kill_9) {
    const std::uint64_t slots = number_from_environment("TROUPE_STATE_CACHE_SLOTS", 12'000);
    const std::uint64_t calls = number_from_environment("TROUPE_STATE_CACHE_CALLS", 12'000);
    RollupShape shape = with_a_small_cache();
    if (const char* const size = std::getenv("TROUPE_STATE_CACHE"))
        shape.node_options = {{"state-cache", size}};
    Adders adders;
    shape.node_options["congestion-forecast"] = "false";  // which refuses what takes long
    shape.funded = adders.genesis();
    TestRollup rollup(shape);
    rollup.start_node();
    std::vector<StreamRecord> records;
    const auto run = [&](const std::vector<chain::Bytes>& transactions, const char* what) {
        const auto begun = std::chrono::steady_clock::now();
        records.push_back(submit_all(*rollup.connect(), transactions));
        const auto& refused = records.back().refused;
        const std::string why = refused.empty() ? std::string{} : refused.front().error.text();
        BOOST_TEST_REQUIRE(why == "");
        adders.note(transactions);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        BOOST_TEST_MESSAGE(
            transactions.size() << " transactions that " << what << " slots: " << took.count()
                                << " s");
    };
    const auto check = [&](std::uint64_t seed) {
        BOOST_TEST_REQUIRE(
            adders.wrong(*rollup.connect(), seed) == std::vector<std::string>{},
            boost::test_tools::per_element());
    };
    const auto restart = [&] {
        rollup->kill_node();
        const auto begun = std::chrono::steady_clock::now();
        rollup.start_node();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        BOOST_TEST_MESSAGE("start: " << took.count() << " s");
    };
    const auto some_of_each = [&](std::size_t, std::mt19937_64& random, chain::Transaction& tx) {
        const std::size_t index = random() % 8 < 2 ? random() % 2 : 2;
        // Some of the small contract's are new: it gets larger than what is held as a whole.
        Adders::call(
            tx, index, random() % (index == 0 ? 600 : adders.count[index] - 1), 2,
            random() % 1'000);
    };
    check(1);
    std::atomic<std::uint64_t> next = adders.count[2];
    run(rollup.next_transfers(
            (slots - next) / kSlotsATransaction,
            [&](std::size_t, std::mt19937_64&, chain::Transaction& tx) {
                Adders::call(tx, 2, next.fetch_add(kSlotsATransaction), kSlotsATransaction, 7);
            }),
        "make 400");
    adders.count[2] = next;
    adders.count[0] = 600;
    check(2);
    run(rollup.next_transfers(calls / 2, some_of_each), "change two");
    check(3);
    restart();
    check(4);
    run(rollup.next_transfers(calls / 2, some_of_each), "change two");
    check(5);
    rollup.wait_until_safe(last_block(records), std::chrono::seconds(90));
    BOOST_TEST(
        broken_promises(*rollup.connect(), records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    restart();
    check(6);
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.claims_wrong == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_with_few_accounts_in_memory_tells_the_truth_through_kill_9) {
    TestRollup rollup(with_a_small_cache());
    rollup.start_node();
    std::vector<StreamRecord> records;
    const chain::Address bob = rollup.wallets()[1].address;
    {
        const auto client = rollup.connect();
        const auto transfers = rollup.next_transfers(kTransfers);
        const auto half = transfers.begin() + kTransfers / 2;
        const std::vector<chain::Bytes> first(transfers.begin(), half);
        const std::vector<chain::Bytes> second(half, transfers.end());
        records.push_back(submit_all(*client, first));
        BOOST_TEST_REQUIRE(records.back().refused.empty());
        StreamDriver driver(*client, second);  // the node is killed while this runs
        std::thread load([&] { driver.run(); });
        const bool begun =
            eventually(std::chrono::seconds(10), [&] { return driver.answered() > 0; });
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        rollup->kill_node();
        load.join();
        BOOST_TEST_REQUIRE(begun);
        records.push_back(driver.record());
    }
    rollup.start_node();
    BOOST_TEST_REQUIRE(
        broken_promises(*rollup.connect(), records) == std::vector<std::string>{},
        boost::test_tools::per_element());

    // A contract, which is read again after its account has gone and come back.
    auto client = rollup.connect();
    const node::WorkloadWallet& owner = rollup.wallets().back();
    std::optional<ContractSession> session;
    session.emplace(*client, owner);
    const auto created = session->send(std::nullopt, contracts::token_init_code());
    BOOST_TEST_REQUIRE((created && created->success && created->contract));
    const chain::Address token = *created->contract;
    for (int i = 0; i < 3; ++i) {
        const auto sent = session->send(token, contracts::transfer(bob, 100));
        BOOST_TEST_REQUIRE((sent && sent->success));
    }
    rollup->kill_node();
    rollup.start_node();
    client = rollup.connect();
    session.emplace(*client, owner);
    const auto last = session->send(token, contracts::transfer(bob, 7));
    BOOST_TEST_REQUIRE((last && last->success));
    const auto held = session->call(token, contracts::balance_of(bob));
    BOOST_TEST_REQUIRE(held.has_value());
    BOOST_TEST(contracts::word_of(*held, 0).low_u64() == 307u);

    rollup.wait_until_safe(
        std::max(last->block_number, last_block(records)), std::chrono::seconds(90));
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.claims_wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
