#include "sequencer/jsonrpc/feed.hpp"

#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/render.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {

bool Feed::reserve(Connection& connection) {
    const std::lock_guard lock(mutex_);
    if (connection.subscriptions >= door_.config.subscriptions_max) return false;
    ++connection.subscriptions;
    return true;
}

void Feed::add(Subscription subscription) {
    const std::lock_guard lock(mutex_);
    if (subscription.kind == Subscription::Kind::kPending) ++pending_count_;
    door_.stats.subscriptions.fetch_add(1, std::memory_order_relaxed);
    subscriptions_.push_back(std::move(subscription));
}

bool Feed::remove(const std::string& id, const Connection& connection) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(
        subscriptions_.begin(), subscriptions_.end(), [&](const Subscription& subscription) {
            return subscription.id == id && subscription.connection.lock().get() == &connection;
        });
    if (found == subscriptions_.end()) return false;
    if (found->kind == Subscription::Kind::kPending) --pending_count_;
    if (const auto owner = found->connection.lock()) --owner->subscriptions;
    subscriptions_.erase(found);
    door_.stats.subscriptions.fetch_sub(1, std::memory_order_relaxed);
    return true;
}

void Feed::remove_all(const Connection& connection) {
    const std::lock_guard lock(mutex_);
    const auto removed = std::erase_if(subscriptions_, [&](const Subscription& subscription) {
        const auto owner = subscription.connection.lock();
        if (owner && owner.get() != &connection) return false;
        if (subscription.kind == Subscription::Kind::kPending) --pending_count_;
        return true;
    });
    door_.stats.subscriptions.fetch_sub(removed, std::memory_order_relaxed);
}

void Feed::detach() {
    const std::lock_guard lock(gate_);
    attached_ = false;
}

void Feed::on_marks() noexcept {
    const std::lock_guard lock(gate_);
    if (!attached_) return;
    if (scheduled_.exchange(true)) return;
    door_.loop.post([self = shared_from_this()] {
        self->scheduled_ = false;
        self->tell_blocks();
    });
}

void Feed::on_micro_block(const MicroBlockPtr& micro_block) noexcept {
    const std::lock_guard lock(gate_);
    if (!attached_) return;
    door_.soft.add(micro_block);
    door_.loop.post([self = shared_from_this(), micro_block] {
        self->door_.on_executed(*micro_block);
        if (self->pending_count_ != 0) self->tell_micro_block(*micro_block);
    });
}

void Feed::on_micro_blocks_lost() noexcept {
    const std::lock_guard lock(gate_);
    if (attached_) door_.soft.forget();
}

void Feed::tell_blocks() {
    const std::uint64_t head = door_.head();
    bool listened = false;
    {
        const std::lock_guard lock(mutex_);
        listened = !subscriptions_.empty();
    }
    if (!listened) told_ = std::max(told_, head);
    while (told_ < head) {
        const auto block = door_.block_at(told_ + 1);
        if (!block || *block == nullptr) break;  // storage has said why
        tell_block(**block);
        ++told_;
    }
    door_.soft.drop_sealed(head);
    door_.known.drop_sealed(head);
}

std::vector<Subscription> Feed::copy_of(bool pending) const {
    std::vector<Subscription> copy;
    const std::lock_guard lock(mutex_);
    for (const Subscription& subscription : subscriptions_)
        if ((subscription.kind == Subscription::Kind::kPending) == pending)
            copy.push_back(subscription);
    return copy;
}

void Feed::send(const Subscription& subscription, std::string_view result) {
    const auto connection = subscription.connection.lock();
    if (!connection) return;
    std::string message =
        R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")";
    message.reserve(message.size() + subscription.id.size() + result.size() + 16);
    message.append(subscription.id).append("\",\"result\":").append(result).append("}}");
    connection->push(std::make_shared<const std::string>(std::move(message)));
    door_.stats.notifications.fetch_add(1, std::memory_order_relaxed);
}

void Feed::tell_block(const actors::SealedBlock& block) {
    std::string head;
    for (const Subscription& subscription : copy_of(false)) {
        if (subscription.kind == Subscription::Kind::kHeads) {
            if (head.empty()) {
                JsonWriter out(2'048);
                write_head(out, block);
                head = out.take();
            }
            send(subscription, head);
            continue;
        }
        if (subscription.kind == Subscription::Kind::kSyncing) continue;  // it never begins
        const bool logs = subscription.kind == Subscription::Kind::kLogs;
        if (logs && !subscription.filter.may_match(block.block.header.logs_bloom)) continue;
        JsonWriter receipts;
        receipts.begin_array();
        bool any = false;
        std::uint32_t log_index = 0;
        for (std::uint32_t i = 0; i < block.receipts.size(); ++i) {
            const std::uint32_t first = log_index;
            if (logs) {
                for (const auto& log : block.receipts[i].logs) {
                    const std::uint32_t index = log_index++;
                    if (!subscription.filter.matches(log)) continue;
                    JsonWriter out;
                    write_log(out, log, place_in(block, i), index);
                    send(subscription, out.take());
                }
                continue;
            }
            log_index += static_cast<std::uint32_t>(block.receipts[i].logs.size());
            if (!subscription.wanted.empty() &&
                !subscription.wanted.contains(block.transaction_hashes[i]))
                continue;
            any = true;
            write_receipt(receipts, block.receipts[i], receipt_facts(block, i, first));
        }
        if (any) send(subscription, receipts.end_array().take());
    }
}

void Feed::tell_micro_block(const actors::CommittedMicroBlock& micro_block) {
    const auto subscriptions = copy_of(true);
    for (const auto& receipt : micro_block.receipts) {
        for (const Subscription& subscription : subscriptions) {
            if (!subscription.full) {
                send(subscription, json_data(receipt.transaction_hash));
                continue;
            }
            const auto raw = door_.known.find(receipt.transaction_hash);
            if (!raw) continue;  // came in by another door: its bytes are told with its block
            JsonWriter out;
            write_transaction(
                out, *raw, {.hash = receipt.transaction_hash, .sender = receipt.sender}, {}, true);
            send(subscription, out.take());
        }
    }
}

}  // namespace troupe::node::jsonrpc
