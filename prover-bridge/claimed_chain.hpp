#pragma once

#include "chain/execution/serial_chain.hpp"
#include "chain/types/account.hpp"
#include "chain/types/header.hpp"
#include "chain/types/receipt.hpp"

#include <optional>
#include <vector>

namespace troupe::prover {

/// The chain as a node tells it, which may be a lie. Implemented in sequencer/ over gRPC. An empty
/// answer means that the node does not say: it is away, or does not keep the block any more.
class ClaimedChain {
  public:
    virtual ~ClaimedChain() = default;
    [[nodiscard]] virtual std::optional<chain::Header> header(std::uint64_t number) = 0;
    [[nodiscard]] virtual std::optional<std::vector<chain::Receipt>> receipts(
        std::uint64_t number) = 0;
    /// The account after block `number`; an absent one is a default (empty) account.
    [[nodiscard]] virtual std::optional<chain::Account> account(
        const chain::Address& address, std::uint64_t number) = 0;
    /// The account's slots that block `number` changed, sorted; nothing changed: an empty list.
    [[nodiscard]] virtual std::optional<std::vector<chain::execution::SlotChange>> slot_changes(
        const chain::Address& /*address*/, std::uint64_t /*number*/) {
        return std::nullopt;
    }
    /// The raw transactions, in order. Who does not tell them is compared by receipts alone.
    [[nodiscard]] virtual std::optional<std::vector<chain::Bytes>> transactions(
        std::uint64_t /*number*/) {
        return std::nullopt;
    }
};

}  // namespace troupe::prover
