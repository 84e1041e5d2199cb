#pragma once

#include "chain/evm/machine.hpp"
#include "chain/execution/block_env.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <optional>
#include <unordered_map>

namespace troupe::bench {

/// A state under construction: whatever comes before a load is executed, transaction by
/// transaction. What node::Exchange asks of its host, with addresses for accounts: everybody may
/// send.
class WorldBuilder {
  public:
    static constexpr std::uint64_t kGasLimit = 5'000'000'000;  ///< of a block
    using Account = chain::Address;
    using Nonces = std::unordered_map<chain::Address, std::uint64_t, node::FixedBytesHash>;

    /// @param owner  deploys, and owns all tokens
    WorldBuilder(const chain::Address& owner, std::uint64_t chain_id);

    void fund(const chain::Address& who);
    [[nodiscard]] const chain::Address& owner() const noexcept { return owner_; }
    [[nodiscard]] static const chain::Address& address_of(const Account& account) noexcept {
        return account;
    }
    /// Executes a transaction that has to succeed. @return the contract of a creation
    std::optional<chain::Address> run(
        const chain::Address& from, const std::optional<chain::Address>& to, chain::Bytes data,
        std::uint64_t gas = 10'000'000);
    chain::Address deploy(chain::Bytes init_code) {
        return run(owner_, std::nullopt, std::move(init_code)).value_or(chain::Address{});
    }
    /// The output of a call.
    chain::Bytes ask(const chain::Address& to, chain::Bytes data);
    [[nodiscard]] bool good() const noexcept { return good_; }

    /// The next transaction of `from`, unsigned.
    [[nodiscard]] chain::Transaction transaction(
        const chain::Address& from, const std::optional<chain::Address>& to, chain::Bytes data,
        const chain::Uint256& value, std::uint64_t gas);

    /// The next nonce of everybody who has sent: to make transactions from here on once more.
    [[nodiscard]] const Nonces& nonces() const noexcept { return nonces_; }
    void set_nonces(Nonces nonces) { nonces_ = std::move(nonces); }

    node::World state;
    chain::execution::BlockEnv env;  ///< of block 1

  protected:
    bool good_ = true;

  private:
    chain::Address owner_;
    chain::evm::Machine machine_;
    Nonces nonces_;
};

}  // namespace troupe::bench
