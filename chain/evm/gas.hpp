#pragma once

#include <cstdint>

/// What operands, state and sizes cost on top of an opcode's static gas (opcodes.hpp).
/// @spec Yellow Paper, Appendix G "Fee Schedule", and the EIPs named
namespace troupe::chain::evm::gas {

inline constexpr std::int64_t kColdAccount = 2'600;         // EIP-2929
inline constexpr std::int64_t kWarmAccess = 100;            // EIP-2929
inline constexpr std::int64_t kColdAccountExtra = 2'500;    // over the warm cost that is static
inline constexpr std::int64_t kColdSlot = 2'100;            // EIP-2929
inline constexpr std::int64_t kColdSlotExtra = 2'000;       // over the warm cost that is static
inline constexpr std::int64_t kStorageSet = 20'000;         // EIP-2200: zero to non-zero
inline constexpr std::int64_t kStorageReset = 2'900;        // EIP-2929: 5,000 - kColdSlot
inline constexpr std::int64_t kStorageStipend = 2'300;      // EIP-2200: SSTORE needs more than this
inline constexpr std::int64_t kStorageClearRefund = 4'800;  // EIP-3529
inline constexpr std::int64_t kCallValue = 9'000;
inline constexpr std::int64_t kCallStipend = 2'300;
inline constexpr std::int64_t kNewAccount = 25'000;
inline constexpr std::int64_t kExpByte = 50;  // EIP-160
inline constexpr std::int64_t kKeccakWord = 6;
inline constexpr std::int64_t kCopyWord = 3;
inline constexpr std::int64_t kLogByte = 8;
inline constexpr std::int64_t kInitCodeWord = 2;  // EIP-3860
inline constexpr std::int64_t kCodeByte = 200;    // of deployed code
inline constexpr std::int64_t kMemoryWord = 3;
inline constexpr std::uint64_t kMemoryQuadratic = 512;
inline constexpr std::uint64_t kRefundQuotient = 5;     // EIP-3529
inline constexpr std::uint64_t kCodeBytesMax = 24'576;  // EIP-170
inline constexpr std::uint32_t kCallDepthMax = 1'024;
/// More memory than this costs more gas than there is: (2^27)^2 / 512 = 2^45.
inline constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{1} << 32;

[[nodiscard]] constexpr std::uint64_t words(std::uint64_t bytes) noexcept {
    return (bytes + 31) / 32;
}
/// Yellow Paper, Appendix H: C_mem.
[[nodiscard]] constexpr std::int64_t memory_cost(std::uint64_t word_count) noexcept {
    return static_cast<std::int64_t>(3 * word_count + word_count * word_count / kMemoryQuadratic);
}

}  // namespace troupe::chain::evm::gas
