#pragma once

#include "chain/batch/derivation.hpp"
#include "chain/execution/serial_chain.hpp"
#include "prover-bridge/l1_source.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

/// Derives the chain from L1 data alone, executes it again with one plain loop, and compares what
/// was claimed. Trusts the rollup's config, its genesis and the L1, and nobody else.
namespace troupe::prover {

struct VerifierOptions {
    unsigned threads = 1;  ///< that recover senders
    /// The L2 block of which everything is kept, to compare it in detail.
    std::optional<std::uint64_t> keep_block;
};

/// A claim that the derived chain contradicts.
struct WrongClaim {
    OutputClaim claim;
    /// Empty: the L1, which is read beyond the claim, holds no such block.
    std::optional<chain::Hash32> derived_root;
    friend bool operator==(const WrongClaim&, const WrongClaim&) noexcept = default;
};

/// What is known after the L1 blocks so far.
struct Report {
    std::uint64_t l1_blocks = 0;     ///< read
    std::uint64_t l1_head = 0;       ///< the last one's number; l1_start before the first
    std::uint64_t inbox_bytes = 0;   ///< of data that the batcher sent
    std::uint64_t batches = 0;       ///< that gave at least one block
    std::uint64_t blocks = 0;        ///< L2 blocks derived and executed, block 0 not counted
    std::uint64_t transactions = 0;  ///< in them
    chain::Hash32 head_hash;         ///< of the last one
    chain::Hash32 state_root;        ///< after it
    chain::Hash32 output_root;       ///< of it
    std::uint64_t claims_right = 0;
    std::vector<WrongClaim> claims_wrong;  ///< by block, then by L1 block; kWrongClaimsKept at most
    std::uint64_t claims_wrong_count = 0;
    std::vector<chain::batch::Dropped> dropped;  ///< in order; kDroppedKept at most
    std::uint64_t dropped_count = 0;             ///< as far as the pipeline tells them

    /// Every claim is right. One about a block that the L1 does not give is wrong: an honest
    /// proposer claims what is derived, on the L1 that it is derived from.
    [[nodiscard]] bool ok() const noexcept { return claims_wrong_count == 0; }

    static constexpr std::size_t kWrongClaimsKept = 256;
    static constexpr std::size_t kDroppedKept = 256;
};

/// A derived block with everything that came of it.
struct KeptBlock {
    chain::execution::SerialChain::Executed executed;
    /// After the block: senders, recipients, the fee vault and whoever else it changed.
    std::map<chain::Address, chain::Account> accounts;
};

/// Fed with the L1 block by block. Keeps 64 bytes per L2 block beside the state.
class Verifier {
  public:
    Verifier(
        const chain::Genesis& genesis, const chain::ChainConfig& config, VerifierOptions options);
    ~Verifier();
    Verifier(Verifier&&) noexcept;
    Verifier& operator=(Verifier&&) noexcept;

    /// Whether this block is the one after those taken so far. If not, the L1 was re-organised, or
    /// blocks are missing: begin again with a new verifier.
    [[nodiscard]] bool follows(const chain::batch::L1Block& block) const noexcept;
    /// @pre follows(step.block)
    void advance(const L1Step& step);

    /// Compares all claims with what is derived now.
    [[nodiscard]] Report report() const;
    [[nodiscard]] const chain::batch::SafeHead& safe_head() const noexcept;

    /// Of a derived block; empty beyond the safe head.
    [[nodiscard]] std::optional<chain::Hash32> block_hash(std::uint64_t number) const;
    [[nodiscard]] std::optional<chain::Hash32> output_root(std::uint64_t number) const;
    /// Block VerifierOptions::keep_block, once it is derived. Of block 0 only the header is kept.
    [[nodiscard]] const KeptBlock* kept_block() const noexcept;
    /// The accounts after the head.
    [[nodiscard]] const chain::execution::SerialChain& chain() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::prover
