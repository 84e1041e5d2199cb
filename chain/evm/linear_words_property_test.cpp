// What linear words are for: a transaction that left a slot linear goes the same way for every
// first value in the slot's range. Random programs are run once with their slots followed; then
// with other first values and nothing followed, and must give the same status, gas, refund, output
// and logs, and final values that are the first ones plus the delta.
#include "chain/evm/machine.hpp"
#include "chain/evm/testing/assembler.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
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
constexpr std::uint64_t kSlots = 4;  ///< of both contracts; the last one nobody contends for

using SlotKey = std::pair<Address, Hash32>;
using Values = std::map<SlotKey, Uint256>;

struct Coverage {
    std::uint64_t linear_slots = 0;
    std::uint64_t deltas = 0;
    std::uint64_t guards = 0;
    std::uint64_t reads = 0;
    std::uint64_t reverts = 0;
    std::uint64_t refunds = 0;
    std::uint64_t runs = 0;
    std::uint64_t narrow = 0;
    std::uint64_t successes = 0;
};
Coverage coverage;

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t end) { return engine_() % end; }
    bool chance(std::uint64_t percent) { return below(100) < percent; }
    /// Numbers near which something changes: 0, small ones, 2^64, 2^128, 2^255, 2^256 - 1.
    Uint256 word() {
        static const Uint256 kEdges[] = {Uint256{},         Uint256{10},       Uint256{1'000},
                                         Uint256{1} << 64,  Uint256{1} << 128, Uint256{7} << 128,
                                         Uint256{1} << 255, ~Uint256{}};
        const Uint256 near = kEdges[below(std::size(kEdges))];
        if (chance(5)) return {engine_(), engine_(), engine_(), engine_()};
        return near + below(12) - below(12);
    }
    Uint256 between(const Uint256& least, const Uint256& most) {
        const Uint256 width = most - least;
        if (width.is_zero()) return least;
        switch (below(6)) {
            case 0:
                return least;
            case 1:
                return most;
            case 2:
                return least +
                       (width < Uint256{20} ? Uint256{below(width.low_u64() + 1)} : below(20));
            case 3:
                return most -
                       (width < Uint256{20} ? Uint256{below(width.low_u64() + 1)} : below(20));
            default: {
                const Uint256 word{engine_(), engine_(), engine_(), engine_()};
                return width == ~Uint256{} ? word : least + word % (width + 1);
            }
        }
    }

  private:
    std::mt19937_64 engine_;
};

/// Code that does to slots what compilers make of contracts, and everything else as well. Every
/// answer of a comparison is returned, so that a wrong one shows.
class Program {
  public:
    Program(Random& random, bool calls) : random_(random), calls_(calls) {}

