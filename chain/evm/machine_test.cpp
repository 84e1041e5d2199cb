#include "chain/evm/machine.hpp"

#include "chain/evm/testing/assembler.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::evm {
namespace {

using state::Field;
using state::testing::MapView;
using state::testing::written;
using testing::Assembler;

constexpr Address kSender{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};
constexpr Address kOther{{0xaa, 0x03}};

struct Ran {
    HaltReason reason = HaltReason::kSuccess;
    std::int64_t gas_left = 0;
    Bytes output;
    std::vector<Log> logs;
    state::Effects effects;
    friend bool operator==(const Ran&, const Ran&) = default;
};

execution::BlockEnv test_env() {
    execution::BlockEnv env;
    env.number = 1'000;
    env.timestamp = 5'000;
    env.gas_limit = 30'000'000;
    env.chain_id = 7;
    return env;
}

Ran run(
    Machine& machine, const MapView& view, std::int64_t gas, const Uint256& value = {},
    Tracer* tracer = nullptr, ByteView input = {}) {
    const execution::BlockEnv env = test_env();
    state::Journal& journal = machine.begin(view, env, kSender, 1, {}, tracer);
    const Machine::Result result = machine.call(kSender, kContract, value, input, gas);
    Ran ran{result.reason, result.gas_left, {}, {}, {}};
    ran.output.assign(result.output.begin(), result.output.end());
    ran.logs = journal.logs();
    std::vector<state::DeployedCode> codes;
    journal.collect(ran.effects, codes);
    return ran;
}

Ran run(const MapView& view, std::int64_t gas) {
    Machine machine;
    return run(machine, view, gas);
}

MapView with_code(const Assembler& code) {
    MapView view;
    view.put(kSender, 1'000'000, 1, {});
    view.put(kContract, 100, 1, code.code);
    return view;
}

Hash32 slot(std::uint64_t number) {
    return to_be32(Uint256{number});
}

/// Gas never grows within a call, apart from what a call that ended gives back; steps and calls
/// nest.
struct GasWatcher final : Tracer {
    struct Call {
        std::int64_t given = 0;
        std::int64_t last = 0;
    };
    std::vector<Call> calls;
    std::size_t steps = 0;
    std::size_t deepest = 0;
    bool broken = false;

