#pragma once

#include "sequencer/client/client.hpp"
#include "sequencer/workload/exchange.hpp"
#include "sequencer/workload/load_mix.hpp"
#include "sequencer/workload/transfers.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::node {

/// Prepares contracts on a running node, as an Exchange asks of its Host. What runs is collected
/// and sent in bulk; calls and creations see all of it.
class StageHost {
  public:
    using Account = WorkloadWallet;
    /// @param owner  deploys and owns everything; has sent nothing yet
    StageHost(client::Client& node, std::uint64_t chain_id, const WorkloadWallet& owner);

    [[nodiscard]] const Account& owner() const noexcept { return owner_; }
    [[nodiscard]] static const chain::Address& address_of(const Account& account) noexcept {
        return account.address;
    }
    chain::Address deploy(chain::Bytes init_code);
    void run(const Account& from, const chain::Address& to, chain::Bytes data);
    chain::Bytes ask(const chain::Address& to, chain::Bytes data);
    /// Sends what waits and checks that all of it succeeded.
    void flush();

    [[nodiscard]] bool good() const noexcept { return failure_.empty(); }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  private:
    client::Client& node_;
    std::uint64_t chain_id_;
    WorkloadWallet owner_;
    ContractSession session_;
    std::map<chain::Address, std::uint64_t> nonces_;
    std::vector<chain::Bytes> waiting_;
    std::string failure_;
};

/// All that a mix needs on the chain: a token in every wallet's hands, and where there are swaps an
/// exchange whose pools the wallets share. The same addresses in every run, so that signed
/// transactions can be used again.
class LoadStage {
  public:
    static constexpr std::uint64_t kPools = 20;

    /// @param wallets  outlive this object; their nonces are 0
    LoadStage(
        client::Client& node, std::uint64_t chain_id, const LoadMix& mix,
        const std::vector<WorkloadWallet>& wallets, const WorkloadWallet& owner);

    /// Deploys and hands out. @return empty, or why it failed
    [[nodiscard]] std::string prepare();
    /// Makes transfers what the mix asks for, as TransferMix::change; outlived by this object.
    void change(std::size_t sender, std::mt19937_64& random, chain::Transaction& tx) const;
    /// The nonce that every wallet's load begins with.
    [[nodiscard]] std::uint64_t first_nonce() const noexcept {
        return mix_.swaps > 0 ? Exchange<StageHost>::kApprovals : 0;
    }

  private:
    /// Each wallet trades in one pool. Swaps are the senders' own choice, so what is hot about them
    /// is how many share the first pool.
    [[nodiscard]] std::uint64_t pool_of(std::size_t wallet) const noexcept {
        return wallet % 100 < mix_.hot ? 0 : wallet % kPools;
    }

    LoadMix mix_;
    const std::vector<WorkloadWallet>& wallets_;
    StageHost host_;
    Exchange<StageHost> exchange_;
    chain::Address token_;
};

}  // namespace troupe::node
