#include "sequencer/jsonrpc/render.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::node::jsonrpc {
namespace {

using chain::Bytes;
using chain::Transaction;
using chain::TxType;

// Yellow Paper, "Contract Creation": the last 20 bytes of keccak(RLP [sender, nonce]).
chain::Address created_address(const chain::Address& sender, std::uint64_t nonce) {
    Bytes items;
    chain::rlp::put_string(items, sender);
    chain::rlp::put_integer(items, nonce);
    const chain::Hash32 hash = chain::crypto::keccak256(chain::rlp::list_of(items));
    return chain::Address::from(hash.view().subspan(12));
}

void write_signature(JsonWriter& out, const Transaction& tx) {
    const std::uint64_t parity = tx.signature.y_parity ? 1 : 0;
    std::uint64_t v = parity;
    if (tx.type == TxType::kLegacy)  // EIP-155
        v = tx.chain_id ? *tx.chain_id * 2 + 35 + parity : 27 + parity;
    out.key("v").quantity(v);
    out.key("r").quantity(tx.signature.r).key("s").quantity(tx.signature.s);
    if (tx.type != TxType::kLegacy) out.key("yParity").quantity(parity);
}

void write_place(JsonWriter& out, const TransactionPlace& place) {
    out.key("blockHash");
    if (place.block_hash)
        out.data(*place.block_hash);
    else
        out.null();
    out.key("blockNumber").quantity(place.block_number);
}

std::uint64_t block_size(const chain::Block& block) {
    std::size_t transactions = 0;
    for (const Bytes& raw : block.transactions) {
        const bool typed = !raw.empty() && raw[0] < 0xc0;  // a legacy one is a list itself
        transactions += typed ? chain::rlp::string_size(raw) : raw.size();
    }
    const std::size_t empty_lists = 2;  // ommers, withdrawals
    return chain::rlp::list_size(
        chain::encode_header(block.header).size() + chain::rlp::list_size(transactions) +
        empty_lists);
}

}  // namespace

void write_authorizations(JsonWriter& out, const std::vector<chain::Authorization>& list) {
    out.key("authorizationList").begin_array();
    for (const auto& entry : list) {
        out.begin_object().key("chainId").quantity(entry.chain_id);
        out.key("address").data(entry.address).key("nonce").quantity(entry.nonce);
        out.key("yParity").quantity(entry.y_parity);
        out.key("r").quantity(entry.r).key("s").quantity(entry.s).end_object();
    }
    out.end_array();
}

void write_access_list(JsonWriter& out, const chain::AccessList& list) {
    out.key("accessList").begin_array();
    for (const auto& entry : list) {
        out.begin_object().key("address").data(entry.address).key("storageKeys").begin_array();
        for (const auto& key : entry.storage_keys)
            out.data(key);
        out.end_array().end_object();
    }
    out.end_array();
}

void write_transaction(
    JsonWriter& out, chain::ByteView raw, const TransactionPlace& place,
    const chain::Uint256& base_fee, bool pending) {
    const auto decoded = chain::decode_transaction(raw);
    if (!decoded) {  // only damaged storage could cause it
        out.null();
        return;
    }
    write_transaction(out, *decoded, place, base_fee, pending);
}

void write_transaction(
    JsonWriter& out, const Transaction& tx, const TransactionPlace& place,
    const chain::Uint256& base_fee, bool pending) {
    out.begin_object();
    if (pending) {
        out.key("blockHash").null().key("blockNumber").null().key("blockTimestamp").null();
    } else {
        write_place(out, place);
        out.key("blockTimestamp").quantity(place.block_timestamp);
    }
    out.key("from").data(place.sender).key("gas").quantity(tx.gas_limit);
    const bool dynamic = tx.type >= TxType::kDynamicFee;
    out.key("gasPrice")
        .quantity(
            dynamic && !pending ? chain::effective_gas_price(tx, base_fee) : tx.max_fee_per_gas);
    if (dynamic) {
        out.key("maxFeePerGas").quantity(tx.max_fee_per_gas);
        out.key("maxPriorityFeePerGas").quantity(tx.max_priority_fee_per_gas);
    }
    out.key("hash").data(place.hash).key("input").data(tx.data).key("nonce").quantity(tx.nonce);
    out.key("to");
    if (tx.to)
        out.data(*tx.to);
    else
        out.null();
    out.key("transactionIndex");
    if (pending)
        out.null();
    else
        out.quantity(place.index);
    out.key("value").quantity(tx.value);
    out.key("type").quantity(static_cast<std::uint64_t>(tx.type));
    if (tx.type != TxType::kLegacy) write_access_list(out, tx.access_list);
    if (tx.chain_id) out.key("chainId").quantity(*tx.chain_id);
    if (tx.type == TxType::kSetCode) write_authorizations(out, tx.authorizations);
    write_signature(out, tx);
    out.end_object();
}

