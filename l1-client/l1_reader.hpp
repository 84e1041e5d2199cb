#pragma once

#include "chain/batch/derivation.hpp"
#include "chain/types/chain_config.hpp"
#include "l1-client/eth_client.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace troupe::l1 {

struct L1ReaderConfig {
    std::size_t blocks_max = 64;         ///< L1 blocks in one answer of next()
    std::size_t data_batch_max = 32;     ///< transactions with data fetched in one batch
    std::size_t remembered_max = 8'192;  ///< hashes kept: the deepest re-org that is followed
};

/// The L1's own view of its chain. `safe` and `finalized` are missing where it has none yet.
struct L1Heads {
    L1Header latest;
    std::optional<L1Header> safe;
    std::optional<L1Header> finalized;
};

/// What next() found, one of three: blocks, nothing (both empty: the head is reached), a re-org.
struct L1Step {
    std::vector<chain::batch::L1Block> blocks;
    /// The L1 re-organised: this is the last block given before that still stands. What followed it
    /// is void; the next call goes on after it.
    std::optional<std::uint64_t> back_to;
};

/// Reads the L1 block by block as derivation needs it, from the L1 and the rollup's config alone:
/// the inbox data that BatchInbox accepted, and the batcher that SystemConfig names. Blocking; used
/// by one thread. An error leaves the reader where it was: call again.
///
/// Every answer is of one chain: parent hashes are followed, logs and transactions are matched with
/// block hashes, and data with the hash that the contract recorded. The L1's node is trusted to
/// leave no log out.
class L1Reader {
  public:
    L1Reader(EthClient& l1, chain::ChainConfig config, L1ReaderConfig limits = {});

    /// Goes on after `last`, which was the last L1 block taken. A zero hash takes whatever block
    /// has that number. For a new reader: config.l1_start.
    /// @error kReorganised: the L1 has another block there (or none); go back further;
    ///        kContractMissing: SystemConfig never named a batcher
    [[nodiscard]] Status start(const chain::L1Origin& last);

    /// The next L1 blocks, in order, as many as there are and limits.blocks_max allow.
    /// @pre start() succeeded
    /// @error kReorganised: the L1 changed while it was read, or deeper than what is remembered
    /// (the
    ///        text says which; then call start() with an older block); and those of EthClient
    [[nodiscard]] Result<L1Step> next();

    [[nodiscard]] Result<L1Heads> heads();

    /// The last block given, or the one that start() was told.
    [[nodiscard]] chain::L1Origin last() const { return remembered_.back(); }

  private:
    struct NamedBatcher {
        std::uint64_t event_block = 0;
        std::uint64_t from_block = 0;
        chain::Address batcher;
    };

    Result<L1Step> go_back();
    Result<std::vector<L1Header>> headers_after_last();
    Result<std::vector<L1Log>> logs_of(
        const chain::Address& contract, const chain::Hash32& topic,
        const std::vector<L1Header>& headers);
    Status load_batchers(std::uint64_t last_block);
    Status add_batcher(const L1Log& log);
    Status read_inbox(const std::vector<L1Log>& logs, std::vector<chain::batch::L1Block>& blocks);
    Status check_same_chain(const std::vector<L1Header>& headers);
    [[nodiscard]] chain::Address batcher_at(std::uint64_t block) const;
    [[nodiscard]] Error reorganised(const std::string& how) const;

    EthClient& l1_;
    chain::ChainConfig config_;
    L1ReaderConfig limits_;
    std::deque<chain::L1Origin> remembered_;  // consecutive; the last is the last given
    std::vector<NamedBatcher> batchers_;  // in the order of their events; few: owners change them
};

}  // namespace troupe::l1
