#pragma once

#include "chain/types/transaction.hpp"

namespace troupe::chain::execution {

/// Gas charged before anything runs: 21,000 plus data (EIP-2028), access list (EIP-2930), creation
/// and init code (EIP-3860), authorizations (EIP-7702).
[[nodiscard]] std::uint64_t intrinsic_gas(const Transaction& tx) noexcept;
/// EIP-7623 (Prague): the least that a transaction with data pays.
[[nodiscard]] std::uint64_t floor_gas(const Transaction& tx) noexcept;
/// What a transaction uses that runs no code: the larger of the two above.
[[nodiscard]] std::uint64_t transfer_gas(const Transaction& tx) noexcept;

inline constexpr std::uint64_t kGasPerBlob = 131'072;  ///< EIP-4844
/// EIP-4844: what the blobs use, apart from the other gas.
[[nodiscard]] std::uint64_t blob_gas(const Transaction& tx) noexcept;

/// gas_limit * max_fee_per_gas + value, and blob_gas * max_fee_per_blob_gas: what the sender must
/// have. `overflow`: no account has that much.
[[nodiscard]] Uint256Checked max_cost_checked(const Transaction& tx) noexcept;
/// The same. @pre it fits (check_form)
[[nodiscard]] Uint256 max_cost(const Transaction& tx) noexcept;

}  // namespace troupe::chain::execution
