#pragma once

#include "actors/partition/partition_engine.hpp"
#include "actors/sequencer/sequencer_port.hpp"
#include "chain/execution/body_roots.hpp"

#include <map>
#include <optional>

namespace troupe::actors {

/// Makes blocks of what the sequencer closed and the partitions hashed: combines the state root,
/// builds the header. Keeps the last blocks' sub-trie roots to complete proofs.
class SealerEngine {
  public:
    using Roots = std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries>;

    /// @param roots  of the head's state
    SealerEngine(
        std::uint32_t partitions, chain::Header head, chain::Hash32 head_hash, Roots roots);

    /// Of blocks that are not closed: hashes what can be hashed by then.
    void on_grown(BlockPiece& piece);
    /// @param content  of a block all of whose pieces have come
    void on_closed(std::shared_ptr<BlockContent> content);
    void on_partition_seal(PartitionSeal seal);
    /// The next block, if everything it needs is here.
    [[nodiscard]] std::shared_ptr<SealedBlock> take_sealed();

    /// Block `number` is stored: proofs may be made of it.
    void on_stored(std::uint64_t number);

    enum class Proof : std::uint8_t {
        kAnswered,
        kWaits,
        kGone
    };
    /// Completes a proof and answers its query, now or when its block is stored.
    /// @return kGone: its block is too old, ask the partition again
    Proof on_proof(QueryPtr query, PartitionProof part);

    [[nodiscard]] const SealerStats& stats() const noexcept { return stats_; }
    SealerStats& stats() noexcept { return stats_; }

    static constexpr std::size_t kRootsKept = 16;  ///< stored blocks whose roots are kept

  private:
    struct Sealed {
        chain::Hash32 state_root;
        std::shared_ptr<const Roots> roots;
    };
    struct Pending {
        std::shared_ptr<SealedBlock> block = std::make_shared<SealedBlock>();  // as far as it is
        chain::execution::BodyRoots body;
        std::shared_ptr<BlockContent> content;
        std::vector<PartitionSeal> parts;
    };
    void complete(const QueryPtr& query, const PartitionProof& part, const Sealed& sealed);

    std::uint32_t partitions_;
    std::uint64_t next_;  // the block to seal next
    std::uint64_t stored_;
    chain::Hash32 parent_hash_;
    std::shared_ptr<const Roots> roots_;
    std::map<std::uint64_t, Pending> pending_;  // by block number
    std::map<std::uint64_t, Sealed> sealed_;    // for proofs
    std::vector<std::pair<QueryPtr, PartitionProof>> waiting_;
    SealerStats stats_;
};

}  // namespace troupe::actors
