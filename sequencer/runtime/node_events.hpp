#pragma once

#include "actors/ports.hpp"
#include "sequencer/storage/chain_store.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace troupe::node {

/// Hears of everything first: passes it on to the subscribers' hub, has the heads noted in the
/// store by a thread of its own (the disk may be slow), and keeps what is fatal.
class NodeEvents final : public actors::EventSink {
  public:
    NodeEvents(actors::EventSink& hub, ChainStore& store);
    ~NodeEvents() override;

    void on_micro_block(
        std::shared_ptr<const actors::CommittedMicroBlock> micro_block) noexcept override;
    void on_block(actors::SealedBlockPtr block) noexcept override;
    void on_batched(std::uint64_t first, std::uint64_t last) noexcept override;
    void on_posted(
        std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) noexcept override;
    void on_heads(const actors::Heads& heads) noexcept override;
    void on_fatal(const std::string& message) noexcept override;

    /// Empty while all is well.
    [[nodiscard]] std::string fatal() const;

  private:
    void run();

    actors::EventSink& hub_;
    ChainStore& store_;
    mutable std::mutex mutex_;  // guards the members below
    std::condition_variable wake_;
    std::optional<actors::Heads> heads_;  // not noted yet
    std::string fatal_;
    bool stopping_ = false;
    std::thread thread_;  // last
};

}  // namespace troupe::node
