#include "chain/execution/seal.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"

namespace troupe::chain::execution {

Header seal_header(const BlockEnv& env, const Hash32& state_root, BodyRoots& body) {
    Header header;
    body.fill(header);
    header.parent_hash = env.parent_hash;
    header.coinbase = env.coinbase;
    header.state_root = state_root;
    header.number = env.number;
    header.gas_limit = env.gas_limit;
    header.timestamp = env.timestamp;
    header.prev_randao = env.prev_randao;
    header.base_fee_per_gas = env.base_fee_per_gas;
    header.parent_beacon_block_root = env.parent_beacon_block_root;
    return header;
}

Header seal_header(
    const BlockEnv& env, const Hash32& state_root, std::span<const Bytes> transactions,
    std::span<const Receipt> receipts) {
    BodyRoots body;
    body.add(transactions, receipts);
    return seal_header(env, state_root, body);
}

Header genesis_header(const Genesis& genesis, const Hash32& state_root, const L1Origin& l1_origin) {
    Header header;
    header.coinbase = genesis.coinbase;
    header.state_root = state_root;
    header.gas_limit = genesis.gas_limit;
    header.timestamp = genesis.timestamp;
    header.extra_data = genesis.extra_data;
    header.prev_randao = l1_origin.hash;
    header.base_fee_per_gas = genesis.base_fee_per_gas;
    header.parent_beacon_block_root = l1_origin.hash;
    return header;
}

Account genesis_account(const GenesisAccount& entry) {
    Account account;
    account.nonce = entry.nonce;
    account.balance = entry.balance;
    if (!entry.code.empty()) account.code_hash = crypto::keccak256(entry.code);
    trie::Trie storage;
    for (const GenesisSlot& slot : entry.storage) {
        if (slot.value.is_zero()) continue;
        storage.put(crypto::keccak256(slot.key), encode_slot(slot.value));
    }
    account.storage_root = storage.root();
    return account;
}

}  // namespace troupe::chain::execution
