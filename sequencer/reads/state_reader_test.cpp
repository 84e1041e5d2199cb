#include "sequencer/reads/state_reader.hpp"

#include "chain/crypto/keccak.hpp"
#include "sequencer/reads/call_runner.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::node {
namespace {

constexpr chain::Address kContract{{0xcc}};

/// Has one contract, and counts what it is asked.
class OneContract final : public AccountSource {
  public:
    explicit OneContract(chain::Bytes code) : code_(std::move(code)) {}

    void ask(actors::AccountQuery query, Reply reply) override {
        ++asked;
        if (silent) return;
        if (broken) return reply(std::nullopt);
        actors::AccountAnswer answer;
        if (query.address == kContract) {
            answer.account.nonce = 1;
            answer.account.code_hash = chain::crypto::keccak256(code_);
            if (query.with_code) answer.code = code_;
        }
        for (const auto& slot : query.slots)
            answer.slots.push_back({slot, chain::Uint256{slot[31]}, {}});
        reply(std::move(answer));
    }
    chain::Hash32 block_hash(std::uint64_t number) override {
        return chain::to_be32(chain::Uint256{number});
    }
    bool ends() const override { return ending; }

    int asked = 0;
    bool silent = false;
    bool broken = false;
    bool ending = false;

  private:
    chain::Bytes code_;
};

StateReader::Time in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

chain::execution::CallRequest call_of_the_contract() {
    chain::execution::CallRequest request;
    request.to = kContract;
    request.gas = 1'000'000;
    return request;
}

BOOST_AUTO_TEST_SUITE(state_reader)

BOOST_AUTO_TEST_CASE(a_value_is_asked_for_once) {
    // PUSH1 7, SLOAD, PUSH1 7, SLOAD, ADD, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    OneContract source({0x60, 7, 0x54, 0x60, 7, 0x54, 0x01, 0x5f, 0x52, 0x60, 32, 0x5f, 0xf3});
    const StateReader state(source, {}, in(std::chrono::seconds(10)));
    const auto result = run_call(state, {}, call_of_the_contract());
    BOOST_TEST(result.success);
    BOOST_TEST(result.output.back() == 14);
    // Sender, contract with its code, coinbase (both zero addresses are one), and the slot.
    BOOST_TEST(source.asked == 3);
}

BOOST_AUTO_TEST_CASE(what_is_known_or_overridden_is_not_asked_for) {
    OneContract source({});
    StateOverrides overrides;
    overrides[kContract].slots[chain::Hash32{}] = 5;
    StateReader state(source, std::move(overrides), in(std::chrono::seconds(10)));
    chain::Account account;
    account.balance = 9;
    state.know(chain::Address{{1}}, account);
    state.know(chain::Address{{1}}, chain::Hash32{{2}}, 3);
    BOOST_TEST((state.account(chain::Address{{1}})->balance == chain::Uint256{9}));
    BOOST_TEST((state.storage(chain::Address{{1}}, chain::Hash32{{2}}) == chain::Uint256{3}));
    BOOST_TEST((state.storage(kContract, chain::Hash32{}) == chain::Uint256{5}));
    BOOST_TEST(source.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_question_without_an_answer_is_a_fault) {
    OneContract source({});
    source.broken = true;
    const StateReader state(source, {}, in(std::chrono::seconds(10)));
    BOOST_TEST(!state.account(kContract));
    BOOST_TEST((state.fault() == StateReader::Fault::kUnknown));
    BOOST_TEST(!state.account(chain::Address{{1}}));
    BOOST_TEST(source.asked == 1);  // nothing is asked after that
}

BOOST_AUTO_TEST_CASE(nobody_waits_longer_than_allowed_or_for_a_node_that_ends) {
    OneContract source({});
    source.silent = true;
    const StateReader late(source, {}, in(std::chrono::milliseconds(1)));
    BOOST_TEST(!late.account(kContract));
    BOOST_TEST((late.fault() == StateReader::Fault::kLate));
    source.ending = true;
    const StateReader ended(source, {}, in(std::chrono::hours(1)));
    BOOST_TEST(!ended.account(kContract));
    BOOST_TEST((ended.fault() == StateReader::Fault::kLate));
}

BOOST_AUTO_TEST_CASE(an_estimate_gives_up_when_its_time_is_over) {
    // GAS, PUSH2 0x1000, LT, PUSH1 8, JUMPI, INVALID, JUMPDEST: succeeds with more than 4,096 gas.
    OneContract source({0x5a, 0x61, 0x10, 0x00, 0x10, 0x60, 9, 0x57, 0xfe, 0x5b});
    const StateReader state(source, {}, in(std::chrono::seconds(10)));
    const auto enough =
        run_estimate(state, {}, call_of_the_contract(), 1'000'000, in(std::chrono::seconds(10)));
    BOOST_REQUIRE(enough.ok());
    // 21,000 and GAS, then more than 4,096 must be left: 21,000 + 2 + 4,097.
    BOOST_TEST(enough->value_or(0) == 25'099u);
    const auto late =
        run_estimate(state, {}, call_of_the_contract(), 1'000'000, in(std::chrono::hours(-1)));
    BOOST_REQUIRE(late.ok());
    BOOST_TEST(!late->has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node