void write_log(
    JsonWriter& out, const chain::Log& log, const TransactionPlace& place,
    std::uint32_t log_index) {
    out.begin_object().key("address").data(log.address).key("topics").begin_array();
    for (const auto& topic : log.topics)
        out.data(topic);
    out.end_array().key("data").data(log.data);
    out.key("blockNumber").quantity(place.block_number);
    out.key("transactionHash").data(place.hash);
    out.key("transactionIndex").quantity(place.index);
    out.key("blockHash");
    if (place.block_hash)
        out.data(*place.block_hash);
    else
        out.null();
    out.key("blockTimestamp").quantity(place.block_timestamp);
    out.key("logIndex").quantity(log_index).key("removed").flag(false).end_object();
}

void write_receipt(JsonWriter& out, const chain::Receipt& receipt, const ReceiptFacts& facts) {
    out.begin_object();
    write_place(out, facts.place);
    out.key("contractAddress");
    if (facts.created)
        out.data(*facts.created);
    else
        out.null();
    out.key("cumulativeGasUsed").quantity(receipt.cumulative_gas_used);
    out.key("effectiveGasPrice").quantity(facts.effective_gas_price);
    out.key("from").data(facts.place.sender).key("gasUsed").quantity(facts.gas_used);
    out.key("logs").begin_array();
    std::uint32_t log_index = facts.first_log_index;
    for (const auto& log : receipt.logs)
        write_log(out, log, facts.place, log_index++);
    out.end_array();
    out.key("logsBloom").data(chain::logs_bloom(receipt.logs));
    out.key("status").quantity(receipt.success ? 1 : 0).key("to");
    if (facts.to)
        out.data(*facts.to);
    else
        out.null();
    out.key("transactionHash").data(facts.place.hash);
    out.key("transactionIndex").quantity(facts.place.index);
    out.key("type").quantity(static_cast<std::uint64_t>(receipt.type)).end_object();
}

void fill_parties(chain::ByteView raw, ReceiptFacts& facts) {
    const auto tx = chain::decode_transaction(raw);
    if (!tx) return;
    facts.to = tx->to;
    if (!tx->to) facts.created = created_address(facts.place.sender, tx->nonce);
}

TransactionPlace place_in(const actors::SealedBlock& block, std::uint32_t index) {
    return {block.transaction_hashes[index], block.block.senders[index],
            block.block.header.number,       block.hash,
            block.block.header.timestamp,    index};
}

ReceiptFacts receipt_facts(
    const actors::SealedBlock& block, std::uint32_t index, std::uint32_t first_log_index) {
    ReceiptFacts facts;
    facts.place = place_in(block, index);
    facts.first_log_index = first_log_index;
    const std::uint64_t before = index == 0 ? 0 : block.receipts[index - 1].cumulative_gas_used;
    facts.gas_used = block.receipts[index].cumulative_gas_used - before;
    const auto tx = chain::decode_transaction(block.block.transactions[index]);
    if (!tx) return facts;
    facts.to = tx->to;
    if (!tx->to) facts.created = created_address(facts.place.sender, tx->nonce);
    facts.effective_gas_price =
        chain::effective_gas_price(*tx, block.block.header.base_fee_per_gas);
    return facts;
}

void write_receipts(JsonWriter& out, const actors::SealedBlock& block) {
    out.begin_array();
    std::uint32_t logs = 0;
    for (std::uint32_t i = 0; i < block.receipts.size(); ++i) {
        write_receipt(out, block.receipts[i], receipt_facts(block, i, logs));
        logs += static_cast<std::uint32_t>(block.receipts[i].logs.size());
    }
    out.end_array();
}

