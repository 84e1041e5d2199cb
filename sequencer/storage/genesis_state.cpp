#include "sequencer/storage/genesis_state.hpp"

#include "chain/execution/seal.hpp"
#include "chain/execution/serial_chain.hpp"

namespace troupe::node {

GenesisState make_genesis_state(const chain::Genesis& genesis, const chain::ChainConfig& config) {
    const chain::execution::SerialChain block0(genesis, config);
    GenesisState state;
    state.chain_id = config.chain_id;
    state.block.header = block0.head();
    state.block.hash = block0.head_hash();
    state.block.l1_origin = config.l1_start;
    for (const chain::GenesisAccount& entry : genesis.alloc) {
        const chain::Account account = chain::execution::genesis_account(entry);
        if (account.is_empty()) continue;
        state.accounts.push_back(
            {.address = entry.address,
             .account = account,
             .code = entry.code,
             .storage = entry.storage});
    }
    return state;
}

}  // namespace troupe::node
