#pragma once

#include "actors/admission/chunk.hpp"
#include "actors/partition/account_table.hpp"

#include <atomic>
#include <memory>
#include <span>
#include <vector>

namespace troupe::actors {

/// Reads the accounts of transactions from the store while these are on their way to the sequencer,
/// so that nobody waits for the disk where the order is fixed. One for all admission actors: it
/// remembers which accounts were wanted lately, for they are in memory, and does not read those.
class AccountReader {
  public:
    /// @param generations  of the partitions' tables @param remembered  accounts, about
    AccountReader(
        const AccountStore& store, std::vector<AccountTable::Generation> generations,
        std::size_t remembered);

    /// Reads what the chunks' txs name and seems not to be in memory. Any thread.
    void read(std::span<const ChunkPtr> chunks);

  private:
    [[nodiscard]] bool seen(std::uint64_t hash) noexcept;
    struct Wanted;
    void want(
        Wanted& wanted, Chunk& chunk, const Place& place, const chain::Address& address,
        const ReadAhead*& ahead);

    const AccountStore& store_;
    std::vector<AccountTable::Generation> generations_;
    std::size_t mask_;
    /// By the lowest bits of a hash, the last hash there. A wrong answer costs a read, here or
    /// there.
    std::unique_ptr<std::atomic<std::uint64_t>[]> last_;
};
using AccountReaderPtr = std::shared_ptr<AccountReader>;

}  // namespace troupe::actors
