#include "actors/admission/slot_ahead_reader.hpp"

namespace troupe::actors {

SlotAheadReader::SlotAheadReader(
    const SlotStore& store, std::vector<DeparturesPtr> departures, KnownSlotsPtr known,
    TableSeed seed, std::size_t remembered)
    : store_(store),
      departures_(std::move(departures)),
      known_(std::move(known)),
      seed_(seed),
      recent_(remembered) {}

void SlotAheadReader::want(
    Chunk& chunk, const AdmittedTx& tx, const KnownSlots::Formulas& formulas) {
    const auto decoded = chain::decode_transaction(tx.raw);
    TROUPE_ASSERT(decoded.ok());  // admission read the same bytes
    const CallWords call = words_of_call(tx.sender, tx.to, decoded->data);
    for (const SlotFormula& formula : formulas) {
        const auto key = find_slot(formula, call);
        if (!key) continue;
        const std::uint64_t hash = slot_hash(key->address, key->slot, seed_);
        if (recent_.seen(hash)) continue;
        // Before the slot: a record that goes later leaves this one too old to be taken.
        chunk.slots_ahead.push_back({*key, hash, {}, owner_of_slot(departures_, hash).at(hash)});
    }
}

void SlotAheadReader::read(std::span<const ChunkPtr> chunks) {
    const KnownSlots::ByFunctionPtr functions = known_->get();
    if (functions->empty()) return;
    std::vector<SlotKey> keys;
    for (const ChunkPtr& chunk : chunks) {
        for (const AdmittedTx& tx : chunk->txs) {
            if (tx.hints.empty()) continue;
            const auto known = functions->find(tx.hints[0]);
            if (known != functions->end()) want(*chunk, tx, *known->second);
        }
        for (const SlotAhead& ahead : chunk->slots_ahead)
            keys.push_back(ahead.key);
    }
    std::vector<chain::Uint256> values(keys.size());
    store_.read_slots(keys, values);
    std::size_t next = 0;
    for (const ChunkPtr& chunk : chunks)
        for (SlotAhead& ahead : chunk->slots_ahead)
            ahead.value = values[next++];
}

}  // namespace troupe::actors
