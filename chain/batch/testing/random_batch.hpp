#pragma once

#include "chain/batch/span_batch.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/types/transaction.hpp"

/// For tests, fuzzing and benchmarks: batches drawn from a seed.
namespace troupe::chain::batch {

/// splitmix64: the same numbers everywhere.
class Rng {
  public:
    explicit Rng(std::uint64_t seed) noexcept : state_(seed) {}
    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// Below `bound`, which is not 0.
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
    bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }
    Bytes bytes(std::size_t count) {
        Bytes out(count);
        for (auto& byte : out) {
            byte = static_cast<std::uint8_t>(next());
        }
        return out;
    }
    template <class Fixed>
    Fixed fixed() {
        return Fixed::from(bytes(Fixed::kSize));
    }
    /// Of any byte length: small numbers as often as large ones.
    Uint256 integer(unsigned bytes_max) { return uint256_from_be(bytes(below(bytes_max + 1))); }

  private:
    std::uint64_t state_;
};

/// r and s in range without a key behind them: decoding does not recover.
inline crypto::EcdsaSignature random_signature(Rng& rng) {
    crypto::EcdsaSignature signature;
    signature.r = uint256_from_be(rng.bytes(32));
    signature.s = uint256_from_be(rng.bytes(32));
    signature.r.limbs[3] >>= 1;
    signature.s.limbs[3] >>= 2;
    signature.y_parity = rng.one_in(2);
    return signature;
}

/// Any transaction a batch can carry, its rarest forms often.
inline Bytes random_transaction(Rng& rng, std::uint64_t chain_id) {
    static constexpr TxType kTypes[] = {
        TxType::kLegacy, TxType::kAccessList, TxType::kDynamicFee, TxType::kSetCode};
    Transaction tx;
    tx.type = kTypes[rng.below(4)];
    tx.chain_id = chain_id;
    tx.nonce = rng.next() >> rng.below(64);
    if (tx.nonce == ~std::uint64_t{0}) tx.nonce = 0;
    tx.gas_limit = rng.one_in(2) ? 21'000 : rng.next() >> (16 + rng.below(48));
    tx.max_fee_per_gas =
        rng.one_in(2) ? Uint256{rng.below(100)} * Uint256{1'000'000'000} : rng.integer(16);
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    if (tx.type >= TxType::kDynamicFee && rng.one_in(2)) tx.max_priority_fee_per_gas = 0;
    tx.value = rng.one_in(2) ? rng.integer(30) : Uint256{rng.below(1000)} * Uint256{1'000'000'000};
    if (tx.type == TxType::kSetCode || !rng.one_in(8)) {
        tx.to = Address{};
        // Few addresses, so that many come again.
        (*tx.to)[19] = static_cast<std::uint8_t>(rng.below(20));
        if (rng.one_in(4)) tx.to = rng.fixed<Address>();
    }
    if (rng.one_in(3)) tx.data = rng.bytes(rng.below(100));
    if (tx.type != TxType::kLegacy && rng.one_in(2)) {
        for (auto entries = rng.below(3); entries > 0; --entries) {
            AccessListEntry& entry = tx.access_list.emplace_back();
            entry.address = rng.fixed<Address>();
            for (auto keys = rng.below(3); keys > 0; --keys) {
                entry.storage_keys.push_back(rng.fixed<Hash32>());
            }
        }
    }
    if (tx.type == TxType::kSetCode) {
        for (auto count = 1 + rng.below(3); count > 0; --count) {
            tx.authorizations.push_back(
                {rng.integer(32), rng.fixed<Address>(), rng.next() >> rng.below(64),
                 static_cast<std::uint8_t>(rng.below(256)), rng.integer(32), rng.integer(32)});
        }
    }
    tx.signature = random_signature(rng);
    return encode_transaction(tx);
}

inline SpanBatch random_batch(
    Rng& rng, const ChainConfig& config, std::uint64_t blocks_max,
    std::uint64_t txs_per_block_max) {
    SpanBatch batch;
    batch.first_block_number = rng.next() >> rng.below(64);
    batch.parent_hash = rng.fixed<Hash32>();
    batch.l1_origin_hash = rng.fixed<Hash32>();
    std::uint64_t timestamp = rng.next() >> (16 + rng.below(48));
    std::uint64_t origin = rng.next() >> (16 + rng.below(48));
    for (auto count = 1 + rng.below(blocks_max); count > 0; --count) {
        BatchBlock& block = batch.blocks.emplace_back();
        block.timestamp = timestamp += rng.below(3);
        block.l1_origin_number = origin += rng.below(2);
        for (auto txs = rng.below(txs_per_block_max + 1); txs > 0; --txs) {
            block.transactions.push_back(random_transaction(rng, config.chain_id));
        }
    }
    return batch;
}

}  // namespace troupe::chain::batch
