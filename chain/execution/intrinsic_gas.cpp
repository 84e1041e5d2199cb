#include "chain/execution/intrinsic_gas.hpp"

#include <algorithm>

namespace troupe::chain::execution {
namespace {

// Yellow Paper, Appendix G "Fee Schedule", and the EIPs named.
constexpr std::uint64_t kTxGas = 21'000;
constexpr std::uint64_t kCreateGas = 32'000;
constexpr std::uint64_t kDataZeroGas = 4;
constexpr std::uint64_t kDataNonZeroGas = 16;        // EIP-2028
constexpr std::uint64_t kAccessAddressGas = 2'400;   // EIP-2930
constexpr std::uint64_t kAccessSlotGas = 1'900;      // EIP-2930
constexpr std::uint64_t kInitCodeWordGas = 2;        // EIP-3860
constexpr std::uint64_t kAuthorizationGas = 25'000;  // EIP-7702
constexpr std::uint64_t kFloorTokenGas = 10;         // EIP-7623
constexpr std::uint64_t kTokensPerNonZero = 4;       // EIP-7623

std::uint64_t zero_bytes(const Bytes& data) noexcept {
    return static_cast<std::uint64_t>(std::count(data.begin(), data.end(), 0));
}

}  // namespace

std::uint64_t intrinsic_gas(const Transaction& tx) noexcept {
    const std::uint64_t zeros = zero_bytes(tx.data);
    std::uint64_t gas = kTxGas + zeros * kDataZeroGas + (tx.data.size() - zeros) * kDataNonZeroGas;
    if (!tx.to) gas += kCreateGas + (tx.data.size() + 31) / 32 * kInitCodeWordGas;
    for (const AccessListEntry& entry : tx.access_list)
        gas += kAccessAddressGas + entry.storage_keys.size() * kAccessSlotGas;
    return gas + tx.authorizations.size() * kAuthorizationGas;
}

std::uint64_t floor_gas(const Transaction& tx) noexcept {
    const std::uint64_t zeros = zero_bytes(tx.data);
    const std::uint64_t tokens = zeros + (tx.data.size() - zeros) * kTokensPerNonZero;
    return kTxGas + tokens * kFloorTokenGas;
}

std::uint64_t transfer_gas(const Transaction& tx) noexcept {
    if (tx.data.empty() && tx.access_list.empty() && tx.to && tx.authorizations.empty())
        return kTxGas;
    return std::max(intrinsic_gas(tx), floor_gas(tx));
}

std::uint64_t blob_gas(const Transaction& tx) noexcept {
    return tx.blob_versioned_hashes.size() * kGasPerBlob;
}

Uint256Checked max_cost_checked(const Transaction& tx) noexcept {
    const Uint256Checked gas = mul_checked(tx.gas_limit, tx.max_fee_per_gas);
    Uint256Checked sum = add_checked(gas.value, tx.value);
    sum.overflow |= gas.overflow;
    if (tx.blob_versioned_hashes.empty()) return sum;
    const Uint256Checked blobs = mul_checked(blob_gas(tx), tx.max_fee_per_blob_gas);
    const Uint256Checked all = add_checked(sum.value, blobs.value);
    return {all.value, sum.overflow || blobs.overflow || all.overflow};
}

Uint256 max_cost(const Transaction& tx) noexcept {
    return max_cost_checked(tx).value;
}

}  // namespace troupe::chain::execution
