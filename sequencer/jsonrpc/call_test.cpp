#include "chain/base/hex.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"
#include "sequencer/jsonrpc/testing/door_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

using testing::DoorFixture;
using testing::Json;

const std::string kContract = "0x00000000000000000000000000000000000000cc";

std::string failed(chain::evm::HaltReason reason, const std::string& output = "0x") {
    chain::execution::CallResult result;
    result.reason = reason;
    result.output = *chain::from_hex(output);
    return json_of(call_failed(result));
}

BOOST_AUTO_TEST_SUITE(calls)

// eth_call/call-revert-abi-*.io and eth_estimateGas/estimate-failed-call.io.
BOOST_AUTO_TEST_CASE(reverts_are_code_3_with_their_reason_and_data) {
    using enum chain::evm::HaltReason;
    const std::string word(63, '0');
    const std::string error =
        "0x08c379a0" + word.substr(1) + "20" + word.substr(1) + "0a" + "75736572206572726f72";
    BOOST_TEST(
        failed(kRevert, error) ==
        "{\"code\":3,\"message\":\"execution reverted: user error\",\"data\":\"" + error + "\"}");
    const std::string panic = "0x4e487b71" + word + "1";
    BOOST_TEST(
        failed(kRevert, panic) ==
        "{\"code\":3,\"message\":\"execution reverted: assert(false)\",\"data\":\"" + panic +
            "\"}");
    const std::string bare = "0x77726f6e672d63616c6c6461746173697a65";
    BOOST_TEST(
        failed(kRevert, bare) ==
        "{\"code\":3,\"message\":\"execution reverted\",\"data\":\"" + bare + "\"}");
    BOOST_TEST(failed(kRevert) == R"({"code":3,"message":"execution reverted","data":"0x"})");
    // A length beyond the data is no reason.
    BOOST_TEST(
        failed(kRevert, "0x08c379a0" + word + "0" + std::string(64, 'f'))
            .find("execution reverted\"") != std::string::npos);
    BOOST_TEST(failed(kOutOfGas) == R"({"code":-32000,"message":"out of gas"})");
    BOOST_TEST(failed(kInvalidJump) == R"({"code":-32000,"message":"invalid jump destination"})");
}

// Runs `code` at kContract.
Json run(DoorFixture& fixture, const std::string& code, Json request = Json::object()) {
    request["to"] = kContract;
    return fixture.result("eth_call", {request, "latest", {{kContract, {{"code", code}}}}});
}

BOOST_FIXTURE_TEST_CASE(code_runs_on_the_state_of_a_block_with_overrides, DoorFixture) {
    node.seal();
    // PUSH1 42, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN
    BOOST_TEST(run(*this, "0x602a60005260206000f3") == "0x" + std::string(62, '0') + "2a");
    // NUMBER, GASPRICE and BASEFEE of a call that says nothing of fees: 1, 0, 0
    BOOST_TEST(run(*this, "0x4360005260206000f3") == "0x" + std::string(63, '0') + "1");
    BOOST_TEST(run(*this, "0x4860005260206000f3") == "0x" + std::string(64, '0'));
    // PUSH1 0, PUSH1 0, REVERT; INVALID; JUMPDEST, PUSH1 0, JUMP
    BOOST_TEST(run(*this, "0x60006000fd")["code"] == 3);
    BOOST_TEST(run(*this, "0xfe")["message"] == "invalid opcode: INVALID");
    BOOST_TEST(run(*this, "0x0c")["message"] == "invalid opcode: opcode 0xc not defined");
    BOOST_TEST(run(*this, "0x600101")["message"] == "stack underflow (1 <=> 2)");
    // JUMPDEST, PUSH1 0, PUSH1 0, JUMP: one word more in each round
    BOOST_TEST(run(*this, "0x5b6000600056")["message"] == "stack limit reached 1024 (1023)");
    // A thousand rounds of 255 before it: too many steps to look for the instruction.
    BOOST_TEST(run(*this, "0x61ffff5b600190038060035761fffffe")["message"] == "invalid opcode");
    BOOST_TEST(run(*this, "0x5b600056")["message"] == "out of gas");
    const Json slots = result(
        "eth_call", {{{"to", kContract}},
                     "latest",
                     {{kContract,
                       {{"code", "0x60005460005260206000f3"},  // SLOAD of slot 0
                        {"stateDiff", {{"0x0", "0x" + std::string(62, '0') + "07"}}}}}}});
    BOOST_TEST(slots == "0x" + std::string(62, '0') + "07");
    // Nobody has any money here.
    const std::string nobody(40, '0');
    BOOST_TEST(
        run(*this, "0x00", {{"value", "0x1"}})["message"] ==
        "err: insufficient funds for gas * price + value: address 0x" + nobody +
            " have 0 want 1 (supplied gas 50000000)");
    BOOST_TEST(
        run(*this, "0x00", {{"gas", "0x64"}})["message"] ==
        "err: intrinsic gas too low: have 100, want 21000 (supplied gas 100)");
    BOOST_TEST(result("eth_call", {{{"to", kContract}}, "0x9"})["message"] == "header not found");
    BOOST_TEST(result("eth_call", {{{"to", kContract}}, "pending"}) == "0x");
}

