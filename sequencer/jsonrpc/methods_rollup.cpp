#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

// A block as optimism_syncStatus names one.
Answer<std::string> block_name(Door& door, std::uint64_t number) {
    TROUPE_TRY(block, door.header_at(number));
    if (block == nullptr) return std::string("null");
    const chain::Header& header = block->block.header;
    JsonWriter out;
    out.begin_object().key("hash").data(block->hash).key("number").number(number);
    out.key("parentHash").data(header.parent_hash).key("timestamp").number(header.timestamp);
    out.key("l1origin").begin_object().key("hash").data(block->block.l1_origin.hash);
    out.key("number").number(block->block.l1_origin.number).end_object();
    return out.key("sequenceNumber").number(0).end_object().take();
}

Answer<std::string> l1_name(Door& door, std::uint64_t number) {
    TROUPE_TRY(block, door.header_at(number));
    if (block == nullptr) return std::string("null");
    JsonWriter out;
    out.begin_object().key("hash").data(block->block.l1_origin.hash);
    return out.key("number").number(block->block.l1_origin.number).end_object().take();
}

}  // namespace

Answer<std::string> sync_status(const Call& call) {
    Door& door = call.door;
    const ChainMarks marks = door.hub.marks();
    TROUPE_TRY(unsafe, block_name(door, marks.heads.unsafe));
    TROUPE_TRY(safe, block_name(door, marks.heads.safe));
    TROUPE_TRY(finalized, block_name(door, marks.heads.finalized));
    TROUPE_TRY(current_l1, l1_name(door, marks.heads.unsafe));
    TROUPE_TRY(safe_l1, l1_name(door, marks.heads.safe));
    TROUPE_TRY(finalized_l1, l1_name(door, marks.heads.finalized));
    JsonWriter out;
    out.begin_object().key("current_l1").raw(current_l1).key("head_l1").raw(current_l1);
    out.key("safe_l1").raw(safe_l1).key("finalized_l1").raw(finalized_l1);
    out.key("unsafe_l2").raw(unsafe).key("safe_l2").raw(safe);
    out.key("finalized_l2").raw(finalized).key("batched_l2").number(marks.batched);
    return out.key("posted_l2").number(marks.posted).end_object().take();
}

Answer<std::string> transaction_status(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    Door& door = call.door;
    JsonWriter out;
    out.begin_object().key("hash").data(hash);
    if (door.held.find(hash)) return out.key("stage").quoted("held").end_object().take();
    const auto recent = door.hub.find(hash);
    std::uint64_t number = 0;
    Stage at_least = Stage::kSequenced;
    if (recent) {
        number = recent->receipt->block_number;
    } else {
        const auto stored = door.reader.transaction(hash);
        if (!stored && stored.error() == ReadError::kStorage) return internal_error();
        if (!stored && stored.error() == ReadError::kPruned)
            return history_pruned(door.reader.oldest_block());
        if (!stored) {
            const auto reason = door.held.why_dropped(hash);
            if (!reason) return std::string("null");
            return out.key("stage")
                .quoted("dropped")
                .key("reason")
                .text(*reason)
                .end_object()
                .take();
        }
        number = stored->block_number;
        at_least = Stage::kSealed;
    }
    const ChainMarks marks = door.hub.marks();
    out.key("stage").quoted(to_string(std::max(stage_of(marks, number), at_least)));
    out.key("blockNumber").quantity(number);
    if (const auto l1_block = door.hub.posted_in(number))
        out.key("l1BlockNumber").quantity(*l1_block);
    return out.end_object().take();
}

Answer<std::string> get_batch(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_ref));
    Door& door = call.door;
    TROUPE_TRY(number, door.number_of(ref));
    if (!number) return std::string("null");
    const ChainMarks marks = door.hub.marks();
    JsonWriter out;
    out.begin_object().key("blockNumber").quantity(*number);
    out.key("stage").quoted(to_string(std::max(stage_of(marks, *number), Stage::kSealed)));
    out.key("l1BlockNumber");
    if (const auto l1_block = door.hub.posted_in(*number))
        out.quantity(*l1_block);
    else
        out.null();
    return out.end_object().take();
}

Answer<std::string> output_at_block(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_ref));
    Door& door = call.door;
    TROUPE_TRY(number, door.number_of(ref));
    if (!number) return header_not_found();
    TROUPE_TRY(block, door.header_at(*number));
    if (block == nullptr) return header_not_found();
    TROUPE_TRY(name, block_name(door, *number));
    const chain::Hash32& state_root = block->block.header.state_root;
    JsonWriter out;
    out.begin_object().key("version").data(chain::Hash32());
    out.key("outputRoot").data(chain::output_root(state_root, chain::Hash32(), block->hash));
    out.key("blockRef").raw(name).key("stateRoot").data(state_root);
    out.key("withdrawalStorageRoot").data(chain::Hash32());
    return out.end_object().take();
}

}  // namespace troupe::node::jsonrpc::methods
