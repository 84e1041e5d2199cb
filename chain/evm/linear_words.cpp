#include "chain/evm/linear_words.hpp"

#include <algorithm>

namespace troupe::chain::evm {

using state::Journal;

namespace {

/// The word's slot must leave the word equal to a constant, or different from it, as it is.
void test_equality(
    Journal& journal, Journal::SlotId slot, const Uint256& word, const Uint256& constant) noexcept {
    if (word == constant)
        journal.restrict_slot(slot, 0, 0);
    else  // all the way round to it
        journal.restrict_slot(slot, word - constant - 1, constant - word - 1);
}

/// What lies above the lowest bits must stay. @param mask  of the lowest bits: a power of two less
/// 1
void keep_upper_bits(
    Journal& journal, Journal::SlotId slot, const Uint256& word, const Uint256& mask) noexcept {
    journal.restrict_slot(slot, word & mask, ~word & mask);
}

bool is_low_mask(const Uint256& mask) noexcept {
    return (mask & (mask + 1)).is_zero();
}

}  // namespace

/// One operation that is about to run. Each function is a rule: what the operation's result is, and
/// for which other values of the slots the rule would say the same.
class LinearWords::Step {
  public:
    Step(
        LinearWords& words, Journal& journal, const Uint256* stack, const Uint256* sp,
        Journal::AccountId self) noexcept
        : words_(words),
          journal_(journal),
          sp_(sp),
          height_(static_cast<std::size_t>(sp - stack)),
          self_(self) {}

    void opcode(std::uint8_t number);
    void pair(Operation operation, std::uint64_t argument);
    void pair_with_copy(Operation operation, std::uint64_t argument);
    void look_at_all() noexcept {
        while (!words_.empty())
            words_.look_at(journal_, words_.words_[0].slot);
    }

  private:
    /// The operand that is the n-th from the top, counted from 0.
    [[nodiscard]] Operand operand(std::size_t n) const noexcept {
        return {sp_[-1 - static_cast<std::ptrdiff_t>(n)], words_.slot_of(height_ - 1 - n)};
    }
    [[nodiscard]] static Operand constant(const Uint256& value) noexcept { return {value, kNone}; }
    /// The operation takes its operands away and leaves one word, linear in `slot`.
    void replace(std::size_t operands, SlotId slot) noexcept {
        for (std::size_t i = 1; i <= operands; ++i)
            words_.remove(height_ - i);
        if (slot != kNone) words_.add(journal_, height_ - operands, slot);
    }
    /// DUPn and SWAPn on a stack of `height` words.
    void copy(std::size_t height, std::size_t n) noexcept {
        const SlotId slot = words_.slot_of(height - n);
        if (slot != kNone) words_.add(journal_, height, slot);
    }
    void exchange(std::size_t height, std::size_t n) noexcept {
        words_.swap(height - 1, height - 1 - n);
    }
    void look_at(const Operand& operand) noexcept {
        if (operand.is_linear()) words_.look_at(journal_, operand.slot);
    }
    /// Of words of two slots, only one may stay linear.
    void look_at_second(const Operand& first, Operand& second) noexcept {
        if (!first.is_linear() || !second.is_linear() || first.slot == second.slot) return;
        look_at(second);
        second.slot = kNone;
    }
    void look_at_operands(std::size_t operands) noexcept {
        for (std::size_t i = 0; i < operands; ++i)
            look_at(operand(i));
    }

    SlotId sum(Operand a, Operand b) noexcept;
    SlotId difference(const Operand& a, Operand b) noexcept;
    void less(Operand a, Operand b, bool is_signed) noexcept;
    void equal(Operand a, Operand b) noexcept;
    void zero_test(std::size_t n) noexcept;
    SlotId conjunction(Operand a, Operand b) noexcept;
    SlotId disjunction(Operand a, Operand b) noexcept;
    SlotId shifted_right(const Operand& by, const Operand& a) noexcept;
    void store();

