#pragma once

#include "actors/placement.hpp"
#include "actors/ports.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace troupe::actors {

/// Names of words and slots: 64 bits that are the same for the same thing. The name of a slot that
/// is an entry of a mapping is made of the names of key and mapping, without a Keccak; so all who
/// name it must know how it came about.
namespace names {

/// Of a word [32 bytes].
[[nodiscard]] inline std::uint64_t of_word(chain::ByteView word) noexcept {
    std::uint64_t parts[4];
    for (std::size_t i = 0; i < 4; ++i)
        parts[i] = chain::load_le<std::uint64_t>(word.data() + 8 * i);
    const std::uint64_t head =
        fold(parts[0] ^ 0x2d35'8dcc'aa6c'78a5, parts[1] ^ 0x8bb8'4b93'962e'acc9);
    return fold(head ^ parts[2] ^ 0x4b33'a62e'd433'd4a3, parts[3] ^ 0x4d5a'2da5'1de1'aa47);
}
/// Of an address, as a word.
[[nodiscard]] inline std::uint64_t of_address(const chain::Address& address) noexcept {
    chain::Hash32 word;
    std::memcpy(word.data() + 12, address.data(), 20);
    return of_word(word);
}
/// Of a hash of two words, in this order.
[[nodiscard]] inline std::uint64_t of_pair(std::uint64_t first, std::uint64_t second) noexcept {
    return fold(
        first ^ 0x9e37'79b9'7f4a'7c15, (second << 1 | second >> 63) ^ 0xd6e8'feb8'6659'fd93);
}
/// Of a hash of parts that may be sorted first; begins with the number of the parts.
[[nodiscard]] inline std::uint64_t add_part(std::uint64_t sum, std::uint64_t part) noexcept {
    return sum + fold(part ^ 0xa076'1d64'78bd'642f, 0xe703'7ed1'a0b4'28db);
}
/// Of the slot `offset` behind another.
[[nodiscard]] inline std::uint64_t at_offset(std::uint64_t slot, std::uint64_t offset) noexcept {
    return slot + offset * 0x8ebc'6af0'9c88'c6e3;
}
/// Of an account's slot.
[[nodiscard]] inline std::uint64_t of_slot(std::uint64_t account, std::uint64_t slot) noexcept {
    return fold(account ^ 0x5896'359b'a7a5'2d1b, slot ^ 0x1d8e'4e27'c47d'124f);
}

}  // namespace names

/// What is known of a transaction before it runs.
struct CallNames {
    std::uint64_t sender = 0;                  ///< names::of_address
    std::span<const std::uint64_t> arguments;  ///< names::of_word
};

/// How a slot's name follows from a transaction: steps of a stack machine.
struct FormulaStep {
    enum class Kind : std::uint8_t {
        kConstant,  ///< pushes `value`
        kSender,
        kArgument,  ///< that of number `count`; without it the formula gives nothing
        kPair,      ///< of two
        kParts,     ///< of `count`
        kOffset,    ///< `value` behind it
        kRemember,  ///< what SlotMemory knows of it: a contract that is made from it, or what a
                    ///< slot held
        kSlot,      ///< account and slot below it
    };
    Kind kind = Kind::kConstant;
    std::uint8_t count = 0;
    std::uint64_t value = 0;
    friend bool operator==(const FormulaStep&, const FormulaStep&) noexcept = default;
};
struct SlotFormula {
    std::vector<FormulaStep> steps;
    std::vector<chain::Hash32> constants;  ///< the words of the steps that are one, in order
    friend bool operator==(const SlotFormula&, const SlotFormula&) noexcept = default;
};
inline constexpr std::size_t kFormulaStepsMax = 20;

/// A call's words, of which formulas are made.
struct CallWords {
    chain::Address sender;
    chain::Address to;
    std::vector<chain::Hash32> arguments;
};
/// @param data  of the call: as many of its arguments as words_of() names
[[nodiscard]] CallWords words_of_call(
    const chain::Address& sender, const chain::Address& to, chain::ByteView data);

/// Names that other names stand for: bounded, the newer one replaces what is in its place.
class SlotMemory {
  public:
    SlotMemory() : entries_(kEntries) {}
    /// @return 0: not known
    [[nodiscard]] std::uint64_t find(std::uint64_t name) const noexcept {
        const auto& [known, meant] = entries_[name % kEntries];
        return known == name ? meant : 0;
    }
    void set(std::uint64_t name, std::uint64_t meant) noexcept {
        entries_[name % kEntries] = {name, meant};
    }

  private:
    static constexpr std::size_t kEntries = 1 << 13;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries_;
};

/// @pre the formula is whole: it leaves one name
/// @return the slot's name; 0: this transaction does not say
[[nodiscard]] std::uint64_t evaluate(
    const SlotFormula& formula, const CallNames& call, const SlotMemory& memory) noexcept;

/// The slot itself, with its Keccaks. @pre the formula is whole
/// @return nothing: this transaction does not say, or the formula needs what is remembered or was
///         sorted, of which there are names only
[[nodiscard]] std::optional<SlotKey> find_slot(const SlotFormula& formula, const CallWords& call);

}  // namespace troupe::actors
