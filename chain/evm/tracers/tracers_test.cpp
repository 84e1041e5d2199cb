#include "chain/evm/machine.hpp"
#include "chain/evm/testing/assembler.hpp"
#include "chain/evm/tracers/access_list_tracer.hpp"
#include "chain/evm/tracers/call_tracer.hpp"
#include "chain/evm/tracers/operand_gas.hpp"
#include "chain/evm/tracers/prestate_tracer.hpp"
#include "chain/evm/tracers/selector_tracer.hpp"
#include "chain/evm/tracers/struct_tracer.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::evm {
namespace {

using state::testing::MapView;
using testing::Assembler;
using enum Opcode;

constexpr Address kSender{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};
constexpr Address kOther{{0xaa, 0x03}};
constexpr std::size_t kPlenty = 1 << 20;

Hash32 slot(std::uint64_t number) {
    return to_be32(Uint256{number});
}

/// Runs `code` at kContract; whatever is at the other addresses is in `view`.
Machine::Result run(MapView& view, Bytes code, Tracer& tracer, std::int64_t gas = 1'000'000) {
    static Machine machine;
    static const execution::BlockEnv env;
    view.put(kContract, 100, 1, std::move(code));
    static_cast<void>(machine.begin(view, env, kSender, 1, {}, &tracer));
    return machine.call(kSender, kContract, 0, {}, gas);
}

BOOST_AUTO_TEST_SUITE(tracers)

BOOST_AUTO_TEST_CASE(calls_are_told_before_the_calls_that_they_make) {
    MapView view;
    view.put(kOther, 0, 1, Assembler().push(0).push(0).op(kLog0).op(kInvalid).code);
    TraceBudget budget(kPlenty, {});
    CallTracer tracer({.with_log = true}, budget);
    // One log, a call that fails after its own, another log; then a call that nobody can pay.
    Assembler code;
    code.push(0).push(0).op(kLog0).call(kOther, 0, 5'000);
    code.push(0).push(0).op(kLog0).call(kOther, 101, 5'000);
    static_cast<void>(run(view, code.code, tracer));
    const auto& frames = tracer.frames();
    BOOST_REQUIRE(frames.size() == 3u);
    BOOST_TEST((frames[0].from == kSender && frames[0].to == kContract));
    BOOST_TEST(frames[0].depth == 1u);
    BOOST_REQUIRE(frames[0].logs.size() == 2u);
    BOOST_TEST(frames[0].logs[0].position == 0u);
    BOOST_TEST(frames[0].logs[1].position == 1u);
    BOOST_TEST(frames[0].logs[1].index == 1u);  // the failed call's log does not count
    BOOST_TEST((frames[1].from == kContract && frames[1].to == kOther));
    BOOST_TEST((frames[1].reason == HaltReason::kInvalidOpcode));
    BOOST_TEST(frames[1].gas_used == 5'000u);
    BOOST_TEST(frames[1].logs.empty());
    BOOST_TEST((frames[2].reason == HaltReason::kBalanceTooLow));
    BOOST_TEST(frames[2].gas_used == 0u);
}

BOOST_AUTO_TEST_CASE(the_deepest_call_that_is_refused_says_so) {
    MapView view;
    TraceBudget budget(std::size_t{1} << 30, {});
    CallTracer tracer({}, budget);
    // Calls itself with all gas: 1,024 calls may be in one another.
    Assembler code;
    code.push(0).push(0).push(0).push(0).push(0).op(kAddress).op(kGas).op(kCall);
    static_cast<void>(run(view, code.code, tracer, std::int64_t{1} << 50));
    const CallFrame& last = tracer.frames().back();
    BOOST_TEST((last.reason == HaltReason::kCallTooDeep));
    BOOST_TEST(last.depth == 1'026u);  // under the outermost call and 1,024 inner ones
}

BOOST_AUTO_TEST_CASE(instructions_are_told_with_all_that_they_cost) {
    MapView view;
    view.slots[{kContract, slot(7)}] = 9;
    TraceBudget budget(kPlenty, {});
    std::vector<StructLog> logs;
    std::vector<std::map<Hash32, Uint256>> storage;
    StructTracer tracer({}, budget, [&](const StructLog& log) {
        logs.push_back(log);
        storage.push_back(log.storage == nullptr ? std::map<Hash32, Uint256>() : *log.storage);
    });
    Assembler code;  // 0: PUSH1 7, 2: SLOAD, 3: PUSH1 0, 5: MSTORE, 6: STOP
    code.push(7).op(kSLoad).push(0).op(kMStore).op(kStop);
    static_cast<void>(run(view, code.code, tracer));
    std::vector<std::int64_t> costs;
    for (const StructLog& log : logs)
        costs.push_back(log.gas_cost);
    // A cold slot (EIP-2929); the first word of memory on top of 3.
    BOOST_TEST((costs == std::vector<std::int64_t>{3, 2'100, 3, 6, 0}));
    BOOST_TEST((storage[1] == std::map<Hash32, Uint256>{{slot(7), 9}}));
    BOOST_TEST((logs[2].stack == std::vector<Uint256>{9}));
}

BOOST_AUTO_TEST_CASE(an_instruction_without_gas_is_told_with_what_it_would_cost) {
    MapView view;
    TraceBudget budget(kPlenty, {});
    std::vector<StructLog> logs;
    StructTracer tracer({}, budget, [&](const StructLog& log) { logs.push_back(log); });
    // 1,024 bytes of memory: 32 words, 3 * 32 + 32 * 32 / 512 = 98 gas, and 3.
    static_cast<void>(run(view, Assembler().push(1).push(992).op(kMStore).code, tracer, 50));
    BOOST_REQUIRE(logs.size() == 3u);
    BOOST_TEST(logs[2].gas_cost == 101);
    BOOST_TEST((logs[2].fault == HaltReason::kOutOfGas));
    logs.clear();
    static_cast<void>(run(view, Assembler().op(kAdd).code, tracer));
    BOOST_TEST((logs.at(0).fault == HaltReason::kStackUnderflow));
}

BOOST_AUTO_TEST_CASE(operands_beyond_all_memory_have_a_cost_too) {
    const Uint256 huge = Uint256{} - Uint256{1};
    const std::vector<Uint256> stack{huge, huge, huge};
    Step step;
    step.opcode = static_cast<std::uint8_t>(kCallDataCopy);
    step.stack = stack;
    BOOST_TEST(operand_gas(step) > std::int64_t{1} << 40);
}

BOOST_AUTO_TEST_CASE(touched_accounts_and_slots_are_collected) {
    MapView view;
    view.put(kOther, 0, 1, Assembler().op(kStop).code);
    TraceBudget budget(kPlenty, {});
    PrestateTracer tracer(view, budget);
    Assembler code;
    code.push(3).op(kSLoad).op(kPop).push(Address{{0xbb}}).op(kBalance).op(kPop);
    code.call(kOther, 0, 100).op(kPop);
    code.push(0).push(0).push(0).op(kCreate);
    static_cast<void>(run(view, code.code, tracer));
    const auto& touched = tracer.touched();
    BOOST_TEST((touched.at(kContract) == std::set<Hash32>{slot(3)}));
    BOOST_TEST(touched.contains(Address{{0xbb}}));
    BOOST_TEST(touched.contains(kOther));
    BOOST_TEST(touched.contains(contract_address(kContract, 1)));
    BOOST_TEST(touched.size() == 4u);
}

BOOST_AUTO_TEST_CASE(functions_are_counted_and_precompiles_are_not) {
    MapView view;
    TraceBudget budget(kPlenty, {});
    SelectorTracer tracer({}, budget);
    const Bytes input{0x12, 0x34, 0x56, 0x78, 0x00};
    Enter enter;
    enter.code = kContract;
    enter.input = input;
    tracer.on_enter(enter);
    tracer.on_enter(enter);
    enter.code = Address{};
    enter.code[19] = 2;  // SHA-256
    tracer.on_enter(enter);
    enter.code = kContract;
    enter.kind = CallKind::kCreate;
    tracer.on_enter(enter);
    BOOST_REQUIRE(tracer.counts().size() == 1u);
    const auto& [key, count] = *tracer.counts().begin();
    BOOST_TEST(key.selector[3] == 0x78);
    BOOST_TEST(key.size == 1u);
    BOOST_TEST(count == 2u);
}

BOOST_AUTO_TEST_CASE(an_access_list_leaves_out_what_is_warm_anyway) {
    MapView view;
    TraceBudget budget(kPlenty, {});
    AccessListTracer tracer({}, {kSender, kContract}, budget);
    Assembler code;
    code.store(1, 2).push(kSender).op(kBalance).op(kPop).call(kOther, 0, 100).op(kPop);
    code.call(Address::from(ByteView(slot(2)).subspan(12)), 0, 100);  // SHA-256
    static_cast<void>(run(view, code.code, tracer));
    const AccessList expected{{kContract, {slot(1)}}, {kOther, {}}};
    BOOST_TEST((tracer.list() == expected));
}

BOOST_AUTO_TEST_CASE(a_spent_budget_ends_the_execution) {
    MapView view;
    const Bytes forever = Assembler().op(kJumpDest).push(0).op(kJump).code;
    TraceBudget no_time(kPlenty, [] { return true; });
    CallTracer timed({}, no_time);
    const auto ended = run(view, forever, timed, std::int64_t{1} << 60);
    BOOST_TEST((no_time.spent() == TraceBudget::Spent::kTime));
    BOOST_TEST((ended.reason == HaltReason::kOutOfGas));
    TraceBudget no_room(100, {});
    StructTracer sized({}, no_room, [&](const StructLog&) { no_room.take(30); });
    static_cast<void>(run(view, forever, sized, std::int64_t{1} << 60));
    BOOST_TEST((no_room.spent() == TraceBudget::Spent::kSize));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::chain::evm
