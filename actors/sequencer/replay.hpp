#pragma once

#include "actors/records.hpp"
#include "chain/base/result.hpp"

#include <deque>
#include <optional>

namespace troupe::actors {

/// One block as the order log has it.
struct ReplayBlock {
    chain::execution::BlockEnv env;
    std::deque<MicroBlockRecord> micro_blocks;
    std::optional<SealRecord> seal;
};

/// The order log after the head, block by block.
using ReplayLog = std::deque<ReplayBlock>;

/// Groups what the order log holds. Entries of blocks up to `head_number` are left out.
/// @return the blocks head_number + 1, + 2, ... without a gap
/// @param failure  says in words what contradicts itself; empty otherwise
[[nodiscard]] ReplayLog group_replay(
    std::uint64_t head_number, std::vector<MicroBlockRecord> micro_blocks,
    std::vector<SealRecord> seals, std::string& failure);

}  // namespace troupe::actors