    LinearWords& words_;
    Journal& journal_;
    const Uint256* sp_;
    std::size_t height_;
    Journal::AccountId self_;
};

// ADD. Twice a slot is not the slot plus a constant.
LinearWords::SlotId LinearWords::Step::sum(Operand a, Operand b) noexcept {
    look_at_second(a, b);
    if (a.is_linear() && b.is_linear()) {
        look_at(a);
        return kNone;
    }
    return a.is_linear() ? a.slot : b.slot;
}

// a - b. The difference of two words of one slot is a constant.
LinearWords::SlotId LinearWords::Step::difference(const Operand& a, Operand b) noexcept {
    look_at_second(a, b);
    if (a.slot == b.slot) return kNone;
    if (!b.is_linear()) return a.slot;
    look_at(b);
    return kNone;
}

// a < b, with numbers from `low` to `high` in this order. A word that goes beyond them comes out on
// the other side: two words of one slot keep their order as long as neither does.
void LinearWords::Step::less(Operand a, Operand b, bool is_signed) noexcept {
    look_at_second(a, b);
    const Uint256 low = is_signed ? Uint256{std::uint64_t{1} << 63, 0, 0, 0} : Uint256{};
    const Uint256 high = low - 1;
    const bool is_less = is_signed ? signed_less(a.value, b.value) : a.value < b.value;
    if (a.is_linear() && b.is_linear()) {
        if (a.value == b.value) return;
        journal_.restrict_slot(a.slot, a.value - low, high - a.value);
        journal_.restrict_slot(b.slot, b.value - low, high - b.value);
    } else if (a.is_linear()) {
        if (is_less)
            journal_.restrict_slot(a.slot, a.value - low, b.value - 1 - a.value);
        else if (b.value != low)  // nothing is less than that
            journal_.restrict_slot(a.slot, a.value - b.value, high - a.value);
    } else if (b.is_linear()) {
        if (is_less)
            journal_.restrict_slot(b.slot, b.value - a.value - 1, high - b.value);
        else if (a.value != high)
            journal_.restrict_slot(b.slot, b.value - low, a.value - b.value);
    }
}

void LinearWords::Step::equal(Operand a, Operand b) noexcept {
    look_at_second(a, b);
    if (a.slot == b.slot) return;  // they differ by a constant, or both are constants
    if (a.is_linear())
        test_equality(journal_, a.slot, a.value, b.value);
    else
        test_equality(journal_, b.slot, b.value, a.value);
}

void LinearWords::Step::zero_test(std::size_t n) noexcept {
    equal(operand(n), constant(0));
}

// AND with the lowest bits takes a constant away while the bits above stay; with the others it is a
// constant as long.
LinearWords::SlotId LinearWords::Step::conjunction(Operand a, Operand b) noexcept {
    if (a.is_linear() == b.is_linear()) {
        look_at(a);
        look_at(b);
        return kNone;
    }
    if (b.is_linear()) std::swap(a, b);
    const Uint256& mask = b.value;
    if (mask.is_zero()) return kNone;
    if (mask == ~Uint256{}) return a.slot;
    if (is_low_mask(mask)) {
        keep_upper_bits(journal_, a.slot, a.value, mask);
        return a.slot;
    }
    if (is_low_mask(~mask))
        keep_upper_bits(journal_, a.slot, a.value, ~mask);
    else
        look_at(a);
    return kNone;
}

// OR with bits above all that the word has adds a constant.
LinearWords::SlotId LinearWords::Step::disjunction(Operand a, Operand b) noexcept {
    if (a.is_linear() == b.is_linear()) {
        look_at(a);
        look_at(b);
        return kNone;
    }
    if (b.is_linear()) std::swap(a, b);
    if (b.value.is_zero()) return a.slot;
    const Uint256 below = (b.value & negate(b.value)) - 1;
    if (a.value <= below) {
        keep_upper_bits(journal_, a.slot, a.value, below);
        return a.slot;
    }
    look_at(a);
    return kNone;
}

LinearWords::SlotId LinearWords::Step::shifted_right(const Operand& by, const Operand& a) noexcept {
    if (by.is_linear()) {
        look_at(by);
        look_at(a);
        return kNone;
    }
    if (!a.is_linear() || by.value.is_zero()) return a.slot;
    if (by.value.fits_u64() && by.value.low_u64() < 256)
        keep_upper_bits(journal_, a.slot, a.value, (Uint256{1} << by.value.low_u64()) - 1);
    return kNone;
}

void LinearWords::Step::store() {
    look_at(operand(0));
    if (const Operand value = operand(1); value.is_linear()) {
        if (journal_.slot(self_, sp_[-1]) == value.slot)
            words_.stored_ = value.slot;
        else
            look_at(value);
    }
    replace(2, kNone);
}

void LinearWords::Step::opcode(std::uint8_t number) {
    if (number >= 0x80 && number <= 0x8f)  // DUP
        return copy(height_, number - 0x7fu);
    if (number >= 0x90 && number <= 0x9f)  // SWAP
        return exchange(height_, number - 0x8fu);
    switch (static_cast<Opcode>(number)) {
        case Opcode::kPop:
            return words_.remove(height_ - 1);
        case Opcode::kAdd:
            return replace(2, sum(operand(0), operand(1)));
        case Opcode::kSub:
            return replace(2, difference(operand(0), operand(1)));
        case Opcode::kLt:
            less(operand(0), operand(1), false);
            return replace(2, kNone);
        case Opcode::kGt:
            less(operand(1), operand(0), false);
            return replace(2, kNone);
        case Opcode::kSLt:
            less(operand(0), operand(1), true);
            return replace(2, kNone);
        case Opcode::kSGt:
            less(operand(1), operand(0), true);
            return replace(2, kNone);
        case Opcode::kEq:
            equal(operand(0), operand(1));
            return replace(2, kNone);
        case Opcode::kIsZero:
            zero_test(0);
            return replace(1, kNone);
        case Opcode::kAnd:
            return replace(2, conjunction(operand(0), operand(1)));
        case Opcode::kOr:
            return replace(2, disjunction(operand(0), operand(1)));
        case Opcode::kShr:
            return replace(2, shifted_right(operand(0), operand(1)));
        case Opcode::kJumpI:
            look_at(operand(0));
            zero_test(1);
            return replace(2, kNone);
        case Opcode::kSStore:
            return store();
        case Opcode::kCreate:
        case Opcode::kCreate2:
        case Opcode::kCall:
        case Opcode::kCallCode:
        case Opcode::kDelegateCall:
        case Opcode::kStaticCall:
            return look_at_all();  // words are followed within one call only
        default:
            return look_at_operands(kOpcodes[number].stack_in);
    }
}

void LinearWords::Step::pair(Operation operation, std::uint64_t argument) {
    const auto small = [argument] { return constant(argument); };
    switch (operation) {
        case Operation::kBlock:
        case Operation::kStep:
        case Operation::kPush:
        case Operation::kPushWide:
        case Operation::kContinue:
        case Operation::kGoOn:
        case Operation::kGoOnBlock:
        case Operation::kPushThenJump:
        case Operation::kLinkJump:
        case Operation::kJumpTo:
        case Operation::kJumpNowhere:
        case Operation::kPushDup1:
        case Operation::kPushMLoad:
            return;
        // The first use of a jump goes through two operations; both find the condition.
        case Operation::kLinkJumpIf:
        case Operation::kLinkJumpIfZero:
        case Operation::kJumpIfTo:
        case Operation::kJumpIfZeroTo:
        case Operation::kJumpIfNowhere:
        case Operation::kJumpIfZeroNowhere:
            zero_test(0);
            return replace(1, kNone);
        case Operation::kPushAdd:
            return replace(1, sum(small(), operand(0)));
        case Operation::kPushSubFrom:
            return replace(1, difference(small(), operand(0)));
        case Operation::kPushAnd:
            return replace(1, conjunction(small(), operand(0)));
        case Operation::kPushAndWide:
            return replace(
                1, conjunction(constant(*reinterpret_cast<const Uint256*>(argument)), operand(0)));
        case Operation::kPushShr:
            return replace(1, shifted_right(small(), operand(0)));
        case Operation::kPushEq:
            equal(small(), operand(0));
            return replace(1, kNone);
        case Operation::kPushLt:  // constant < top
            less(small(), operand(0), false);
            return replace(1, kNone);
        case Operation::kPushGt:  // constant > top
            less(operand(0), small(), false);
            return replace(1, kNone);
        case Operation::kPushShl:
        case Operation::kPushMStore:
        case Operation::kPushSignExtend:
        case Operation::kPushAddMLoad:
        case Operation::kJumpOn:
            return look_at_operands(1);
        case Operation::kPops:
            return replace(argument, kNone);
        case Operation::kPushSwap1:
            return words_.swap(height_ - 1, height_);
        case Operation::kSwap1Pop:
            exchange(height_, 1);
            return words_.remove(height_ - 1);
        case Operation::kSwap2Pop:
            exchange(height_, 2);
            return words_.remove(height_ - 1);
        case Operation::kSwap1Sub:
            return replace(2, difference(operand(1), operand(0)));
        case Operation::kSwap1Div:
        case Operation::kSwap1MStore:
            return look_at_operands(2);
        case Operation::kAddMStore:
            return look_at_operands(3);
        case Operation::kPopsJump:
            look_at(operand(argument));
            return replace(argument + 1, kNone);
        case Operation::kSwap1Jump:
            look_at(operand(1));
            words_.swap(height_ - 1, height_ - 2);
            return words_.remove(height_ - 1);
        case Operation::kAndJumpIf:
        case Operation::kAndJumpIfZero:
            // What is left may be linear and be tested: as AND alone, and then the test.
            if (operand(0).is_linear() || operand(1).is_linear()) look_at_operands(2);
            return replace(2, kNone);
        case Operation::kEqJumpIf:
        case Operation::kEqJumpIfZero:
            equal(operand(0), operand(1));
            return replace(2, kNone);
        case Operation::kLtJumpIf:
        case Operation::kLtJumpIfZero:
            less(operand(0), operand(1), false);
            return replace(2, kNone);
        case Operation::kGtJumpIf:
        case Operation::kGtJumpIfZero:
            less(operand(1), operand(0), false);
            return replace(2, kNone);
        case Operation::kSLtJumpIf:
        case Operation::kSLtJumpIfZero:
            less(operand(0), operand(1), true);
            return replace(2, kNone);
        default:
            return pair_with_copy(operation, argument);
    }
}

// Of instructions joined with DUPs and SWAPs; see Operation for their numbers.
void LinearWords::Step::pair_with_copy(Operation operation, std::uint64_t argument) {
    const std::size_t n = argument & 0xff;
    const std::size_t m = argument >> 8 & 0xff;
    const auto small = [argument] { return constant(argument >> 8); };
    const auto copied = [&] { return operand(n - 1); };
    const auto copied_above_constant = [&] { return operand(n - 2); };
    const auto second_copied = [&] { return m == 1 ? operand(n - 1) : operand(m - 2); };
    switch (operation) {
        case Operation::kDupDup:
            copy(height_, n);
            return copy(height_ + 1, m);
        case Operation::kDupSwap:
            copy(height_, n);
            return exchange(height_ + 1, m);
        case Operation::kSwapDup:
            exchange(height_, n);
            return copy(height_, m);
        case Operation::kSwapSwap:
        case Operation::kSwap1Swap2:
        case Operation::kSwap2Swap1:
            exchange(height_, n);
            return exchange(height_, m);
        case Operation::kSwapSwapSwap:
            exchange(height_, n);
            exchange(height_, m);
            return exchange(height_, argument >> 16 & 0xff);
        case Operation::kSwapPop:
            exchange(height_, n);
            return words_.remove(height_ - 1);
        case Operation::kPushDup:
            return copy(height_ + 1, n);
        case Operation::kPushDupAdd:
            return replace(0, sum(small(), copied_above_constant()));
        case Operation::kPushDupAnd:
            return replace(0, conjunction(small(), copied_above_constant()));
        case Operation::kPushDupEq:
        case Operation::kPushDupEqJumpIf:
        case Operation::kPushDupEqJumpIfZero:
            return equal(small(), copied_above_constant());
        case Operation::kPushDupLt:
        case Operation::kPushDupLtJumpIf:
        case Operation::kPushDupLtJumpIfZero:
            return less(copied_above_constant(), small(), false);
        case Operation::kPushDupGt:
            return less(small(), copied_above_constant(), false);
        case Operation::kPushDupAddMLoad:
        case Operation::kPushDupAndJumpIf:
        case Operation::kPushDupAndJumpIfZero:
            return look_at(copied_above_constant());
        case Operation::kPushDupAddMStore:
            look_at(copied_above_constant());
            return look_at(operand(0));
        case Operation::kSwapSwapPopsJump: {
            exchange(height_, n);
            exchange(height_, m);
            const std::size_t pops = argument >> 16;
            replace(pops, kNone);
            const SlotId target = words_.slot_of(height_ - 1 - pops);
            if (target != kNone) words_.look_at(journal_, target);
            return;
        }
        case Operation::kDupAdd:
            return replace(1, sum(copied(), operand(0)));
        case Operation::kDupSub:
            return replace(1, difference(copied(), operand(0)));
        case Operation::kDupAnd:
            return replace(1, conjunction(copied(), operand(0)));
        case Operation::kDupEq:
            equal(copied(), operand(0));
            return replace(1, kNone);
        case Operation::kDupLt:
        case Operation::kDupLtJumpIf:
        case Operation::kDupLtJumpIfZero:
            less(copied(), operand(0), false);
            return replace(1, kNone);
        case Operation::kDupGt:
        case Operation::kDupGtJumpIf:
        case Operation::kDupGtJumpIfZero:
            less(operand(0), copied(), false);
            return replace(1, kNone);
        case Operation::kDupMul:
        case Operation::kDupMStore:
            look_at(copied());
            return look_at(operand(0));
        case Operation::kDupMLoad:
            return look_at(copied());
        case Operation::kDupJumpIf:
        case Operation::kDupJumpIfZero:
            return zero_test(n - 1);
        case Operation::kDupDupAdd:
            return replace(0, sum(second_copied(), copied()));
        case Operation::kDupDupSub:
            return replace(0, difference(second_copied(), copied()));
        case Operation::kDupDupMul:
            look_at(second_copied());
            return look_at(copied());
        case Operation::kDupDupEq:
            return equal(second_copied(), copied());
        case Operation::kDupDupLt:
            return less(second_copied(), copied(), false);
        case Operation::kDupDupGt:
            return less(copied(), second_copied(), false);
        default:
            return look_at_all();
    }
}

void LinearWords::follow(
    Journal& journal, std::uint16_t operation, std::uint64_t argument, const Uint256* stack,
    const Uint256* sp, Journal::AccountId self) {
    Step step{*this, journal, stack, sp, self};
    if (steps_left_ == 0) return step.look_at_all();
    --steps_left_;
    if (operation < 256)
        step.opcode(static_cast<std::uint8_t>(operation));
    else
        step.pair(static_cast<Operation>(operation), argument);
}

void LinearWords::add(Journal& journal, std::size_t position, SlotId slot) noexcept {
    if (count_ == kWordsMax || steps_left_ == 0) return look_at(journal, slot);
    words_[count_++] = {position, slot};
}

LinearWords::SlotId LinearWords::slot_of(std::size_t position) const noexcept {
    for (std::size_t i = 0; i < count_; ++i)
        if (words_[i].position == position) return words_[i].slot;
    return kNone;
}

void LinearWords::remove(std::size_t position) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        if (words_[i].position != position) continue;
        words_[i] = words_[--count_];
        return;
    }
}

