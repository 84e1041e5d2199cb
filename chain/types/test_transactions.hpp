#pragma once

#include "chain/types/transaction.hpp"

#include <random>

/// Transactions for the tests of this folder.
namespace troupe::chain {

inline constexpr TxType kAllTypes[] = {
    TxType::kLegacy, TxType::kAccessList, TxType::kDynamicFee, TxType::kBlob, TxType::kSetCode};

template <class Fixed>
Fixed random_fixed(std::mt19937_64& rng) {
    Fixed fixed;
    for (auto& byte : fixed.bytes)
        byte = static_cast<std::uint8_t>(rng());
    return fixed;
}

/// Numbers of all lengths, short ones more often.
inline Uint256 random_number(std::mt19937_64& rng, unsigned bits_max) {
    Uint256 number;
    const auto bits = rng() % (bits_max + 1);
    for (unsigned bit = 0; bit < bits; ++bit) {
        number.limbs[bit / 64] |= (rng() & 1) << bit % 64;
    }
    return number;
}

/// A transaction of `type` with every field the type has, signed by `key`.
inline Transaction random_transaction(
    std::mt19937_64& rng, TxType type, const crypto::PrivateKey& key) {
    Transaction tx;
    tx.type = type;
    if (type != TxType::kLegacy || rng() % 2 == 0) tx.chain_id = random_number(rng, 64).low_u64();
    tx.nonce = random_number(rng, 63).low_u64();
    tx.max_fee_per_gas = random_number(rng, 128);
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    if (type >= TxType::kDynamicFee && !tx.max_fee_per_gas.is_zero()) {
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas - 1;
    }
    tx.gas_limit = random_number(rng, 64).low_u64();
    if (type >= TxType::kBlob || rng() % 4 != 0) tx.to = random_fixed<Address>(rng);
    tx.value = random_number(rng, 256);
    tx.data.resize(rng() % 3 == 0 ? rng() % 300 : 0);
    for (auto& byte : tx.data)
        byte = static_cast<std::uint8_t>(rng());
    if (type != TxType::kLegacy) {
        for (auto left = rng() % 3; left > 0; --left) {
            AccessListEntry entry{random_fixed<Address>(rng), {}};
            for (auto keys = rng() % 3; keys > 0; --keys) {
                entry.storage_keys.push_back(random_fixed<Hash32>(rng));
            }
            tx.access_list.push_back(entry);
        }
    }
    if (type == TxType::kBlob) {
        tx.max_fee_per_blob_gas = random_number(rng, 256);
        for (auto left = 1 + rng() % 3; left > 0; --left) {
            tx.blob_versioned_hashes.push_back(random_fixed<Hash32>(rng));
            tx.blob_versioned_hashes.back()[0] = 0x01;
        }
    }
    if (type == TxType::kSetCode) {
        for (auto left = 1 + rng() % 3; left > 0; --left) {
            tx.authorizations.push_back(
                {random_number(rng, 256), random_fixed<Address>(rng),
                 random_number(rng, 64).low_u64(), static_cast<std::uint8_t>(rng()),
                 random_number(rng, 256), random_number(rng, 256)});
        }
    }
    const auto status = sign_transaction(tx, key);
    TROUPE_ASSERT(status.ok());
    return tx;
}

}  // namespace troupe::chain
