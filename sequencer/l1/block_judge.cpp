#include "sequencer/l1/block_judge.hpp"

#include "prover-bridge/sender_recovery.hpp"
#include "sequencer/logging/log.hpp"

#include <algorithm>
#include <thread>

namespace troupe::node {

using chain::Error;

chain::Status BlockJudge::execute(
    std::uint64_t timestamp, const chain::L1Origin& l1_origin,
    const std::vector<chain::Bytes>& transactions) {
    const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
    TROUPE_TRY(recovered, prover::recover_senders(transactions, threads));
    TROUPE_CHECK(chain_->execute(timestamp, l1_origin, recovered));
    return {};
}

std::optional<Error> BlockJudge::refuses(const chain::batch::DerivedBlock& derived) {
    log_warn(
        Component::kL1,
        "L1 block {} has a block {} that was not sealed here: executing the chain up to it to see "
        "whether it may stand",
        derived.l1_inclusion_number, derived.number);
    // A re-org of the L1 may take the question back below what was executed.
    if (!chain_ || chain_->head().number >= derived.number)
        chain_.emplace(whole_genesis(rollup_), rollup_.chain);
    while (chain_->head().number + 1 < derived.number) {
        const auto own = store_.block(chain_->head().number + 1);
        if (!own) return std::nullopt;
        const chain::Block& block = (*own)->block;
        const auto executed = execute(block.header.timestamp, block.l1_origin, block.transactions);
        if (!executed || chain_->head_hash() != (*own)->hash) {
            chain_.reset();
            return std::nullopt;
        }
    }
    const auto executed = execute(derived.timestamp, derived.l1_origin, derived.transactions);
    if (!executed) return executed.error();
    chain_.reset();  // it has a block that the store lacks
    return std::nullopt;
}

}  // namespace troupe::node