void LinearWords::swap(std::size_t a, std::size_t b) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        if (words_[i].position == a)
            words_[i].position = b;
        else if (words_[i].position == b)
            words_[i].position = a;
    }
}

void LinearWords::look_at(Journal& journal, SlotId slot) noexcept {
    journal.see_slot(slot);
    for (std::size_t i = 0; i < count_;) {
        if (words_[i].slot == slot)
            words_[i] = words_[--count_];
        else
            ++i;
    }
}

// What SSTORE costs depends on which of the first, the present and the new value are zero
// (EIP-2200, EIP-3529). Which of them are equal does not change with the first one: they differ by
// constants.
void LinearWords::store(Journal& journal, SlotId slot, const Uint256& value) noexcept {
    const bool stored = stored_ == slot;
    stored_ = kNone;
    if (!stored) return look_at(journal, slot);
    const Journal::SlotRecord& record = journal.load_slot(slot);
    if (value == record.now) return;
    test_equality(journal, slot, record.before, 0);
    // The present value is the first one, or was tested when it was new.
    if (!record.before.is_zero()) test_equality(journal, slot, value, 0);
}

OperationIndex::OperationIndex(HandlerTable handlers) noexcept {
    for (std::size_t operation = 0; operation < kOperationCount; ++operation) {
        std::size_t at = place(handlers[operation]);
        while (entries_[at].handler != nullptr && entries_[at].handler != handlers[operation])
            at = (at + 1) % kEntries;
        entries_[at] = {handlers[operation], static_cast<std::uint16_t>(operation)};
    }
}

}  // namespace troupe::chain::evm
