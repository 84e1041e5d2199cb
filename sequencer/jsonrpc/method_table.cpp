#include "sequencer/jsonrpc/methods.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace troupe::node::jsonrpc {
namespace {

using namespace methods;

constexpr Method at_once(
    std::string_view name, SyncHandler handler, std::string_view result, std::string_view doc,
    std::array<Param, kParamsMax> params = {}) {
    return {
        .name = name, .params = params, .result = result, .doc = doc, .inline_handler = handler};
}
constexpr Method pooled(
    std::string_view name, SyncHandler handler, std::string_view result, std::string_view doc,
    std::array<Param, kParamsMax> params = {}) {
    return {.name = name, .params = params, .result = result, .doc = doc, .pool_handler = handler};
}
constexpr Method later(
    std::string_view name, AsyncHandler handler, std::string_view result, std::string_view doc,
    std::array<Param, kParamsMax> params = {}) {
    return {.name = name, .params = params, .result = result, .doc = doc, .async_handler = handler};
}

constexpr Param kAddress{"address", "Address"};
constexpr Param kState{"block", "Block", false};
constexpr Param kBlock{"block", "Block"};
constexpr Param kNumber{"block", "BlockNumber"};
constexpr Param kHash{"hash", "Hash"};
constexpr Param kIndex{"index", "Quantity"};
constexpr Param kFull{"full", "Boolean", false};
constexpr Param kRaw{"transaction", "Data"};
constexpr Param kFilter{"filter", "LogFilter"};
constexpr Param kFilterId{"id", "Text"};
constexpr Param kOverrides{"overrides", "Object", false};
constexpr Param kBlockOverrides{"blockOverrides", "Object", false};
constexpr Param kTrace{"options", "TraceOptions", false};

// Sorted by namespace as documented; looked up through an index.
constexpr Method kMethods[] = {
    at_once("eth_chainId", chain_id, "Quantity", "The chain id that transactions are signed for."),
    at_once(
        "eth_blockNumber", block_number, "Quantity",
        "Number of the newest sealed block. It can be read already when it is told."),
    at_once("eth_syncing", syncing, "Boolean", "Always false: the sequencer is the head."),
    at_once("eth_accounts", accounts, "List", "Always empty: the node keeps no user's keys."),
    pooled(
        "eth_config", chain_config, "Object",
        "EIP-7910: the rules that are in force, with precompiles and system contracts."),
    pooled(
        "eth_capabilities", capabilities, "Object",
        "The head, and the oldest block of which there are blocks, transactions, logs, receipts "
        "and state."),
    at_once(
        "eth_gasPrice", gas_price, "Quantity",
        "A gas price with which a transaction enters the next block: the open block's base fee "
        "and an eighth of it, and the suggested tip."),
    at_once(
        "eth_maxPriorityFeePerGas", max_priority_fee, "Quantity",
        "The suggested tip. Order is by arrival: a higher one buys nothing."),
    at_once("eth_baseFee", base_fee, "Quantity", "Base fee per gas of the open block."),
    at_once(
        "eth_blobBaseFee", blob_base_fee, "Quantity",
        "Always 1, EIP-4844's minimum: the chain has no blobs."),
    pooled(
        "eth_feeHistory", fee_history, "Object",
        "Base fees, gas used ratios and tips of up to 1,024 blocks.",
        {{{"blockCount", "Quantity"},
          {"newestBlock", "BlockNumber"},
          {"rewardPercentiles", "List", false}}}),

    later(
        "eth_getBalance", get_balance, "Quantity", "Balance of an account after a block [wei].",
        {{kAddress, kState}}),
    later(
        "eth_getTransactionCount", get_transaction_count, "Quantity",
        "Nonce of an account after a block; `pending` counts what is executed and what is held "
        "and follows without a gap.",
        {{kAddress, kState}}),
    later(
        "eth_getCode", get_code, "Data", "Code of an account after a block.", {{kAddress, kState}}),
    later(
        "eth_getStorageAt", get_storage_at, "Hash",
        "A storage slot after a block; of a past one at most 1,000 changes of the account back.",
        {{kAddress, {"slot", "Text"}, kState}}),
    later(
        "eth_getStorageValues", get_storage_values, "Object",
        "Storage slots of many accounts after a block: slots by address; 1,024 at most.",
        {{{"slots", "Object"}, kState}}),
    later(
        "eth_getProof", get_proof, "Object",
        "The account with Merkle proofs, EIP-1186, at the newest sealed block; at most 1,024 "
        "slots.",
        {{kAddress, {"slots", "List"}, kState}}),

    later(
        "eth_call", eth_call, "Data",
        "Runs code on the state after a block and changes nothing. At most 50,000,000 gas and 5 "
        "seconds. Overrides: balance, nonce, code, state or stateDiff by address; of the block "
        "what debug_traceCall takes.",
        {{{"transaction", "Object"}, kState, kOverrides, kBlockOverrides}}),
    later(
        "eth_createAccessList", create_access_list, "Object",
        "The access list (EIP-2930) of a transaction, and the gas that it uses with it; bounded as "
        "eth_call.",
        {{{"transaction", "Object"}, kState, kOverrides}}),
    later(
        "eth_simulateV1", simulate, "List",
        "Simulates blocks of calls after a block: blockStateCalls with blockOverrides, "
        "stateOverrides and calls; validation, traceTransfers, returnFullTransactions. At most 256 "
        "blocks, and gas and time of one eth_call for all. State roots are zero, precompiles stay "
        "where they are.",
        {{{"payload", "Object"}, kState}}),
    later(
        "eth_fillTransaction", fill_transaction, "Object",
        "Fills in nonce, gas and fees and gives the unsigned transaction: one call instead of "
        "four.",
        {{{"transaction", "Object"}}}),
    later(
        "eth_estimateGas", methods::estimate_gas, "Quantity",
        "The least gas limit with which the transaction succeeds; bounded as eth_call.",
        {{{"transaction", "Object"}, kState, kOverrides, kBlockOverrides}}),

    pooled(
        "eth_getBlockByNumber", get_block_by_number, "Object",
        "A block with hashes of its transactions, or with all of them. `pending` is the open "
        "block: what was executed so far, with null for hash, nonce and miner.",
        {{kNumber, kFull}}),
    pooled(
        "eth_getBlockByHash", get_block_by_hash, "Object", "A block by its hash.",
        {{kHash, kFull}}),
    pooled(
        "eth_getHeaderByNumber", header_by_number, "Object",
        "A block's header: what eth_subscribe tells of it. The open block has none.", {{kNumber}}),
    pooled(
        "eth_getHeaderByHash", header_by_hash, "Object", "A block's header by its hash.",
        {{kHash}}),
    pooled(
        "eth_getBlockReceipts", get_block_receipts, "List", "All receipts of a block.", {{kBlock}}),
    pooled(
        "eth_getBlockTransactionCountByNumber", count_by_number, "Quantity",
        "Transactions in a block.", {{kNumber}}),
    pooled(
        "eth_getBlockTransactionCountByHash", count_by_hash, "Quantity", "Transactions in a block.",
        {{kHash}}),
    pooled(
        "eth_getUncleCountByBlockNumber", uncle_count_by_number, "Quantity", "Always 0.",
        {{kNumber}}),
    pooled("eth_getUncleCountByBlockHash", uncle_count_by_hash, "Quantity", "Always 0.", {{kHash}}),
    at_once(
        "eth_getUncleByBlockNumberAndIndex", no_uncle, "Object", "Always null.",
        {{kNumber, kIndex}}),
    at_once(
        "eth_getUncleByBlockHashAndIndex", no_uncle, "Object", "Always null.", {{kHash, kIndex}}),
    pooled(
        "eth_getTransactionByHash", transaction_by_hash, "Object",
        "A transaction; without a block while it is executed and not sealed, or held.", {{kHash}}),
    pooled(
        "eth_getTransactionByBlockNumberAndIndex", transaction_by_number_and_index, "Object",
        "A transaction by its place.", {{kNumber, kIndex}}),
    pooled(
        "eth_getTransactionByBlockHashAndIndex", transaction_by_hash_and_index, "Object",
        "A transaction by its place.", {{kHash, kIndex}}),
    pooled(
        "eth_getRawTransactionByHash", raw_transaction, "Data",
        "The signed transaction; 0x where it is not known.", {{kHash}}),
    pooled(
        "eth_getRawTransactionByBlockNumberAndIndex", raw_by_number_and_index, "Data",
        "The signed transaction by its place; 0x where there is none.", {{kNumber, kIndex}}),
    pooled(
        "eth_getRawTransactionByBlockHashAndIndex", raw_by_hash_and_index, "Data",
        "The signed transaction by its place; 0x where there is none.", {{kHash, kIndex}}),
    pooled(
        "eth_getTransactionReceipt", transaction_receipt, "Object",
        "A receipt, once the transaction's block is sealed.", {{kHash}}),

    later(
        "eth_sendRawTransaction", send_raw_transaction, "Hash",
        "Takes a signed transaction: answered once it is executed and durable. One that is known "
        "already gives its hash again. One beyond a nonce gap is held: 64 per sender, for five "
        "minutes, replaced by one with at least 10 % higher fees.",
        {{kRaw}}),
    later(
        "eth_sendRawTransactionSync", send_raw_transaction_sync, "Object",
        "EIP-7966: takes a signed transaction and answers with its receipt as soon as it is "
        "executed. The receipt is final but for blockHash, which is null until the block is "
        "sealed. Timeout in milliseconds, 2,000 unless given, 20,000 at most; error 4 after it, "
        "error 5 for one beyond a nonce gap, both with the hash in data.",
        {{kRaw, {"timeout", "Quantity", false}}}),

    pooled(
        "eth_getLogs", get_logs, "List",
        "Logs of up to 10,000 blocks, 50,000 at most in one answer.", {{kFilter}}),
    at_once(
        "eth_newFilter", new_filter, "Text",
        "A filter of logs for eth_getFilterChanges. Forgotten when nobody asks for 5 minutes.",
        {{kFilter}}),
    at_once("eth_newBlockFilter", new_block_filter, "Text", "A filter of new blocks."),
    at_once(
        "eth_newPendingTransactionFilter", new_pending_filter, "Text",
        "A filter of executed transactions; the newest 65,536 are kept for those who ask."),
    pooled(
        "eth_getFilterChanges", filter_changes, "List",
        "What is new since the last question; 10,000 blocks at most at once, the rest at the "
        "next question.",
        {{kFilterId}}),
    pooled(
        "eth_getFilterLogs", filter_logs, "List", "All logs of a filter's range.", {{kFilterId}}),
    at_once("eth_uninstallFilter", uninstall_filter, "Boolean", "Forgets a filter.", {{kFilterId}}),
    later(
        "eth_subscribe", subscribe, "Text",
        "WebSocket only: newHeads, logs, newPendingTransactions, syncing, transactionReceipts. "
        "128 per connection; a connection that does not read is closed.",
        {{{"kind", "Text"}, {"options", "Object", false}}}),
    at_once("eth_unsubscribe", unsubscribe, "Boolean", "Ends a subscription.", {{kFilterId}}),

    at_once("net_version", net_version, "Text", "The chain id as a decimal number."),
    at_once("net_listening", net_listening, "Boolean", "Always true."),
    at_once("net_peerCount", net_peer_count, "Quantity", "Always 0: a sequencer has no peers."),
    at_once("web3_clientVersion", client_version, "Text", "Name and version of the node."),
    at_once("web3_sha3", sha3, "Hash", "Keccak-256 of the data.", {{{"data", "Data"}}}),

    at_once(
        "txpool_status", pool_status, "Object",
        "How many transactions are executed and not sealed (pending), and held (queued)."),
    at_once(
        "txpool_content", pool_content, "Object",
        "Those transactions; of the pending ones those that came in by JSON-RPC."),
    at_once(
        "txpool_contentFrom", pool_content_from, "Object", "The same of one sender.", {{kAddress}}),
    at_once("txpool_inspect", pool_inspect, "Object", "The same as one line of text each."),

    pooled("debug_getRawBlock", raw_block, "Data", "RLP of a block.", {{kBlock}}),
    pooled("debug_getRawHeader", raw_header, "Data", "RLP of a header.", {{kBlock}}),
    pooled(
        "debug_getRawReceipts", raw_receipts, "List", "The receipts as in the receipts trie.",
        {{kBlock}}),
    pooled(
        "debug_getRawTransaction", raw_transaction, "Data",
        "The signed transaction; 0x where it is not known.", {{kHash}}),

    later(
        "debug_traceTransaction", trace_transaction, "Object",
        "Executes a sealed transaction again and tells what happened: struct logs, or what the "
        "tracer finds. 5 seconds unless `timeout` says otherwise, 20 at most; 25 MB at most.",
        {{kHash, kTrace}}),
    later(
        "debug_traceCall", trace_call, "Object",
        "The same of a call on the state after a block; options may also have stateOverrides, "
        "blockOverrides and txIndex: before that transaction of the block.",
        {{{"transaction", "Object"}, kState, kTrace}}),
    later(
        "debug_traceBlockByNumber", trace_block_by_number, "List",
        "The same of all transactions of a block, with the limits of one.", {{kNumber, kTrace}}),
    later(
        "debug_traceBlockByHash", trace_block_by_hash, "List", "The same by the block's hash.",
        {{kHash, kTrace}}),

    pooled(
        "troupe_syncStatus", sync_status, "Object",
        "The heads: unsafe (sealed here), safe and finalized (derived from the L1), and how far "
        "blocks are batched and posted."),
    pooled(
        "troupe_getTransactionStatus", transaction_status, "Object",
        "How far a transaction has come: held, sequenced, sealed, batched, posted, safe, "
        "finalized, or dropped and why; null where it is not known.",
        {{kHash}}),
    pooled(
        "troupe_getBatch", get_batch, "Object",
        "How far a block has come on its way to the L1, and the L1 block it was posted in.",
        {{kBlock}}),
    pooled(
        "troupe_outputAtBlock", output_at_block, "Object",
        "The output root of a block, as it is claimed on the L1.", {{kBlock}}),
    at_once(
        "troupe_nodeStatus", node_status, "Object",
        "How the node is doing: heads, fees, counters since its start, queue, backlog, and "
        "histograms of latency: counts between boundsSeconds, the last one beyond them."),
    at_once(
        "optimism_rollupConfig", rollup_config, "Object",
        "What a reader of the rollup has to know, with op-node's names."),
    at_once("optimism_version", rollup_version, "Text", "Name and version of the node."),
    pooled("optimism_syncStatus", sync_status, "Object", "The same as troupe_syncStatus."),
    pooled(
        "optimism_outputAtBlock", output_at_block, "Object", "The same as troupe_outputAtBlock.",
        {{kBlock}}),

    at_once("rpc_modules", modules, "Object", "The namespaces that are served."),
    at_once("rpc.discover", discover, "Object", "This table as an OpenRPC document."),
};

}  // namespace

std::span<const Method> all_methods() noexcept {
    return kMethods;
}

const Method* find_method(std::string_view name) noexcept {
    static const auto index = [] {
        std::map<std::string_view, const Method*> by_name;
        for (const Method& method : kMethods)
            by_name.emplace(method.name, &method);
        return by_name;
    }();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

}  // namespace troupe::node::jsonrpc
