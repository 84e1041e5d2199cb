#include "chain/base/hex.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::uint64_t kRounds = 20;
constexpr std::size_t kTransfersPerRound = 8'000;  // more than most rounds can send
constexpr std::uint64_t kLifeMaxMs = 500;          // under load, before the kill

constexpr std::size_t kContractRoundsDivisor = 2;  // of the rounds, with contracts

/// Contracts of the genesis. Bytecode by hand.
struct Contract {
    std::uint8_t number;
    const char* code;
};
// slot 0 = 3 * slot 0 + caller: another order, another value.
constexpr Contract kOrdered{1, "5f54600302330160005500"};
// A token: takes data[32..64] mod 8 from slot CALLER and adds it to slot data[0..32]; who has
// nothing has 20; whoever has less than it pays reverts; an empty log.
constexpr Contract kToken{
    2,
    "600760203516335480600f575060145b81811060275781900333555f35805482019055"
    "5f5fa0005b5f5ffd"};

chain::Address address_of(const Contract& contract) {
    chain::Address address{{0xc0}};
    address.bytes[19] = contract.number;
    return address;
}

RollupShape with_contracts() {
    RollupShape shape;
    shape.node_options["parallel-gas-min"] = "0";  // every round is shared
    for (const Contract& contract : {kOrdered, kToken}) {
        chain::GenesisAccount account;
        account.address = address_of(contract);
        account.nonce = 1;
        account.code = chain::from_hex(contract.code).value();
        shape.funded.push_back(std::move(account));
    }
    return shape;
}

/// Half of them pay tokens among few, a fifth change one slot whose value tells their order, a
/// tenth make contracts, the others are transfers.
void call_contracts(std::size_t, std::mt19937_64& random, chain::Transaction& tx) {
    const std::uint64_t kind = random() % 10;
    if (kind < 2) return;
    tx.value = {};
    tx.gas_limit = 120'000;
    if (kind == 2) {
        tx.to.reset();
        tx.data = chain::from_hex("60015f555f5ff3").value();  // one slot, no code
    } else if (kind < 5) {
        tx.to = address_of(kOrdered);
    } else {
        tx.data.assign(12, 0);
        chain::append(tx.data, *tx.to);  // a wallet drawn at random
        chain::append(tx.data, chain::to_be32(chain::Uint256{random() % 8}));
        tx.to = address_of(kToken);
    }
}

/// Kills the node under load again and again; what it acknowledged and told is still so, each time
/// and at the end, and the L1 says the same.
void check_crashes(
    const RollupShape& shape, std::uint64_t rounds, decltype(node::TransferMix::change) change) {
    std::mt19937_64 rng{number_from_environment("TROUPE_CRASH_SEED", 1)};
    TestRollup rollup(shape);
    rollup.start_node();
    std::vector<StreamRecord> records;
    std::uint64_t acknowledged = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const auto transfers = rollup.next_transfers(kTransfersPerRound, change);
        const auto client = rollup.connect();
        StreamDriver driver(*client, transfers);
        std::thread load([&] { driver.run(); });
        const bool begun =
            eventually(std::chrono::seconds(10), [&] { return driver.answered() > 0; });
        std::this_thread::sleep_for(std::chrono::milliseconds(rng() % kLifeMaxMs));
        rollup->kill_node();
        load.join();
        BOOST_TEST_REQUIRE(begun, "round " << round << ": nothing was answered");
        records.push_back(driver.record());
        acknowledged += records.back().accepted.size();
        for (const Refused& refused : records.back().refused)
            BOOST_TEST(refused.error.reason == "OVER_CAPACITY", refused.error.text());

        rollup.start_node();
        const auto broken = broken_promises(*rollup.connect(), {records.back()});
        for (const std::string& what : broken)
            BOOST_ERROR("round " << round << ": " << what);
        if (!broken.empty()) return;
    }
    BOOST_TEST_MESSAGE(rounds << " rounds, " << acknowledged << " acknowledged");

    // Much later everything is still as told, and the L1 says the same.
    rollup.wait_until_safe(last_block(records), std::chrono::seconds(60 + 2 * rounds));
    const auto client = rollup.connect();
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.claims_wrong == 0u);
    BOOST_TEST(verdict.transactions >= acknowledged);
    BOOST_TEST(verdict.transactions == count_transactions(*client, verdict.blocks));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crash)

// R1, R2: TROUPE_CRASH_ROUNDS and TROUPE_CRASH_SEED make it longer and other.
BOOST_AUTO_TEST_CASE(whatever_was_acknowledged_survives_kill_9_under_load) {
    check_crashes({}, number_from_environment("TROUPE_CRASH_ROUNDS", kRounds), {});
}

// The same where a round is shared out, repaired, and killed in the middle.
BOOST_AUTO_TEST_CASE(contracts_survive_kill_9_under_load) {
    check_crashes(
        with_contracts(),
        number_from_environment("TROUPE_CRASH_ROUNDS", kRounds) / kContractRoundsDivisor,
        call_contracts);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
