#include "actors/admission/hints.hpp"

#include "actors/sequencer/slot_formula.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kWord = 32;
constexpr std::size_t kSelector = 4;
constexpr std::size_t kAddressPadding = 12;
constexpr std::uint64_t kListedSalt = 0x589b'1d2c'4a3f'e7b5;

bool all_zero(chain::ByteView bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// An address has zeros before it; a number that looks like one would have 13 bytes at least.
bool is_address(chain::ByteView word) noexcept {
    return all_zero(word.first(kAddressPadding)) && !all_zero(word.subspan(kAddressPadding, 7));
}

void add_listed_slots(
    const chain::AccessList& list, const TableSeed& seed, std::vector<std::uint64_t>& hints) {
    std::size_t listed = 0;
    for (const chain::AccessListEntry& entry : list)
        for (const chain::Hash32& slot : entry.storage_keys) {
            if (listed++ == kListedSlotsMax) return;
            hints.push_back(fold(slot_hash(entry.address, slot, seed), kListedSalt));
        }
}

}  // namespace

std::vector<std::uint64_t> hints_of(const chain::Transaction& tx, const TableSeed& seed) {
    std::vector<std::uint64_t> hints;
    if (!tx.to || tx.data.size() < kSelector) return hints;
    const chain::ByteView data{tx.data};
    const std::size_t words = std::min((data.size() - kSelector) / kWord, kHintWordsMax);
    hints.reserve(1 + words);
    const std::uint64_t function = fold(
        table_hash(*tx.to, seed) ^ chain::load_le<std::uint32_t>(data.data()),
        seed.a ^ 0xe703'7ed1'a0b4'28db);
    hints.push_back(function);
    for (std::size_t i = 0; i < words; ++i) {
        const chain::ByteView word = data.subspan(kSelector + kWord * i, kWord);
        if (is_address(word)) {
            hints.push_back(table_hash(chain::Address::from(word.subspan(kAddressPadding)), seed));
        } else if (!all_zero(word.first(kWord - 2))) {  // else a length, an offset, a flag
            const chain::Hash32 value = chain::Hash32::from(word);
            hints.push_back(fold(slot_hash(*tx.to, value, seed) ^ i, function));
        }
    }
    add_listed_slots(tx.access_list, seed, hints);
    return hints;
}

std::vector<std::uint64_t> words_of(const chain::Transaction& tx) {
    std::vector<std::uint64_t> names;
    if (!tx.to || tx.data.size() < kSelector) return names;
    const chain::ByteView data{tx.data};
    names.resize(std::min((data.size() - kSelector) / kWord, kArgumentsMax));
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = names::of_word(data.subspan(kSelector + kWord * i, kWord));
    return names;
}

}  // namespace troupe::actors
