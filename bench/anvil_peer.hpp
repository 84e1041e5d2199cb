#pragma once

#include "bench/report.hpp"

#include <string>

namespace troupe::bench {

/// anvil on this machine, driven as its users drive it: signed transfers in JSON-RPC batches over
/// one connection, a block a second with room for all (with a block per transaction it leaves some
/// unmined at this rate). The clock stops when the last one has its receipt.
/// @param anvil    the program
/// @param failure  why it could not be measured, when the result is empty
[[nodiscard]] std::optional<Peer> measure_anvil(const std::string& anvil, std::string& failure);

}  // namespace troupe::bench
