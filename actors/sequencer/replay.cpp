#include "actors/sequencer/replay.hpp"

#include <fmt/format.h>

namespace troupe::actors {

ReplayLog group_replay(
    std::uint64_t head_number, std::vector<MicroBlockRecord> micro_blocks,
    std::vector<SealRecord> seals, std::string& failure) {
    ReplayLog blocks;
    std::uint64_t last_sequence = 0;
    for (MicroBlockRecord& record : micro_blocks) {
        const std::uint64_t number = record.env.number;
        if (number <= head_number) continue;
        if (record.sequence <= last_sequence) {
            failure =
                fmt::format("order log: entry {} follows entry {}", record.sequence, last_sequence);
            return {};
        }
        last_sequence = record.sequence;
        const std::uint64_t last = head_number + blocks.size();
        if (number == last + 1 && record.index_in_block == 0) {
            blocks.push_back({record.env, {}, std::nullopt});
        } else if (number != last || record.index_in_block != blocks.back().micro_blocks.size()) {
            failure = fmt::format(
                "order log: entry {} is micro-block {} of block {}, but block {} was open",
                record.sequence, record.index_in_block, number, last);
            return {};
        }
        if (record.transactions.size() != record.senders.size()) {
            failure = fmt::format(
                "order log: entry {} has {} transactions and {} senders", record.sequence,
                record.transactions.size(), record.senders.size());
            return {};
        }
        blocks.back().micro_blocks.push_back(std::move(record));
    }
    for (SealRecord& seal : seals) {
        const std::uint64_t number = seal.env.number;
        if (number <= head_number) continue;
        if (number == head_number + blocks.size() + 1)
            blocks.push_back({seal.env, {}, std::nullopt});  // a block without a micro-block
        if (number > head_number + blocks.size()) {
            failure = fmt::format("order log: block {} is sealed but not there", number);
            return {};
        }
        blocks[number - head_number - 1].seal = std::move(seal);
    }
    return blocks;
}

}  // namespace troupe::actors
