#include "chain/evm/linear_words.hpp"

#include "chain/evm/engine.hpp"
#include "chain/evm/machine.hpp"
#include "chain/evm/testing/assembler.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

namespace troupe::chain::evm {
namespace {

using state::Effect;
using state::EffectKind;
using state::Field;
using state::testing::MapView;
using testing::Assembler;
using Op = Opcode;

constexpr Address kSender{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};
constexpr Address kOther{{0xaa, 0x03}};
constexpr std::uint64_t kFirst = 1'000;  ///< what slot 0 begins with, unless a test says otherwise
const Uint256 kMax = ~Uint256{};
const Uint256 kSign{std::uint64_t{1} << 63, 0, 0, 0};

Hash32 slot_key(std::uint64_t number) {
    return to_be32(Uint256{number});
}

/// What came out about one slot.
struct SlotUse {
    bool linear = true;  ///< no Read
    Uint256 least;
    Uint256 most = kMax;
    Uint256 delta;  ///< modulo 2^256
    std::optional<Uint256> written;
};

SlotUse use_of(const state::Effects& effects, std::uint64_t slot) {
    SlotUse use;
    for (const Effect& effect : effects) {
        if (effect.field != Field::kStorage || effect.address != kContract ||
            effect.slot != slot_key(slot))
            continue;
        if (effect.kind == EffectKind::kRead) use.linear = false;
        if (effect.kind == EffectKind::kWrite) use.written = effect.value;
        if (effect.kind == EffectKind::kGuard)
            (effect.at_most ? use.most : use.least) = effect.value;
        if (effect.kind == EffectKind::kDelta) use.delta = value_after(effect, 0);
    }
    return use;
}

struct Ran {
    HaltReason reason = HaltReason::kSuccess;
    std::int64_t gas_left = 0;
    std::int64_t refund = 0;
    Bytes output;
    std::vector<Log> logs;
    state::Effects effects;
};

Ran run(Machine& machine, const MapView& view, std::int64_t gas = 1'000'000) {
    execution::BlockEnv env;
    env.number = 1'000;
    env.gas_limit = 30'000'000;
    env.chain_id = 7;
    state::Journal& journal = machine.begin(view, env, kSender, 1);
    const Machine::Result result = machine.call(kSender, kContract, 0, {}, gas);
    Ran ran{result.reason, result.gas_left, journal.refund, {}, {}, {}};
    ran.output.assign(result.output.begin(), result.output.end());
    ran.logs = journal.logs();
    std::vector<state::DeployedCode> codes;
    journal.collect(ran.effects, codes);
    return ran;
}

MapView with_code(const Bytes& code, const Uint256& first = kFirst) {
    MapView view;
    view.put(kSender, 1'000'000, 1, {});
    view.put(kContract, 100, 1, code);
    if (!first.is_zero()) view.slots[{kContract, slot_key(0)}] = first;
    view.contended.insert({kContract, slot_key(0)});
    return view;
}

/// How slot 0 was used by a program that succeeds.
SlotUse use_in(const Assembler& code, const Uint256& first = kFirst) {
    Machine machine;
    const Ran ran = run(machine, with_code(code.code, first));
    BOOST_TEST((ran.reason == HaltReason::kSuccess));
    return use_of(ran.effects, 0);
}

Assembler load() {
    Assembler code;
    code.push(0).op(Op::kSLoad);
    return code;
}
/// SLOAD, then what `follow` adds, then SSTORE to the same slot.
Assembler update(const std::function<void(Assembler&)>& follow) {
    Assembler code = load();
    follow(code);
    code.push(0).op(Op::kSStore);
    return code;
}

void check_range(const SlotUse& use, const Uint256& least, const Uint256& most) {
    BOOST_TEST(use.linear);
    BOOST_TEST((use.least == least), to_decimal(use.least) << " is not " << to_decimal(least));
    BOOST_TEST((use.most == most), to_decimal(use.most) << " is not " << to_decimal(most));
}

/// SLOAD, constant, operation: so the constant is the first operand.
SlotUse after_constant(const Uint256& constant, Op op, const Uint256& first = kFirst) {
    return use_in(load().push(constant).op(op), first);
}
/// Constant, SLOAD, operation: the slot's value is the first operand.
SlotUse before_constant(const Uint256& constant, Op op, const Uint256& first = kFirst) {
    Assembler code;
    code.push(constant).push(0).op(Op::kSLoad).op(op);
    return use_in(code, first);
}
const Uint256 kWide = Uint256{1} << 100;  // PUSH of more than 64 bits: no pair of instructions

}  // namespace

BOOST_AUTO_TEST_SUITE(linear_words)

BOOST_AUTO_TEST_CASE(a_value_that_is_only_loaded_restricts_nothing) {
    check_range(use_in(load()), 0, kMax);
    check_range(use_in(load().op(Op::kPop)), 0, kMax);
    check_range(use_in(load().op(Op::kDup1).op(Op::kPop).op(Op::kPop)), 0, kMax);
    Machine machine;
    BOOST_TEST(run(machine, with_code(load().code)).effects.size() == 1u);  // the contract's code
}

BOOST_AUTO_TEST_CASE(slots_that_nobody_contends_for_are_read_as_ever) {
    Machine machine;
    MapView view = with_code(update([](Assembler& code) { code.push(5).op(Op::kAdd); }).code);
    view.contended.clear();
    const SlotUse use = use_of(run(machine, view).effects, 0);
    BOOST_TEST(!use.linear);
    BOOST_TEST((use.written == Uint256{kFirst + 5}));
}

BOOST_AUTO_TEST_CASE(adding_is_a_delta_that_must_not_reach_zero) {
    const auto added = [](const Uint256& amount) {
        return use_in(update([&](Assembler& code) { code.push(amount).op(Op::kAdd); }));
    };
    for (const Uint256& amount : {Uint256{5}, kWide}) {
        const SlotUse use = added(amount);
        check_range(use, 1, kMax - amount);  // 0 and 2^256 - amount cost other gas
        BOOST_TEST((use.delta == amount));
        BOOST_TEST(!use.written);
    }
    const SlotUse nothing = added(0);  // SSTORE of what is there already
    check_range(nothing, 0, kMax);
    BOOST_TEST(nothing.delta.is_zero());
}

BOOST_AUTO_TEST_CASE(taking_is_a_delta_that_must_leave_something) {
    const SlotUse use =
        use_in(update([](Assembler& code) { code.push(300).op(Op::kSwap1).op(Op::kSub); }));
    check_range(use, 301, kMax);
    BOOST_TEST((use.delta == Uint256{} - 300));
}

BOOST_AUTO_TEST_CASE(what_becomes_zero_or_was_it_holds_for_that_value_alone) {
    const auto set = [](const Uint256& first, const Uint256& by) {
        return use_in(update([&](Assembler& code) { code.push(by).op(Op::kAdd); }), first);
    };
    check_range(set(kFirst, Uint256{} - kFirst), kFirst, kFirst);
    check_range(set(0, 5), 0, 0);
    BOOST_TEST((set(0, 5).delta == Uint256{5}));
}

// Each case of EIP-2200 and EIP-3529 for a slot that is written twice.
BOOST_AUTO_TEST_CASE(a_second_store_restricts_by_every_zero_that_it_meets) {
    const auto twice = [](const Uint256& first, const Uint256& by, const Uint256& by_then) {
        Assembler code = update([&](Assembler& one) { one.push(by).op(Op::kAdd); });
        code.push(0).op(Op::kSLoad).push(by_then).op(Op::kAdd).push(0).op(Op::kSStore);
        return use_in(code, first);
    };
    const auto minus = [](std::uint64_t amount) { return Uint256{} - amount; };
    check_range(twice(kFirst, 5, 7), 1, kMax - 12);
    check_range(twice(kFirst, minus(5), minus(7)), 13, kMax);
    check_range(twice(kFirst, 5, minus(5)), 1, kMax - 5);  // back to what it was
    BOOST_TEST(twice(kFirst, 5, minus(5)).delta.is_zero());
    check_range(twice(kFirst, minus(kFirst), 7), kFirst, kFirst);  // was zero in between
    check_range(twice(kFirst, 7, minus(kFirst + 7)), kFirst, kFirst);
    check_range(twice(0, 5, minus(5)), 0, 0);
    check_range(twice(0, 5, 5), 0, 0);
}

BOOST_AUTO_TEST_CASE(comparisons_hold_over_the_range_with_the_same_answer) {
    const Uint256 x = kWide + 1'000;
    for (const Uint256& constant : {kWide + 2'000, Uint256{2'000}}) {  // PUSH alone, pairs
        const Uint256& first = constant == Uint256{2'000} ? Uint256{kFirst} : x;
        check_range(before_constant(constant, Op::kLt, first), 0, constant - 1);
        check_range(after_constant(constant, Op::kLt, first), 0, constant);
        check_range(before_constant(constant, Op::kGt, first), 0, constant);
        check_range(after_constant(constant, Op::kGt, first), 0, constant - 1);
        check_range(before_constant(constant, Op::kEq, first), 0, constant - 1);
        check_range(after_constant(constant, Op::kEq, first), 0, constant - 1);
    }
    for (const Uint256& constant : {kWide + 10, Uint256{10}}) {
        const Uint256& first = constant == Uint256{10} ? Uint256{kFirst} : x;
        check_range(before_constant(constant, Op::kLt, first), constant, kMax);
        check_range(after_constant(constant, Op::kLt, first), constant + 1, kMax);
        check_range(before_constant(constant, Op::kGt, first), constant + 1, kMax);
        check_range(after_constant(constant, Op::kGt, first), constant, kMax);
        check_range(before_constant(constant, Op::kEq, first), constant + 1, kMax);
    }
    check_range(before_constant(kFirst, Op::kEq), kFirst, kFirst);
    check_range(before_constant(kFirst, Op::kLt), kFirst, kMax);
    check_range(before_constant(kFirst, Op::kGt), 0, kFirst);
    check_range(before_constant(0, Op::kLt), 0, kMax);  // nothing is less
    check_range(after_constant(kMax, Op::kLt), 0, kMax);
    check_range(before_constant(kMax, Op::kGt), 0, kMax);
    check_range(after_constant(0, Op::kGt), 0, kMax);
}

BOOST_AUTO_TEST_CASE(signed_comparisons_have_their_own_order) {
    const Uint256 negative = Uint256{} - 1'000;
    check_range(before_constant(2'000, Op::kSLt), 0, 1'999);
    check_range(before_constant(2'000, Op::kSLt, negative), kSign, kMax);
    check_range(after_constant(2'000, Op::kSLt), 0, 2'000);
    check_range(before_constant(10, Op::kSLt), 10, kSign - 1);
    check_range(before_constant(10, Op::kSGt), 11, kSign - 1);
    check_range(after_constant(10, Op::kSGt), 10, kSign - 1);
    check_range(before_constant(Uint256{} - 2'000, Op::kSGt, negative), negative - 999, kMax);
    check_range(before_constant(kSign, Op::kSLt), 0, kMax);  // nothing is less
    check_range(before_constant(kSign - 1, Op::kSGt), 0, kMax);
}

BOOST_AUTO_TEST_CASE(zero_tests_split_off_one_value) {
    check_range(use_in(load().op(Op::kIsZero)), 1, kMax);
    check_range(use_in(load().op(Op::kIsZero), 0), 0, 0);
    // SLOAD, 5, ADD: zero only at 2^256 - 5
    check_range(use_in(load().push(5).op(Op::kAdd).op(Op::kIsZero)), 0, kMax - 5);
}

BOOST_AUTO_TEST_CASE(a_jump_on_the_value_tests_it_for_zero) {
    constexpr std::uint64_t kTarget = 20;
    for (const std::uint64_t first : {std::uint64_t{0}, kFirst}) {
        for (const bool computed : {false, true}) {  // else pushing the target is part of the jump
            for (const bool negated : {false, true}) {
                Assembler code = load();
                if (negated) code.op(Op::kIsZero);
                if (computed)
                    code.push(5).push(kTarget - 5).op(Op::kAdd);
                else
                    code.push(kTarget);
                code.op(Op::kJumpI);
                while (code.code.size() < kTarget)
                    code.op(Op::kStop);
                code.op(Op::kJumpDest);
                Machine machine;
                const MapView view = with_code(code.code, first);
                for (int times = 0; times < 2; ++times) {  // the second time the jump is linked
                    const SlotUse use = use_of(run(machine, view).effects, 0);
                    check_range(use, first == 0 ? 0 : 1, first == 0 ? Uint256{} : kMax);
                }
            }
        }
    }
    for (const bool negated : {false, true}) {  // to where no JUMPDEST is
        Assembler code = load();
        if (negated) code.op(Op::kIsZero);
        code.push(0).op(Op::kJumpI);
        Machine machine;
        check_range(use_of(run(machine, with_code(code.code)).effects, 0), 1, kMax);
    }
}

BOOST_AUTO_TEST_CASE(two_words_of_one_slot_keep_their_order_until_one_wraps) {
    // Checked addition: x + 7 < x says that it wrapped.
    check_range(use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kLt)), 0, kMax - 7);
    check_range(use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kGt)), 0, kMax - 7);
    // It did: 2^256 - 5 + 7
    check_range(
        use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kLt), Uint256{} - 5), Uint256{} - 7,
        kMax);
    check_range(use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kSLt)), 0, kSign - 8);
    check_range(use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kEq)), 0, kMax);
    check_range(use_in(load().op(Op::kDup1).op(Op::kLt)), 0, kMax);
    // x + 7 - x is 7, whatever x is
    check_range(
        use_in(load().op(Op::kDup1).push(7).op(Op::kAdd).op(Op::kSub).push(0).op(Op::kMStore)), 0,
        kMax);
}

