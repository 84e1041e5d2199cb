#include "sequencer/jsonrpc/call_answers.hpp"

#include "sequencer/jsonrpc/testing/door_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

using testing::DoorFixture;
using testing::Json;

BOOST_AUTO_TEST_SUITE(call_answers)

BOOST_AUTO_TEST_CASE(the_same_question_about_the_same_block_has_the_same_answer) {
    CallAnswers answers;
    BOOST_TEST(!answers.find(7, "price").has_value());
    answers.keep(7, "price", "\"0x01\"");
    BOOST_TEST(answers.find(7, "price").value() == "\"0x01\"");
    BOOST_TEST(!answers.find(7, "other price").has_value());
    BOOST_TEST(!answers.find(8, "price").has_value());
    answers.keep(8, "other price", "\"0x02\"");
    BOOST_TEST(!answers.find(7, "price").has_value());
    answers.keep(7, "price", "\"0x01\"");  // of a call that began before
    BOOST_TEST(!answers.find(8, "price").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_bounded) {
    CallAnswers answers;
    const std::string mib(std::size_t{1} << 20, 'x');
    for (int i = 0; i < 64; ++i)
        answers.keep(1, "a" + std::to_string(i), mib);
    int kept = 0;
    for (int i = 0; i < 64; ++i)
        kept += answers.find(1, "a" + std::to_string(i)).has_value() ? 1 : 0;
    BOOST_TEST(kept > 0);
    BOOST_TEST(kept <= 16);
    answers.keep(1, "huge", std::string(std::size_t{17} << 20, 'x'));
    BOOST_TEST(!answers.find(1, "huge").has_value());
}

// PUSH1 42, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN at an address without code.
BOOST_FIXTURE_TEST_CASE(overrides_and_new_blocks_are_not_answered_from_memory, DoorFixture) {
    node.seal();
    const std::string to = "0x00000000000000000000000000000000000000cc";
    const Json call = {{"to", to}};
    const Json code = {{to, {{"code", "0x602a60005260206000f3"}}}};
    const std::string word = "0x" + std::string(62, '0') + "2a";
    BOOST_TEST(result("eth_call", {call, "latest"}) == "0x");
    BOOST_TEST(result("eth_call", {call, "latest"}) == "0x");
    BOOST_TEST(result("eth_call", {call, "latest", code}) == word);
    BOOST_TEST(result("eth_call", {call, "latest"}) == "0x");
    // What the same code is told of the block differs in the next one: NUMBER, PUSH1 0, MSTORE, ...
    Json creation = {{"data", "0x4360005260206000f3"}};
    BOOST_TEST(result("eth_call", {creation, "latest"}) == "0x" + std::string(63, '0') + "1");
    node.seal();
    BOOST_TEST(result("eth_call", {creation, "latest"}) == "0x" + std::string(63, '0') + "2");
    BOOST_TEST(result("eth_call", {creation, "0x1"}) == "0x" + std::string(63, '0') + "1");
    creation["gas"] = "0xcf09";  // too little for the memory: 53,001
    BOOST_TEST(result("eth_call", {creation, "latest"}).is_object());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
