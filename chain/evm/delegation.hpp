#pragma once

#include "chain/base/bytes.hpp"

#include <optional>

/// EIP-7702: code that only names the account whose code runs, 0xef0100 ‖ address.
namespace troupe::chain::evm {

inline constexpr std::size_t kDelegationBytes = 23;

/// The account that a designator names; empty where `code` is none.
[[nodiscard]] inline std::optional<Address> delegate_of(ByteView code) noexcept {
    if (code.size() != kDelegationBytes) return std::nullopt;
    if (code[0] != 0xef || code[1] != 0x01 || code[2] != 0x00) return std::nullopt;
    return Address::from(code.subspan(3));
}

[[nodiscard]] inline FixedBytes<kDelegationBytes, struct DelegationTag> delegation_to(
    const Address& address) noexcept {
    FixedBytes<kDelegationBytes, struct DelegationTag> code{{0xef, 0x01, 0x00}};
    std::copy(address.begin(), address.end(), code.data() + 3);
    return code;
}

}  // namespace troupe::chain::evm
