#include "sequencer/runtime/node_events.hpp"

#include "sequencer/logging/log.hpp"
#include "sequencer/thread_name.hpp"

#include <utility>

namespace troupe::node {

NodeEvents::NodeEvents(actors::EventSink& hub, ChainStore& store)
    : hub_(hub), store_(store), thread_([this] { run(); }) {}

NodeEvents::~NodeEvents() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void NodeEvents::run() {
    name_this_thread("node events");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [&] { return stopping_ || heads_.has_value(); });
        if (const auto heads = std::exchange(heads_, std::nullopt)) {
            lock.unlock();
            if (Failure failure = store_.note_heads(heads->safe, heads->finalized))
                log_error(Component::kStorage, "{}", *failure);
            lock.lock();
            continue;
        }
        if (stopping_) return;
    }
}

void NodeEvents::on_micro_block(
    std::shared_ptr<const actors::CommittedMicroBlock> micro_block) noexcept {
    hub_.on_micro_block(std::move(micro_block));
}

void NodeEvents::on_block(actors::SealedBlockPtr block) noexcept {
    log_debug(
        Component::kEngine, "block {}: {} transactions, {} gas", block->block.header.number,
        block->block.transactions.size(), block->block.header.gas_used);
    hub_.on_block(std::move(block));
}

void NodeEvents::on_batched(std::uint64_t first, std::uint64_t last) noexcept {
    hub_.on_batched(first, last);
}

void NodeEvents::on_posted(
    std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) noexcept {
    log_info(Component::kL1, "blocks {} to {} are in L1 block {}", first, last, l1_block);
    hub_.on_posted(first, last, l1_block);
}

void NodeEvents::on_heads(const actors::Heads& heads) noexcept {
    {
        const std::lock_guard lock(mutex_);
        heads_ = heads;
    }
    wake_.notify_all();
    hub_.on_heads(heads);
}

void NodeEvents::on_fatal(const std::string& message) noexcept {
    log_error(Component::kNode, "{}", message);
    {
        const std::lock_guard lock(mutex_);
        if (fatal_.empty()) fatal_ = message;
    }
    hub_.on_fatal(message);
}

std::string NodeEvents::fatal() const {
    const std::lock_guard lock(mutex_);
    return fatal_;
}

}  // namespace troupe::node
