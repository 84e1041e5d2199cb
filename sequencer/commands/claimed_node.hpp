#pragma once

#include "prover-bridge/claimed_chain.hpp"
#include "sequencer/client/client.hpp"

#include <memory>
#include <string>

namespace troupe::node {

/// The chain as a node tells it over gRPC: what the verifier asks to say where a claim is wrong.
class ClaimedNode final : public prover::ClaimedChain {
  public:
    /// @return null with the reason in `failure`: the target cannot be used at all
    [[nodiscard]] static std::unique_ptr<ClaimedNode> connect(
        const std::string& target, std::string& failure);

    [[nodiscard]] std::optional<chain::Header> header(std::uint64_t number) override;
    [[nodiscard]] std::optional<std::vector<chain::Receipt>> receipts(
        std::uint64_t number) override;
    /// Told only where the node says that the block changed the account: it gives no other past
    /// state.
    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address, std::uint64_t number) override;
    [[nodiscard]] std::optional<std::vector<chain::execution::SlotChange>> slot_changes(
        const chain::Address& address, std::uint64_t number) override;
    [[nodiscard]] std::optional<std::vector<chain::Bytes>> transactions(
        std::uint64_t number) override;

  private:
    [[nodiscard]] std::optional<client::AccountEvent> change(
        const chain::Address& address, std::uint64_t number);
    explicit ClaimedNode(std::unique_ptr<client::Client> client) : client_(std::move(client)) {}
    std::unique_ptr<client::Client> client_;
};

}  // namespace troupe::node
