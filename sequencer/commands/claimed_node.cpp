#include "sequencer/commands/claimed_node.hpp"

namespace troupe::node {

std::unique_ptr<ClaimedNode> ClaimedNode::connect(const std::string& target, std::string& failure) {
    client::ClientConfig config;
    config.target = target;
    auto client = client::Client::create(config, failure);
    if (!client) return nullptr;
    return std::unique_ptr<ClaimedNode>(new ClaimedNode(std::move(client)));
}

std::optional<chain::Header> ClaimedNode::header(std::uint64_t number) {
    const auto block = client_->block(number, client::BlockContent::kHeader);
    if (!block.ok()) return std::nullopt;
    return block->header;
}

std::optional<std::vector<chain::Receipt>> ClaimedNode::receipts(std::uint64_t number) {
    const auto block = client_->block(number, client::BlockContent::kReceipts);
    if (!block.ok()) return std::nullopt;
    std::vector<chain::Receipt> receipts;
    for (const client::Receipt& told : block->receipts) {
        chain::Receipt receipt;
        receipt.type = told.type;
        receipt.success = told.success;
        receipt.cumulative_gas_used = told.cumulative_gas_used;
        receipt.logs = told.logs;
        receipts.push_back(std::move(receipt));
    }
    return receipts;
}

std::optional<std::vector<chain::Bytes>> ClaimedNode::transactions(std::uint64_t number) {
    auto block = client_->block(number, client::BlockContent::kTransactions);
    if (!block.ok()) return std::nullopt;
    return std::move(block->transactions);
}

std::optional<client::AccountEvent> ClaimedNode::change(
    const chain::Address& address, std::uint64_t number) {
    client::Client::WatchAccountOptions options;
    options.from_block = number;
    options.reconnect = false;
    std::optional<client::AccountEvent> found;
    // The first message that is no heartbeat is the first change from that block on; a heartbeat
    // says that there is none.
    const auto watched = client_->watch_account(address, options, [&](const auto& event) {
        if (event.account && event.block_number == number) found = event;
        return false;
    });
    if (!watched.ok()) return std::nullopt;
    return found;
}

std::optional<chain::Account> ClaimedNode::account(
    const chain::Address& address, std::uint64_t number) {
    const auto changed = change(address, number);
    return changed ? changed->account : std::nullopt;
}

std::optional<std::vector<chain::execution::SlotChange>> ClaimedNode::slot_changes(
    const chain::Address& address, std::uint64_t number) {
    auto changed = change(address, number);
    if (!changed) return std::nullopt;
    return std::move(changed->slots);
}

}  // namespace troupe::node
