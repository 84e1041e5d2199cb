#pragma once

#include "sequencer/jsonrpc/method.hpp"

/// The handlers of the method table, by file. What each does is said in the table.
namespace troupe::node::jsonrpc::methods {

// methods_node.cpp
Answer<std::string> chain_id(const Call& call);
Answer<std::string> net_version(const Call& call);
Answer<std::string> net_listening(const Call& call);
Answer<std::string> net_peer_count(const Call& call);
Answer<std::string> client_version(const Call& call);
Answer<std::string> sha3(const Call& call);
Answer<std::string> accounts(const Call& call);
Answer<std::string> syncing(const Call& call);
Answer<std::string> modules(const Call& call);
Answer<std::string> discover(const Call& call);

// methods_fee.cpp
Answer<std::string> gas_price(const Call& call);
Answer<std::string> max_priority_fee(const Call& call);
Answer<std::string> base_fee(const Call& call);
Answer<std::string> blob_base_fee(const Call& call);
Answer<std::string> fee_history(const Call& call);

// methods_account.cpp
void get_balance(const std::shared_ptr<Call>& call, Reply reply);
void get_transaction_count(const std::shared_ptr<Call>& call, Reply reply);
void get_code(const std::shared_ptr<Call>& call, Reply reply);
void get_storage_at(const std::shared_ptr<Call>& call, Reply reply);
void get_proof(const std::shared_ptr<Call>& call, Reply reply);

// methods_call.cpp
void eth_call(const std::shared_ptr<Call>& call, Reply reply);
void estimate_gas(const std::shared_ptr<Call>& call, Reply reply);
void fill_transaction(const std::shared_ptr<Call>& call, Reply reply);

// methods_simulate.cpp
void simulate(const std::shared_ptr<Call>& call, Reply reply);
void create_access_list(const std::shared_ptr<Call>& call, Reply reply);
void get_storage_values(const std::shared_ptr<Call>& call, Reply reply);

// methods_trace.cpp
void trace_transaction(const std::shared_ptr<Call>& call, Reply reply);
void trace_call(const std::shared_ptr<Call>& call, Reply reply);
void trace_block_by_number(const std::shared_ptr<Call>& call, Reply reply);
void trace_block_by_hash(const std::shared_ptr<Call>& call, Reply reply);

// methods_block.cpp
Answer<std::string> block_number(const Call& call);
Answer<std::string> get_block_by_number(const Call& call);
Answer<std::string> get_block_by_hash(const Call& call);
Answer<std::string> header_by_number(const Call& call);
Answer<std::string> header_by_hash(const Call& call);
Answer<std::string> get_block_receipts(const Call& call);
Answer<std::string> count_by_number(const Call& call);
Answer<std::string> count_by_hash(const Call& call);
Answer<std::string> uncle_count_by_number(const Call& call);
Answer<std::string> uncle_count_by_hash(const Call& call);
Answer<std::string> no_uncle(const Call& call);
Answer<std::string> raw_block(const Call& call);
Answer<std::string> raw_header(const Call& call);
Answer<std::string> raw_receipts(const Call& call);

// methods_transaction.cpp
Answer<std::string> transaction_by_hash(const Call& call);
Answer<std::string> transaction_by_number_and_index(const Call& call);
Answer<std::string> transaction_by_hash_and_index(const Call& call);
Answer<std::string> transaction_receipt(const Call& call);
Answer<std::string> raw_transaction(const Call& call);
Answer<std::string> raw_by_number_and_index(const Call& call);
Answer<std::string> raw_by_hash_and_index(const Call& call);

// methods_submit.cpp
void send_raw_transaction(const std::shared_ptr<Call>& call, Reply reply);
void send_raw_transaction_sync(const std::shared_ptr<Call>& call, Reply reply);

// methods_logs.cpp
Answer<std::string> get_logs(const Call& call);
Answer<std::string> new_filter(const Call& call);
Answer<std::string> new_block_filter(const Call& call);
Answer<std::string> new_pending_filter(const Call& call);
Answer<std::string> filter_changes(const Call& call);
Answer<std::string> filter_logs(const Call& call);
Answer<std::string> uninstall_filter(const Call& call);
void subscribe(const std::shared_ptr<Call>& call, Reply reply);
Answer<std::string> unsubscribe(const Call& call);

// methods_pool.cpp
Answer<std::string> pool_status(const Call& call);
Answer<std::string> pool_content(const Call& call);
Answer<std::string> pool_content_from(const Call& call);
Answer<std::string> pool_inspect(const Call& call);

// methods_rollup.cpp
Answer<std::string> sync_status(const Call& call);
Answer<std::string> transaction_status(const Call& call);
Answer<std::string> get_batch(const Call& call);
Answer<std::string> output_at_block(const Call& call);

// methods_config.cpp
Answer<std::string> chain_config(const Call& call);
Answer<std::string> capabilities(const Call& call);
Answer<std::string> rollup_config(const Call& call);
Answer<std::string> rollup_version(const Call& call);

// methods_status.cpp
Answer<std::string> node_status(const Call& call);

}  // namespace troupe::node::jsonrpc::methods