    void on_step(const Step& step) override {
        ++steps;
        Call& call = calls.back();
        broken |= step.depth != calls.size() || step.gas > call.last || step.gas < 0;
        call.last = step.gas;
    }
    void on_enter(const Enter& enter) override {
        broken |= enter.depth != calls.size() + 1;
        // A call's stipend is paid for by the 9,000 that its value costs.
        if (!calls.empty()) broken |= enter.gas > calls.back().last + 2'300;
        calls.push_back({enter.gas, enter.gas});
        deepest = std::max(deepest, calls.size());
    }
    void on_exit(const Exit& exit) override {
        broken |= exit.gas_left > calls.back().last || exit.gas_left < 0;
        calls.pop_back();
    }
};

/// Random programs of instructions that mostly find what they need on the stack.
Bytes random_program(std::mt19937_64& random) {
    Assembler code;
    const std::size_t length = 20 + random() % 150;
    for (std::size_t i = 0; i < length; ++i) {
        switch (random() % 12) {
            case 0:
            case 1:
            case 2:
                code.push(
                    random() % 4 == 0 ? Uint256{random(), random(), random(), random()}
                                      : Uint256{random() % 300});
                break;
            case 3:
                code.op(Opcode::kJumpDest);
                break;
            case 4:
                code.push(random() % (code.code.size() + 20)).op(Opcode::kJumpI);
                break;
            case 5: {
                const Uint256 value{random() % 2};
                code.call(
                    random() % 3 == 0 ? kOther : (random() % 2 == 0 ? kContract : Address{{0x01}}),
                    value, Uint256{random() % 50'000});
                break;
            }
            case 6:
                code.raw(static_cast<std::uint8_t>(0x80 + random() % 32));  // DUP, SWAP
                break;
            case 7:
                code.push(random() % 5).op(random() % 2 == 0 ? Opcode::kSLoad : Opcode::kMLoad);
                break;
            case 8:
                code.push(random() % 200)
                    .push(random() % 500)
                    .op(random() % 2 == 0 ? Opcode::kMStore : Opcode::kSStore);
                break;
            case 9:
                code.raw(static_cast<std::uint8_t>(random() % 0x20));  // arithmetic
                break;
            case 10:
                code.raw(static_cast<std::uint8_t>(0x30 + random() % 0x30));
                break;
            default:
                code.raw(static_cast<std::uint8_t>(random()));
        }
    }
    return code.code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(machine)

BOOST_AUTO_TEST_CASE(a_reverted_call_leaves_no_trace_but_what_it_read) {
    Assembler inner;
    inner.store(1, 7).push(0).push(0).op(Opcode::kLog0);
    inner.call(kSender, 5, 0).push(0).push(0).op(Opcode::kRevert);
    Assembler outer;
    outer.call(kOther, 50, 200'000).push(0).op(Opcode::kSStore);
    MapView view = with_code(outer);
    view.put(kOther, 10, 1, inner.code);
    view.slots[{kContract, slot(0)}] = 9;  // becomes the result of the call: 0
    const Ran ran = run(view, 1'000'000);
    BOOST_TEST((ran.reason == HaltReason::kSuccess));
    BOOST_TEST(ran.logs.empty());
    BOOST_TEST((written(ran.effects, Field::kStorage, kContract, slot(0)) == Uint256{}));
    for (const state::Effect& effect : ran.effects) {
        if (effect.kind == state::EffectKind::kRead || effect.kind == state::EffectKind::kGuard)
            continue;
        BOOST_TEST((effect.address == kContract && effect.field == Field::kStorage));
    }
}

BOOST_AUTO_TEST_CASE(a_call_tree_of_depth_1024_works) {
    // Counts itself in slot 0, then calls itself with all gas.
    Assembler code;
    code.push(0).op(Opcode::kSLoad).push(1).op(Opcode::kAdd).push(0).op(Opcode::kSStore);
    code.push(0).push(0).push(0).push(0).push(0);
    code.ops({Opcode::kAddress, Opcode::kGas, Opcode::kCall, Opcode::kStop});
    const MapView view = with_code(code);
    const Ran ran = run(view, std::int64_t{1} << 50);  // (63/64)^1024 of it is 10^8
    BOOST_TEST((ran.reason == HaltReason::kSuccess));
    // The outermost call and 1,024 below it; the next one fails without running.
    BOOST_TEST((written(ran.effects, Field::kStorage, kContract, slot(0)) == Uint256{1'025}));
}

BOOST_AUTO_TEST_CASE(deep_calls_keep_their_own_stack_and_memory) {
    // f(n): memory[0] = n; if n > 0 call f(n - 1); return memory[0] + what the call returned
    Assembler code;
    code.push(0).op(Opcode::kCallDataLoad).op(Opcode::kDup1).push(0).op(Opcode::kMStore);
    code.op(Opcode::kDup1).op(Opcode::kIsZero).push(200).op(Opcode::kJumpI);
    code.push(1).op(Opcode::kSwap1).op(Opcode::kSub).push(32).op(Opcode::kMStore);
    code.push(32).push(64).push(32).push(32).push(0);
    code.ops({Opcode::kAddress, Opcode::kGas, Opcode::kCall, Opcode::kPop});
    code.push(200).op(Opcode::kJump);
    while (code.code.size() < 200)
        code.op(Opcode::kStop);
    code.op(Opcode::kJumpDest).push(64).op(Opcode::kMLoad).push(0).op(Opcode::kMLoad);
    code.op(Opcode::kAdd).push(0).op(Opcode::kMStore).push(32).push(0).op(Opcode::kReturn);
    const MapView view = with_code(code);
    Machine machine;
    const Hash32 input = to_be32(Uint256{600});
    const Ran ran = run(machine, view, std::int64_t{1} << 50, {}, nullptr, input);
    BOOST_TEST((ran.reason == HaltReason::kSuccess));
    BOOST_TEST_REQUIRE(ran.output.size() == 32u);
    BOOST_TEST((uint256_from_be(ran.output) == Uint256{600 * 601 / 2}));
}

BOOST_AUTO_TEST_CASE(memory_that_gas_cannot_buy_is_refused_before_it_is_made) {
    for (const Uint256& offset :
         {Uint256{std::uint64_t{1} << 40}, Uint256{0xffff'ffff}, Uint256{1, 0, 0, 0},
          Uint256{~std::uint64_t{0}}}) {
        for (const Opcode opcode : {Opcode::kMLoad, Opcode::kMStore, Opcode::kMStore8}) {
            Assembler code;
            code.push(1).push(offset).op(opcode);
            const Ran ran = run(with_code(code), 30'000'000);
            BOOST_TEST((ran.reason == HaltReason::kOutOfGas));
            BOOST_TEST(ran.gas_left == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(return_data_out_of_bounds_halts) {
    Assembler code;  // RETURNDATACOPY of one byte where there is none
    code.push(1).push(0).push(0).op(Opcode::kReturnDataCopy);
    BOOST_TEST((run(with_code(code), 100'000).reason == HaltReason::kReturnDataOutOfBounds));
    Assembler nothing;  // EIP-211: an empty range beyond the end halts too, one at it does not
    nothing.push(0).push(1).push(0).op(Opcode::kReturnDataCopy);
    BOOST_TEST((run(with_code(nothing), 100'000).reason == HaltReason::kReturnDataOutOfBounds));
    Assembler at_end;
    at_end.push(0).push(0).push(0).op(Opcode::kReturnDataCopy);
    BOOST_TEST((run(with_code(at_end), 100'000).reason == HaltReason::kSuccess));
}

BOOST_AUTO_TEST_CASE(the_stack_holds_1024_words_and_no_more) {
    Assembler full;
    for (int i = 0; i < 1'024; ++i)
        full.op(Opcode::kPush0);
    BOOST_TEST((run(with_code(full), 100'000).reason == HaltReason::kSuccess));
    full.op(Opcode::kPush0);
    BOOST_TEST((run(with_code(full), 100'000).reason == HaltReason::kStackOverflow));
    Assembler empty;
    empty.op(Opcode::kPop);
    BOOST_TEST((run(with_code(empty), 100'000).reason == HaltReason::kStackUnderflow));
}

BOOST_AUTO_TEST_CASE(gas_is_exact_where_it_is_asked_for) {
    // GAS after 3 + 3 + 3 + 2 = 11 gas; stored and returned
    Assembler code;
    code.push(1).push(2).op(Opcode::kAdd).op(Opcode::kGas).push(0).op(Opcode::kMStore);
    code.push(32).push(0).op(Opcode::kReturn);
    const Ran ran = run(with_code(code), 100'000);
    BOOST_TEST((uint256_from_be(ran.output) == Uint256{100'000 - 11}));
}

BOOST_DATA_TEST_CASE(
    gas_never_grows_and_tracing_changes_nothing, boost::unit_test::data::xrange(400u),
    seed) {
    std::mt19937_64 random{seed};
    MapView view;
    view.put(kSender, 1'000'000, 1, {});
    view.put(kContract, 100, 1, random_program(random));
    view.put(kOther, 10, 1, random_program(random));
    const std::int64_t gas = 100'000 + static_cast<std::int64_t>(random() % 200'000);
    Machine machine;
    const Ran plain = run(machine, view, gas, 3);
    GasWatcher watcher;
    const Ran traced = run(machine, view, gas, 3, &watcher);
    BOOST_TEST(!watcher.broken);
    BOOST_TEST(watcher.calls.empty());
    BOOST_TEST(plain.gas_left <= gas);
    BOOST_TEST(plain.gas_left == traced.gas_left);
    BOOST_TEST((plain.output == traced.output));
    BOOST_TEST((plain.logs == traced.logs));
    // What a block that fails at its start never looked at is not among its reads: compare what
    // was changed.
    const auto changes = [](const state::Effects& effects) {
        state::Effects kept;
        for (const state::Effect& effect : effects) {
            if (effect.kind == state::EffectKind::kWrite ||
                effect.kind == state::EffectKind::kDelta)
                kept.push_back(effect);
        }
        return kept;
    };
    BOOST_TEST((changes(plain.effects) == changes(traced.effects)));
    // A machine that has run something else gives the same.
    Machine fresh;
    BOOST_TEST((run(fresh, view, gas, 3) == plain));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
