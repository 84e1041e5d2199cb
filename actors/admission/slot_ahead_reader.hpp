#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/admission/recently_read.hpp"
#include "actors/sequencer/known_slots.hpp"

#include <span>

namespace troupe::actors {

/// Reads the slots that calls will probably touch, as AccountReader reads accounts.
class SlotAheadReader {
  public:
    /// @param departures  of the partitions' tables @param known  which slots functions touch
    /// @param remembered  slots, about
    SlotAheadReader(
        const SlotStore& store, std::vector<DeparturesPtr> departures, KnownSlotsPtr known,
        TableSeed seed, std::size_t remembered);

    /// Reads what the chunks' txs will touch and seems not to be in memory. Any thread.
    void read(std::span<const ChunkPtr> chunks);

  private:
    void want(Chunk& chunk, const AdmittedTx& tx, const KnownSlots::Formulas& formulas);

    const SlotStore& store_;
    std::vector<DeparturesPtr> departures_;
    KnownSlotsPtr known_;
    TableSeed seed_;
    RecentlyRead recent_;
};
using SlotAheadReaderPtr = std::shared_ptr<SlotAheadReader>;

}  // namespace troupe::actors
