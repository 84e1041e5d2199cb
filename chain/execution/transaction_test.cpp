#include "chain/execution/transaction.hpp"

#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace troupe::chain::execution {
namespace {

Address address_of(std::uint8_t last) {
    Address address;
    address.bytes[0] = 0xaa;  // far from the precompiles
    address.bytes[19] = last;
    return address;
}
const Address kAlice = address_of(1);
const Address kBob = address_of(2);
const Address kVault = address_of(0xfe);

struct MapView final : state::StateView {
    std::map<Address, Account> accounts;
    std::optional<Account> account(const Address& address) const noexcept override {
        const auto found = accounts.find(address);
        if (found == accounts.end()) return std::nullopt;
        return found->second;
    }
    Uint256 storage(const Address&, const Hash32&) const noexcept override { return {}; }
    Bytes code_of_zero;  ///< of the code hash zero
    ByteView code(const Hash32& hash) const noexcept override {
        return hash.is_zero() ? ByteView{code_of_zero} : ByteView{};
    }
    Hash32 block_hash(std::uint64_t) const noexcept override { return {}; }
};

Account with_balance(std::uint64_t wei, std::uint64_t nonce = 0) {
    Account account;
    account.balance = wei;
    account.nonce = nonce;
    return account;
}

BlockEnv test_env() {
    BlockEnv env;
    env.number = 1;
    env.gas_limit = 30'000'000;
    env.chain_id = 77;
    env.base_fee_per_gas = 10;
    env.coinbase = kVault;
    return env;
}

Transaction transfer(std::uint64_t nonce, std::uint64_t value) {
    Transaction tx;
    tx.type = TxType::kDynamicFee;
    tx.chain_id = 77;
    tx.nonce = nonce;
    tx.max_fee_per_gas = 20;
    tx.max_priority_fee_per_gas = 3;
    tx.gas_limit = 21'000;
    tx.to = kBob;
    tx.value = value;
    return tx;
}

Error refused(const MapView& view, const Transaction& tx) {
    const auto outcome = execute_transaction(view, test_env(), tx, kAlice);
    BOOST_TEST_REQUIRE(!outcome.ok());
    return outcome.error().error;
}

std::map<Address, Account> after(MapView view, const Transaction& tx, const Address& sender) {
    const auto outcome = execute_transaction(view, test_env(), tx, sender);
    BOOST_TEST_REQUIRE(outcome.ok());
    for (const auto& effect : outcome->effects) {
        if (effect.kind == state::EffectKind::kWrite || effect.kind == state::EffectKind::kDelta)
            apply_effect(view.accounts[effect.address], effect);
    }
    return view.accounts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transfer_rules)

BOOST_AUTO_TEST_CASE(plain_transfer_costs_21000) {
    BOOST_TEST(intrinsic_gas(transfer(0, 1)) == 21'000u);
    BOOST_TEST(transfer_gas(transfer(0, 1)) == 21'000u);
}

BOOST_AUTO_TEST_CASE(data_costs_4_and_16_a_byte_and_the_floor_10_a_token) {
    Transaction tx = transfer(0, 1);
    tx.data = {0, 0, 1};
    BOOST_TEST(intrinsic_gas(tx) == 21'000u + 2 * 4 + 16);        // EIP-2028
    BOOST_TEST(floor_gas(tx) == 21'000u + 10 * (2 * 1 + 1 * 4));  // EIP-7623
    BOOST_TEST(transfer_gas(tx) == 21'060u);                      // the floor is higher here
}

BOOST_AUTO_TEST_CASE(access_list_costs_2400_an_address_and_1900_a_slot) {
    Transaction tx = transfer(0, 1);
    tx.type = TxType::kAccessList;
    tx.access_list = {{kBob, {Hash32{}, Hash32{}}}, {kVault, {}}};
    BOOST_TEST(transfer_gas(tx) == 21'000u + 2 * 2'400 + 2 * 1'900);
}

BOOST_AUTO_TEST_CASE(creation_charges_every_started_word_of_init_code) {
    Transaction tx = transfer(0, 0);
    tx.to.reset();
    tx.data = Bytes(33, 0x01);  // 33 bytes start a second word: EIP-3860
    BOOST_TEST(intrinsic_gas(tx) == 53'000u + 33 * 16 + 2 * 2);
}

BOOST_AUTO_TEST_CASE(value_fee_and_tip_go_where_they_belong) {
    MapView view;
    view.accounts[kAlice] = with_balance(1'000'000, 4);
    const auto state = after(view, transfer(4, 500), kAlice);
    // price = min(20, 10 + 3) = 13; 21,000 * 13 = 273,000; tip 21,000 * 3 = 63,000; 210,000 burned
    BOOST_TEST(state.at(kAlice).balance.low_u64() == 1'000'000u - 500 - 273'000);
    BOOST_TEST(state.at(kAlice).nonce == 5u);
    BOOST_TEST(state.at(kBob).balance.low_u64() == 500u);
    BOOST_TEST(state.at(kVault).balance.low_u64() == 63'000u);
}

BOOST_AUTO_TEST_CASE(self_transfer_pays_the_fee_only) {
    MapView view;
    view.accounts[kAlice] = with_balance(1'000'000);
    Transaction tx = transfer(0, 500);
    tx.to = kAlice;
    const auto state = after(view, tx, kAlice);
    BOOST_TEST(state.at(kAlice).balance.low_u64() == 1'000'000u - 273'000);
}

BOOST_AUTO_TEST_CASE(coinbase_may_send_and_receive) {
    MapView view;
    view.accounts[kVault] = with_balance(1'000'000);
    const auto sent = after(view, transfer(0, 500), kVault);
    BOOST_TEST(sent.at(kVault).balance.low_u64() == 1'000'000u - 500 - 273'000 + 63'000);

    view.accounts[kAlice] = with_balance(1'000'000);
    Transaction tx = transfer(0, 500);
    tx.to = kVault;
    BOOST_TEST(after(view, tx, kAlice).at(kVault).balance.low_u64() == 1'000'000u + 500 + 63'000);
}

BOOST_AUTO_TEST_CASE(zero_value_and_zero_tip_leave_absent_accounts_absent) {
    MapView view;
    view.accounts[kAlice] = with_balance(1'000'000);
    Transaction tx = transfer(0, 0);
    tx.max_priority_fee_per_gas = 0;
    const auto state = after(view, tx, kAlice);
    BOOST_TEST(state.contains(kBob) == false);  // EIP-161
    BOOST_TEST(state.contains(kVault) == false);
    BOOST_TEST(state.at(kAlice).balance.low_u64() == 1'000'000u - 210'000);
}

BOOST_AUTO_TEST_CASE(unused_gas_is_not_paid_but_must_be_affordable) {
    MapView view;
    Transaction tx = transfer(0, 1);
    tx.gas_limit = 50'000;  // 50,000 * 20 + 1 = 1,000,001
    view.accounts[kAlice] = with_balance(1'000'001);
    BOOST_TEST(after(view, tx, kAlice).at(kAlice).balance.low_u64() == 1'000'001u - 1 - 273'000);
    view.accounts[kAlice] = with_balance(1'000'000);
    BOOST_TEST((refused(view, tx) == Error::kInsufficientFunds));
}

BOOST_AUTO_TEST_CASE(refusals_carry_the_two_numbers) {
    MapView view;
    view.accounts[kAlice] = with_balance(1'000'000, 9);
    const auto low = execute_transaction(view, test_env(), transfer(7, 1), kAlice);
    BOOST_TEST_REQUIRE(!low.ok());
    BOOST_TEST((low.error().error == Error::kNonceTooLow));
    BOOST_TEST(low.error().have.low_u64() == 7u);
    BOOST_TEST(low.error().want.low_u64() == 9u);
    BOOST_TEST((refused(view, transfer(10, 1)) == Error::kNonceTooHigh));
}

BOOST_AUTO_TEST_CASE(each_rule_refuses_by_name) {
    MapView view;
    view.accounts[kAlice] = with_balance(2'000'000);
    const auto with = [&](auto change) {
        Transaction tx = transfer(0, 1);
        change(tx);
        return refused(view, tx);
    };
    BOOST_TEST((with([](auto& tx) { tx.chain_id = 1; }) == Error::kTxChainIdWrong));
    BOOST_TEST((with([](auto& tx) {
                    tx.type = TxType::kLegacy;
                    tx.chain_id.reset();
                }) == Error::kTxChainIdMissing));
    BOOST_TEST((with([](auto& tx) { tx.type = TxType::kBlob; }) == Error::kTxBlobInvalid));
    BOOST_TEST((with([](auto& tx) { tx.max_fee_per_gas = 9; }) == Error::kFeeCapBelowBaseFee));
    BOOST_TEST(
        (with([](auto& tx) { tx.max_priority_fee_per_gas = 21; }) == Error::kTxTipAboveFeeCap));
    BOOST_TEST((with([](auto& tx) { tx.gas_limit = 20'999; }) == Error::kIntrinsicGasTooLow));
    BOOST_TEST((with([](auto& tx) { tx.gas_limit = 30'000'001; }) == Error::kGasLimitAboveBlock));
    BOOST_TEST((with([](auto& tx) {
                    tx.data = Bytes(1, 1);
                    tx.gas_limit = 21'016;  // enough for EIP-2028, not for EIP-7623's 21,040
                }) == Error::kFloorGasTooLow));
    BOOST_TEST((with([](auto& tx) {
                    tx.max_fee_per_gas = Uint256{~0ull, ~0ull, ~0ull, ~0ull};
                }) == Error::kTxGasOverflow));
}

BOOST_AUTO_TEST_CASE(sender_with_code_may_not_send) {  // EIP-3607
    MapView view;
    view.accounts[kAlice] = with_balance(2'000'000);
    view.accounts[kAlice].code_hash = Hash32{};
    BOOST_TEST((refused(view, transfer(0, 1)) == Error::kSenderHasCode));
}

BOOST_AUTO_TEST_CASE(blobs_are_executed_but_not_admitted) {  // EIP-4844
    MapView view;
    view.accounts[kAlice] = with_balance(2'000'000);
    Transaction tx = transfer(0, 1);
    tx.type = TxType::kBlob;
    tx.max_fee_per_blob_gas = 1;
    tx.blob_versioned_hashes.resize(2);
    for (Hash32& hash : tx.blob_versioned_hashes)
        hash[0] = 1;
    BOOST_TEST((check_form(tx, 77, 30'000'000).error().error == Error::kTxTypeUnsupported));
    // 273,000 for the gas as of any transfer, and two blobs at the blob base fee of 1
    const auto state = after(view, tx, kAlice);
    BOOST_TEST(state.at(kAlice).balance.low_u64() == 2'000'000u - 1 - 273'000 - 2 * 131'072);
    tx.max_fee_per_blob_gas = 0;
    BOOST_TEST((refused(view, tx) == Error::kBlobFeeCapTooLow));
    tx.max_fee_per_blob_gas = 1;
    tx.blob_versioned_hashes.resize(10, tx.blob_versioned_hashes[0]);
    BOOST_TEST((refused(view, tx) == Error::kTxTooManyBlobs));  // EIP-7691: 9
    tx.blob_versioned_hashes.resize(1);
    tx.blob_versioned_hashes[0][0] = 2;
    BOOST_TEST((refused(view, tx) == Error::kTxBlobInvalid));
}

BOOST_AUTO_TEST_CASE(a_delegated_sender_may_send) {  // EIP-7702 changes EIP-3607
    MapView view;
    view.accounts[kAlice] = with_balance(2'000'000);
    view.accounts[kAlice].code_hash = Hash32{};
    view.code_of_zero = {0xef, 0x01, 0x00};
    view.code_of_zero.resize(23, 0xaa);
    BOOST_TEST(execute_transaction(view, test_env(), transfer(0, 1), kAlice).ok());
    view.code_of_zero[0] = 0x60;
    BOOST_TEST((refused(view, transfer(0, 1)) == Error::kSenderHasCode));
}

BOOST_AUTO_TEST_CASE(an_authorization_delegates_its_signer) {
    crypto::PrivateKey key;
    key.bytes[31] = 9;
    const Address signer = crypto::address_of(*crypto::public_key_of(key));
    MapView view;
    view.accounts[kAlice] = with_balance(9'000'000);
    Authorization authorization;
    authorization.chain_id = 77;
    authorization.address = kBob;
    // keccak(0x05 || rlp([77, address, 0])): a list of 23 bytes, 0x4d, 0x94 and the address, 0x80
    Bytes preimage{0x05, 0xd7, 0x4d, 0x94};
    append(preimage, kBob);
    preimage.push_back(0x80);
    const auto signature = crypto::sign(crypto::keccak256(preimage), key);
    authorization.r = signature->r;
    authorization.s = signature->s;
    authorization.y_parity = signature->y_parity ? 1 : 0;
    Transaction tx = transfer(0, 0);
    tx.type = TxType::kSetCode;
    tx.gas_limit = 100'000;
    tx.authorizations = {authorization};
    const auto state = after(view, tx, kAlice);
    Bytes designator{0xef, 0x01, 0x00};
    append(designator, kBob);
    BOOST_TEST((state.at(signer).code_hash == crypto::keccak256(designator)));
    BOOST_TEST(state.at(signer).nonce == 1u);
    // 21,000 + 25,000: the signer was no account, so nothing comes back. 46,000 * 13
    BOOST_TEST(state.at(kAlice).balance.low_u64() == 9'000'000u - 598'000);
    tx.authorizations[0].nonce = 1;  // signed for another nonce: another signer, whose nonce is 0
    BOOST_TEST(!after(view, tx, kAlice).contains(signer));
    tx.authorizations.clear();
    BOOST_TEST((refused(view, tx) == Error::kTxAuthorizationInvalid));
}

BOOST_AUTO_TEST_CASE(a_creation_deploys_what_its_init_code_returns) {
    MapView view;
    view.accounts[kAlice] = with_balance(9'000'000, 5);
    Transaction tx = transfer(5, 0);
    tx.to.reset();
    tx.gas_limit = 200'000;
    tx.data = {0x60, 0x01, 0x60, 0x00, 0xf3};  // RETURN of one byte of memory: code 0x00
    const auto outcome = execute_transaction(view, test_env(), tx, kAlice);
    BOOST_TEST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome->success);
    BOOST_TEST_REQUIRE(outcome->created.has_value());
    BOOST_TEST_REQUIRE(outcome->codes.size() == 1u);
    BOOST_TEST((outcome->codes[0].code == Bytes{0x00}));
    BOOST_TEST((outcome->codes[0].hash == crypto::keccak256(Bytes{0x00})));
    // 53,000; 4 non-zero bytes of data at 16 and one zero at 4; a word of init code 2; two pushes
    // 6 and a word of memory 3; one byte of code 200
    BOOST_TEST(outcome->gas_used == 53'000u + 4 * 16 + 4 + 2 + 6 + 3 + 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::execution
