#pragma once

#include "chain/crypto/secp256k1.hpp"
#include "chain/types/chain_config.hpp"
#include "chain/types/transaction.hpp"

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

/// Signed transfers for the demo, the benchmarks and the load tests: the same seed gives the same
/// bytes.
namespace troupe::node {

/// A key made from a seed: for chains that nobody's money is on.
struct WorkloadWallet {
    chain::crypto::PrivateKey key;
    chain::Address address;
};

/// @param seed  names the set; wallets of one seed never change with `count`
[[nodiscard]] std::vector<WorkloadWallet> make_wallets(const std::string& seed, std::size_t count);

/// Wallets of consecutive keys, of which a rollup config can fund millions (FundedKeys).
[[nodiscard]] std::vector<WorkloadWallet> make_consecutive_wallets(
    const chain::Hash32& first_key, std::size_t count);

/// Genesis accounts that give every wallet `balance` wei, sorted by address.
[[nodiscard]] std::vector<chain::GenesisAccount> fund(
    const std::vector<WorkloadWallet>& wallets, const chain::Uint256& balance);

struct TransferMix {
    std::uint64_t chain_id = 0;
    std::size_t first = 0;  ///< continues a mix of which so many are signed already
    std::size_t count = 0;
    std::uint64_t seed = 1;
    std::vector<std::uint64_t> first_nonces;                  ///< per wallet; empty: all start at 0
    chain::Uint256 max_fee_per_gas = 100'000'000'000;         ///< 100 gwei: above any base fee here
    chain::Uint256 max_priority_fee_per_gas = 1'000'000'000;  ///< 1 gwei
    /// What a transaction does instead of moving ether: given its sender's number and random
    /// numbers, fills in to, value, data and gas_limit, or leaves the transfer as it is. Called by
    /// several threads at once. Empty: all are transfers.
    std::function<void(std::size_t sender, std::mt19937_64& random, chain::Transaction& tx)> change;
    /// Signs fifty times faster, by nonces that follow each other (bulk_signer.hpp).
    bool related_nonces = false;
};

/// Transfers between the wallets: senders take turns, receivers are drawn at random, values are
/// random below 0.001 ether; a third each is legacy (EIP-155), EIP-2930 and EIP-1559. Signed on
/// all cores. Transaction i is from wallet i % wallets.size(), with nonces in order.
/// @return raw transactions in the order to submit them
[[nodiscard]] std::vector<chain::Bytes> sign_transfers(
    const std::vector<WorkloadWallet>& wallets, const TransferMix& mix);

}  // namespace troupe::node
