#include "sequencer/storage/genesis_state.hpp"

#include "chain/execution/seal.hpp"
#include "chain/execution/serial_chain.hpp"

namespace troupe::node {

GenesisState make_genesis_state(
    const chain::Genesis& genesis, const chain::ChainConfig& config, const FundedKeys& funded) {
    GenesisState state;
    state.chain_id = config.chain_id;
    if (funded.count != 0) state.funded = funded_addresses(funded);
    state.funded_account.balance = funded.balance;
    state.block.header = chain::execution::genesis_header(
        genesis, genesis_state_root(genesis.alloc, state.funded, funded.balance), config.l1_start);
    state.block.hash = chain::hash_header(state.block.header);
    state.block.l1_origin = config.l1_start;
    for (const chain::GenesisAccount& entry : genesis.alloc) {
        const chain::Account account = chain::execution::genesis_account(entry);
        if (account.is_empty()) {
            std::erase_if(state.funded, [&](const FundedAddress& other) {
                return other.address == entry.address;
            });
            continue;
        }
        state.accounts.push_back(
            {.address = entry.address,
             .account = account,
             .code = entry.code,
             .storage = entry.storage});
    }
    return state;
}

}  // namespace troupe::node
