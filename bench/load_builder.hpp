#pragma once

#include "actors/admission/admission_engine.hpp"
#include "bench/contract_load.hpp"
#include "bench/world_builder.hpp"
#include "sequencer/workload/transfers.hpp"

namespace troupe::bench {

/// A state under construction, accounts that sign, and transactions of theirs.
class LoadBuilder : public WorldBuilder {
  public:
    /// @param accounts  that own ether: account(0) and on
    LoadBuilder(std::uint64_t accounts, const actors::TableSeed& seed)
        : LoadBuilder(node::make_wallets("bench contracts", accounts + 1), seed) {}

    [[nodiscard]] const chain::Address& account(std::uint64_t number) const noexcept {
        return wallets_[number].address;
    }
    /// @param from  an account, or owner()
    void add(
        bool measured, const chain::Address& from, const std::optional<chain::Address>& to,
        chain::Bytes data, const chain::Uint256& value, std::uint64_t gas);
    /// @pre what warms up was added before what is measured
    [[nodiscard]] ContractLoad take();

  private:
    LoadBuilder(std::vector<node::WorkloadWallet> wallets, const actors::TableSeed& seed);

    actors::AdmissionEngine admission_;
    std::vector<node::WorkloadWallet> wallets_;
    std::unordered_map<chain::Address, chain::crypto::PrivateKey, node::FixedBytesHash> keys_of_;
    std::vector<chain::Transaction> txs_;
    std::vector<chain::crypto::PrivateKey> keys_;  // of txs_
    std::vector<chain::Address> senders_;
    std::size_t warm_up_ = 0;  // of txs_
};

}  // namespace troupe::bench
