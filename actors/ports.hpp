#pragma once

#include "actors/records.hpp"
#include "chain/batch/channel.hpp"
#include "chain/batch/derivation.hpp"
#include "chain/trie/sub_trie.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>

/// What actors/ needs of the outside, implemented in sequencer/. Each interface says who calls it.
namespace troupe::actors {

/// A failed I/O operation in words an operator can act on. Empty optional: it worked.
using IoFailure = std::optional<std::string>;

/// The order log: LevelDB, synced. Called by one detached actor only; may block.
class OrderLog {
  public:
    virtual ~OrderLog() = default;
    /// Durable (fsync) when it returns without failure.
    [[nodiscard]] virtual IoFailure append(const MicroBlockRecord& record) = 0;
    [[nodiscard]] virtual IoFailure append(const SealRecord& record) = 0;
    /// Forgets entries up to `sequence`: their blocks are in the BlockStore, durably.
    [[nodiscard]] virtual IoFailure prune(std::uint64_t sequence) = 0;
};

/// Blocks, receipts, state and change sets: LevelDB. Called by one detached actor; may block.
class BlockStore {
  public:
    virtual ~BlockStore() = default;
    /// Writes blocks (consecutive, ascending) with their receipts, indexes, account changes, change
    /// sets and the new head in one atomic batch. Synced.
    [[nodiscard]] virtual IoFailure commit(std::span<const SealedBlockPtr> blocks) = 0;
    /// Reads one sealed block back: for batches after a restart.
    [[nodiscard]] virtual SealedBlockPtr block(std::uint64_t number) = 0;
};

/// An account on disk.
struct StoredAccount {
    chain::Account account;  ///< empty: there is none
    bool delegated = false;  ///< its code is a delegation (EIP-7702)
};

/// The accounts on disk, for partitions that hold a part of them only. Called from any thread, from
/// several at once; may block. Where the disk fails or holds damage nothing right can be done any
/// more: the implementation says so to the operator and ends the process.
class AccountStore {
  public:
    virtual ~AccountStore() = default;
    /// What the blocks up to this one did to accounts is in the store. Only rises.
    [[nodiscard]] virtual std::uint64_t written_block() const noexcept = 0;
    /// @param key  keccak256 of its address
    [[nodiscard]] virtual StoredAccount read(const chain::Hash32& key) const noexcept = 0;
    /// Reads many, with as many of them under way at once as is good for the disk.
    /// @param keys  in any order @param accounts  one for each of them
    virtual void read_all(
        std::span<const chain::Hash32> keys, std::span<StoredAccount> accounts) const noexcept = 0;
    /// Reads buckets of the state trie, likewise. @param buckets  sorted @param leaves  one for
    /// each of them
    virtual void read_buckets(
        std::span<const chain::trie::Bucket> buckets, std::size_t depth,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept = 0;
    using Visit = std::function<void(const chain::Hash32& key, const chain::Account& account)>;
    /// Calls back for every account of one bucket, in order; `depth` 2: of a sub-trie.
    virtual void scan(
        chain::trie::Bucket first, std::size_t depth, const Visit& visit) const noexcept = 0;
    /// Something in the store is not what it was: says so and ends the process.
    [[noreturn]] virtual void damaged(const std::string& what) const noexcept = 0;
};

/// One storage slot of one account.
struct SlotKey {
    chain::Address address;
    chain::Hash32 slot;
    friend auto operator<=>(const SlotKey&, const SlotKey&) noexcept = default;
};

/// A part of one contract's storage trie: the slots whose keys, keccak256(slot), begin with the
/// first `depth` nibbles of `bucket`. Depth 0: all of the contract's.
struct SlotBucket {
    chain::Address address;
    chain::trie::Bucket bucket = 0;
    std::size_t depth = 0;
};

/// The slots on disk, likewise.
class SlotStore {
  public:
    virtual ~SlotStore() = default;
    /// What the blocks up to this one did to slots is in the store. Only rises.
    [[nodiscard]] virtual std::uint64_t written_block() const noexcept = 0;
    /// Zero where there is none.
    [[nodiscard]] virtual chain::Uint256 read_slot(
        const chain::Address& address, const chain::Hash32& slot) const noexcept = 0;
    /// Reads many, with as many of them under way at once as is good for the disk.
    /// @param slots  in any order @param values  one for each of them
    virtual void read_slots(
        std::span<const SlotKey> slots, std::span<chain::Uint256> values) const noexcept = 0;
    /// Reads many buckets, likewise. @param buckets  in any order @param leaves  one for each of
    /// them: what a storage trie holds
    virtual void read_slot_buckets(
        std::span<const SlotBucket> buckets,
        std::vector<chain::trie::BucketLeaves>& leaves) const noexcept = 0;
    /// @param leaf  of the storage trie @return whether to go on
    using SlotVisit = std::function<bool(
        const chain::Address& address, const chain::Hash32& key, chain::ByteView leaf)>;
    /// Calls back for every slot from the first one of a bucket on, contract by contract, each in
    /// the order of keys.
    virtual void scan_slots(
        const chain::Address& address, chain::trie::Bucket first,
        const SlotVisit& visit) const noexcept = 0;
    /// Something in the store is not what it was: says so and ends the process.
    [[noreturn]] virtual void damaged(const std::string& what) const noexcept = 0;
};

/// What happened, for everyone who watches: subscriptions, wallets, metrics. Called from several
/// actors; must return at once and never block. Implementations bound what they hold.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void on_micro_block(
        std::shared_ptr<const CommittedMicroBlock> micro_block) noexcept = 0;
    /// The block is durable and stored. In order, no gaps.
    virtual void on_block(SealedBlockPtr block) noexcept = 0;
    /// Blocks first..last are in a closed channel.
    virtual void on_batched(std::uint64_t first, std::uint64_t last) noexcept = 0;
    /// The channel with blocks first..last was mined on the L1 at `l1_block`.
    virtual void on_posted(
        std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) noexcept = 0;
    /// A head moved; `safe` may go back after an L1 re-org.
    virtual void on_heads(const Heads& heads) noexcept = 0;
    /// Something only an operator can mend; the node stops ordering after it. Said once per cause.
    virtual void on_fatal(const std::string& message) noexcept = 0;
};

