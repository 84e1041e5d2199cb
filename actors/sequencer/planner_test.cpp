#include "actors/sequencer/planner.hpp"

#include "actors/admission/admission_engine.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{7, 8};

struct PlannerFixture {
    StateTables tables{kSeed};
    AccountTable& table = tables.accounts;
    Planner planner{Views{&tables}, 16};
    chain::Address vault;
    Place vault_place;

    PlannerFixture() {
        vault.bytes[0] = 0xfe;
        vault_place = {0, table_hash(vault, kSeed)};
        begin();
    }
    void begin() { planner.begin(chain::Uint256{7}, vault, vault_place); }
    void fund(std::uint32_t number, std::uint64_t balance, std::uint64_t nonce = 0) {
        const chain::Address address = wallet(number).address;
        table.reserve(1);
        AccountRecord& record = table.find_or_insert(table.hash(address), address);
        record.balance = balance;
        record.nonce = nonce;
    }
    static AdmittedTx tx(TransferSpec spec) {
        const AdmissionEngine admission{kChainId, 30'000'000, {}, kSeed};
        return *admission.readmit(signed_transfer(spec), wallet(spec.from).address);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(planner)

BOOST_FIXTURE_TEST_CASE(money_received_earlier_in_the_micro_block_counts, PlannerFixture) {
    fund(1, 1'000'000);
    // 21,000 * 10 = 210,000 must be there for wallet 2's fee and 100 for its value.
    const AdmittedTx pays =
        tx({.from = 1, .to = wallet(2).address, .value = 210'100, .max_fee = 10});
    const AdmittedTx spends = tx({.from = 2, .to = wallet(3).address, .value = 100, .max_fee = 10});
    const auto refused = planner.take(spends);
    BOOST_TEST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->error == chain::Error::kInsufficientFunds));
    BOOST_TEST(!planner.take(pays).has_value());
    BOOST_TEST(!planner.take(spends).has_value());
}

BOOST_FIXTURE_TEST_CASE(fees_are_what_is_paid_not_what_was_offered, PlannerFixture) {
    fund(1, 21'000 * 1'000 + 5);
    // Offered 1,000, paid 7 + 1: then 21,000 * 992 are left, enough for another offer of 900.
    BOOST_TEST(!planner.take(tx({.from = 1, .to = wallet(2).address, .value = 5})).has_value());
    BOOST_TEST(
        !planner
             .take(tx({.from = 1, .to = wallet(2).address, .nonce = 1, .value = 5, .max_fee = 900}))
             .has_value());
}

BOOST_FIXTURE_TEST_CASE(tips_are_the_vaults_at_once, PlannerFixture) {
    vault = wallet(4).address;
    vault_place = {0, table_hash(vault, kSeed)};
    begin();
    fund(1, 100'000'000);
    const AdmittedTx vault_spends =
        tx({.from = 4, .to = wallet(2).address, .value = 1, .max_fee = 10});
    BOOST_TEST(planner.take(vault_spends).has_value());
    // A tip of 11 a gas: 231,000 wei, and 210,001 are needed.
    BOOST_TEST(!planner.take(tx({.from = 1, .to = wallet(2).address, .value = {}, .tip = 11}))
                    .has_value());
    BOOST_TEST(!planner.take(vault_spends).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_new_micro_block_starts_from_the_state, PlannerFixture) {
    fund(1, 100'000'000);
    const AdmittedTx first = tx({.from = 1, .to = wallet(2).address, .value = 1});
    BOOST_TEST(!planner.take(first).has_value());
    BOOST_TEST(planner.take(first).has_value());
    begin();  // nothing was committed
    BOOST_TEST(!planner.take(first).has_value());
}

BOOST_FIXTURE_TEST_CASE(contracts_do_not_send_but_delegated_accounts_do, PlannerFixture) {
    fund(1, 100'000'000);
    fund(2, 100'000'000);
    const chain::Address contract = wallet(2).address;
    AccountRecord& record = *table.find(table.hash(contract), contract);
    table.set_code(record, chain::Hash32{}, false);
    const AdmittedTx sends = tx({.from = 2, .to = wallet(3).address, .value = 1});
    const auto sent = planner.take(sends);
    BOOST_TEST_REQUIRE(sent.has_value());
    BOOST_TEST((sent->error == chain::Error::kSenderHasCode));
    table.set_code(record, chain::Hash32{}, true);  // EIP-7702
    begin();
    BOOST_TEST(!planner.take(sends).has_value());
}

BOOST_FIXTURE_TEST_CASE(of_calls_the_greatest_cost_counts, PlannerFixture) {
    fund(1, 2 * 210'000 + 5);  // twice 21,000 * 10, and 5 of value
    fund(2, 0);
    const chain::Address contract = wallet(2).address;
    table.set_code(*table.find(table.hash(contract), contract), chain::Hash32{}, false);
    const auto send = [](std::uint64_t nonce) {
        return tx(
            {.from = 1,
             .to = wallet(3).address,
             .nonce = nonce,
             .value = {},
             .max_fee = 10,
             .tip = 1});
    };
    const AdmittedTx call =
        tx({.from = 1, .to = contract, .nonce = 0, .value = 5, .max_fee = 10, .tip = 1});
    BOOST_TEST(!planner.take(call).has_value());
    BOOST_TEST(!planner.take(send(1)).has_value());
    // What the first two might cost at most is gone.
    const auto third = planner.take(send(2));
    BOOST_TEST_REQUIRE(third.has_value());
    BOOST_TEST((third->error == chain::Error::kInsufficientFunds));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
