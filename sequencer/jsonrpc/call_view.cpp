#include "sequencer/jsonrpc/call_view.hpp"

namespace troupe::node::jsonrpc {

BlockSource::BlockSource(Door& door, const BlockRef& block)
    : door_(door), block_(block), failure_(std::make_shared<Failure>()) {
    if (block.kind != BlockRef::Kind::kNumber || block.number != door.head()) return;
    newest_ = true;
    door.latest.advance(
        block.number, [&door](std::uint64_t number) { return door.hub.recent_block(number); });
}

std::optional<KnownAccount> BlockSource::known_account(const chain::Address& address) {
    return newest_ ? door_.latest.account(block_.number, address) : std::nullopt;
}

std::optional<chain::Uint256> BlockSource::known_slot(
    const chain::Address& address, const chain::Hash32& slot) {
    return newest_ ? door_.latest.slot(block_.number, address, slot) : std::nullopt;
}

void BlockSource::ask(actors::AccountQuery query, Reply reply) {
    AccountWanted wanted;
    wanted.address = query.address;
    wanted.block = block_;
    wanted.with_code = query.with_code;
    wanted.slots = query.slots;
    read_account(
        door_, std::move(wanted),
        [this_door = newest_ ? &door_ : nullptr, number = block_.number, query = std::move(query),
         failure = failure_, reply = std::move(reply)](Answer<actors::AccountAnswer> answer) {
            if (answer) {
                if (this_door != nullptr) this_door->latest.keep(number, query, *answer);
                return reply(std::move(*answer));
            }
            {
                const std::lock_guard lock(failure->mutex);
                failure->error = answer.error();
            }
            reply(std::nullopt);
        });
}

chain::Hash32 BlockSource::block_hash(std::uint64_t number) {
    const auto header = door_.header_at(number);
    return header && *header != nullptr ? (*header)->hash : chain::Hash32();
}

std::optional<RpcError> BlockSource::failure() const {
    const std::lock_guard lock(failure_->mutex);
    return failure_->error;
}

void CallView::know_before(const actors::SealedBlock& block) {
    for (const auto& change : block.changes) {
        know(change.address, change.before);
        for (const auto& slot : change.slots)
            know(change.address, slot.slot, slot.before);
    }
}

std::optional<RpcError> CallView::failure() const {
    switch (fault()) {
        case Fault::kNone:
            return std::nullopt;
        case Fault::kLate:
            return timed_out();
        case Fault::kUnknown:
            break;
    }
    auto error = source.failure();
    return error ? std::move(error) : internal_error();
}

}  // namespace troupe::node::jsonrpc
