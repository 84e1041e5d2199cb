#include "prover-bridge/verifier.hpp"

#include "chain/base/assert.hpp"
#include "chain/types/block.hpp"
#include "prover-bridge/sender_recovery.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::prover {

using chain::Hash32;
using chain::Result;
using chain::batch::DerivedBlock;
using chain::execution::RecoveredTransaction;
using chain::execution::SerialChain;

namespace {

constexpr Hash32 kNoMessages{};  // the message root of a chain without a message queue

Hash32 output_root_of(const chain::Header& header, const Hash32& hash) {
    return chain::output_root(header.state_root, kNoMessages, hash);
}

/// Executes what derivation hands over, and remembers its hashes.
class Executor final : public chain::batch::BlockSink {
  public:
    Executor(
        const chain::Genesis& genesis, const chain::ChainConfig& config, VerifierOptions options)
        : options_(options), chain_(genesis, config) {
        note(chain_.head(), chain_.head_hash());
        if (options_.keep_block == 0) {
            kept_.emplace();
            kept_->executed.block.header = chain_.head();
            kept_->executed.block.l1_origin = config.l1_start;
            kept_->executed.hash = chain_.head_hash();
        }
    }

    Result<Hash32> on_block(const DerivedBlock& block) override {
        TROUPE_ASSERT(block.parent_hash == chain_.head_hash());
        TROUPE_TRY(transactions, recover_senders(block.transactions, options_.threads));
        TROUPE_TRY(executed, chain_.execute(block.timestamp, block.l1_origin, transactions));
        transactions_ += executed.block.transactions.size();
        note(executed.block.header, executed.hash);
        const Hash32 hash = executed.hash;
        if (options_.keep_block == block.number) keep(std::move(executed), transactions);
        return hash;
    }

    [[nodiscard]] const SerialChain& chain() const noexcept { return chain_; }
    [[nodiscard]] const std::vector<Hash32>& hashes() const noexcept { return hashes_; }
    [[nodiscard]] const std::vector<Hash32>& output_roots() const noexcept { return roots_; }
    [[nodiscard]] std::uint64_t transactions() const noexcept { return transactions_; }
    [[nodiscard]] const std::optional<KeptBlock>& kept() const noexcept { return kept_; }

  private:
    void note(const chain::Header& header, const Hash32& hash) {
        hashes_.push_back(hash);
        roots_.push_back(output_root_of(header, hash));
    }

    // The accounts that a block names are kept even if it left them as they were: a node that
    // lies may have changed them.
    void keep(
        SerialChain::Executed executed, const std::vector<RecoveredTransaction>& transactions) {
        KeptBlock kept;
        const auto keep_account = [&](const chain::Address& address) {
            kept.accounts[address] = chain_.account(address);
        };
        keep_account(executed.block.header.coinbase);
        for (const RecoveredTransaction& item : transactions) {
            keep_account(item.sender);
            if (item.tx.to) keep_account(*item.tx.to);
        }
        for (const chain::execution::AccountChange& change : executed.changes)
            keep_account(change.address);
        kept.executed = std::move(executed);
        kept_ = std::move(kept);
    }

    VerifierOptions options_;
    SerialChain chain_;
    std::vector<Hash32> hashes_;  // by block number, from 0
    std::vector<Hash32> roots_;
    std::uint64_t transactions_ = 0;
    std::optional<KeptBlock> kept_;
};

std::optional<Hash32> at(const std::vector<Hash32>& values, std::uint64_t number) {
    if (number >= values.size()) return std::nullopt;
    return values[static_cast<std::size_t>(number)];
}

}  // namespace

struct Verifier::Impl {
    Impl(const chain::Genesis& genesis, const chain::ChainConfig& config, VerifierOptions options)
        : executor(genesis, config, options),
          pipeline(
              config,
              {0, executor.chain().head_hash(), executor.chain().head().timestamp, config.l1_start},
              config.l1_start.number + 1),
          l1_head(config.l1_start) {
        pipeline.add_origin(
            {config.l1_start.number, config.l1_start.hash, config.l1_start_timestamp});
    }

    Executor executor;
    chain::batch::DerivationPipeline pipeline;
    chain::L1Origin l1_head;  // the last block taken
    std::vector<OutputClaim> claims;
    Report counts;  // what only grows; report() adds the rest

    void note_dropped() {
        for (const chain::batch::Dropped& dropped : pipeline.take_dropped()) {
            ++counts.dropped_count;
            if (counts.dropped.size() < Report::kDroppedKept) counts.dropped.push_back(dropped);
        }
    }

    void judge(const OutputClaim& claim, Report& report) const {
        const auto derived = at(executor.output_roots(), claim.l2_block);
        if (derived == claim.output_root) {
            ++report.claims_right;
        } else {
            ++report.claims_wrong_count;
            report.claims_wrong.push_back({claim, derived});
        }
    }
};

Verifier::Verifier(
    const chain::Genesis& genesis, const chain::ChainConfig& config, VerifierOptions options)
    : impl_(std::make_unique<Impl>(genesis, config, options)) {}
Verifier::~Verifier() = default;
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;

bool Verifier::follows(const chain::batch::L1Block& block) const noexcept {
    return block.number == impl_->l1_head.number + 1 && block.parent_hash == impl_->l1_head.hash;
}

void Verifier::advance(const L1Step& step) {
    TROUPE_ASSERT(follows(step.block));
    for (const chain::batch::InboxData& data : step.block.inbox)
        if (data.from == step.block.batcher) impl_->counts.inbox_bytes += data.data.size();
    impl_->pipeline.advance(step.block, impl_->executor);
    impl_->note_dropped();
    impl_->claims.insert(impl_->claims.end(), step.claims.begin(), step.claims.end());
    impl_->l1_head = {step.block.number, step.block.hash};
    ++impl_->counts.l1_blocks;
}

Report Verifier::report() const {
    Report report = impl_->counts;
    const Executor& executor = impl_->executor;
    report.l1_head = impl_->l1_head.number;
    report.batches = impl_->pipeline.batches();
    report.blocks = executor.hashes().size() - 1;
    report.transactions = executor.transactions();
    report.head_hash = executor.hashes().back();
    report.state_root = executor.chain().head().state_root;
    report.output_root = executor.output_roots().back();
    for (const OutputClaim& claim : impl_->claims)
        impl_->judge(claim, report);
    std::stable_sort(
        report.claims_wrong.begin(), report.claims_wrong.end(),
        [](const WrongClaim& a, const WrongClaim& b) {
            return std::tie(a.claim.l2_block, a.claim.l1_block) <
                   std::tie(b.claim.l2_block, b.claim.l1_block);
        });
    if (report.claims_wrong.size() > Report::kWrongClaimsKept)
        report.claims_wrong.resize(Report::kWrongClaimsKept);
    return report;
}

const chain::batch::SafeHead& Verifier::safe_head() const noexcept {
    return impl_->pipeline.safe_head();
}
std::optional<Hash32> Verifier::block_hash(std::uint64_t number) const {
    return at(impl_->executor.hashes(), number);
}
std::optional<Hash32> Verifier::output_root(std::uint64_t number) const {
    return at(impl_->executor.output_roots(), number);
}
const KeptBlock* Verifier::kept_block() const noexcept {
    const auto& kept = impl_->executor.kept();
    return kept ? &*kept : nullptr;
}
const SerialChain& Verifier::chain() const noexcept {
    return impl_->executor.chain();
}

}  // namespace troupe::prover
