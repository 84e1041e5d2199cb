#include "actors/admission/account_reader.hpp"

#include "chain/crypto/keccak.hpp"

#include <bit>

namespace troupe::actors {

AccountReader::AccountReader(
    const AccountStore& store, std::vector<AccountTable::Generation> generations,
    std::size_t remembered)
    : store_(store),
      generations_(std::move(generations)),
      mask_(std::bit_ceil(remembered + 1) - 1),
      last_(std::make_unique<std::atomic<std::uint64_t>[]>(mask_ + 1)) {}

bool AccountReader::seen(std::uint64_t hash) noexcept {
    return last_[hash & mask_].exchange(hash, std::memory_order_relaxed) == hash;
}

const ReadAhead* AccountReader::read(
    Chunk& chunk, const Place& place, const chain::Address& address) {
    if (seen(place.hash)) return nullptr;
    const auto partitions = static_cast<std::uint32_t>(generations_.size());
    ReadAhead& ahead = chunk.ahead.emplace_back();
    // Before the account: a record that goes later leaves this one too old to be taken.
    ahead.generation =
        generations_[partition_of(place.sub_trie, partitions)]->load(std::memory_order_acquire);
    ahead.stored = store_.read(chain::crypto::keccak256(address));
    return &ahead;
}

void AccountReader::read(Chunk& chunk) {
    chunk.ahead.reserve(2 * chunk.txs.size());  // transactions point into it
    for (AdmittedTx& tx : chunk.txs) {
        tx.sender_ahead = read(chunk, tx.sender_place, tx.sender);
        tx.to_ahead = read(chunk, tx.to_place, tx.to);
    }
}

}  // namespace troupe::actors
