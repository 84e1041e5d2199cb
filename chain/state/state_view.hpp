#pragma once

#include "chain/types/account.hpp"

#include <optional>

namespace troupe::chain::state {

/// How execution reads the state. Implementations are immutable while they are lent out.
class StateView {
  public:
    virtual ~StateView() = default;
    /// Empty when there is no such account (EIP-161: absent and empty are the same).
    [[nodiscard]] virtual std::optional<Account> account(const Address& address) const noexcept = 0;
    [[nodiscard]] virtual Uint256 storage(
        const Address& address, const Hash32& slot) const noexcept = 0;
    /// The code with this hash; empty for kEmptyCodeHash. Valid as long as the view.
    [[nodiscard]] virtual ByteView code(const Hash32& code_hash) const noexcept = 0;
    /// BLOCKHASH: of one of the 256 blocks before the one that executes; zero for any other number.
    [[nodiscard]] virtual Hash32 block_hash(std::uint64_t number) const noexcept = 0;
    /// Whether others are likely to change this slot meanwhile, so that it is worth finding out if
    /// its use commutes with theirs: then its effects are Guards and a Delta. Results are the same
    /// either way.
    [[nodiscard]] virtual bool is_contended(
        const Address& /*address*/, const Hash32& /*slot*/) const noexcept {
        return false;
    }
};

}  // namespace troupe::chain::state
