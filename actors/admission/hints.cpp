#include "actors/admission/hints.hpp"

#include "actors/sequencer/slot_formula.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kWord = 32;
constexpr std::size_t kSelector = 4;
constexpr std::size_t kAddressPadding = 12;
constexpr std::size_t kPoolFee = 3;
/// In the data of a call that is an argument, words stand behind a selector of its own.
constexpr std::size_t kNestedFrom = 4 * kWord;  // bytes of data: an offset, a length, a selector
constexpr std::uint64_t kListedSalt = 0x589b'1d2c'4a3f'e7b5;

bool all_zero(chain::ByteView bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// An address has zeros before it; a number that looks like one would have 13 bytes at least.
bool is_address(chain::ByteView word) noexcept {
    return all_zero(word.first(kAddressPadding)) && !all_zero(word.subspan(kAddressPadding, 7));
}

/// Addresses that a call's data names behind its first words.
class NamedDeep {
  public:
    NamedDeep(chain::ByteView data, const TableSeed& seed, std::vector<std::uint64_t>& hints)
        : data_(data.first(std::min(data.size(), kHintBytesMax))),
          seed_(seed),
          hints_(hints),
          end_(hints.size() + kHintsDeepMax) {}

    /// Of the words from `begin` on.
    void add_words(std::size_t begin, bool nested) {
        for (; begin + kWord <= data_.size() && hints_.size() < end_; begin += kWord) {
            const chain::ByteView word = data_.subspan(begin, kWord);
            // Seen between words, a number may look like an address, and ends in zeros.
            if (is_address(word) && !(nested && all_zero(word.last(kSelector))))
                add(word.subspan(kAddressPadding));
            else
                add_path(begin);
        }
    }
    /// If a length stands there, and as many bytes that can be pools' tokens and fees by turns
    /// (Uniswap V3, SwapRouter.exactInput): of the tokens.
    void add_path(std::size_t begin) {
        const chain::ByteView word = data_.subspan(begin, kWord);
        if (!all_zero(word.first(kWord - 1)) || word.back() < 2 * chain::Address::kSize + kPoolFee)
            return;
        const std::size_t length = word.back();
        if ((length - chain::Address::kSize) % (chain::Address::kSize + kPoolFee) != 0) return;
        const std::size_t path = begin + kWord;
        if (path + length > data_.size()) return;
        for (std::size_t at = 0; at < length && hints_.size() < end_;
             at += chain::Address::kSize + kPoolFee)
            add(data_.subspan(path + at, chain::Address::kSize));
    }

  private:
    void add(chain::ByteView address) {
        const std::uint64_t hint = table_hash(chain::Address::from(address), seed_);
        if (std::find(hints_.begin(), hints_.end(), hint) == hints_.end()) hints_.push_back(hint);
    }

    chain::ByteView data_;
    const TableSeed& seed_;
    std::vector<std::uint64_t>& hints_;
    std::size_t end_;
};

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
    if (data.size() > kNestedFrom) {
        NamedDeep deep(data, seed, hints);
        for (std::size_t i = 0; i < words; ++i)
            deep.add_path(kSelector + kWord * i);
        deep.add_words(kSelector + kWord * words, false);
        deep.add_words(2 * kSelector, true);
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
