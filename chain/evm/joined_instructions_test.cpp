// Instructions that are decoded as one do what each of them does alone: code is run as it is, and
// traced, for which nothing is joined (CodeKind::kSteps).
#include "chain/evm/engine.hpp"
#include "chain/evm/machine.hpp"
#include "chain/evm/testing/assembler.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::evm {
namespace {

using state::testing::MapView;
using testing::Assembler;
using Op = Opcode;

constexpr Address kSender{{0xaa, 0x01}};
constexpr Address kContract{{0xaa, 0x02}};

class NoTracer final : public Tracer {
  public:
    void on_step(const Step&) override {}
    void on_enter(const Enter&) override {}
    void on_exit(const Exit&) override {}
};

struct Ran {
    HaltReason reason = HaltReason::kSuccess;
    std::int64_t gas_left = 0;
    Bytes output;
    friend bool operator==(const Ran&, const Ran&) = default;
};

Ran run(const Bytes& code, Tracer* tracer) {
    MapView view;
    view.put(kContract, 0, 1, code);
    view.put(kSender, 1'000'000, 1, {});
    Machine machine;
    execution::BlockEnv env;
    machine.begin(view, env, kSender, 1, {}, tracer);
    const Machine::Result result = machine.call(kSender, kContract, 0, {}, 200'000);
    return {result.reason, result.gas_left, Bytes(result.output.begin(), result.output.end())};
}

/// Returns all words of the stack, of which there are `height`, and what is in memory below.
void give_back(Assembler& code, int height) {
    constexpr std::uint64_t kBelow = 512;
    for (int i = 0; i < height; ++i)
        code.push(kBelow + 32 * static_cast<std::uint64_t>(i)).op(Op::kMStore);
    code.push(kBelow + 32 * static_cast<std::uint64_t>(height)).push(0).op(Op::kReturn);
}

void check_same(const Bytes& code) {
    NoTracer tracer;
    const Ran joined = run(code, nullptr);
    const Ran alone = run(code, &tracer);
    BOOST_TEST((joined == alone));
    BOOST_TEST((alone.reason == HaltReason::kSuccess));
}

/// What joins, and what keeps others apart.
void add_instruction(Assembler& code, int& height, std::mt19937_64& random) {
    static constexpr Op kOps[] = {
        Op::kAdd,   Op::kSub,   Op::kMul,   Op::kAnd,   Op::kOr,         Op::kShl,    Op::kShr,
        Op::kNot,   Op::kEq,    Op::kLt,    Op::kGt,    Op::kSLt,        Op::kPop,    Op::kPop,
        Op::kDup1,  Op::kDup2,  Op::kDup3,  Op::kDup4,  Op::kDup5,       Op::kDup6,   Op::kSwap1,
        Op::kSwap1, Op::kSwap2, Op::kSwap2, Op::kSwap3, Op::kSignExtend, Op::kIsZero, Op::kPc,
        Op::kMSize, Op::kGas,   Op::kSGt,   Op::kDiv,   Op::kDup7,       Op::kSwap4,  Op::kSwap7};
    const bool push = height < 8 || random() % 3 == 0;
    if (push && height < 24) {
        switch (random() % 4) {
            case 0:
                code.push(Uint256{random(), random(), random(), random()});
                break;
            case 1:
                code.push(random());
                break;
            default:
                code.push(random() % 300);
        }
        ++height;
        return;
    }
    const Op opcode = kOps[random() % std::size(kOps)];
    const OpcodeInfo& info = kOpcodes[static_cast<std::size_t>(opcode)];
    code.op(opcode);
    height += info.stack_out - info.stack_in;
}

/// A word from memory, the stack or the code.
void add_operand(Assembler& code, int height, std::mt19937_64& random) {
    switch (random() % 5) {
        case 0:
            code.push(32 * (random() % 3)).op(Op::kMLoad);
            return;
        case 1:
            code.push(random() % 6);
            return;
        case 2:
            code.push(random());
            return;
        default:
            code.op(static_cast<Op>(0x80 + random() % static_cast<std::uint64_t>(height)));
    }
}

/// What a jump may depend on.
void add_condition(Assembler& code, int height, std::mt19937_64& random) {
    static constexpr Op kOps[] = {Op::kAnd, Op::kEq,  Op::kLt,  Op::kGt, Op::kSLt,
                                  Op::kSGt, Op::kAnd, Op::kSub, Op::kOr};
    add_operand(code, height, random);
    if (random() % 4 != 0) {
        add_operand(code, height + 1, random);
        if (random() % 4 == 0) code.op(Op::kSwap1);
        code.op(kOps[random() % std::size(kOps)]);
    }
    for (std::uint64_t zeros = random() % 4; zeros > 0; --zeros)
        code.op(Op::kIsZero);
}

std::size_t push_label(Assembler& code) {
    code.raw(0x61).raw(0).raw(0);  // PUSH2
    return code.code.size() - 2;
}
void put_label(Assembler& code, std::size_t label) {
    code.code[label] = static_cast<std::uint8_t>(code.code.size() >> 8);
    code.code[label + 1] = static_cast<std::uint8_t>(code.code.size());
    code.op(Op::kJumpDest);
}
/// In memory at 32, so that each way through the code leaves another word there.
void leave_trace(Assembler& code, std::uint64_t number) {
    code.push(number).push(32).op(Op::kMLoad).push(31).op(Op::kMul).op(Op::kAdd);
    code.push(32).op(Op::kMStore);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(joined_instructions)

BOOST_DATA_TEST_CASE(
    random_instructions_do_the_same_as_one_by_one, boost::unit_test::data::xrange(400), seed) {
    std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
    Assembler code;
    int height = 0;
    for (int i = 0; i < 120; ++i)
        add_instruction(code, height, random);
    give_back(code, height);
    check_same(code.code);
}

// Conditions that jump as one, in a loop: before their jumps are linked and after, taken or not.
BOOST_DATA_TEST_CASE(
    random_conditions_jump_as_one_by_one, boost::unit_test::data::xrange(400), seed) {
    std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
    Assembler code;
    constexpr int kHeight = 6;
    for (int i = 0; i < kHeight; ++i)
        code.push(random() % 2 == 0 ? Uint256{random() % 6} : Uint256{random(), 0, 0, random()});
    const std::size_t again = code.code.size();
    code.op(Op::kJumpDest);
    for (std::uint64_t i = 0; i < 12; ++i) {
        add_condition(code, kHeight, random);
        const std::size_t label = push_label(code);
        code.op(Op::kJumpI);
        leave_trace(code, 3 + i);
        put_label(code, label);
        if (random() % 3 != 0) continue;
        const std::size_t back = push_label(code);  // a function that does nothing
        const std::size_t there = push_label(code);
        code.op(Op::kJump);
        put_label(code, there);
        code.op(Op::kJump);
        put_label(code, back);
    }
    code.push(0).op(Op::kMLoad).push(1).op(Op::kAdd).op(Op::kDup1).push(0).op(Op::kMStore);
    code.push(5).op(Op::kGt).push(again).op(Op::kJumpI);
    give_back(code, kHeight);
    check_same(code.code);
}

BOOST_DATA_TEST_CASE(
    random_conditions_of_jumps_to_nowhere_halt_where_they_would,
    boost::unit_test::data::xrange(200), seed) {
    std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
    Assembler code;
    constexpr int kHeight = 4;
    for (int i = 0; i < kHeight; ++i)
        code.push(random() % 3);
    for (int i = 0; i < 3; ++i) {
        add_condition(code, kHeight, random);
        code.push(1).op(Op::kJumpI);
    }
    code.op(Op::kGas);
    give_back(code, kHeight + 1);
    NoTracer tracer;
    BOOST_TEST((run(code.code, nullptr) == run(code.code, &tracer)));
}

BOOST_AUTO_TEST_CASE(a_block_behind_a_jump_that_is_not_taken_is_checked_before_it_runs) {
    // Behind each jump: POP of an empty stack. Linked, by being taken once, and not.
    for (const bool linked : {false, true}) {
        Assembler code;
        code.push(0).op(Op::kJumpDest);  // at 2; 0, then 1
        if (!linked) code.op(Op::kPop).push(1);
        code.op(Op::kDup1).op(Op::kIsZero).push(linked ? 11 : 14).op(Op::kJumpI);
        code.op(Op::kPop).op(Op::kPop).op(Op::kStop);
        while (code.code.size() < (linked ? 11u : 14u))
            code.op(Op::kInvalid);
        code.op(Op::kJumpDest).push(1).op(Op::kAdd).push(2).op(Op::kJump);
        BOOST_TEST((run(code.code, nullptr).reason == HaltReason::kStackUnderflow));
    }
}

BOOST_AUTO_TEST_CASE(memory_is_read_and_written_at_sums_and_copies) {
    Assembler code;
    code.push(0x1234).push(64).op(Op::kDup2).op(Op::kMStore);
    code.push(7).push(32).push(64).op(Op::kAdd).op(Op::kMStore);
    code.push(9).push(40).push(3).op(Op::kDup2).op(Op::kAdd).op(Op::kMStore);
    code.push(100).op(Op::kDup1).push(28).op(Op::kAdd).op(Op::kMLoad);
    code.push(5).op(Op::kCallDataSize).push(96).op(Op::kAdd).op(Op::kMLoad);
    code.op(Op::kCallDataSize).op(Op::kCallValue).op(Op::kAdd).op(Op::kMLoad);
    code.push(11).op(Op::kCallDataSize).op(Op::kCallValue).op(Op::kAdd).op(Op::kMStore);
    give_back(code, 7);
    check_same(code.code);
}

BOOST_AUTO_TEST_CASE(constants_are_computed_as_the_instructions_would) {
    struct Case {
        Op opcode;
        Uint256 below, top, wanted;
    };
    const Uint256 wide = Uint256{1} << 160;
    const Case cases[] = {
        {Op::kAdd, ~Uint256{}, 2, 1},
        {Op::kSub, 1, wide, wide - 1},
        {Op::kMul, wide, wide, Uint256{}},
        {Op::kAnd, wide - 1, 0xff00, 0xff00},
        {Op::kOr, wide, 3, wide + 3},
        {Op::kShl, 1, 160, wide},
        {Op::kShl, 1, 256, Uint256{}},
        {Op::kShr, wide, 159, 2},
        {Op::kShr, ~Uint256{}, wide, Uint256{}},
    };
    for (const Case& one : cases) {
        Assembler code;
        code.push(one.below).push(one.top).op(one.opcode);
        code.push(0).op(Op::kMStore).push(32).push(0).op(Op::kReturn);
        check_same(code.code);
        const Hash32 wanted = to_be32(one.wanted);
        BOOST_TEST((run(code.code, nullptr).output == Bytes(wanted.begin(), wanted.end())));
    }
}

BOOST_AUTO_TEST_CASE(a_mask_that_is_computed_is_one_constant) {
    // PUSH1 1, PUSH1 1, PUSH1 160, SHL, SUB: solc's mask of an address; then AND
    Assembler code;
    code.op(Op::kNumber).push(1).push(1).push(160).op(Op::kShl).op(Op::kSub).op(Op::kAnd);
    const Code decoded{code.code, CodeKind::kBlocks, handlers()};
    const Instruction* at = decoded.entry() + 2;  // the block's check, NUMBER
    BOOST_TEST((at->handler == handlers()[static_cast<std::size_t>(Operation::kPushAndWide)]));
    BOOST_TEST((*reinterpret_cast<const Uint256*>(at->argument) == (Uint256{1} << 160) - 1));
}

BOOST_AUTO_TEST_CASE(jumps_to_words_of_the_stack_go_where_they_would) {
    for (const Op before : {Op::kJumpDest, Op::kPop, Op::kSwap1}) {
        Assembler code;
        // The target lies below one word for POP and SWAP1: computed, so that it is no constant.
        code.op(Op::kCallDataSize).push(20).op(Op::kAdd);
        if (before != Op::kJumpDest) code.push(77).op(Op::kCallDataSize).op(Op::kAdd);
        if (before == Op::kSwap1) {
            code.op(Op::kSwap1).op(Op::kSwap1);  // as it was
        }
        if (before != Op::kJumpDest) code.op(before);
        code.op(Op::kJump);
        while (code.code.size() < 20)
            code.op(Op::kInvalid);
        code.op(Op::kJumpDest);
        give_back(code, before == Op::kSwap1 ? 1 : 0);
        check_same(code.code);
    }
    Assembler computed;  // a target that is a sum of constants
    computed.push(3).push(5).op(Op::kAdd).op(Op::kJump);
    while (computed.code.size() < 8)
        computed.op(Op::kInvalid);
    computed.op(Op::kJumpDest);
    give_back(computed, 0);
    check_same(computed.code);
}

BOOST_AUTO_TEST_CASE(a_jump_to_nowhere_halts_however_it_is_written) {
    for (const Op before : {Op::kJumpDest, Op::kPop, Op::kSwap1}) {
        Assembler code;
        code.op(Op::kCallDataSize).op(Op::kCallDataSize);
        if (before != Op::kJumpDest) code.op(before);
        const Ran ran = run(code.op(Op::kJump).code, nullptr);
        BOOST_TEST((ran.reason == HaltReason::kInvalidJump));
        BOOST_TEST(ran.gas_left == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_block_jumped_to_is_checked_before_it_runs) {
    // At 4: POP, POP of an empty stack.
    Assembler code;
    code.op(Op::kCallDataSize).push(6).op(Op::kAdd).op(Op::kJump).op(Op::kStop).op(Op::kJumpDest);
    code.op(Op::kPop).op(Op::kPop).op(Op::kStop);
    BOOST_TEST((run(code.code, nullptr).reason == HaltReason::kStackUnderflow));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
