#pragma once

#include "actors/engine.hpp"
#include "chain/execution/seal.hpp"
#include "chain/execution/serial_chain.hpp"
#include "tests/support/fake_outside.hpp"

#include <vector>

namespace troupe::actors::test {

inline constexpr std::uint64_t kChainId = 4'242;
inline constexpr std::uint64_t kGenesisTime = 1'700'000'000;

/// A key pair with a small private key: 1, 2, 3, ...
struct Wallet {
    chain::crypto::PrivateKey key;
    chain::Address address;
};
[[nodiscard]] Wallet wallet(std::uint32_t number);

/// Genesis and config of a small chain.
struct World {
    chain::Genesis genesis;
    chain::ChainConfig chain;

    /// @param funded  wallets 0 .. funded - 1 get `balance` each; wallet 0 is the fee vault when
    ///                `vault_is_wallet`
    World(
        std::uint32_t funded, const chain::Uint256& balance, std::uint64_t gas_limit,
        bool vault_is_wallet);
    /// A start at block 0.
    [[nodiscard]] EngineStart start() const;
    /// A start after what `store` and `log` hold.
    [[nodiscard]] EngineStart restart(const FakeStore& store, const FakeLog& log) const;
};

struct TransferSpec {
    std::uint32_t from = 0;  ///< wallet number
    chain::Address to;
    std::uint64_t nonce = 0;
    chain::Uint256 value;
    std::uint64_t max_fee = 1'000;
    std::uint64_t tip = 1;
    std::uint64_t gas_limit = 21'000;
    chain::TxType type = chain::TxType::kDynamicFee;
    std::uint64_t chain_id = kChainId;
    bool creates = false;  ///< a contract: `to` does not count
    chain::Bytes data;
    std::vector<chain::Authorization> authorizations;  ///< of TxType::kSetCode
};
/// EIP-7702: the wallet lets `delegate`'s code run for it.
[[nodiscard]] chain::Authorization signed_authorization(
    std::uint32_t wallet_number, const chain::Address& delegate, std::uint64_t nonce);
/// Signed and encoded.
[[nodiscard]] chain::Bytes signed_transfer(const TransferSpec& spec);

}  // namespace troupe::actors::test
