#include "actors/sequencer/native.hpp"

#include "actors/admission/admission_engine.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{7, 8};
constexpr std::uint64_t kFee = 21'000 * 8;  // base fee 7, tip 1

struct NativeFixture {
    OpenState state{kSeed};
    NativeTransfers native{Loans{&state}};
    chain::Address vault;

    NativeFixture() { vault.bytes[0] = 0xfe; }
    void begin() { native.begin(16, chain::Uint256{7}, vault, {0, table_hash(vault, kSeed)}); }
    void fund(std::uint32_t number, std::uint64_t balance, std::uint64_t nonce = 0) {
        chain::Account account;
        account.balance = balance;
        account.nonce = nonce;
        state.load(wallet(number).address, account);
    }
    void give_code(std::uint32_t number, bool delegated = false) {
        chain::Account account = *find(wallet(number).address);
        account.code_hash = chain::Hash32{};
        state.load(wallet(number).address, account);
        if (delegated) state.load_delegation(wallet(number).address);
    }
    std::optional<chain::Account> find(const chain::Address& address) {
        const AccountTable& table = state.tables().accounts;
        const AccountRecord* record = table.find(table.hash(address), address);
        if (record == nullptr) return std::nullopt;
        return table.account(*record);
    }
    std::uint64_t balance(const chain::Address& address) {
        const auto account = find(address);
        return account ? account->balance.low_u64() : 0;
    }
    std::uint64_t balance(std::uint32_t number) { return balance(wallet(number).address); }
    static AdmittedTx tx(TransferSpec spec) {
        const AdmissionEngine admission{kChainId, 30'000'000, {}, kSeed};
        return *admission.readmit(signed_transfer(spec), wallet(spec.from).address);
    }
    chain::Error refused(const TransferSpec& spec) {
        const auto refusal = native.run(tx(spec));
        BOOST_TEST_REQUIRE(refusal.has_value());
        return refusal->error;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(native_transfers)

BOOST_FIXTURE_TEST_CASE(money_nonces_and_tips_move_in_order, NativeFixture) {
    fund(1, 21'000 * 10 + 100 + kFee);
    begin();
    // Wallet 2 can pay only with what it has just been given.
    BOOST_TEST(
        !native.run(tx({.from = 1, .to = wallet(2).address, .value = 100 + kFee, .max_fee = 10})));
    BOOST_TEST(!native.run(tx({.from = 2, .to = wallet(3).address, .value = 100, .max_fee = 8})));
    BOOST_TEST(balance(1) == 21'000u * 10 - kFee);
    BOOST_TEST(balance(2) == 0u);
    BOOST_TEST(balance(3) == 100u);
    BOOST_TEST(balance(vault) == 2 * 21'000u);
    BOOST_TEST(find(wallet(1).address)->nonce == 1u);
    BOOST_TEST(find(wallet(2).address)->nonce == 1u);
}

BOOST_FIXTURE_TEST_CASE(each_refusal_has_its_reason_and_changes_nothing, NativeFixture) {
    using chain::Error;
    fund(1, 21'000 * 10, 5);
    fund(2, 100'000'000);
    give_code(2);
    begin();
    const chain::Address to = wallet(3).address;
    BOOST_TEST(
        (refused({.from = 1, .to = to, .nonce = 5, .value = {}, .max_fee = 6}) ==
         Error::kFeeCapBelowBaseFee));
    BOOST_TEST(
        (refused({.from = 1, .to = to, .nonce = 4, .value = {}, .max_fee = 10}) ==
         Error::kNonceTooLow));
    BOOST_TEST(
        (refused({.from = 1, .to = to, .nonce = 6, .value = {}, .max_fee = 10}) ==
         Error::kNonceTooHigh));
    BOOST_TEST(
        (refused({.from = 1, .to = to, .nonce = 5, .value = 1, .max_fee = 10}) ==
         Error::kInsufficientFunds));
    BOOST_TEST(
        (refused({.from = 4, .to = to, .nonce = 0, .value = 1, .max_fee = 10}) ==
         Error::kInsufficientFunds));  // nobody has heard of it
    BOOST_TEST((refused({.from = 2, .to = to, .value = 1}) == Error::kSenderHasCode));  // EIP-3607
    BOOST_TEST(state.take_changes().accounts.empty());
    give_code(2, true);  // EIP-7702
    begin();
    BOOST_TEST(!native.run(tx({.from = 2, .to = to, .value = 1})));
}

BOOST_FIXTURE_TEST_CASE(nothing_makes_no_account, NativeFixture) {  // EIP-161
    fund(1, 21'000 * 10);
    begin();
    BOOST_TEST(
        !native.run(tx({.from = 1, .to = wallet(3).address, .value = {}, .max_fee = 7, .tip = 0})));
    BOOST_TEST(!find(wallet(3).address).has_value());
    BOOST_TEST(!find(vault).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_it_must_leave_to_the_evm, NativeFixture) {
    fund(1, 100'000'000);
    fund(2, 0);
    begin();
    const AdmittedTx send = tx({.from = 1, .to = wallet(2).address, .value = 5});
    BOOST_TEST(!native.needs_evm(send));
    give_code(2);
    BOOST_TEST(native.needs_evm(send));
    BOOST_TEST(native.needs_evm(
        tx({.from = 1, .to = {}, .value = 5, .gas_limit = 60'000, .creates = true})));
    BOOST_TEST(!native.needs_evm(tx({.from = 1, .to = wallet(3).address, .value = 5})));
}

BOOST_FIXTURE_TEST_CASE(taken_back_it_leaves_no_trace_even_in_the_seal, NativeFixture) {
    vault = wallet(2).address;
    fund(1, 100'000'000);
    fund(2, 100'000'000);
    begin();
    std::vector<AdmittedTx> txs;
    txs.push_back(tx({.from = 1, .to = wallet(2).address, .value = 60'000}));
    txs.push_back(tx({.from = 2, .to = wallet(3).address, .value = 99'000'000, .max_fee = 10}));
    txs.push_back(tx({.from = 1, .to = wallet(1).address, .nonce = 1, .value = 7}));
    txs.push_back(tx({.from = 3, .to = wallet(1).address, .value = 98'000'000, .max_fee = 10}));
    std::vector<AdmittedTx*> ran;
    for (AdmittedTx& one : txs) {
        BOOST_TEST(!native.run(one).has_value());
        ran.push_back(&one);
    }
    native.take_back(ran);
    BOOST_TEST(balance(1) == 100'000'000u);
    BOOST_TEST(balance(2) == 100'000'000u);
    BOOST_TEST(balance(3) == 0u);
    BOOST_TEST(state.take_changes().accounts.empty());
}

BOOST_FIXTURE_TEST_CASE(tips_reach_a_vault_with_code, NativeFixture) {
    fund(1, 100'000'000);
    fund(2, 1);
    give_code(2);
    vault = wallet(2).address;
    begin();
    BOOST_TEST(!native.run(tx({.from = 1, .to = wallet(3).address, .value = 1})));
    BOOST_TEST(balance(2) == 21'001u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