BOOST_FIXTURE_TEST_CASE(a_call_may_run_in_another_block_than_there_is, DoorFixture) {
    node.seal();
    const auto told = [this](const char* opcode, const Json& block, const Json& request) {
        Json call = request;
        call["to"] = kContract;
        const std::string code = "0x" + std::string(opcode) + "60005260206000f3";
        const Json answer =
            result("eth_call", {call, "latest", {{kContract, {{"code", code}}}}, block});
        return chain::to_decimal(
            chain::uint256_from_be(*chain::from_hex(answer.get<std::string>())));
    };
    const Json none = Json::object();
    BOOST_TEST(told("43", {{"number", "0x270f"}}, none) == "9999");
    BOOST_TEST(told("42", {{"time", "0x4d"}}, none) == "77");
    BOOST_TEST(told("45", {{"gasLimit", "0x1e240"}}, none) == "123456");
    BOOST_TEST(told("41", {{"feeRecipient", "0x" + std::string(38, '0') + "c0"}}, none) == "192");
    BOOST_TEST(told("43", Json(), none) == "1");
    // The base fee of a call that says nothing of fees is 0 (core/vm's NoBaseFee).
    BOOST_TEST(told("48", {{"baseFeePerGas", "0x5"}}, none) == "0");
    BOOST_TEST(
        result("eth_estimateGas", {{{"to", kContract}}, "latest", none, {{"number", "0x9"}}}) ==
        "0x5208");
    BOOST_TEST(
        result("eth_call", {{{"to", kContract}}, "latest", none, {{"time", "x"}}})["code"] ==
        -32602);
}

BOOST_FIXTURE_TEST_CASE(an_override_that_is_not_made_is_refused, DoorFixture) {
    node.seal();
    const Json moved = {{kContract, {{"movePrecompileToAddress", kContract}}}};
    BOOST_TEST(
        result("eth_call", {{{"to", kContract}}, "latest", moved})["message"] ==
        "invalid argument 2: movePrecompileToAddress is not supported");
}

BOOST_FIXTURE_TEST_CASE(gas_is_estimated, DoorFixture) {
    node.seal();
    BOOST_TEST(result("eth_estimateGas", {{{"to", kContract}}}) == "0x5208");
    const auto estimate = [&](const char* code, Json request) {
        request["to"] = kContract;
        return result("eth_estimateGas", {request, "latest", {{kContract, {{"code", code}}}}});
    };
    BOOST_TEST(estimate("0x60006000fd", Json::object())["code"] == 3);
    BOOST_TEST(
        estimate("0x5b600056", {{"gas", "0x7530"}})["message"] ==
        "gas required exceeds allowance (30000)");
}

