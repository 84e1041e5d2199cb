#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"

#include <map>

namespace troupe::node::jsonrpc::methods {
namespace {

// A transaction of the pool: sender, nonce, bytes.
struct Pooled {
    chain::Hash32 hash;
    chain::Address sender;
    chain::Bytes raw;
};
using ByNonce = std::map<std::uint64_t, Pooled>;
using BySender = std::map<chain::Address, ByNonce>;

// geth's pending ones: executed here, in the block that is open. Those that came in by another
// door are counted by txpool_status and told with their block.
BySender pending_of(Door& door) {
    BySender all;
    for (const auto& part : door.soft.parts(door.backend().open_block().number)) {
        for (const auto& receipt : part.micro_block->receipts) {
            auto raw = door.known.find(receipt.transaction_hash);
            if (!raw) continue;
            const auto tx = chain::decode_transaction(*raw);
            if (!tx) continue;
            all[receipt.sender][tx->nonce] = {
                receipt.transaction_hash, receipt.sender, std::move(*raw)};
        }
    }
    return all;
}

// geth's queued ones: beyond a nonce gap.
BySender queued_of(Door& door) {
    BySender all;
    for (const auto& held : door.held.all())
        all[held.sender][held.tx.nonce] = {held.hash, held.sender, held.raw};
    return all;
}

void write_nonces(JsonWriter& out, const ByNonce& nonces, bool inspect) {
    out.begin_object();
    for (const auto& [nonce, pooled] : nonces) {
        out.key(std::to_string(nonce));
        if (!inspect) {
            write_transaction(
                out, pooled.raw, {.hash = pooled.hash, .sender = pooled.sender}, {}, true);
            continue;
        }
        const auto tx = chain::decode_transaction(pooled.raw);
        const std::string to = tx->to ? checksum_hex(*tx->to) : "contract creation";
        out.quoted(
            to + ": " + chain::to_decimal(tx->value) + " wei + " + std::to_string(tx->gas_limit) +
            " gas × " + chain::to_decimal(tx->max_fee_per_gas) + " wei");
    }
    out.end_object();
}

std::string content(Door& door, bool inspect) {
    JsonWriter out;
    out.begin_object();
    for (const auto& [name, senders] :
         {std::pair("pending", pending_of(door)), std::pair("queued", queued_of(door))}) {
        out.key(name).begin_object();
        for (const auto& [sender, nonces] : senders) {
            out.key(checksum_hex(sender));
            write_nonces(out, nonces, inspect);
        }
        out.end_object();
    }
    return out.end_object().take();
}

}  // namespace

Answer<std::string> pool_status(const Call& call) {
    std::uint64_t pending = 0;
    for (const auto& part : call.door.soft.parts(call.door.backend().open_block().number))
        pending += part.micro_block->receipts.size();
    JsonWriter out;
    out.begin_object().key("pending").quantity(pending);
    return out.key("queued").quantity(call.door.held.size()).end_object().take();
}

Answer<std::string> pool_content(const Call& call) {
    return content(call.door, false);
}

Answer<std::string> pool_content_from(const Call& call) {
    TROUPE_TRY(address, call.params.need(0, read_address));
    JsonWriter out;
    out.begin_object();
    for (const auto& [name, senders] :
         {std::pair("pending", pending_of(call.door)), std::pair("queued", queued_of(call.door))}) {
        out.key(name);
        const auto found = senders.find(address);
        write_nonces(out, found == senders.end() ? ByNonce() : found->second, false);
    }
    return out.end_object().take();
}

Answer<std::string> pool_inspect(const Call& call) {
    return content(call.door, true);
}

}  // namespace troupe::node::jsonrpc::methods