    Bytes make() {
        for (int i = 0; i < 3; ++i)
            push_constant();
        const std::uint64_t pieces = 3 + random_.below(25);
        for (std::uint64_t i = 0; i < pieces; ++i)
            piece();
        if (random_.chance(30)) code_.op(Op::kGas).push(0).op(Op::kMStore);
        const Op end = random_.chance(15) ? Op::kRevert : Op::kReturn;
        code_.push(random_.chance(90) ? 1'024 : 0).push(0).op(end);
        return std::move(code_.code);
    }

  private:
    void op(Op opcode) {
        const OpcodeInfo& info = kOpcodes[static_cast<std::size_t>(opcode)];
        while (height_ < info.stack_in)
            push_constant();
        code_.op(opcode);
        height_ += info.stack_out;
        height_ -= info.stack_in;
    }
    void push(const Uint256& value) {
        code_.push(value);
        ++height_;
    }
    void push_constant() { push(random_.word()); }
    void load() {
        push(random_.below(kSlots));
        op(Op::kSLoad);
    }
    void keep_answer() {  // in memory, which is returned
        push(answers_++ % 32 * 32);
        op(Op::kMStore);
    }
    void copy() { op(static_cast<Op>(0x80 + random_.below(std::min<std::size_t>(height_, 5)))); }
    /// As compilers get at variables: copies, or a copy and a constant.
    void copies_and_constants() {
        switch (random_.below(4)) {
            case 0:
                copy();
                push_constant();
                return;
            case 1:
                push_constant();
                copy();
                return;
            default:
                copy();
                if (random_.chance(60)) copy();
        }
    }
    void arithmetic() {
        if (height_ > 1 && random_.chance(30)) {
            static constexpr Op kOfCopies[] = {Op::kAdd, Op::kSub, Op::kAnd, Op::kMul};
            copies_and_constants();
            return op(
                kOfCopies[random_.below(std::size(kOfCopies) - (random_.chance(80) ? 1 : 0))]);
        }
        static constexpr Op kOps[] = {Op::kAdd, Op::kAdd, Op::kAdd, Op::kSub,
                                      Op::kSub, Op::kAnd, Op::kOr,  Op::kShr};
        const Op opcode = kOps[random_.below(std::size(kOps))];
        if (opcode == Op::kAnd && random_.chance(80)) {
            const Uint256 mask = (Uint256{1} << random_.below(257)) - 1;
            push(random_.chance(70) ? mask : ~mask);
        } else if (opcode == Op::kOr && random_.chance(80)) {
            push(Uint256{random_.below(8)} << random_.below(random_.chance(40) ? 12 : 256));
        } else if (opcode == Op::kShr && random_.chance(80)) {
            push(random_.below(260));
        } else if (random_.chance(70)) {
            push_constant();
        }
        if (opcode == Op::kSub && random_.chance(80)) op(Op::kSwap1);
        op(opcode);
    }
    /// The difference of two words of one slot, which is a constant, and what is done with it.
    void difference() {
        load();
        op(Op::kDup1);
        arithmetic();
        op(Op::kSub);
        if (random_.chance(60)) return keep_answer();
        push(random_.below(kSlots));
        op(Op::kSStore);
    }
    void compare() {
        static constexpr Op kOps[] = {Op::kLt, Op::kGt, Op::kSLt, Op::kSGt, Op::kEq, Op::kIsZero};
        const Op opcode = kOps[random_.below(std::size(kOps))];
        if (height_ > 1 && random_.chance(30)) {
            copies_and_constants();
        } else if (random_.chance(30)) {
            op(Op::kDup1);  // and so two words of one slot
            if (random_.chance(70)) arithmetic();
        } else if (random_.chance(70)) {
            push_constant();
            if (random_.chance(50)) op(Op::kSwap1);
        }
        op(opcode);
        if (random_.chance(50)) op(Op::kIsZero);
        if (random_.chance(60)) return keep_answer();
        skip();
    }
    /// Jumps over a piece when the top word is not zero.
    void skip() {
        if (random_.chance(20)) op(Op::kIsZero);
        code_.raw(0x61);
        const std::size_t target = code_.code.size();
        code_.raw(0).raw(0);
        code_.op(Op::kJumpI);
        --height_;
        const std::size_t height = height_;
        if (random_.chance(30)) {
            update();
        } else if (random_.chance(30)) {
            push(0);
            push(0);
            code_.op(random_.chance(80) ? Op::kRevert : Op::kReturn);
        } else {
            arithmetic();
        }
        for (; height_ > height; --height_)
            code_.op(Op::kPop);
        for (; height_ < height; ++height_)
            code_.push(random_.word());
        code_.code[target] = static_cast<std::uint8_t>(code_.code.size() >> 8);
        code_.code[target + 1] = static_cast<std::uint8_t>(code_.code.size());
        code_.op(Op::kJumpDest);
    }
    void update() {
        const std::uint64_t slot = random_.below(kSlots);
        push(slot);
        op(Op::kSLoad);
        const std::uint64_t steps = 1 + random_.below(2);
        for (std::uint64_t i = 0; i < steps; ++i) {
            push(random_.chance(70) ? Uint256{random_.below(1'100)} : random_.word());
            if (random_.chance(50)) {
                op(Op::kSwap1);
                op(Op::kSub);
            } else {
                op(Op::kAdd);
            }
        }
        push(random_.chance(97) ? slot : random_.below(kSlots));
        op(Op::kSStore);
    }
    /// Away and back again, or to zero and back: what refunds are about.
    void there_and_back() {
        const std::uint64_t slot = random_.below(kSlots);
        const Uint256 amount = random_.chance(50) ? Uint256{random_.below(20)} : random_.word();
        for (const bool back : {false, true}) {
            push(slot);
            op(Op::kSLoad);
            push(back ? Uint256{} - amount : amount);
            op(Op::kAdd);
            push(slot);
            op(Op::kSStore);
            if (random_.chance(30)) return;
        }
    }
    void shuffle() {
        const std::uint64_t depth = random_.chance(80) ? random_.below(4) : random_.below(16);
        const auto base = static_cast<std::uint8_t>(random_.chance(50) ? 0x80 : 0x90);
        op(static_cast<Op>(base + depth));
        if (random_.chance(30)) op(Op::kPop);
        if (random_.chance(10)) op(Op::kAdd);
        static constexpr Op kOps[] = {Op::kSub, Op::kMul, Op::kAnd, Op::kLt, Op::kGt, Op::kEq};
        if (random_.chance(30)) op(kOps[random_.below(std::size(kOps))]);
        if (random_.chance(10)) op(Op::kSwap1);
    }
    void call() {
        const bool delegate = random_.chance(50);
        push(64);
        push(random_.below(2) * 64);
        push(0);
        push(0);
        if (!delegate) push(0);
        push(uint256_from_be(kOther));
        push(random_.chance(80) ? 200'000 : random_.below(40'000));
        op(delegate ? Op::kDelegateCall : Op::kCall);
        keep_answer();
    }
    void anything() {
        static constexpr Op kOps[] = {
            Op::kMul,    Op::kDiv,   Op::kXor,         Op::kNot,       Op::kShl,   Op::kByte,
            Op::kTStore, Op::kTLoad, Op::kMStore8,     Op::kKeccak256, Op::kExp,   Op::kSStore,
            Op::kSLoad,  Op::kLog1,  Op::kSar,         Op::kAddMod,    Op::kMLoad, Op::kBalance,
            Op::kGas,    Op::kMSize, Op::kCallDataLoad};
        const Op opcode = kOps[random_.below(std::size(kOps))];
        if (opcode == Op::kMStore8 || opcode == Op::kMLoad || opcode == Op::kLog1 ||
            opcode == Op::kKeccak256) {
            push(random_.below(100));
            if (opcode != Op::kMLoad && opcode != Op::kMStore8) {
                push(random_.below(100));
            }
        }
        op(opcode);
        if (random_.chance(40) && height_ > 0) keep_answer();
    }
    void piece() {
        const std::uint64_t kind = random_.below(100);
        if (kind < 22) return load();
        if (kind < 42) return arithmetic();
        if (kind < 60) return compare();
        if (kind < 74) return update();
        if (kind < 78) return there_and_back();
        if (kind < 88) return shuffle();
        if (kind < 90) return difference();
        if (kind < 93 && calls_) return call();
        if (kind < 96) return anything();
        if (height_ > 0) op(Op::kPop);
    }

    Random& random_;
    bool calls_;
    Assembler code_;
    std::size_t height_ = 0;
    std::uint64_t answers_ = 0;
};

struct Ran {
    HaltReason reason = HaltReason::kSuccess;
    std::int64_t gas_left = 0;
    std::int64_t refund = 0;
    Bytes output;
    std::vector<Log> logs;
    state::Effects effects;
};

Ran run(Machine& machine, const MapView& view, std::int64_t gas) {
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

struct Range {
    Uint256 least;
    Uint256 most = ~Uint256{};
    Uint256 delta;
};

/// The slots of effects that are linear, and the others as they were left.
void sort_out(const Ran& ran, std::map<SlotKey, Range>& linear, Values& left) {
    for (const Effect& effect : ran.effects) {
        if (effect.field != Field::kStorage) continue;
        const SlotKey key{effect.address, effect.slot};
        if (effect.kind == EffectKind::kRead || effect.kind == EffectKind::kWrite)
            left[key] = effect.value;
        if (effect.kind == EffectKind::kGuard)
            (effect.at_most ? linear[key].most : linear[key].least) = effect.value;
        if (effect.kind == EffectKind::kDelta) linear[key].delta = value_after(effect, 0);
    }
}

void count(const Ran& ran, const std::map<SlotKey, Range>& linear) {
    ++coverage.runs;
    coverage.linear_slots += linear.size();
    coverage.successes += ran.reason == HaltReason::kSuccess ? 1 : 0;
    coverage.reverts += ran.reason == HaltReason::kRevert ? 1 : 0;
    coverage.refunds += ran.refund != 0 ? 1 : 0;
    for (const Effect& effect : ran.effects) {
        if (effect.field != Field::kStorage) continue;
        coverage.deltas += effect.kind == EffectKind::kDelta ? 1 : 0;
        coverage.guards += effect.kind == EffectKind::kGuard ? 1 : 0;
        coverage.reads += effect.kind == EffectKind::kRead ? 1 : 0;
    }
    for (const auto& [key, range] : linear)
        coverage.narrow += range.most - range.least < Uint256{5'000} ? 1 : 0;
}

bool same_way(const Ran& a, const Ran& b) {
    return a.reason == b.reason && a.gas_left == b.gas_left && a.refund == b.refund &&
           a.output == b.output && a.logs == b.logs;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linear_words_hold)

BOOST_DATA_TEST_CASE(
    every_first_value_in_the_range_goes_the_same_way, boost::unit_test::data::xrange(8'000u),
    seed) {
    Random random{seed};
    MapView view;
    view.put(kSender, 1'000'000, 1, {});
    view.put(kContract, 100, 1, Program{random, true}.make());
    view.put(kOther, 10, 1, Program{random, false}.make());
    std::vector<SlotKey> keys;
    for (const Address& owner : {kContract, kOther}) {
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            const SlotKey key{owner, to_be32(Uint256{slot})};
            view.slots[key] = random.chance(40) ? Uint256{random.below(3'000)} : random.word();
            if (random.chance(20)) view.slots[key] = random.below(12);
            if (slot + 1 < kSlots) view.contended.insert(key);
            keys.push_back(key);
        }
    }
    const std::int64_t gas =
        random.chance(80) ? 1'000'000 : static_cast<std::int64_t>(random.below(120'000));
    Machine machine;
    const Ran followed = run(machine, view, gas);
    std::map<SlotKey, Range> linear;
    Values left;
    sort_out(followed, linear, left);
    count(followed, linear);

    MapView other = view;
    other.contended.clear();
    for (int times = 0; times < 8; ++times) {
        // The first time as it was. A slot without any effect may begin with anything.
        for (const SlotKey& key : keys) {
            if (times == 0 || left.contains(key)) continue;
            const Range range = linear.contains(key) ? linear[key] : Range{};
            other.slots[key] = random.between(range.least, range.most);
        }
        const Ran ran = run(machine, other, gas);
        BOOST_TEST_REQUIRE(same_way(followed, ran), "seed " << seed << ", time " << times);
        Values after;
        std::map<SlotKey, Range> none;
        sort_out(ran, none, after);
        BOOST_TEST(none.empty());
        for (const auto& [key, value] : after) {
            const Uint256 should_be =
                left.contains(key)
                    ? left[key]
                    : other.slots[key] + (linear.contains(key) ? linear[key].delta : 0);
            BOOST_TEST_REQUIRE((value == should_be), "seed " << seed << ", time " << times);
        }
        for (const auto& [key, range] : linear)
            BOOST_TEST_REQUIRE(after.contains(key));
        for (const auto& [key, value] : left)
            BOOST_TEST_REQUIRE(after.contains(key));
    }
}

BOOST_AUTO_TEST_CASE(the_programs_above_use_slots_in_every_way) {
    if (coverage.runs == 0) return;  // not run together with them
    BOOST_TEST_MESSAGE(
        coverage.runs << " runs, " << coverage.successes << " succeeded: " << coverage.linear_slots
                      << " linear slots, " << coverage.deltas << " deltas, " << coverage.guards
                      << " guards, " << coverage.narrow << " narrow ranges, " << coverage.reads
                      << " reads, " << coverage.reverts << " reverts, " << coverage.refunds
                      << " with refunds");
    BOOST_TEST(coverage.linear_slots > 3'000u);
    BOOST_TEST(coverage.deltas > 1'000u);
    BOOST_TEST(coverage.guards > 3'000u);
    BOOST_TEST(coverage.narrow > 200u);
    BOOST_TEST(coverage.reads > 3'000u);
    BOOST_TEST(coverage.reverts > 300u);
    BOOST_TEST(coverage.refunds > 300u);
    BOOST_TEST(coverage.successes > 3'000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