namespace {

// The header's fields, in geth's alphabetical order. Those of features that the chain has no use
// for hold what Ethereum gives a block without them.
void write_header_fields(JsonWriter& out, const chain::Header& header, const chain::Hash32& hash) {
    out.key("baseFeePerGas").quantity(header.base_fee_per_gas);
    out.key("blobGasUsed").quantity(0).key("difficulty").quantity(0);
    out.key("excessBlobGas").quantity(0).key("extraData").data(header.extra_data);
    out.key("gasLimit").quantity(header.gas_limit).key("gasUsed").quantity(header.gas_used);
    out.key("hash").data(hash).key("logsBloom").data(header.logs_bloom);
    out.key("miner").data(header.coinbase).key("mixHash").data(header.prev_randao);
    out.key("nonce").quoted("0x0000000000000000").key("number").quantity(header.number);
    out.key("parentBeaconBlockRoot").data(header.parent_beacon_block_root);
    out.key("parentHash").data(header.parent_hash);
    out.key("receiptsRoot").data(header.receipts_root);
    out.key("requestsHash").data(chain::kEmptyRequestsHash);
    out.key("sha3Uncles").data(chain::kEmptyOmmersHash);
    out.key("stateRoot").data(header.state_root).key("timestamp").quantity(header.timestamp);
    out.key("transactionsRoot").data(header.transactions_root);
    out.key("withdrawalsRoot").data(chain::kEmptyTrieRoot);
}

}  // namespace

namespace {

// All of a block up to its list of transactions, which is open then.
void open_block(JsonWriter& out, const actors::SealedBlock& block) {
    out.begin_object();
    write_header_fields(out, block.block.header, block.hash);
    out.key("size").quantity(block_size(block.block));
    out.key("transactions").begin_array();
}

void close_transactions(JsonWriter& out) {
    out.end_array().key("uncles").begin_array().end_array();
    out.key("withdrawals").begin_array().end_array();
}

}  // namespace

void write_block(JsonWriter& out, const actors::SealedBlock& block, bool full) {
    open_block(out, block);
    for (std::uint32_t i = 0; i < block.transaction_hashes.size(); ++i) {
        if (full)
            write_transaction(
                out, block.block.transactions[i], place_in(block, i),
                block.block.header.base_fee_per_gas, false);
        else
            out.data(block.transaction_hashes[i]);
    }
    close_transactions(out);
    out.end_object();
}

void write_simulated_block(
    JsonWriter& out, const actors::SealedBlock& block, const std::vector<std::string>& transactions,
    std::string_view calls) {
    open_block(out, block);
    for (const std::string& json : transactions)
        out.raw(json);
    close_transactions(out);
    out.key("calls").raw(calls).end_object();
}

void write_head(JsonWriter& out, const actors::SealedBlock& block) {
    out.begin_object();
    write_header_fields(out, block.block.header, block.hash);
    out.end_object();
}

void write_open_block(JsonWriter& out, const OpenBlockFacts& facts) {
    const chain::execution::BlockEnv& env = facts.env;
    out.begin_object().key("baseFeePerGas").quantity(env.base_fee_per_gas);
    out.key("blobGasUsed").quantity(0).key("difficulty").quantity(0);
    out.key("excessBlobGas").quantity(0).key("extraData").quoted("0x");
    out.key("gasLimit").quantity(env.gas_limit).key("gasUsed").quantity(facts.gas_used);
    out.key("hash").null().key("logsBloom").data(facts.logs_bloom).key("miner").null();
    out.key("mixHash").data(env.prev_randao).key("nonce").null();
    out.key("number").quantity(env.number);
    out.key("parentBeaconBlockRoot").data(env.parent_beacon_block_root);
    out.key("parentHash").data(facts.parent_hash);
    out.key("receiptsRoot").data(chain::kEmptyTrieRoot);
    out.key("requestsHash").data(chain::kEmptyRequestsHash);
    out.key("sha3Uncles").data(chain::kEmptyOmmersHash).key("size").quantity(0);
    out.key("stateRoot").data(chain::Hash32()).key("timestamp").quantity(env.timestamp);
    out.key("transactions").begin_array();
    for (const std::string& json : facts.transactions)
        out.raw(json);
    out.end_array().key("transactionsRoot").data(chain::kEmptyTrieRoot);
    out.key("uncles").begin_array().end_array();
    out.key("withdrawals").begin_array().end_array();
    out.key("withdrawalsRoot").data(chain::kEmptyTrieRoot).end_object();
}

chain::Bytes encode_block(const chain::Block& block) {
    Bytes transactions;
    for (const Bytes& raw : block.transactions) {
        if (!raw.empty() && raw[0] < 0xc0)
            chain::rlp::put_string(transactions, raw);
        else
            chain::append(transactions, raw);
    }
    Bytes items = chain::encode_header(block.header);
    chain::append(items, chain::rlp::list_of(transactions));
    chain::append(items, chain::rlp::list_of({}));
    chain::append(items, chain::rlp::list_of({}));
    return chain::rlp::list_of(items);
}

}  // namespace troupe::node::jsonrpc
