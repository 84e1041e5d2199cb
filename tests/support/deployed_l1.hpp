#pragma once

#include "chain/types/chain_config.hpp"
#include "chain/types/transaction.hpp"
#include "l1-client/deployer.hpp"
#include "tests/support/anvil.hpp"

namespace troupe::tests {

/// Anvil with the three contracts deployed by account 0, and who plays which role.
struct DeployedL1 {
    static constexpr std::size_t kOwner = 0;
    static constexpr std::size_t kBatcher = 1;
    static constexpr std::size_t kProposer = 2;
    static constexpr std::size_t kGuardian = 3;
    static constexpr std::size_t kStranger = 4;
    static constexpr std::uint64_t kL2ChainId = 4'242;
    static constexpr std::uint64_t kChallengeWindowS = 600;

    /// Throws std::runtime_error where it cannot.
    explicit DeployedL1(AnvilOptions options = {});

    /// Sends a transaction from `account` with a fixed gas limit and mines a block if anvil does
    /// not by itself. The receipt says whether it reverted.
    l1::L1Receipt send(
        std::size_t account, std::optional<chain::Address> to, const chain::Bytes& data);
    /// As send, without waiting: the hash.
    chain::Hash32 hand_in(
        std::size_t account, std::optional<chain::Address> to, const chain::Bytes& data);
    l1::L1Receipt receipt(const chain::Hash32& hash);
    /// What the contract would say to `account`: "ok", or the custom error with its arguments.
    std::string verdict(std::size_t account, const chain::Address& to, const chain::Bytes& data);
    /// The words that a view returns.
    chain::Bytes view(const chain::Address& to, const chain::Bytes& data);

    Anvil anvil;
    l1::Deployment deployment;
    chain::ChainConfig config;
};

}  // namespace troupe::tests
