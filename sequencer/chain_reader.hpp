#pragma once

#include "actors/records.hpp"
#include "chain/base/result.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// The stored chain as readers see it: gRPC, JSON-RPC and the event hub ask through this interface,
/// storage implements it.
namespace troupe::node {

/// Why something could not be read.
enum class ReadError : std::uint8_t {
    kNotFound = 1,  ///< there is no such block, transaction or account change
    kPruned = 2,    ///< there was one, older than oldest_block()
    kStorage = 3,   ///< the disk failed or the data is damaged; storage has logged the cause
};

template <class T>
using ReadResult = chain::Result<T, ReadError>;

/// One sealed transaction with all that a receipt says, read without the rest of its block.
struct StoredTransaction {
    chain::Bytes raw;
    chain::Hash32 hash;
    chain::Address sender;
    std::uint64_t block_number = 0;
    chain::Hash32 block_hash;
    std::uint64_t block_timestamp = 0;  ///< seconds
    std::uint32_t index = 0;            ///< in the block
    chain::Receipt receipt;
    std::uint64_t gas_used = 0;  ///< by this transaction alone
    chain::Uint256 effective_gas_price;
    std::uint32_t first_log_index = 0;  ///< logs of earlier transactions of the block
};

/// An account as it was after block `block_number`, in which it changed.
struct AccountVersion {
    std::uint64_t block_number = 0;
    chain::Account account;
    std::vector<chain::execution::SlotChange> slots;  ///< that the block changed
};

/// Reads what is stored. Safe to call from any number of threads; may block on the disk, so never
/// called from an actor. Everything that EventSink::on_block announced can be read at once.
class ChainReader {
  public:
    virtual ~ChainReader() = default;

    /// The numbers of the newest sealed, safe and finalized block.
    [[nodiscard]] virtual actors::Heads heads() const = 0;
    /// The oldest block that block() still gives; 0 where nothing is pruned.
    [[nodiscard]] virtual std::uint64_t oldest_block() const = 0;

    /// The whole block: header, transactions, receipts, account changes. Block 0 is the genesis.
    /// @error kNotFound beyond the head, kPruned, kStorage
    [[nodiscard]] virtual ReadResult<actors::SealedBlockPtr> block(std::uint64_t number) const = 0;
    /// The same without transactions, receipts and changes: `hash`, `block.header` and
    /// `block.l1_origin` are set, and `block.transactions` has as many entries as the block, all
    /// empty. For headers and chain info without reading megabytes.
    /// @error as block()
    [[nodiscard]] virtual ReadResult<actors::SealedBlockPtr> header(std::uint64_t number) const = 0;
    /// Number of the block with this hash. @error kNotFound, kStorage
    [[nodiscard]] virtual ReadResult<std::uint64_t> number_of(
        const chain::Hash32& block_hash) const = 0;

    /// A sealed transaction by its hash. @error kNotFound, kPruned, kStorage
    [[nodiscard]] virtual ReadResult<StoredTransaction> transaction(
        const chain::Hash32& hash) const = 0;

    /// Changes of one account in blocks first..last (both included), ascending, at most `count_max`
    /// of them: read from the change sets.
    /// @error kPruned when `first` is below oldest_block(), kStorage
    [[nodiscard]] virtual ReadResult<std::vector<AccountVersion>> account_history(
        const chain::Address& address, std::uint64_t first, std::uint64_t last,
        std::uint32_t count_max) const = 0;
};

}  // namespace troupe::node
