#pragma once

#include "chain/types/chain_config.hpp"

#include <functional>
#include <vector>

namespace troupe::node {

/// Accounts of block 0 that no list names: those of the keys first_key, first_key + 1 and so on,
/// each with the same balance. For tests and loads with millions of accounts; the keys are as
/// public as the file they stand in.
struct FundedKeys {
    chain::Hash32 first_key;
    std::uint64_t count = 0;
    chain::Uint256 balance;
    friend bool operator==(const FundedKeys&, const FundedKeys&) noexcept = default;
};

inline constexpr std::uint64_t kFundedKeysMax = 100'000'000;

struct FundedAddress {
    chain::Hash32 key;  ///< keccak256(address)
    chain::Address address;
};
/// All of them, by key. Takes 52 bytes and about a microsecond each.
[[nodiscard]] std::vector<FundedAddress> funded_addresses(const FundedKeys& funded);

/// The genesis with these accounts in its list, but for those that it names already. Takes much
/// more memory.
[[nodiscard]] chain::Genesis with_funded(chain::Genesis genesis, const FundedKeys& funded);

/// State root of block 0: of `alloc`, and of `funded` (from funded_addresses()) with `balance`
/// where `alloc` does not name the address.
[[nodiscard]] chain::Hash32 genesis_state_root(
    const std::vector<chain::GenesisAccount>& alloc, const std::vector<FundedAddress>& funded,
    const chain::Uint256& balance);

}  // namespace troupe::node
