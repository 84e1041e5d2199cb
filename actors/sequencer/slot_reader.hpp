#pragma once

#include "actors/sequencer/observation.hpp"
#include "actors/sequencer/slot_formula.hpp"

#include <optional>

namespace troupe::actors {

/// Finds out how the slots that one transaction touched follow from its sender and its arguments:
/// entries of mappings, also nested ones, in Solidity's and in Vyper's order of key and mapping;
/// fields of structs; contracts whose address is a hash (CREATE2) or stands in another slot.
class SlotReader {
  public:
    struct Slot {
        std::uint64_t name = 0;
        SlotFormula formula;
        bool written = false;
    };
    /// @param memory  is told what contracts and slots of other formulas stand for
    SlotReader(const CallWords& call, const Observation& observed, SlotMemory& memory)
        : call_(call), observed_(observed), memory_(memory) {}

    /// Each slot once, kSlotsMax at most.
    [[nodiscard]] std::vector<Slot> read();

    static constexpr std::size_t kSlotsMax = 64;

  private:
    using Entry = chain::evm::HashRecord::Entry;

    std::uint64_t describe_slot(const chain::state::Effect& effect, SlotFormula& formula);
    std::uint64_t describe_account(const chain::Address& address, SlotFormula& formula);
    std::uint64_t describe_key(const chain::Hash32& slot, SlotFormula& formula);
    std::uint64_t describe_word(const chain::Hash32& word, SlotFormula& formula);
    std::optional<std::uint64_t> describe_origin(const chain::Hash32& word, SlotFormula& formula);
    std::uint64_t describe_hash(const Entry& entry, SlotFormula& formula);
    std::uint64_t describe_pair(const Entry& entry, SlotFormula& formula);
    bool describe_remembered(const chain::Hash32& word, SlotFormula& formula);
    [[nodiscard]] const Entry* find_hash(const chain::Hash32& word) const noexcept;
    [[nodiscard]] const Entry* find_address_hash(const chain::Hash32& word) const noexcept;

    static constexpr int kDepthMax = 4;

    const CallWords& call_;
    const Observation& observed_;
    SlotMemory& memory_;
    int depth_ = 0;
};

}  // namespace troupe::actors
