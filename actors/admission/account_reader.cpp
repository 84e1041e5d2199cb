#include "actors/admission/account_reader.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::actors {

AccountReader::AccountReader(
    const AccountStore& store, std::vector<DeparturesPtr> departures, std::size_t remembered)
    : store_(store), departures_(std::move(departures)), recent_(remembered) {}

struct AccountReader::Wanted {
    std::vector<ReadAhead*> ahead;
    std::vector<chain::ByteView> addresses;
};

void AccountReader::want(
    Wanted& wanted, Chunk& chunk, const Place& place, const chain::Address& address,
    const ReadAhead*& ahead) {
    if (recent_.seen(place.hash)) return;
    ReadAhead& entry = chunk.ahead.emplace_back();
    // Before the account: a record that goes later leaves this one too old to be taken.
    entry.departed = owner_of(departures_, place.sub_trie).at(place.hash);
    ahead = &entry;
    wanted.ahead.push_back(&entry);
    wanted.addresses.push_back(address);
}

void AccountReader::read(std::span<const ChunkPtr> chunks) {
    Wanted wanted;
    for (const ChunkPtr& chunk : chunks) {
        chunk->ahead.reserve(2 * chunk->txs.size());  // transactions point into it
        for (AdmittedTx& tx : chunk->txs) {
            want(wanted, *chunk, tx.sender_place, tx.sender, tx.sender_ahead);
            want(wanted, *chunk, tx.to_place, tx.to, tx.to_ahead);
        }
    }
    std::vector<chain::Hash32> keys(wanted.addresses.size());
    chain::crypto::keccak256_batch(wanted.addresses, keys);
    std::vector<StoredAccount> accounts(keys.size());
    store_.read_all(keys, accounts);
    for (std::size_t i = 0; i < accounts.size(); ++i)
        wanted.ahead[i]->stored = accounts[i];
}

}  // namespace troupe::actors
