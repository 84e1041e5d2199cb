#include "sequencer/grpc/convert.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

std::string to_bytes(chain::ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

std::string to_bytes(const chain::Uint256& value) {
    const chain::Hash32 wide = chain::to_be32(value);
    return to_bytes(wide.view().subspan(32 - value.byte_count()));
}

namespace {

constexpr std::size_t kRevertOutputMax = 4'096;  // bytes told of what a transaction reverted with

template <class Fixed>
std::optional<Fixed> fixed_of(const std::string& bytes) {
    if (bytes.size() != Fixed::kSize) return std::nullopt;
    return Fixed::from({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace

std::optional<chain::Address> to_address(const std::string& bytes) {
    return fixed_of<chain::Address>(bytes);
}
std::optional<chain::Hash32> to_hash(const std::string& bytes) {
    return fixed_of<chain::Hash32>(bytes);
}

void fill(const actors::Heads& heads, pb::Heads& out) {
    out.set_latest(heads.unsafe);
    out.set_safe(heads.safe);
    out.set_finalized(heads.finalized);
}

void fill(const chain::Account& account, pb::Account& out) {
    out.set_nonce(account.nonce);
    out.set_balance(to_bytes(account.balance));
    out.set_storage_root(to_bytes(account.storage_root));
    out.set_code_hash(to_bytes(account.code_hash));
}

void fill(const chain::Header& header, pb::BlockHeader& out) {
    out.set_parent_hash(to_bytes(header.parent_hash));
    out.set_coinbase(to_bytes(header.coinbase));
    out.set_state_root(to_bytes(header.state_root));
    out.set_transactions_root(to_bytes(header.transactions_root));
    out.set_receipts_root(to_bytes(header.receipts_root));
    out.set_logs_bloom(to_bytes(header.logs_bloom));
    out.set_number(header.number);
    out.set_gas_limit(header.gas_limit);
    out.set_gas_used(header.gas_used);
    out.set_timestamp(header.timestamp);
    out.set_extra_data(to_bytes(header.extra_data));
    out.set_prev_randao(to_bytes(header.prev_randao));
    out.set_base_fee_per_gas(to_bytes(header.base_fee_per_gas));
    out.set_parent_beacon_block_root(to_bytes(header.parent_beacon_block_root));
}

void fill(const chain::Log& log, std::uint32_t index, pb::Log& out) {
    out.set_address(to_bytes(log.address));
    for (const auto& topic : log.topics)
        out.add_topics(to_bytes(topic));
    out.set_data(to_bytes(log.data));
    out.set_index(index);
}

namespace {

void fill_result(const chain::Receipt& receipt, std::uint32_t first_log_index, pb::Receipt& out) {
    out.set_type(static_cast<std::uint32_t>(receipt.type));
    out.set_success(receipt.success);
    out.set_cumulative_gas_used(receipt.cumulative_gas_used);
    std::uint32_t log_index = first_log_index;
    for (const auto& log : receipt.logs)
        fill(log, log_index++, *out.add_logs());
    if (!receipt.logs.empty()) out.set_logs_bloom(to_bytes(chain::logs_bloom(receipt.logs)));
}

std::uint32_t log_count(const std::vector<chain::Receipt>& receipts, std::size_t count) {
    std::size_t logs = 0;
    for (std::size_t i = 0; i < count; ++i)
        logs += receipts[i].logs.size();
    return static_cast<std::uint32_t>(logs);
}

/// The receiver, or the contract that a successful creation made.
void fill_receiver(
    const chain::Transaction& tx, const chain::Address& sender, bool success, pb::Receipt& out) {
    if (tx.to) {
        out.set_to(to_bytes(*tx.to));
    } else if (success) {
        out.set_contract_address(to_bytes(chain::contract_address(sender, tx.nonce)));
    }
}
void fill_receiver(
    chain::ByteView raw, const chain::Address& sender, bool success, pb::Receipt& out) {
    if (const auto tx = chain::decode_transaction(raw); tx.ok())
        fill_receiver(*tx, sender, success, out);
}

}  // namespace

void fill(const RecentTransaction& transaction, pb::Receipt& out) {
    const actors::SoftReceipt& soft = *transaction.receipt;
    out.set_transaction_hash(to_bytes(soft.transaction_hash));
    out.set_block_number(soft.block_number);
    out.set_transaction_index(soft.transaction_index);
    out.set_gas_used(soft.gas_used);
    out.set_effective_gas_price(to_bytes(soft.effective_gas_price));
    out.set_from(to_bytes(soft.sender));
    if (soft.created) out.set_contract_address(to_bytes(*soft.created));
    out.set_revert_output(to_bytes(
        chain::ByteView{soft.output}.first(std::min(soft.output.size(), kRevertOutputMax))));
    std::uint32_t first_log_index = 0;
    if (transaction.block != nullptr) {
        out.set_block_hash(to_bytes(transaction.block->hash));
        first_log_index = log_count(transaction.block->receipts, soft.transaction_index);
        fill_receiver(
            transaction.block->block.transactions[soft.transaction_index], soft.sender,
            soft.receipt.success, out);
    }
    fill_result(soft.receipt, first_log_index, out);
}

void fill(const StoredTransaction& transaction, pb::Receipt& out) {
    out.set_transaction_hash(to_bytes(transaction.hash));
    out.set_block_number(transaction.block_number);
    out.set_block_hash(to_bytes(transaction.block_hash));
    out.set_transaction_index(transaction.index);
    out.set_gas_used(transaction.gas_used);
    out.set_effective_gas_price(to_bytes(transaction.effective_gas_price));
    out.set_from(to_bytes(transaction.sender));
    fill_receiver(transaction.raw, transaction.sender, transaction.receipt.success, out);
    fill_result(transaction.receipt, transaction.first_log_index, out);
}

void fill(chain::ByteView raw, const TransactionPlace& place, pb::Transaction& out) {
    out.set_hash(to_bytes(place.hash));
    out.set_raw(to_bytes(raw));
    out.set_from(to_bytes(place.sender));
    out.set_block_number(place.block_number);
    if (!place.block_hash.is_zero()) out.set_block_hash(to_bytes(place.block_hash));
    out.set_index(place.index);
    const auto decoded = chain::decode_transaction(raw);
    if (!decoded.ok()) return;  // only damaged storage could cause it; `raw` still tells
    const chain::Transaction& tx = *decoded;
    out.set_type(static_cast<std::uint32_t>(tx.type));
    if (tx.to) out.set_to(to_bytes(*tx.to));
    out.set_nonce(tx.nonce);
    out.set_value(to_bytes(tx.value));
    out.set_gas_limit(tx.gas_limit);
    out.set_max_fee_per_gas(to_bytes(tx.max_fee_per_gas));
    out.set_max_priority_fee_per_gas(to_bytes(tx.max_priority_fee_per_gas));
    out.set_input(to_bytes(tx.data));
    for (const auto& entry : tx.access_list) {
        auto* item = out.add_access_list();
        item->set_address(to_bytes(entry.address));
        for (const auto& key : entry.storage_keys)
            item->add_storage_keys(to_bytes(key));
    }
    out.set_chain_id(tx.chain_id.value_or(0));
}

namespace {

// One transaction's receipt out of a sealed block.
void fill_sealed_receipt(
    const actors::SealedBlock& block, std::uint32_t index, std::uint32_t first_log_index,
    pb::Receipt& out) {
    const chain::Receipt& receipt = block.receipts[index];
    out.set_transaction_hash(to_bytes(block.transaction_hashes[index]));
    out.set_block_number(block.block.header.number);
    out.set_block_hash(to_bytes(block.hash));
    out.set_transaction_index(index);
    out.set_gas_used(
        receipt.cumulative_gas_used -
        (index == 0 ? 0 : block.receipts[index - 1].cumulative_gas_used));
    out.set_from(to_bytes(block.block.senders[index]));
    const auto tx = chain::decode_transaction(block.block.transactions[index]);
    if (tx.ok()) {
        fill_receiver(*tx, block.block.senders[index], receipt.success, out);
        out.set_effective_gas_price(
            to_bytes(chain::effective_gas_price(*tx, block.block.header.base_fee_per_gas)));
    }
    fill_result(receipt, first_log_index, out);
}

// A generous estimate of what fill() adds for one transaction, without asking protobuf each time.
std::size_t message_bytes(
    const actors::SealedBlock& block, pb::BlockContent content, std::size_t index) {
    std::size_t bytes = 34;
    // The raw bytes, and the decoded fields once more with the call data.
    if (content >= pb::BLOCK_CONTENT_TRANSACTIONS)
        bytes += 2 * block.block.transactions[index].size() + 256;
    if (content >= pb::BLOCK_CONTENT_RECEIPTS) {
        bytes += 192;
        for (const auto& log : block.receipts[index].logs)
            bytes += 64 + log.topics.size() * 34 + log.data.size();
        if (!block.receipts[index].logs.empty()) bytes += 260;
    }
    return bytes;
}

}  // namespace

void fill(
    const actors::SealedBlock& block, pb::BlockContent content, std::uint32_t first_index,
    std::size_t bytes_target, pb::Block& out) {
    out.set_hash(to_bytes(block.hash));
    fill(block.block.header, *out.mutable_header());
    out.mutable_l1_origin()->set_number(block.block.l1_origin.number);
    out.mutable_l1_origin()->set_hash(to_bytes(block.block.l1_origin.hash));
    const auto count = static_cast<std::uint32_t>(block.block.transactions.size());
    out.set_transaction_count(count);
    out.set_first_index(first_index);
    if (content == pb::BLOCK_CONTENT_HEADER) {
        out.set_complete(true);
        return;
    }
    std::uint32_t log_index = 0;
    if (content >= pb::BLOCK_CONTENT_RECEIPTS)
        log_index = log_count(block.receipts, std::min(first_index, count));
    std::size_t bytes = 0;
    std::uint32_t index = first_index;
    for (; index < count; ++index) {
        bytes += message_bytes(block, content, index);
        if (bytes > bytes_target && index > first_index) break;
        out.add_transaction_hashes(to_bytes(block.transaction_hashes[index]));
        if (content >= pb::BLOCK_CONTENT_TRANSACTIONS) {
            fill(
                block.block.transactions[index],
                {block.transaction_hashes[index], block.block.senders[index],
                 block.block.header.number, block.hash, index},
                *out.add_transactions());
        }
        if (content >= pb::BLOCK_CONTENT_RECEIPTS) {
            fill_sealed_receipt(block, index, log_index, *out.add_receipts());
            log_index += static_cast<std::uint32_t>(block.receipts[index].logs.size());
        }
    }
    out.set_complete(index >= count);
    out.set_next_index(index);
}

pb::TransactionStage to_proto(Stage stage) noexcept {
    return static_cast<pb::TransactionStage>(stage);  // the numbers are the same
}

}  // namespace troupe::node
