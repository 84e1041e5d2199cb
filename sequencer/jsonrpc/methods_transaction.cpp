#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"

namespace troupe::node::jsonrpc::methods {
namespace {

std::string transaction_json(const actors::SealedBlock& block, std::uint32_t index) {
    JsonWriter out(1'024);
    write_transaction(
        out, block.block.transactions[index], place_in(block, index),
        block.block.header.base_fee_per_gas, false);
    return out.take();
}

std::string raw_json(const actors::SealedBlock& block, std::uint32_t index) {
    return json_data(block.block.transactions[index]);
}

// The transaction at an index of the block, as `write` writes it; `none` where there is none.
Answer<std::string> at_index(
    const Call& call, const BlockRef& ref,
    std::string (*write)(const actors::SealedBlock&, std::uint32_t) = transaction_json,
    const char* none = "null") {
    TROUPE_TRY(index, call.params.need(1, read_u64));
    TROUPE_TRY(number, call.door.number_of(ref));
    if (!number) return std::string(none);
    TROUPE_TRY(block, call.door.block_at(*number));
    if (block == nullptr || index >= block->transaction_hashes.size()) return std::string(none);
    return write(*block, static_cast<std::uint32_t>(index));
}

// A stored transaction; null where there is none.
Answer<std::optional<StoredTransaction>> stored(Door& door, const chain::Hash32& hash) {
    auto found = door.reader.transaction(hash);
    if (found) return std::optional(std::move(*found));
    if (found.error() == ReadError::kPruned) return history_pruned(door.reader.oldest_block());
    if (found.error() == ReadError::kStorage) return internal_error();
    return std::optional<StoredTransaction>();
}

TransactionPlace place_of(const StoredTransaction& stored) {
    return {stored.hash,       stored.sender,          stored.block_number,
            stored.block_hash, stored.block_timestamp, stored.index};
}

std::uint32_t logs_before(const actors::SealedBlock& block, std::uint32_t index) {
    std::size_t logs = 0;
    for (std::uint32_t i = 0; i < index; ++i)
        logs += block.receipts[i].logs.size();
    return static_cast<std::uint32_t>(logs);
}

// Executed, or held, and in no sealed block: as geth shows what is in its pool.
std::optional<std::string> pending_json(Door& door, const chain::Hash32& hash) {
    JsonWriter out(1'024);
    if (const auto held = door.held.find(hash)) {
        write_transaction(out, held->raw, {.hash = hash, .sender = held->sender}, {}, true);
        return out.take();
    }
    const auto recent = door.hub.find(hash);
    if (!recent || recent->block != nullptr) return std::nullopt;
    const auto raw = door.known.find(hash);
    if (!raw) return std::nullopt;
    write_transaction(out, *raw, {.hash = hash, .sender = recent->receipt->sender}, {}, true);
    return out.take();
}

}  // namespace

Answer<std::string> transaction_by_hash(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    Door& door = call.door;
    if (const auto recent = door.hub.find(hash); recent && recent->block != nullptr)
        return transaction_json(*recent->block, recent->receipt->transaction_index);
    if (auto pending = pending_json(door, hash)) return std::move(*pending);
    TROUPE_TRY(found, stored(door, hash));
    if (!found) return std::string("null");
    TROUPE_TRY(header, door.header_at(found->block_number));
    if (header == nullptr) return std::string("null");
    JsonWriter out(1'024);
    write_transaction(
        out, found->raw, place_of(*found), header->block.header.base_fee_per_gas, false);
    return out.take();
}

Answer<std::string> transaction_by_number_and_index(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    return at_index(call, ref);
}

Answer<std::string> transaction_by_hash_and_index(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    return at_index(call, {BlockRef::Kind::kHash, 0, hash});
}

Answer<std::string> transaction_receipt(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    Door& door = call.door;
    JsonWriter out(1'536);
    if (const auto recent = door.hub.find(hash)) {
        // Clients want the block's hash: until the block is sealed there is no receipt yet.
        if (recent->block == nullptr) return std::string("null");
        const std::uint32_t index = recent->receipt->transaction_index;
        write_receipt(
            out, recent->block->receipts[index],
            receipt_facts(*recent->block, index, logs_before(*recent->block, index)));
        return out.take();
    }
    TROUPE_TRY(found, stored(door, hash));
    if (!found) return std::string("null");
    ReceiptFacts facts;
    facts.place = place_of(*found);
    facts.gas_used = found->gas_used;
    facts.effective_gas_price = found->effective_gas_price;
    facts.first_log_index = found->first_log_index;
    fill_parties(found->raw, facts);
    write_receipt(out, found->receipt, facts);
    return out.take();
}

Answer<std::string> raw_transaction(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    if (const auto raw = call.door.known.find(hash)) return json_data(*raw);
    if (const auto held = call.door.held.find(hash)) return json_data(held->raw);
    TROUPE_TRY(found, stored(call.door, hash));
    return found ? json_data(found->raw) : json_data(chain::Bytes());
}

Answer<std::string> raw_by_number_and_index(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    return at_index(call, ref, raw_json, "\"0x\"");
}

Answer<std::string> raw_by_hash_and_index(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    return at_index(call, {BlockRef::Kind::kHash, 0, hash}, raw_json, "\"0x\"");
}

}  // namespace troupe::node::jsonrpc::methods
