#include "chain/execution/call.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/crypto/secp256k1.hpp"
#include "chain/evm/testing/assembler.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::execution {
namespace {

using evm::HaltReason;
using evm::Opcode;
using evm::testing::Assembler;
using state::testing::MapView;

constexpr Address kAlice{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};

BlockEnv test_env() {
    BlockEnv env;
    env.number = 5;
    env.gas_limit = 30'000'000;
    env.chain_id = 7;
    env.base_fee_per_gas = 10;
    return env;
}

MapView with_contract(const Bytes& code) {
    MapView view;
    view.put(kAlice, 1'000, 3, {});
    view.put(kContract, 0, 1, code);
    return view;
}

CallRequest request(std::uint64_t gas) {
    CallRequest request;
    request.from = kAlice;
    request.to = kContract;
    request.gas = gas;
    return request;
}

/// Returns the word `value`.
Assembler returning(std::uint64_t value) {
    return Assembler{}.push(value).push(0).op(Opcode::kMStore).push(32).push(0).op(Opcode::kReturn);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(call_requests)

BOOST_AUTO_TEST_CASE(a_call_returns_data_and_counts_gas_as_a_transaction) {
    const MapView view = with_contract(returning(42).code);
    const CallResult result = call(view, test_env(), request(100'000));
    BOOST_TEST(result.success);
    BOOST_TEST((uint256_from_be(result.output) == Uint256{42}));
    // 21,000; PUSH1 four times 3, MSTORE 3 and a word of memory 3
    BOOST_TEST(result.gas_used == 21'000u + 4 * 3 + 3 + 3);
}

BOOST_AUTO_TEST_CASE(nobody_pays_for_gas_when_it_has_no_price) {
    MapView view = with_contract(returning(1).code);
    view.accounts[kAlice].balance = 0;
    BOOST_TEST(call(view, test_env(), request(30'000'000)).success);
    CallRequest priced = request(30'000);
    priced.gas_price = 10;
    BOOST_TEST((call(view, test_env(), priced).reason == HaltReason::kBalanceTooLow));
    view.accounts[kAlice].balance = 300'000;
    BOOST_TEST(call(view, test_env(), priced).success);
}

BOOST_AUTO_TEST_CASE(authorizations_are_applied_before_the_code_runs) {  // EIP-7702
    crypto::PrivateKey key;
    key.bytes[31] = 9;
    const Address signer = crypto::address_of(*crypto::public_key_of(key));
    Authorization authorization;
    authorization.chain_id = 7;
    authorization.address = kContract;
    // keccak(0x05 || rlp([7, address, 0])): a list of 23 bytes, 7, 0x94 and the address, 0x80
    Bytes preimage{0x05, 0xd7, 0x07, 0x94};
    append(preimage, kContract);
    preimage.push_back(0x80);
    const auto signature = crypto::sign(crypto::keccak256(preimage), key);
    authorization.r = signature->r;
    authorization.s = signature->s;
    authorization.y_parity = signature->y_parity ? 1 : 0;

    const MapView view = with_contract(returning(42).code);
    CallRequest delegated = request(100'000);
    delegated.to = signer;
    BOOST_TEST(call(view, test_env(), delegated).output.empty());
    delegated.authorizations = {authorization};
    const CallResult result = call(view, test_env(), delegated);
    BOOST_TEST((uint256_from_be(result.output) == Uint256{42}));
    // As above, and 25,000 for the authorization; resolving the delegation of `to` costs nothing.
    BOOST_TEST(result.gas_used == 21'018u + 25'000);
    BOOST_TEST((*estimate_gas(view, test_env(), delegated, 1'000'000) == result.gas_used));
}

BOOST_AUTO_TEST_CASE(value_must_be_there) {
    const MapView view = with_contract({});
    CallRequest with_value = request(50'000);
    with_value.value = 1'000;
    BOOST_TEST(call(view, test_env(), with_value).success);
    with_value.value = 1'001;
    BOOST_TEST((call(view, test_env(), with_value).reason == HaltReason::kBalanceTooLow));
}

BOOST_AUTO_TEST_CASE(a_revert_says_why) {
    Assembler code;
    code.push(7).push(0).op(Opcode::kMStore).push(32).push(0).op(Opcode::kRevert);
    const CallResult result = call(with_contract(code.code), test_env(), request(100'000));
    BOOST_TEST(!result.success);
    BOOST_TEST((result.reason == HaltReason::kRevert));
    BOOST_TEST((uint256_from_be(result.output) == Uint256{7}));
}

BOOST_AUTO_TEST_CASE(a_limit_below_the_intrinsic_gas_is_out_of_gas) {
    BOOST_TEST(
        (call(with_contract({}), test_env(), request(20'999)).reason == HaltReason::kOutOfGas));
}

BOOST_AUTO_TEST_CASE(a_creation_returns_the_code) {
    // The init code returns its memory's first word.
    CallRequest creation = request(200'000);
    creation.to.reset();
    creation.data = returning(0x6001).code;
    const CallResult result = call(with_contract({}), test_env(), creation);
    BOOST_TEST(result.success);
    BOOST_TEST(result.output.size() == 32u);
}

BOOST_AUTO_TEST_CASE(an_estimate_is_the_least_limit_that_succeeds) {
    // Calls itself with all but a 64th until the data's counter is zero: needs more than it uses.
    Assembler code;
    code.push(0).op(Opcode::kSLoad).push(1).op(Opcode::kAdd).push(0).op(Opcode::kSStore);
    code.push(0).push(0).push(0).push(0).push(0).push(Address{{0xbb}}).push(50'000);
    code.op(Opcode::kCall)
        .op(Opcode::kGas)
        .push(20'000)
        .op(Opcode::kGt)
        .push(200)
        .op(Opcode::kJumpI);
    code.op(Opcode::kStop);  // jumps to nowhere, and so fails, with less than 20,000 gas left
    const MapView view = with_contract(code.code);
    const auto estimate = estimate_gas(view, test_env(), request(0), 10'000'000);
    BOOST_TEST_REQUIRE(estimate.ok());
    BOOST_TEST(call(view, test_env(), request(*estimate)).success);
    BOOST_TEST(!call(view, test_env(), request(*estimate - 1)).success);
}

BOOST_AUTO_TEST_CASE(an_estimate_of_a_transfer_is_21000) {
    const auto estimate = estimate_gas(with_contract({}), test_env(), request(0), 10'000'000);
    BOOST_TEST_REQUIRE(estimate.ok());
    BOOST_TEST(*estimate == 21'000u);
}

BOOST_AUTO_TEST_CASE(what_fails_with_all_gas_has_no_estimate) {
    Assembler code;
    code.push(0).push(0).op(Opcode::kRevert);
    const auto estimate = estimate_gas(with_contract(code.code), test_env(), request(0), 1'000'000);
    BOOST_TEST_REQUIRE(!estimate.ok());
    BOOST_TEST((estimate.error().reason == HaltReason::kRevert));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::execution
