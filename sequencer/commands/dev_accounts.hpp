#pragma once

#include "chain/crypto/secp256k1.hpp"

#include <array>

namespace troupe::node {

/// The ten accounts of the mnemonic "test test test test test test test test test test test junk"
/// (m/44'/60'/0'/0/0 to 9), which anvil and hardhat fund. Everybody knows these keys: they are for
/// development chains only.
inline constexpr std::size_t kDevAccounts = 10;
inline constexpr const char* kDevMnemonic =
    "test test test test test test test test test test test junk";
[[nodiscard]] const std::array<chain::crypto::PrivateKey, kDevAccounts>& dev_keys();
[[nodiscard]] const std::array<chain::Address, kDevAccounts>& dev_addresses();

/// Which of them does what on a development L1.
inline constexpr std::size_t kDevOwner = 0;  ///< deploys; owner and guardian
inline constexpr std::size_t kDevBatcher = 1;
inline constexpr std::size_t kDevProposer = 2;

/// Chains on which those keys may be used: 31337 (anvil, hardhat) and 1337 (geth --dev).
[[nodiscard]] constexpr bool is_development_chain(std::uint64_t chain_id) noexcept {
    return chain_id == 31'337 || chain_id == 1'337;
}

}  // namespace troupe::node
