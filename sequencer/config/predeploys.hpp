#pragma once

#include "chain/types/chain_config.hpp"

namespace troupe::node {

/// Adds the contracts that users of an Ethereum chain expect to be there: the system contracts of
/// EIP-2935 and EIP-4788 and the deterministic deployment proxy. docs/formats/genesis.md has their
/// addresses. Accounts that the alloc names already stay as they are.
void add_predeploys(chain::Genesis& genesis);

}  // namespace troupe::node
