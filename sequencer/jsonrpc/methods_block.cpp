#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"

namespace troupe::node::jsonrpc::methods {
namespace {

using actors::SealedBlockPtr;

// The block that an argument names; null where there is none.
Answer<SealedBlockPtr> find_block(Door& door, const BlockRef& ref) {
    TROUPE_TRY(number, door.number_of(ref));
    if (!number) return SealedBlockPtr();
    return door.block_at(*number);
}

// A block argument that is a hash alone.
Answer<BlockRef> need_hash(const Call& call, std::size_t index) {
    TROUPE_TRY(hash, call.params.need(index, read_hash));
    return BlockRef{BlockRef::Kind::kHash, 0, hash};
}

Answer<std::string> open_block(Door& door, bool full) {
    OpenBlockFacts facts;
    facts.env = door.backend().open_block();
    // The block below the open one may be on its way to the disk still.
    const auto parent = door.hub.recent_block(facts.env.number - 1);
    facts.parent_hash = parent ? parent->hash : facts.env.parent_hash;
    for (const auto& part : door.soft.parts(facts.env.number)) {
        for (const auto& receipt : part.micro_block->receipts) {
            facts.gas_used += receipt.gas_used;
            chain::merge_into(facts.logs_bloom, chain::logs_bloom(receipt.receipt.logs));
            if (!full) {
                facts.transactions.push_back(json_data(receipt.transaction_hash));
                continue;
            }
            const auto raw = door.known.find(receipt.transaction_hash);
            if (!raw) continue;  // came in by another door: its bytes are told with its block
            JsonWriter out;
            write_transaction(
                out, *raw, {.hash = receipt.transaction_hash, .sender = receipt.sender}, {}, true);
            facts.transactions.push_back(out.take());
        }
    }
    JsonWriter out(1'024 + facts.transactions.size() * 70);
    write_open_block(out, facts);
    return out.take();
}

Answer<std::string> block_json(Door& door, const BlockRef& ref, bool full) {
    TROUPE_TRY(block, find_block(door, ref));
    if (block == nullptr) return std::string("null");
    JsonWriter out(2'048 + block->transaction_hashes.size() * (full ? 900 : 70));
    write_block(out, *block, full);
    return out.take();
}

Answer<std::string> header_json(Door& door, const BlockRef& ref) {
    if (ref.kind == BlockRef::Kind::kPending) return std::string("null");
    TROUPE_TRY(number, door.number_of(ref));
    if (!number) return std::string("null");
    TROUPE_TRY(header, door.header_at(*number));
    if (header == nullptr) return std::string("null");
    JsonWriter out(1'536);
    write_head(out, *header);
    return out.take();
}

Answer<std::string> count_json(Door& door, const BlockRef& ref, bool uncles) {
    if (ref.kind == BlockRef::Kind::kPending) {
        std::uint64_t count = 0;
        for (const auto& part : door.soft.parts(door.backend().open_block().number))
            count += part.micro_block->receipts.size();
        return json_quantity(uncles ? 0 : count);
    }
    TROUPE_TRY(number, door.number_of(ref));
    if (!number) return std::string("null");
    TROUPE_TRY(header, door.header_at(*number));
    if (header == nullptr) return std::string("null");
    return json_quantity(
        uncles ? std::uint64_t{0} : std::uint64_t{header->block.transactions.size()});
}

// debug_getRaw…: what is missing is an error, with its name as geth writes it.
Answer<SealedBlockPtr> need_block(const Call& call, const char* what) {
    TROUPE_TRY(ref, call.params.need(0, read_block_ref));
    TROUPE_TRY(block, find_block(call.door, ref));
    if (block != nullptr) return block;
    const std::string name = ref.kind == BlockRef::Kind::kHash ? chain::to_hex(ref.hash)
                                                               : "#" + std::to_string(ref.number);
    return server_error(std::string(what) + " " + name + " not found");
}

}  // namespace

Answer<std::string> block_number(const Call& call) {
    return json_quantity(call.door.head());
}

Answer<std::string> get_block_by_number(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    TROUPE_TRY(full, call.params.take(1, read_flag, false));
    if (ref.kind == BlockRef::Kind::kPending) return open_block(call.door, full);
    return block_json(call.door, ref, full);
}

Answer<std::string> get_block_by_hash(const Call& call) {
    TROUPE_TRY(ref, need_hash(call, 0));
    TROUPE_TRY(full, call.params.take(1, read_flag, false));
    return block_json(call.door, ref, full);
}

Answer<std::string> header_by_number(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    return header_json(call.door, ref);
}

Answer<std::string> header_by_hash(const Call& call) {
    TROUPE_TRY(ref, need_hash(call, 0));
    return header_json(call.door, ref);
}

Answer<std::string> get_block_receipts(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_ref));
    if (ref.kind == BlockRef::Kind::kPending) return std::string("null");
    TROUPE_TRY(block, find_block(call.door, ref));
    if (block == nullptr) return std::string("null");
    JsonWriter out(block->receipts.size() * 1'200);
    write_receipts(out, *block);
    return out.take();
}

Answer<std::string> count_by_number(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    return count_json(call.door, ref, false);
}
Answer<std::string> count_by_hash(const Call& call) {
    TROUPE_TRY(ref, need_hash(call, 0));
    return count_json(call.door, ref, false);
}
Answer<std::string> uncle_count_by_number(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    return count_json(call.door, ref, true);
}
Answer<std::string> uncle_count_by_hash(const Call& call) {
    TROUPE_TRY(ref, need_hash(call, 0));
    return count_json(call.door, ref, true);
}

Answer<std::string> no_uncle(const Call& call) {
    TROUPE_TRY(index, call.params.need(1, read_u64));
    static_cast<void>(index);
    return std::string("null");
}

Answer<std::string> raw_block(const Call& call) {
    TROUPE_TRY(block, need_block(call, "block"));
    return json_data(encode_block(block->block));
}

Answer<std::string> raw_header(const Call& call) {
    TROUPE_TRY(block, need_block(call, "header"));
    return json_data(chain::encode_header(block->block.header));
}

Answer<std::string> raw_receipts(const Call& call) {
    TROUPE_TRY(block, need_block(call, "block"));
    JsonWriter out;
    out.begin_array();
    for (const auto& receipt : block->receipts)
        out.data(chain::encode_receipt(receipt));
    return out.end_array().take();
}

}  // namespace troupe::node::jsonrpc::methods
