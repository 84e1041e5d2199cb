#pragma once

#include "l1-client/eth_client.hpp"

namespace troupe::l1 {

inline constexpr std::uint64_t kLogRangeMax = 2'000;  ///< blocks in one eth_getLogs

/// The logs of blocks filter.first_block..last_block, in chain order, in as many calls as needed:
/// ranges that the L1's node refuses are halved.
/// @error those of EthClient::logs; blocks of a re-organisation in between are the caller's to
/// notice
[[nodiscard]] Result<std::vector<L1Log>> logs_in_range(EthClient& l1, LogFilter filter);

}  // namespace troupe::l1
