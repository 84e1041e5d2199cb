#include "tests/support/small_world.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/secp256k1.hpp"
#include "chain/rlp/encode.hpp"

#include <algorithm>
#include <map>

namespace troupe::actors::test {

Wallet wallet(std::uint32_t number) {
    static std::mutex mutex;
    static std::map<std::uint32_t, Wallet> made;
    const std::lock_guard lock{mutex};
    const auto found = made.find(number);
    if (found != made.end()) return found->second;
    Wallet result;
    chain::store_be(result.key.data() + 28, number + 1);
    result.address = chain::crypto::address_of(*chain::crypto::public_key_of(result.key));
    made[number] = result;
    return result;
}

World::World(
    std::uint32_t funded, const chain::Uint256& balance, std::uint64_t gas_limit,
    bool vault_is_wallet) {
    chain.chain_id = genesis.chain_id = kChainId;
    chain.gas_limit = genesis.gas_limit = gas_limit;
    chain.fee_vault.bytes[0] = 0xfe;
    if (vault_is_wallet) chain.fee_vault = wallet(0).address;
    chain.l1_start_timestamp = genesis.timestamp = kGenesisTime;
    chain.l1_start.number = 100;
    chain.l1_start.hash.bytes[0] = 100;
    genesis.base_fee_per_gas = 7;  // below 8 wei it does not fall: EIP-1559
    for (std::uint32_t i = 0; i < funded; ++i)
        genesis.alloc.push_back({wallet(i).address, 0, balance, {}, {}});
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
}

EngineStart World::start() const {
    EngineStart start;
    start.chain = chain;
    const chain::execution::SerialChain serial{genesis, chain};
    start.head = serial.head();
    start.head_hash = serial.head_hash();
    start.head_origin = start.origin = chain.l1_start;
    start.origin_timestamp = chain.l1_start_timestamp;
    start.load_accounts = [alloc = genesis.alloc](const auto& take) {
        for (const chain::GenesisAccount& entry : alloc)
            take(entry.address, chain::execution::genesis_account(entry));
    };
    start.load_slots = [alloc = genesis.alloc](const auto& take) {
        for (const chain::GenesisAccount& entry : alloc)
            for (const chain::GenesisSlot& slot : entry.storage)
                take(entry.address, slot.key, slot.value);
    };
    start.load_codes = [alloc = genesis.alloc](const auto& take) {
        for (const chain::GenesisAccount& entry : alloc)
            if (!entry.code.empty()) take(entry.code);
    };
    return start;
}

EngineStart World::restart(const FakeStore& store, const FakeLog& log) const {
    EngineStart start = this->start();
    std::map<chain::Address, chain::Account> accounts;
    start.load_accounts([&](const chain::Address& address, const chain::Account& account) {
        accounts[address] = account;
    });
    for (const auto& [address, account] : store.accounts)
        accounts[address] = account;
    start.load_accounts = [accounts](const auto& take) {
        for (const auto& [address, account] : accounts)
            take(address, account);
    };
    std::map<std::pair<chain::Address, chain::Hash32>, chain::Uint256> slots;
    start.load_slots([&](const auto& address, const auto& slot, const chain::Uint256& value) {
        slots[{address, slot}] = value;
    });
    for (const auto& [key, value] : store.slots)
        slots[key] = value;
    start.load_slots = [slots](const auto& take) {
        for (const auto& [key, value] : slots)
            if (!value.is_zero()) take(key.first, key.second, value);
    };
    start.load_codes = [genesis = start.load_codes, codes = store.codes](const auto& take) {
        genesis(take);
        for (const auto& [hash, code] : codes)
            take(code);
    };
    start.block_hashes = {start.head_hash};
    for (const SealedBlockPtr& block : store.blocks)
        start.block_hashes.push_back(block->hash);
    if (!store.blocks.empty()) {
        const SealedBlock& head = *store.blocks.back();
        start.head = head.block.header;
        start.head_hash = head.hash;
        start.head_origin = head.block.l1_origin;
        start.next_sequence = head.last_sequence + 1;
    }
    start.micro_blocks = log.micro_blocks;
    start.seals = log.seals;
    for (const auto& entry : log.micro_blocks)
        start.next_sequence = std::max(start.next_sequence, entry.sequence + 1);
    for (const auto& entry : log.seals)
        start.next_sequence = std::max(start.next_sequence, entry.sequence + 1);
    return start;
}

chain::Authorization signed_authorization(
    std::uint32_t wallet_number, const chain::Address& delegate, std::uint64_t nonce) {
    chain::Bytes items;
    chain::rlp::put_integer(items, kChainId);
    chain::rlp::put_string(items, delegate);
    chain::rlp::put_integer(items, nonce);
    chain::Bytes preimage{0x05};  // EIP-7702's magic
    chain::rlp::put_list_header(preimage, items.size());
    chain::append(preimage, items);
    const auto signature =
        chain::crypto::sign(chain::crypto::keccak256(preimage), wallet(wallet_number).key);
    TROUPE_ASSERT(signature.ok());
    chain::Authorization authorization;
    authorization.chain_id = kChainId;
    authorization.address = delegate;
    authorization.nonce = nonce;
    authorization.y_parity = signature->y_parity ? 1 : 0;
    authorization.r = signature->r;
    authorization.s = signature->s;
    return authorization;
}

chain::Bytes signed_transfer(const TransferSpec& spec) {
    chain::Transaction tx;
    tx.type = spec.type;
    tx.chain_id = spec.chain_id;
    tx.nonce = spec.nonce;
    tx.max_fee_per_gas = spec.max_fee;
    tx.max_priority_fee_per_gas = spec.type >= chain::TxType::kDynamicFee ? spec.tip : spec.max_fee;
    tx.gas_limit = spec.gas_limit;
    if (!spec.creates) tx.to = spec.to;
    tx.value = spec.value;
    tx.data = spec.data;
    tx.authorizations = spec.authorizations;
    TROUPE_ASSERT(chain::sign_transaction(tx, wallet(spec.from).key).ok());
    return chain::encode_transaction(tx);
}

}  // namespace troupe::actors::test