BOOST_FIXTURE_TEST_CASE(a_transaction_is_filled_in, DoorFixture) {
    node.seal();
    const Json filled = result("eth_fillTransaction", {{{"to", kContract}, {"gas", "0x5208"}}});
    const Json& tx = filled["tx"];
    BOOST_TEST(tx["type"] == "0x2", filled.dump());
    BOOST_TEST(tx["chainId"] == "0x1267");
    BOOST_TEST(tx["nonce"] == "0x0");
    BOOST_TEST(tx["maxPriorityFeePerGas"] == "0xf4240");
    BOOST_TEST(tx["maxFeePerGas"] == "0xf424e");  // 2 * 7 + 1,000,000
    const auto raw = chain::from_hex(filled["raw"].get<std::string>());
    BOOST_TEST(tx["hash"] == chain::to_hex(chain::transaction_hash(*raw)));
    const Json legacy =
        result("eth_fillTransaction", {{{"gasPrice", "0x9"}, {"nonce", "0x5"}, {"gas", "0xffff"}}});
    BOOST_TEST(legacy["tx"]["type"] == "0x0");
    BOOST_TEST(legacy["tx"]["gasPrice"] == "0x9");
    BOOST_TEST(legacy["tx"]["nonce"] == "0x5");
}

BOOST_FIXTURE_TEST_CASE(authorizations_are_counted_and_filled_in, DoorFixture) {  // EIP-7702
    node.seal();
    const Json authorization{{"chainId", "0x1267"}, {"address", kContract}, {"nonce", "0x0"},
                             {"yParity", "0x1"},    {"r", "0x5"},           {"s", "0x6"}};
    const Json request{{"to", kContract}, {"authorizationList", Json::array({authorization})}};
    const Json tx = result("eth_fillTransaction", Json::array({request}))["tx"];
    BOOST_TEST(tx["type"] == "0x4", tx.dump());
    BOOST_TEST(tx["gas"] == "0xb3b0");  // 21,000 + 25,000
    BOOST_TEST(tx["authorizationList"] == Json::array({authorization}), tx.dump());
    BOOST_TEST(result("eth_estimateGas", Json::array({request})) == "0xb3b0");
    Json odd = request;
    odd["authorizationList"][0]["yParity"] = "0x100";
    BOOST_TEST(result("eth_call", Json::array({odd}))["code"] == -32602);
}

BOOST_FIXTURE_TEST_CASE(arguments_that_contradict_each_other_are_refused, DoorFixture) {
    node.seal();
    const auto fault = [&](const Json& request) {
        return result("eth_call", Json::array({request}))["message"].get<std::string>();
    };
    BOOST_TEST(fault({{"data", "0x01"}, {"input", "0x02"}})
                   .starts_with("both \"data\" and \"input\" are set and not equal"));
    BOOST_TEST(
        fault({{"gasPrice", "0x1"}, {"maxFeePerGas", "0x1"}}) ==
        "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    BOOST_TEST(fault({{"to", "0x12"}}).starts_with("invalid argument 0: hex string has length 2"));
    BOOST_TEST(result("eth_call", Json::array({"x"}))["code"] == -32602);
}

// Indexers ask a hundred calls at a time: they wait in one place, whatever their number.
BOOST_AUTO_TEST_CASE(a_batch_of_calls_waits_as_one) {
    JsonRpcConfig config;
    config.call_threads = 1;
    config.call_queue_max = 2;
    config.call_gas_max = 1'000'000;
    DoorFixture fixture(config);
    fixture.node.seal();
    // JUMPDEST, PUSH1 0, JUMP burns its gas; PUSH1 42, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN
    const Json burns = {{kContract, {{"code", "0x5b600056"}}}};
    const Json answers = {{kContract, {{"code", "0x602a60005260206000f3"}}}};
    Json batch = Json::array();
    for (int i = 0; i < 100; ++i)
        batch.push_back(
            {{"jsonrpc", "2.0"},
             {"id", i},
             {"method", "eth_call"},
             {"params", {{{"to", kContract}}, "latest", i % 10 == 0 ? burns : answers}}});
    batch.push_back({{"jsonrpc", "2.0"}, {"id", 100}, {"method", "eth_chainId"}});
    const Json all = fixture.ask(batch.dump());
    BOOST_REQUIRE(all.size() == 101u);
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(all[static_cast<std::size_t>(i)]["id"] == i);
        if (i % 10 == 0)
            BOOST_TEST(all[static_cast<std::size_t>(i)]["error"]["message"] == "out of gas");
        else
            BOOST_TEST(
                all[static_cast<std::size_t>(i)]["result"] == "0x" + std::string(62, '0') + "2a");
    }
    BOOST_TEST(all[100]["result"] == "0x1267");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
