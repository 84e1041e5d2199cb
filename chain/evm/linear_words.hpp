#pragma once

#include "chain/evm/code.hpp"
#include "chain/state/journal.hpp"

#include <array>

namespace troupe::chain::evm {

/// Which words on the stack of the running call are linear: the value that one slot had when the
/// transaction began, plus a constant modulo 2^256. They come from SLOADs of slots that are linear
/// themselves (state::Journal), and are followed instruction by instruction: a sum with a constant
/// stays linear; a comparison with one restricts the range of values for which the transaction goes
/// this way; stored back to its slot the word leaves the slot linear. Whatever does anything else
/// with such a word looks at it, and then the slot is one that was read.
///
/// The constant is never written down: it is the word minus the slot's first value.
///
/// Why ranges may be taken one slot at a time, and why that is sound: docs/execution.md.
class LinearWords {
  public:
    using SlotId = state::Journal::SlotId;

    /// A transaction begins.
    void begin() noexcept {
        clear();
        steps_left_ = kStepsMax;
    }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// The call whose stack it was is over: nobody will see these words any more.
    void clear() noexcept {
        count_ = 0;
        stored_ = kNone;
    }
    /// The word at `position` (0: the lowest of the stack) is the slot's value.
    void add(state::Journal& journal, std::size_t position, SlotId slot) noexcept;
    /// What the operation that runs next makes of the words.
    /// @param argument  of the operation, as in Instruction
    /// @param stack     of the call, up to `sp`
    /// @param self      whose storage the call works on
    /// @pre the operation's operands are on the stack
    void follow(
        state::Journal& journal, std::uint16_t operation, std::uint64_t argument,
        const Uint256* stack, const Uint256* sp, state::Journal::AccountId self);
    /// SSTORE of `value` to a linear slot: unless follow() found it linear in the same slot, the
    /// slot is looked at; else what the instruction costs restricts the slot.
    void store(state::Journal& journal, SlotId slot, const Uint256& value) noexcept;

    /// More linear words at a time than this: the slot of the next one is looked at.
    static constexpr std::size_t kWordsMax = 12;
    /// More operations of a transaction than this are not followed: all linear words are looked at.
    /// Following costs about 10 ns, so this bounds what code that wants to be slow gains by it.
    static constexpr std::uint32_t kStepsMax = 8'192;

  private:
    static constexpr SlotId kNone = ~SlotId{0};
    struct Word {
        std::size_t position;
        SlotId slot;
    };
    /// A word that an operation works on; of no slot: a constant.
    struct Operand {
        Uint256 value;
        SlotId slot = kNone;
        [[nodiscard]] bool is_linear() const noexcept { return slot != kNone; }
    };
    class Step;

    [[nodiscard]] SlotId slot_of(std::size_t position) const noexcept;
    void remove(std::size_t position) noexcept;
    void swap(std::size_t a, std::size_t b) noexcept;
    void look_at(state::Journal& journal, SlotId slot) noexcept;

    std::array<Word, kWordsMax> words_{};
    std::size_t count_ = 0;
    std::uint32_t steps_left_ = kStepsMax;
    SlotId stored_ = kNone;  ///< what the SSTORE that runs next stores is linear in this slot
};

/// Finds what operation a decoded instruction is, by its handler.
class OperationIndex {
  public:
    explicit OperationIndex(HandlerTable handlers) noexcept;
    /// @pre a handler of the table
    [[nodiscard]] std::uint16_t of(const void* handler) const noexcept {
        for (std::size_t at = place(handler);; at = (at + 1) % kEntries)
            if (entries_[at].handler == handler) return entries_[at].operation;
    }

  private:
    static constexpr std::size_t kEntries = 1'024;  // at most a third of them used
    struct Entry {
        const void* handler = nullptr;
        std::uint16_t operation = 0;
    };
    [[nodiscard]] static std::size_t place(const void* handler) noexcept {
        return reinterpret_cast<std::uintptr_t>(handler) * 0x9e37'79b9'7f4a'7c15 >> 54;
    }
    std::array<Entry, kEntries> entries_;
};

}  // namespace troupe::chain::evm
