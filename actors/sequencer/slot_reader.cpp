#include "actors/sequencer/slot_reader.hpp"

#include "chain/base/uint256.hpp"

#include <algorithm>

namespace troupe::actors {

using chain::Address;
using chain::ByteView;
using chain::Hash32;
using chain::state::Effect;
using chain::state::EffectKind;
using Kind = FormulaStep::Kind;

namespace {

constexpr std::uint64_t kOffsetMax = 64;  // slots of a struct
constexpr std::size_t kAddressPadding = 12;
constexpr std::size_t kSmallBytes = 2;  // what fits is a number, not an identity

Hash32 padded(const Address& address) noexcept {
    return chain::to_be32(chain::uint256_from_be(address));
}

bool zeros(ByteView bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_small(const Hash32& word) noexcept {
    return zeros(word.view().first(Hash32::kSize - kSmallBytes));
}

std::uint64_t push(SlotFormula& formula, Kind kind, std::uint64_t name, std::size_t count = 0) {
    formula.steps.push_back({kind, static_cast<std::uint8_t>(count), 0});
    return name;
}

std::uint64_t push_constant(SlotFormula& formula, const Hash32& word) {
    const std::uint64_t name = names::of_word(word);
    formula.steps.push_back({Kind::kConstant, 0, name});
    formula.constants.push_back(word);
    return name;
}

}  // namespace

const SlotReader::Entry* SlotReader::find_hash(const Hash32& word) const noexcept {
    for (const Entry& entry : observed_.hashes)
        if (entry.hash == word) return &entry;
    return nullptr;
}

// The address that CREATE2 gives is the end of a hash.
const SlotReader::Entry* SlotReader::find_address_hash(const Hash32& word) const noexcept {
    if (!zeros(word.view().first(kAddressPadding))) return nullptr;
    for (const Entry& entry : observed_.hashes)
        if (chain::equal(
                entry.hash.view().subspan(kAddressPadding), word.view().subspan(kAddressPadding)))
            return &entry;
    return nullptr;
}

// A value that another slot held, if it is no number that many slots hold.
bool SlotReader::describe_remembered(const Hash32& word, SlotFormula& formula) {
    const auto number = chain::uint256_from_be(word);
    for (const Effect& effect : observed_.effects) {
        if (effect.kind != EffectKind::kRead || effect.value != number) continue;
        const std::uint64_t slot = describe_slot(effect, formula);
        push(formula, Kind::kRemember, 0);
        memory_.set(slot, names::of_word(word));
        return true;
    }
    return false;
}

std::uint64_t SlotReader::describe_word(const Hash32& word, SlotFormula& formula) {
    ++depth_;
    const auto known = depth_ <= kDepthMax ? describe_origin(word, formula) : std::nullopt;
    --depth_;
    return known ? *known : push_constant(formula, word);
}

// Where a word comes from; nothing where that is not seen: the formula is as it was then.
std::optional<std::uint64_t> SlotReader::describe_origin(const Hash32& word, SlotFormula& formula) {
    const std::uint64_t name = names::of_word(word);
    if (word == padded(call_.sender)) return push(formula, Kind::kSender, name);
    const auto argument = std::find(call_.arguments.begin(), call_.arguments.end(), word);
    if (argument != call_.arguments.end()) {
        const auto number = static_cast<std::size_t>(argument - call_.arguments.begin());
        return push(formula, Kind::kArgument, name, number);
    }
    if (is_small(word)) return std::nullopt;
    if (const Entry* entry = find_hash(word)) return describe_hash(*entry, formula);
    if (const Entry* entry = find_address_hash(word)) {
        memory_.set(describe_hash(*entry, formula), name);
        return push(formula, Kind::kRemember, name);
    }
    if (describe_remembered(word, formula)) return name;
    return std::nullopt;
}

// A mapping's entry: Solidity hashes the key before the mapping's slot, Vyper after it.
std::uint64_t SlotReader::describe_pair(const Entry& entry, SlotFormula& formula) {
    const Hash32 words[2] = {
        Hash32::from(entry.input().first(32)), Hash32::from(entry.input().subspan(32))};
    std::uint64_t parts[2];
    const std::size_t mapping = is_small(words[1]) || !is_small(words[0]) ? 1 : 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const bool number = i == mapping && is_small(words[i]);
        parts[i] = number ? push_constant(formula, words[i]) : describe_word(words[i], formula);
    }
    push(formula, Kind::kPair, 0);
    return names::of_pair(parts[0], parts[1]);
}

std::uint64_t SlotReader::describe_hash(const Entry& entry, SlotFormula& formula) {
    const ByteView input = entry.input();
    if (input.size() == 64) return describe_pair(entry, formula);
    std::vector<Hash32> parts;
    const auto add_address = [&](std::size_t at) {
        parts.push_back(padded(Address::from(input.subspan(at, 20))));
    };
    if (input.size() == 40) {  // two addresses, packed
        add_address(0);
        add_address(20);
    } else if (input.size() == 85) {  // EIP-1014: 0xff, who creates, salt, hash of the code
        add_address(1);
        parts.push_back(Hash32::from(input.subspan(21)));
        parts.push_back(Hash32::from(input.subspan(53)));
    } else if (input.size() % 32 == 0) {
        for (std::size_t at = 0; at < input.size(); at += 32)
            parts.push_back(Hash32::from(input.subspan(at, 32)));
    } else {
        return push_constant(formula, entry.hash);
    }
    std::uint64_t sum = parts.size();
    for (const Hash32& part : parts)
        sum = names::add_part(sum, describe_word(part, formula));
    push(formula, Kind::kParts, 0, parts.size());
    return sum;
}

std::uint64_t SlotReader::describe_key(const Hash32& slot, SlotFormula& formula) {
    if (is_small(slot)) return push_constant(formula, slot);
    const auto number = chain::uint256_from_be(slot);
    for (const Entry& entry : observed_.hashes) {
        const chain::Uint256 behind = number - chain::uint256_from_be(entry.hash);
        if (!behind.fits_u64() || behind.low_u64() >= kOffsetMax) continue;
        const std::uint64_t name = describe_hash(entry, formula);
        if (behind.is_zero()) return name;
        formula.steps.push_back({Kind::kOffset, 0, behind.low_u64()});
        return names::at_offset(name, behind.low_u64());
    }
    return describe_word(slot, formula);
}

// The contract that is called is the template's own.
std::uint64_t SlotReader::describe_account(const Address& address, SlotFormula& formula) {
    if (address == call_.to) return push_constant(formula, padded(address));
    return describe_word(padded(address), formula);
}

std::uint64_t SlotReader::describe_slot(const Effect& effect, SlotFormula& formula) {
    const std::uint64_t account = describe_account(effect.address, formula);
    const std::uint64_t slot = describe_key(effect.slot, formula);
    push(formula, Kind::kSlot, 0);
    return names::of_slot(account, slot);
}

std::vector<SlotReader::Slot> SlotReader::read() {
    std::vector<Slot> slots;
    for (const Effect& effect : observed_.effects) {
        SlotFormula formula;
        const std::uint64_t name = describe_slot(effect, formula);
        const bool written = effect.kind == EffectKind::kWrite || effect.kind == EffectKind::kDelta;
        const auto known = std::find_if(
            slots.begin(), slots.end(), [name](const Slot& slot) { return slot.name == name; });
        if (known != slots.end()) {
            known->written = known->written || written;
        } else if (formula.steps.size() <= kFormulaStepsMax && slots.size() < kSlotsMax) {
            slots.push_back({name, std::move(formula), written});
        }
    }
    return slots;
}

}  // namespace troupe::actors
