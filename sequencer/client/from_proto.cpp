#include "sequencer/client/from_proto.hpp"

#include <algorithm>

namespace troupe::node::client {

namespace pb = troupe::v1;

namespace {

chain::ByteView view(const std::string& bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

template <class Fixed>
Fixed fixed_from(const std::string& bytes) {
    return bytes.size() == Fixed::kSize ? Fixed::from(view(bytes)) : Fixed{};
}

}  // namespace

chain::Hash32 hash_from(const std::string& bytes) {
    return fixed_from<chain::Hash32>(bytes);
}
chain::Address address_from(const std::string& bytes) {
    return fixed_from<chain::Address>(bytes);
}
chain::Uint256 uint256_from(const std::string& bytes) {
    return bytes.size() <= 32 ? chain::uint256_from_be(view(bytes)) : chain::Uint256{};
}

chain::Account account_from(const pb::Account& in) {
    chain::Account account;
    account.nonce = in.nonce();
    account.balance = uint256_from(in.balance());
    account.storage_root = hash_from(in.storage_root());
    account.code_hash = hash_from(in.code_hash());
    return account;
}

chain::Log log_from(const pb::Log& in) {
    chain::Log log;
    log.address = address_from(in.address());
    for (const auto& topic : in.topics())
        log.topics.push_back(hash_from(topic));
    log.data.assign(in.data().begin(), in.data().end());
    return log;
}

Receipt receipt_from(const pb::Receipt& in, Stage stage) {
    Receipt receipt;
    receipt.transaction_hash = hash_from(in.transaction_hash());
    receipt.block_number = in.block_number();
    if (!in.block_hash().empty()) receipt.block_hash = hash_from(in.block_hash());
    receipt.transaction_index = in.transaction_index();
    receipt.type = static_cast<chain::TxType>(in.type());
    receipt.success = in.success();
    receipt.gas_used = in.gas_used();
    receipt.cumulative_gas_used = in.cumulative_gas_used();
    receipt.effective_gas_price = uint256_from(in.effective_gas_price());
    receipt.from = address_from(in.from());
    if (!in.to().empty()) receipt.to = address_from(in.to());
    if (!in.contract_address().empty()) receipt.contract = address_from(in.contract_address());
    receipt.revert_output.assign(in.revert_output().begin(), in.revert_output().end());
    for (const auto& log : in.logs())
        receipt.logs.push_back(log_from(log));
    receipt.stage = stage;
    return receipt;
}

Heads heads_from(const pb::Heads& in) {
    return {in.latest(), in.safe(), in.finalized()};
}

chain::Header header_from(const pb::BlockHeader& in) {
    chain::Header header;
    header.parent_hash = hash_from(in.parent_hash());
    header.coinbase = address_from(in.coinbase());
    header.state_root = hash_from(in.state_root());
    header.transactions_root = hash_from(in.transactions_root());
    header.receipts_root = hash_from(in.receipts_root());
    if (in.logs_bloom().size() == chain::Bloom::kSize)
        std::copy(in.logs_bloom().begin(), in.logs_bloom().end(), header.logs_bloom.data());
    header.number = in.number();
    header.gas_limit = in.gas_limit();
    header.gas_used = in.gas_used();
    header.timestamp = in.timestamp();
    header.extra_data.assign(in.extra_data().begin(), in.extra_data().end());
    header.prev_randao = hash_from(in.prev_randao());
    header.base_fee_per_gas = uint256_from(in.base_fee_per_gas());
    header.parent_beacon_block_root = hash_from(in.parent_beacon_block_root());
    return header;
}

BlockInfo block_from(const pb::Block& in) {
    BlockInfo block;
    block.header = header_from(in.header());
    block.hash = hash_from(in.hash());
    block.parent_hash = hash_from(in.header().parent_hash());
    block.state_root = hash_from(in.header().state_root());
    block.number = in.header().number();
    block.timestamp = in.header().timestamp();
    block.gas_used = in.header().gas_used();
    block.gas_limit = in.header().gas_limit();
    block.base_fee_per_gas = uint256_from(in.header().base_fee_per_gas());
    block.l1_origin_number = in.l1_origin().number();
    block.transaction_count = in.transaction_count();
    block.first_index = in.first_index();
    for (const auto& hash : in.transaction_hashes())
        block.transaction_hashes.push_back(hash_from(hash));
    for (const auto& transaction : in.transactions())
        block.transactions.emplace_back(transaction.raw().begin(), transaction.raw().end());
    for (const auto& receipt : in.receipts())
        block.receipts.push_back(receipt_from(receipt, Stage::kSealed));
    block.complete = in.complete();
    block.next_index = in.next_index();
    return block;
}

ChainInfo chain_info_from(const pb::GetChainInfoResponse& in) {
    ChainInfo info;
    info.chain_id = in.chain_id();
    info.genesis_hash = hash_from(in.genesis_hash());
    info.l1_chain_id = in.l1_chain_id();
    info.system_config = address_from(in.contracts().system_config());
    info.batch_inbox = address_from(in.contracts().batch_inbox());
    info.output_registry = address_from(in.contracts().output_registry());
    info.fee_vault = address_from(in.fee_vault());
    info.heads = heads_from(in.heads());
    info.base_fee_per_gas = uint256_from(in.base_fee_per_gas());
    info.gas_limit = in.gas_limit();
    info.block_time_ms = in.block_time_ms();
    info.version = in.version();
    info.batch_transactions_max = in.limits().batch_transactions_max();
    info.stream_credits_max = in.limits().stream_credits_max();
    return info;
}

TransactionEvent transaction_event_from(const pb::WatchTransactionResponse& in) {
    TransactionEvent event;
    event.cursor = in.cursor();
    if (!in.has_progress()) return event;
    const pb::TransactionProgress& progress = in.progress();
    event.stage = static_cast<Stage>(progress.stage());
    event.block_number = progress.block_number();
    if (!progress.block_hash().empty()) event.block_hash = hash_from(progress.block_hash());
    if (progress.has_receipt()) event.receipt = receipt_from(progress.receipt(), event.stage);
    event.l1_block = progress.l1_block();
    event.fell_back = progress.fell_back();
    return event;
}

}  // namespace troupe::node::client
