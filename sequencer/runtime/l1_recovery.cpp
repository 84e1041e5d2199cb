#include "sequencer/runtime/l1_recovery.hpp"

#include "chain/execution/serial_chain.hpp"
#include "l1-client/output_claims.hpp"
#include "prover-bridge/sender_recovery.hpp"
#include "sequencer/l1/reader_source.hpp"
#include "sequencer/logging/log.hpp"

#include <chrono>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::size_t kBlocksPerCommit = 64;
constexpr std::size_t kTransactionsPerCommit = 100'000;
constexpr std::chrono::seconds kSayEvery{5};

// Executes what is derived, and commits it where the store lacks it.
class RecoverySink final : public chain::batch::BlockSink {
  public:
    RecoverySink(const RollupFile& rollup, ChainStore& store)
        : chain_(whole_genesis(rollup), rollup.chain),
          store_(store),
          stored_(store.head().header.number),
          last_sequence_(store.head().last_sequence),
          threads_(std::max(1u, std::thread::hardware_concurrency())) {}

    chain::Result<chain::Hash32> on_block(const chain::batch::DerivedBlock& derived) override {
        if (failure_) return chain::Error::kBlockTransactionInvalid;
        TROUPE_TRY(transactions, prover::recover_senders(derived.transactions, threads_));
        TROUPE_TRY(executed, chain_.execute(derived.timestamp, derived.l1_origin, transactions));
        const chain::Hash32 hash = executed.hash;
        if (derived.number <= stored_)
            compare(derived.number, hash);
        else
            add(std::move(executed));
        if (failure_) return chain::Error::kBlockTransactionInvalid;
        return hash;
    }

    [[nodiscard]] Failure finish() {
        commit();
        return failure_;
    }
    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    [[nodiscard]] std::uint64_t added() const noexcept { return added_; }

  private:
    void compare(std::uint64_t number, const chain::Hash32& hash) {
        const auto own = store_.header(number);
        if (!own || (*own)->hash != hash)
            failure_ = "block " + std::to_string(number) +
                       " as derived from the L1 differs from the one in the data directory";
    }

    void add(chain::execution::SerialChain::Executed executed) {
        auto sealed = std::make_shared<actors::SealedBlock>();
        sealed->block = std::move(executed.block);
        sealed->hash = executed.hash;
        sealed->receipts = std::move(executed.receipts);
        sealed->changes = std::move(executed.changes);
        sealed->codes = std::move(executed.codes);
        sealed->last_sequence = last_sequence_;
        for (const chain::Bytes& raw : sealed->block.transactions)
            sealed->transaction_hashes.push_back(chain::transaction_hash(raw));
        waiting_transactions_ += sealed->block.transactions.size();
        waiting_.push_back(std::move(sealed));
        ++added_;
        if (waiting_.size() >= kBlocksPerCommit || waiting_transactions_ >= kTransactionsPerCommit)
            commit();
    }

    void commit() {
        if (!failure_) failure_ = store_.commit(waiting_);
        waiting_.clear();
        waiting_transactions_ = 0;
    }

    chain::execution::SerialChain chain_;
    ChainStore& store_;
    const std::uint64_t stored_;
    const std::uint64_t last_sequence_;
    const unsigned threads_;
    std::vector<actors::SealedBlockPtr> waiting_;
    std::size_t waiting_transactions_ = 0;
    std::uint64_t added_ = 0;
    Failure failure_;
};

}  // namespace

Failure l1_is_ahead(
    l1::EthClient& l1, const chain::ChainConfig& config, const ChainStore& store, bool& ahead) {
    const auto claimed = l1::latest_claimed_block(l1, config);
    if (!claimed) return claimed.error().text;
    ahead = *claimed > store.head().header.number;
    return std::nullopt;
}

Failure recover_from_l1(l1::EthClient& l1, const RollupFile& rollup, ChainStore& store) {
    const auto genesis = store.header(0);
    if (!genesis) return "block 0 cannot be read from the data directory";
    RecoverySink sink(rollup, store);
    chain::batch::DerivationPipeline pipeline(
        rollup.chain,
        {0, (*genesis)->hash, (*genesis)->block.header.timestamp, rollup.chain.l1_start},
        rollup.chain.l1_start.number + 1);
    pipeline.add_origin(
        {rollup.chain.l1_start.number, rollup.chain.l1_start.hash,
         rollup.chain.l1_start_timestamp});
    ReaderSource source(l1, rollup.chain);
    chain::Hash32 parent = rollup.chain.l1_start.hash;
    auto said = std::chrono::steady_clock::now();
    while (true) {
        const auto step = source.next();
        if (!step) return step.error();
        if (!*step) break;
        const auto& block = (*step)->block;
        if (block.parent_hash != parent) return "the L1 re-organised while it was read: try again";
        parent = block.hash;
        pipeline.advance(block, sink);
        if (sink.failure()) return sink.failure();
        (void)pipeline.take_dropped();
        const auto now = std::chrono::steady_clock::now();
        if (now - said < kSayEvery) continue;
        said = now;
        log_info(
            Component::kL1, "deriving the chain: L1 block {} of {}, L2 block {}", block.number,
            source.end(), pipeline.safe_head().number);
    }
    if (Failure failure = sink.finish()) return failure;
    if (sink.added() > 0)
        log_info(
            Component::kL1, "{} blocks were derived from the L1, up to block {}", sink.added(),
            store.head().header.number);
    return std::nullopt;
}

}  // namespace troupe::node
