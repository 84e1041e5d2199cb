#include "sequencer/jsonrpc/soft_blocks.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {
namespace {

std::uint32_t logs_before(
    const actors::CommittedMicroBlock& micro_block, const actors::SoftReceipt* end) {
    std::size_t logs = 0;
    for (const auto& receipt : micro_block.receipts) {
        if (&receipt == end) break;
        logs += receipt.receipt.logs.size();
    }
    return static_cast<std::uint32_t>(logs);
}

}  // namespace

void SoftBlocks::add(const MicroBlockPtr& micro_block) {
    const std::lock_guard lock(mutex_);
    auto& parts = blocks_[micro_block->block_number];
    std::uint32_t first = 0;
    if (!parts.empty())
        first = parts.back().first_log_index + logs_before(*parts.back().micro_block, nullptr);
    parts.push_back({micro_block, first});
    for (const auto& receipt : micro_block->receipts)
        hashes_.push_back(receipt.transaction_hash);
    next_number_ += micro_block->receipts.size();
    if (hashes_.size() > kRecentHashesMax)
        hashes_.erase(hashes_.begin(), hashes_.end() - kRecentHashesMax);
}

void SoftBlocks::drop_sealed(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    blocks_.erase(blocks_.begin(), blocks_.upper_bound(number));
}

void SoftBlocks::forget() {
    const std::lock_guard lock(mutex_);
    blocks_.clear();
}

std::vector<SoftBlocks::Part> SoftBlocks::parts(std::uint64_t block_number) const {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(block_number);
    return found == blocks_.end() ? std::vector<Part>() : found->second;
}

std::optional<std::uint32_t> SoftBlocks::first_log_index(
    const actors::CommittedMicroBlock& micro_block, const actors::SoftReceipt& receipt) const {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(micro_block.block_number);
    if (found == blocks_.end()) return std::nullopt;
    const auto part = std::lower_bound(
        found->second.begin(), found->second.end(), micro_block.sequence,
        [](const Part& one, std::uint64_t wanted) { return one.micro_block->sequence < wanted; });
    if (part == found->second.end() || part->micro_block.get() != &micro_block) return std::nullopt;
    return part->first_log_index + logs_before(micro_block, &receipt);
}

std::uint64_t SoftBlocks::next_number() const {
    const std::lock_guard lock(mutex_);
    return next_number_;
}

std::vector<chain::Hash32> SoftBlocks::hashes_since(std::uint64_t& number) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t oldest = next_number_ - hashes_.size();
    const std::uint64_t from = std::clamp(number, oldest, next_number_);
    number = next_number_;
    return {hashes_.begin() + static_cast<std::ptrdiff_t>(from - oldest), hashes_.end()};
}

void KnownTransactions::add(
    const chain::Hash32& hash, chain::Bytes raw, std::uint64_t block_number) {
    const std::lock_guard lock(mutex_);
    const std::size_t size = raw.size();
    if (!raw_.emplace(hash, std::move(raw)).second) return;
    bytes_ += size;
    order_.push_back({hash, block_number});
    while (order_.size() > count_max_ || bytes_ > bytes_max_)
        drop_oldest();
}

std::optional<chain::Bytes> KnownTransactions::find(const chain::Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = raw_.find(hash);
    if (found == raw_.end()) return std::nullopt;
    return found->second;
}

void KnownTransactions::drop_sealed(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    while (!order_.empty() && order_.front().block_number <= number)
        drop_oldest();
}

void KnownTransactions::drop_oldest() {
    const auto found = raw_.find(order_.front().hash);
    bytes_ -= found->second.size();
    raw_.erase(found);
    order_.pop_front();
}

}  // namespace troupe::node::jsonrpc
