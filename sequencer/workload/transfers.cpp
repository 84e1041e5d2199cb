#include "sequencer/workload/transfers.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/consecutive_keys.hpp"
#include "chain/crypto/keccak.hpp"
#include "sequencer/workload/bulk_signer.hpp"

#include <algorithm>
#include <span>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::uint64_t kTransferGas = 21'000;
constexpr std::uint64_t kValueMax = 1'000'000'000'000'000;  // 0.001 ether

/// Everything of transaction `i` but its signature.
chain::Transaction unsigned_transfer(
    std::size_t i, const std::vector<WorkloadWallet>& wallets, const TransferMix& mix) {
    constexpr chain::TxType kTypes[] = {
        chain::TxType::kLegacy, chain::TxType::kAccessList, chain::TxType::kDynamicFee};
    const std::size_t sender = i % wallets.size();
    const std::size_t turn = i / wallets.size();
    std::mt19937_64 rng{mix.seed * 0x9e3779b97f4a7c15u + i};
    chain::Transaction tx;
    tx.type = kTypes[(sender + turn) % std::size(kTypes)];  // every wallet uses all three in turn
    tx.chain_id = mix.chain_id;
    tx.nonce = turn + (mix.first_nonces.empty() ? 0 : mix.first_nonces[sender]);
    tx.max_fee_per_gas = mix.max_fee_per_gas;
    tx.max_priority_fee_per_gas =
        tx.type == chain::TxType::kDynamicFee ? mix.max_priority_fee_per_gas : mix.max_fee_per_gas;
    tx.gas_limit = kTransferGas;
    tx.to = wallets[rng() % wallets.size()].address;
    tx.value = rng() % kValueMax;
    if (mix.change) mix.change(sender, rng, tx);
    return tx;
}

/// Transactions [first, first + raw.size()), signed.
void sign_some(
    std::size_t first, const std::vector<WorkloadWallet>& wallets, const TransferMix& mix,
    std::span<chain::Bytes> raw) {
    std::vector<chain::Transaction> txs;
    std::vector<chain::crypto::PrivateKey> keys;
    for (std::size_t i = first; i < first + raw.size(); ++i) {
        txs.push_back(unsigned_transfer(i, wallets, mix));
        keys.push_back(wallets[i % wallets.size()].key);
    }
    if (mix.related_nonces) {
        std::ranges::move(sign_transactions(txs, keys), raw.begin());
        return;
    }
    for (std::size_t i = 0; i < raw.size(); ++i) {
        TROUPE_ASSERT(chain::sign_transaction(txs[i], keys[i]).ok());
        raw[i] = chain::encode_transaction(txs[i]);
    }
}

}  // namespace

std::vector<WorkloadWallet> make_wallets(const std::string& seed, std::size_t count) {
    std::vector<WorkloadWallet> wallets(count);
    for (std::size_t i = 0; i < count; ++i) {
        chain::Bytes preimage(seed.begin(), seed.end());
        chain::append_be<std::uint64_t>(preimage, i);
        const chain::Hash32 digest = chain::crypto::keccak256(preimage);
        wallets[i].key = chain::crypto::PrivateKey::from(digest);
        // A digest outside [1, n) has probability 2^-127.
        wallets[i].address =
            chain::crypto::address_of(*chain::crypto::public_key_of(wallets[i].key));
    }
    return wallets;
}

std::vector<WorkloadWallet> make_consecutive_wallets(
    const chain::Hash32& first_key, std::size_t count) {
    const auto first = chain::crypto::PrivateKey::from(first_key);
    std::vector<chain::Address> addresses(count);
    chain::crypto::consecutive_addresses(first, 0, addresses);
    std::vector<WorkloadWallet> wallets(count);
    for (std::size_t i = 0; i < count; ++i)
        wallets[i] = {chain::crypto::consecutive_key(first, i), addresses[i]};
    return wallets;
}

std::vector<chain::GenesisAccount> fund(
    const std::vector<WorkloadWallet>& wallets, const chain::Uint256& balance) {
    std::vector<chain::GenesisAccount> alloc;
    alloc.reserve(wallets.size());
    for (const auto& wallet : wallets) {
        alloc.push_back({.address = wallet.address, .balance = balance});
    }
    std::sort(alloc.begin(), alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    return alloc;
}

std::vector<chain::Bytes> sign_transfers(
    const std::vector<WorkloadWallet>& wallets, const TransferMix& mix) {
    std::vector<chain::Bytes> raw(mix.count);
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> workers;
    for (std::size_t worker = 0; worker < threads; ++worker) {
        workers.emplace_back([&, worker] {
            for (std::size_t at = worker * kBulkSignaturesMax; at < mix.count;
                 at += threads * kBulkSignaturesMax) {
                const auto some =
                    std::span(raw).subspan(at, std::min(kBulkSignaturesMax, mix.count - at));
                sign_some(mix.first + at, wallets, mix, some);
            }
        });
    }
    workers.clear();  // joins
    return raw;
}

}  // namespace troupe::node
