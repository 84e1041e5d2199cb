#pragma once

#include "sequencer/storage/chain_store.hpp"

/// Small made-up blocks for the storage tests.
namespace troupe::node {

[[nodiscard]] inline chain::Address sample_address(std::uint8_t last) {
    chain::Address address;
    address[0] = 0xa0;
    address[19] = last;
    return address;
}

[[nodiscard]] inline chain::Bytes sample_transfer(std::uint64_t nonce) {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = 1337;
    tx.nonce = nonce;
    tx.max_priority_fee_per_gas = 2;
    tx.max_fee_per_gas = 100;
    tx.gas_limit = 21'000;
    tx.to = sample_address(9);
    tx.value = 5;
    tx.signature.r = 1;
    tx.signature.s = 1;
    return chain::encode_transaction(tx);
}

[[nodiscard]] inline GenesisState sample_genesis() {
    GenesisState genesis;
    genesis.chain_id = 1337;
    genesis.block.header.gas_limit = 30'000'000;
    genesis.block.header.base_fee_per_gas = 7;
    genesis.block.hash = chain::hash_header(genesis.block.header);
    for (std::uint8_t i = 1; i <= 3; ++i) {
        GenesisState::Entry entry;
        entry.address = sample_address(i);
        entry.account.balance = 1'000'000;
        genesis.accounts.push_back(entry);
    }
    return genesis;
}

/// Block `number` with `count` transfers, the first with `first_nonce`: every transfer has one log.
[[nodiscard]] inline actors::SealedBlockPtr sample_block(
    std::uint64_t number, std::size_t count, std::uint64_t first_nonce) {
    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block.header.number = number;
    sealed->block.header.timestamp = 1'700'000'000 + number;
    sealed->block.header.base_fee_per_gas = 7;
    sealed->block.header.gas_limit = 30'000'000;
    sealed->block.l1_origin.number = 100 + number;
    sealed->block.l1_origin.hash[31] = static_cast<std::uint8_t>(number);
    sealed->hash = chain::hash_header(sealed->block.header);
    sealed->last_sequence = number * 10;
    for (std::size_t i = 0; i < count; ++i) {
        sealed->block.transactions.push_back(sample_transfer(first_nonce + i));
        sealed->block.senders.push_back(sample_address(1));
        sealed->transaction_hashes.push_back(
            chain::transaction_hash(sealed->block.transactions.back()));
        chain::Receipt receipt;
        receipt.type = chain::TxType::kDynamicFee;
        receipt.success = true;
        receipt.cumulative_gas_used = 21'000 * (i + 1);
        chain::Log log;
        log.address = sample_address(2);
        log.topics.resize(2);
        log.topics[1][0] = 0xee;
        log.data = {1, 2, 3};
        receipt.logs.push_back(log);
        sealed->receipts.push_back(receipt);
    }
    chain::execution::AccountChange change;
    change.address = sample_address(1);
    change.before.nonce = first_nonce;
    change.before.balance = 1'000'000 - first_nonce;
    change.after.nonce = first_nonce + count;
    change.after.balance = 1'000'000 - first_nonce - count;
    sealed->changes.push_back(change);
    return sealed;
}

}  // namespace troupe::node
