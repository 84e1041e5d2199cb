#include "sequencer/jsonrpc/block_replay.hpp"

#include "chain/execution/system_calls.hpp"
#include "sequencer/jsonrpc/setting.hpp"
#include "sequencer/logging/log.hpp"

namespace troupe::node::jsonrpc {
namespace {

constexpr std::size_t kDecodedCodeBytes = std::size_t{8} << 20;  // of one replay

BlockRef parent_of(const actors::SealedBlock& block) {
    return {BlockRef::Kind::kNumber, block.block.header.number - 1, {}};
}

}  // namespace

BlockReplay::BlockReplay(Door& door, actors::SealedBlockPtr block, SteadyTime until)
    : block_(std::move(block)),
      env_(env_of(*block_, door.chain.config)),
      until_(until),
      before_(door, parent_of(*block_), {}, until),
      state_(before_),
      machine_(kDecodedCodeBytes) {
    before_.know_before(*block_);
}

Answer<bool> BlockReplay::begin() {
    state_.apply(chain::execution::begin_block(machine_, state_, env_));
    if (before_.failure()) return *before_.failure();
    return true;
}

Answer<BlockReplay::Next> BlockReplay::next() const {
    const auto tx = chain::decode_transaction(block_->block.transactions[next_]);
    if (!tx) return internal_error();
    const auto sender = chain::recover_sender(*tx);
    if (!sender) return internal_error();
    return Next{*tx, *sender};
}

Answer<chain::execution::Outcome> BlockReplay::execute(
    const Next& what, chain::evm::Tracer* tracer) {
    if (std::chrono::steady_clock::now() > until_) return timed_out();
    auto outcome = tracer != nullptr ? chain::execution::execute_transaction(
                                           machine_, state_, env_, what.tx, what.sender, *tracer)
                                     : chain::execution::execute_transaction(
                                           machine_, state_, env_, what.tx, what.sender);
    if (before_.failure()) return *before_.failure();
    if (tracer != nullptr && tracer->stopped()) return chain::execution::Outcome();
    // A block that is executed again says the same again: anything else is a fault of ours.
    const chain::Receipt& receipt = block_->receipts[next_];
    if (!outcome || outcome->success != receipt.success || outcome->logs != receipt.logs) {
        log_error(
            Component::kRpc, "block {} does not repeat itself at transaction {}", env_.number,
            next_);
        return internal_error();
    }
    return std::move(*outcome);
}

void BlockReplay::keep(const chain::execution::Outcome& outcome) {
    logs_ += static_cast<std::uint32_t>(outcome.logs.size());
    state_.apply(outcome);
    ++next_;
}

Answer<bool> BlockReplay::skip_to(std::size_t index) {
    while (next_ < index) {
        TROUPE_TRY(what, next());
        TROUPE_TRY(outcome, execute(what, nullptr));
        keep(outcome);
    }
    return true;
}

}  // namespace troupe::node::jsonrpc
