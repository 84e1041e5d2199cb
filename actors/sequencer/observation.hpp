#pragma once

#include "chain/evm/hash_record.hpp"
#include "chain/state/effect.hpp"

#include <vector>

namespace troupe::actors {

/// What one transaction did to slots, and what it hashed: what SlotTemplates learn from.
struct Observation {
    std::uint32_t tx = 0;           ///< position in the round
    chain::state::Effects effects;  ///< those of slots
    std::vector<chain::evm::HashRecord::Entry> hashes;
};

}  // namespace troupe::actors
