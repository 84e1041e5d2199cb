#pragma once

#include "actors/outside.hpp"

#include <map>
#include <mutex>

/// The outside of the actors, in memory. Locked: with real threads several actors call at once.
namespace troupe::actors::test {

struct FakeLog final : OrderLog {
    IoFailure append(const MicroBlockRecord& record) override {
        const std::lock_guard lock{mutex};
        if (fail_from != 0 && record.sequence >= fail_from) return "no space left on device";
        micro_blocks.push_back(record);
        ever.push_back(record);
        return std::nullopt;
    }
    IoFailure append(const SealRecord& record) override {
        const std::lock_guard lock{mutex};
        if (fail_from != 0 && record.sequence >= fail_from) return "no space left on device";
        seals.push_back(record);
        return std::nullopt;
    }
    IoFailure prune(std::uint64_t sequence) override {
        const std::lock_guard lock{mutex};
        pruned = sequence;
        std::erase_if(micro_blocks, [&](const auto& entry) { return entry.sequence <= sequence; });
        std::erase_if(seals, [&](const auto& entry) { return entry.sequence <= sequence; });
        return std::nullopt;
    }
    std::mutex mutex;
    std::vector<MicroBlockRecord> micro_blocks;
    std::vector<SealRecord> seals;
    std::vector<MicroBlockRecord> ever;  ///< also what was pruned
    std::uint64_t fail_from = 0;         ///< sequence from which the disk is full
    std::uint64_t pruned = 0;
};

struct FakeStore final : BlockStore {
    IoFailure commit(std::span<const SealedBlockPtr> committed) override {
        const std::lock_guard lock{mutex};
        if (fail) return "no space left on device";
        for (const SealedBlockPtr& block : committed) {
            blocks.push_back(block);
            for (const auto& change : block->changes) {
                accounts[change.address] = change.after;
                for (const auto& slot : change.slots)
                    slots[{change.address, slot.slot}] = slot.after;
            }
            for (const auto& code : block->codes)
                codes[code.hash] = code.code;
        }
        return std::nullopt;
    }
    SealedBlockPtr block(std::uint64_t number) override {
        const std::lock_guard lock{mutex};
        for (const SealedBlockPtr& block : blocks) {
            if (block->block.header.number == number) return block;
        }
        return nullptr;
    }
    std::mutex mutex;
    std::vector<SealedBlockPtr> blocks;
    std::map<chain::Address, chain::Account> accounts;
    std::map<std::pair<chain::Address, chain::Hash32>, chain::Uint256> slots;
    std::map<chain::Hash32, chain::Bytes> codes;
    bool fail = false;
};

struct FakeEvents final : EventSink {
    void on_micro_block(std::shared_ptr<const CommittedMicroBlock> micro_block) noexcept override {
        const std::lock_guard lock{mutex};
        micro_blocks.push_back(std::move(micro_block));
    }
    void on_block(SealedBlockPtr block) noexcept override {
        const std::lock_guard lock{mutex};
        blocks.push_back(std::move(block));
    }
    void on_batched(std::uint64_t first, std::uint64_t last) noexcept override {
        const std::lock_guard lock{mutex};
        batched.emplace_back(first, last);
    }
    void on_posted(std::uint64_t first, std::uint64_t last, std::uint64_t) noexcept override {
        const std::lock_guard lock{mutex};
        posted.emplace_back(first, last);
    }
    void on_heads(const Heads& now) noexcept override {
        const std::lock_guard lock{mutex};
        heads = now;
    }
    void on_fatal(const std::string& message) noexcept override {
        const std::lock_guard lock{mutex};
        fatal.push_back(message);
    }
    [[nodiscard]] std::size_t block_count() {
        const std::lock_guard lock{mutex};
        return blocks.size();
    }
    std::mutex mutex;
    std::vector<std::shared_ptr<const CommittedMicroBlock>> micro_blocks;
    std::vector<SealedBlockPtr> blocks;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> batched;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> posted;
    Heads heads;
    std::vector<std::string> fatal;
};

struct NoMetrics final : MetricsSink {
    void publish(const SequencerStats& stats) noexcept override {
        const std::lock_guard lock{mutex};
        sequencer = stats;
    }
    void publish(const LogStats&) noexcept override {}
    void publish(const SealerStats&) noexcept override {}
    void publish(const PartitionStats& stats) noexcept override {
        const std::lock_guard lock{mutex};
        partitions[stats.partition] = stats;
    }
    void publish(const BatcherStats&) noexcept override {}
    std::mutex mutex;
    SequencerStats sequencer;
    std::map<std::uint32_t, PartitionStats> partitions;
};

struct FakeL1 final : L1Port {
    void post(ChannelToPost channel) override {
        const std::lock_guard lock{mutex};
        channels.push_back(std::move(channel));
    }
    void claim(std::uint64_t number, const chain::Hash32& output_root) override {
        const std::lock_guard lock{mutex};
        claims.emplace_back(number, output_root);
    }
    std::mutex mutex;
    std::vector<ChannelToPost> channels;
    std::vector<std::pair<std::uint64_t, chain::Hash32>> claims;
};

/// Keeps outcomes by position in the submission.
struct FakeSink final : SubmitSink {
    void on_outcomes(std::span<Item> items) noexcept override {
        const std::lock_guard lock{mutex};
        for (Item& item : items) {
            ++answers[item.index];
            outcomes[item.index] = std::move(item.outcome);
        }
    }
    [[nodiscard]] std::size_t size() {
        const std::lock_guard lock{mutex};
        return outcomes.size();
    }
    std::mutex mutex;
    std::map<std::uint32_t, SubmitOutcome> outcomes;
    std::map<std::uint32_t, int> answers;
};

}  // namespace troupe::actors::test