/// Where the outcomes of one submission go. Called once per transaction, from an actor's thread, in
/// one or more calls; must not block.
class SubmitSink {
  public:
    virtual ~SubmitSink() = default;
    struct Item {
        std::uint32_t index;  ///< position in the submission
        SubmitOutcome outcome;
    };
    virtual void on_outcomes(std::span<Item> items) noexcept = 0;
};

/// A channel on its way to the L1.
struct ChannelToPost {
    std::uint64_t first_block = 0;
    std::uint64_t last_block = 0;
    chain::Bytes channel;  ///< codec byte ‖ compressed batch
};

/// The L1 as the batcher sees it. Calls return at once; what comes of them arrives through
/// L1Events. Implemented over l1-client with threads of its own.
class L1Port {
  public:
    virtual ~L1Port() = default;
    /// Posts all frames of the channel, in order. Ends in on_posted or on_post_failed.
    virtual void post(ChannelToPost channel) = 0;
    /// Claims the output root of block `number`. Fire and forget: repeated until it is on the L1.
    virtual void claim(std::uint64_t number, const chain::Hash32& output_root) = 0;
};

/// What the L1 side tells the actors. Called from the L1 side's threads; implemented in actors/ by
/// sending a message. Never blocks.
class L1Events {
  public:
    virtual ~L1Events() = default;
    /// The L1 head as new blocks may use it for their origin: already as deep as configured.
    virtual void on_origin(const chain::L1Origin& origin, std::uint64_t timestamp) = 0;
    virtual void on_posted(
        std::uint64_t first_block, std::uint64_t last_block, std::uint64_t l1_block) = 0;
    /// The channel was given up (reason in words); the batcher makes it anew from the safe head.
    virtual void on_post_failed(
        std::uint64_t first_block, std::uint64_t last_block, const std::string& reason) = 0;
    /// Derived heads. `safe` lower than before: the L1 re-organised, and the batcher posts again
    /// what is above it. `l1_block`: the last one that derivation has taken.
    virtual void on_derived(
        std::uint64_t safe, std::uint64_t finalized, std::uint64_t l1_block) = 0;
    /// What the L1 derives to differs from what was sealed here: posting stops.
    virtual void on_divergence(const std::string& message) = 0;
};

}  // namespace troupe::actors
