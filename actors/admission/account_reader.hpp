#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/admission/recently_read.hpp"
#include "actors/partition/account_table.hpp"

#include <memory>
#include <span>
#include <vector>

namespace troupe::actors {

/// Reads the accounts of transactions from the store while these are on their way to the sequencer,
/// so that nobody waits for the disk where the order is fixed. One for all admission actors: it
/// remembers which accounts were wanted lately, for they are in memory, and does not read those.
class AccountReader {
  public:
    /// @param departures  of the partitions' tables @param remembered  accounts, about
    AccountReader(
        const AccountStore& store, std::vector<DeparturesPtr> departures, std::size_t remembered);

    /// Reads what the chunks' txs name and seems not to be in memory. Any thread.
    void read(std::span<const ChunkPtr> chunks);

  private:
    struct Wanted;
    void want(
        Wanted& wanted, Chunk& chunk, const Place& place, const chain::Address& address,
        const ReadAhead*& ahead);

    const AccountStore& store_;
    std::vector<DeparturesPtr> departures_;
    RecentlyRead recent_;
};
using AccountReaderPtr = std::shared_ptr<AccountReader>;

}  // namespace troupe::actors