BOOST_AUTO_TEST_CASE(masks_keep_the_word_while_the_bits_above_stay) {
    const Uint256 packed = (Uint256{7} << 128) + 1'000;
    const Uint256 low = (Uint256{1} << 128) - 1;
    const Uint256 block = Uint256{7} << 128;
    for (const Uint256& mask : {low, Uint256{~std::uint64_t{0}}}) {
        const SlotUse use = use_in(load().push(mask).op(Op::kAnd).op(Op::kPop), packed);
        check_range(use, block, block + mask);
    }
    // (x & low) + 5, put together with the upper bits again
    const SlotUse added = use_in(
        update([&](Assembler& code) {
            code.op(Op::kDup1).push(low).op(Op::kAnd).push(5).op(Op::kAdd);
            code.op(Op::kSwap1).push(~low).op(Op::kAnd).op(Op::kOr);
        }),
        packed);
    check_range(added, block, block + low - 5);
    BOOST_TEST((added.delta == Uint256{5}));
    for (const Uint256& shift : {Uint256{128}, kWide})
        check_range(
            use_in(load().push(shift).op(Op::kShr).push(0).op(Op::kMStore), packed),
            shift == kWide ? Uint256{} : block, shift == kWide ? kMax : block + low);
    check_range(use_in(load().push(0).op(Op::kShr).op(Op::kPop), packed), 0, kMax);
    check_range(use_in(load().push(0).op(Op::kAnd).push(0).op(Op::kMStore), packed), 0, kMax);
    check_range(use_in(load().push(kMax).op(Op::kAnd).op(Op::kPop), packed), 0, kMax);
    check_range(use_in(load().push(0).op(Op::kOr).op(Op::kPop), packed), 0, kMax);
    BOOST_TEST(!use_in(load().push(0xf0).op(Op::kAnd), packed).linear);
    BOOST_TEST(!use_in(load().push(1).op(Op::kOr), packed).linear);
    BOOST_TEST(!use_in(load().push(Uint256{1} << 10).op(Op::kOr)).linear == false);
    BOOST_TEST(!use_in(load().push(1'024).op(Op::kOr), 1'024).linear);
}

BOOST_AUTO_TEST_CASE(whatever_else_takes_the_word_looks_at_it) {
    const auto looked_at = [](const Assembler& code) {
        const SlotUse use = use_in(code);
        return !use.linear && use.least.is_zero() && use.most == kMax;
    };
    for (const Op op :
         {Op::kMul, Op::kDiv, Op::kSDiv, Op::kMod, Op::kSMod, Op::kExp, Op::kSignExtend, Op::kXor,
          Op::kByte, Op::kShl, Op::kSar}) {
        BOOST_TEST(looked_at(load().push(3).op(op)), kOpcodes[static_cast<std::size_t>(op)].name);
        BOOST_TEST(looked_at(load().push(kWide).op(op)));
        Assembler swapped;
        swapped.push(3).push(0).op(Op::kSLoad).op(op);
        BOOST_TEST(looked_at(swapped));
    }
    BOOST_TEST(looked_at(load().op(Op::kNot)));
    for (const Op op : {Op::kAddMod, Op::kMulMod})
        BOOST_TEST(looked_at(load().push(3).push(5).op(op)));
    for (const Op op :
         {Op::kMLoad, Op::kSLoad, Op::kTLoad, Op::kCallDataLoad, Op::kBalance, Op::kExtCodeSize,
          Op::kExtCodeHash, Op::kBlockHash, Op::kBlobHash})
        BOOST_TEST(looked_at(load().op(op)), kOpcodes[static_cast<std::size_t>(op)].name);
    for (const Op op : {Op::kMStore, Op::kMStore8, Op::kTStore, Op::kKeccak256, Op::kLog0}) {
        BOOST_TEST(looked_at(load().push(3).op(op)));
        Assembler swapped;
        swapped.push(3).push(0).op(Op::kSLoad).op(op);
        BOOST_TEST(looked_at(swapped));
    }
    BOOST_TEST(looked_at(load().push(0).push(0).op(Op::kLog1)));
    BOOST_TEST(looked_at(load().push(0).op(Op::kReturn)));
    BOOST_TEST(looked_at(load().op(Op::kSelfDestruct)));
    for (const Op op : {Op::kCallDataCopy, Op::kCodeCopy, Op::kMCopy})
        BOOST_TEST(looked_at(load().push(0).push(0).op(op)));
    BOOST_TEST(looked_at(load().op(Op::kDup1).op(Op::kAdd)));  // twice the value
    BOOST_TEST(looked_at(load().push(5).op(Op::kSub)));        // 5 less the value
    BOOST_TEST(looked_at(load().op(Op::kDup1).op(Op::kAnd)));
    BOOST_TEST(looked_at(load().op(Op::kDup1).op(Op::kOr)));
    BOOST_TEST(looked_at(load().op(Op::kDup1).op(Op::kShr)));
    BOOST_TEST(looked_at(load().push(1).op(Op::kSwap1).op(Op::kShr)));
    BOOST_TEST(looked_at(load().push(7).op(Op::kSStore)));  // stored elsewhere
    Assembler key;
    key.push(7).push(0).op(Op::kSLoad).op(Op::kSStore);
    BOOST_TEST(looked_at(key));
    BOOST_TEST(looked_at(load().call(kOther, 0, 0)));  // still on the stack when a call begins
    Assembler create = load();
    create.push(0).push(0).push(0).op(Op::kCreate);
    BOOST_TEST(looked_at(create));
}

BOOST_AUTO_TEST_CASE(a_constant_that_is_stored_is_a_write) {
    const SlotUse use = use_in(load().op(Op::kPop).push(9).push(0).op(Op::kSStore));
    BOOST_TEST(!use.linear);
    BOOST_TEST((use.written == Uint256{9}));
    Assembler blind;
    blind.push(9).push(0).op(Op::kSStore);
    BOOST_TEST(!use_in(blind).linear);
}

BOOST_AUTO_TEST_CASE(two_slots_are_two_ranges_and_meet_at_the_price_of_one) {
    MapView view = with_code(load().push(1).op(Op::kSLoad).op(Op::kLt).code);
    view.slots[{kContract, slot_key(1)}] = 400;
    view.contended.insert({kContract, slot_key(1)});
    Machine machine;
    const Ran ran = run(machine, view);  // slot 1 < slot 0
    const SlotUse zero = use_of(ran.effects, 0);
    const SlotUse one = use_of(ran.effects, 1);
    BOOST_TEST(zero.linear != one.linear);
    if (zero.linear)
        check_range(zero, 401, kMax);
    else
        check_range(one, 0, kFirst - 1);
}

BOOST_AUTO_TEST_CASE(a_revert_takes_the_delta_back_and_keeps_the_range) {
    // The callee takes 300 of slot 0 of the caller (DELEGATECALL) if it has them, and reverts.
    Assembler inner;
    inner.push(300).push(0).op(Op::kSLoad).op(Op::kLt);
    inner.push(300).push(0).op(Op::kSLoad).op(Op::kSub).push(0).op(Op::kSStore);
    inner.push(0).push(0).op(Op::kRevert);
    Assembler outer;
    outer.push(0).push(0).push(0).push(0).push(kOther).push(100'000).op(Op::kDelegateCall);
    outer.push(0).op(Op::kSLoad).push(7).op(Op::kAdd).push(0).op(Op::kSStore);
    MapView view = with_code(outer.code);
    view.put(kOther, 0, 1, inner.code);
    Machine machine;
    const SlotUse use = use_of(run(machine, view).effects, 0);
    check_range(use, 301, kMax - 7);
    BOOST_TEST((use.delta == Uint256{7}));
}

BOOST_AUTO_TEST_CASE(more_words_than_can_be_followed_are_looked_at) {
    Assembler code = load();
    for (std::size_t i = 1; i < LinearWords::kWordsMax; ++i)
        code.op(Op::kDup1);
    check_range(use_in(code), 0, kMax);
    BOOST_TEST(!use_in(code.op(Op::kDup1)).linear);
}

BOOST_AUTO_TEST_CASE(code_that_keeps_a_word_for_long_is_not_followed_to_its_end) {
    // SLOAD, then a loop, with the word below all that the loop works on.
    const auto loop = [](std::uint64_t times) {
        Assembler code = load().push(times);
        const std::uint64_t begin = code.code.size();
        code.op(Op::kJumpDest).push(1).op(Op::kSwap1).op(Op::kSub);
        return code.op(Op::kDup1).push(begin).op(Op::kJumpI);
    };
    BOOST_TEST(use_in(loop(100)).linear);
    BOOST_TEST(!use_in(loop(LinearWords::kStepsMax)).linear);
    // The next transaction is followed again.
    Machine machine;
    const MapView slow = with_code(loop(LinearWords::kStepsMax).code);
    BOOST_TEST(!use_of(run(machine, slow).effects, 0).linear);
    BOOST_TEST(use_of(run(machine, with_code(load().code)).effects, 0).linear);
}

BOOST_AUTO_TEST_CASE(words_move_with_the_stack) {
    for (std::uint8_t n = 1; n <= 16; ++n) {
        for (const std::uint8_t base : {std::uint8_t{0x80}, std::uint8_t{0x90}}) {
            // Below 20 constants lies nothing; the word is put at the depth that DUP or SWAP takes.
            Assembler code;
            for (int i = 0; i < 20; ++i)
                code.push(5);
            code.push(0).op(Op::kSLoad);
            const int above = base == 0x80 ? n - 1 : n;
            for (int i = 0; i < above; ++i)
                code.push(5);
            code.raw(static_cast<std::uint8_t>(base + n - 1));
            code.push(0).op(Op::kMStore);
            BOOST_TEST(!use_in(code).linear);
            // What is beside it stays a constant: the next word is not the slot's.
            Assembler beside;
            for (int i = 0; i < 20; ++i)
                beside.push(5);
            beside.push(0).op(Op::kSLoad);
            for (int i = 0; i < above; ++i)
                beside.push(5);
            beside.raw(static_cast<std::uint8_t>(base + n - 1)).op(Op::kPop);
            beside.push(0).op(Op::kMStore);
            BOOST_TEST(use_in(beside).linear == (base == 0x90 ? n != 0 : n != 1), int{n});
        }
    }
}

BOOST_AUTO_TEST_CASE(instructions_that_are_joined_do_what_the_two_would) {
    const auto added = [](Assembler code) {
        return use_in(code.op(Op::kDup2).op(Op::kAdd).push(0).op(Op::kSStore));
    };
    Assembler below;  // the constant lies below the word
    below.push(5).push(0).op(Op::kSLoad);
    for (const Assembler& code : {load().push(5), below}) {
        const SlotUse use = added(code);
        check_range(use, 1, kMax - 5);
        BOOST_TEST((use.delta == Uint256{5}));
    }
    BOOST_TEST(!added(load().op(Op::kDup1)).linear);  // twice the value

    for (const Op swap : {Op::kSwap1, Op::kSwap2}) {
        // The word comes down to the place of a constant, and is stored back from there ...
        Assembler down;
        down.push(7);
        if (swap == Op::kSwap2) down.push(8);
        down.push(0).op(Op::kSLoad).op(swap).op(Op::kPop);
        if (swap == Op::kSwap2) down.op(Op::kPop);
        check_range(use_in(down.push(0).op(Op::kSStore)), 0, kMax);
        // ... or is dropped, and a constant is in its place.
        Assembler up = load();
        up.push(7);
        if (swap == Op::kSwap2) up.push(8);
        up.op(swap).op(Op::kPop).push(0).op(Op::kMStore);
        if (swap == Op::kSwap2) up.push(0).op(Op::kMStore);
        check_range(use_in(up), 0, kMax);
    }
    Assembler dropped = load().push(5).op(Op::kPop).op(Op::kPop).push(3).push(0).op(Op::kMStore);
    check_range(use_in(dropped), 0, kMax);
    BOOST_TEST(!use_in(load().op(Op::kDup1).op(Op::kMLoad)).linear);
}

BOOST_AUTO_TEST_CASE(every_operation_has_a_handler_of_its_own) {
    const HandlerTable table = interpret(nullptr);
    const OperationIndex index{table};
    for (std::size_t i = 0; i < kOperationCount; ++i) {
        if (table[i] == table[static_cast<std::size_t>(Operation::kUndefined)]) continue;
        BOOST_TEST(index.of(table[i]) == i);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
