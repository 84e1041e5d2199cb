#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::actors {

/// Why a transaction was not accepted. Not accepted means: it is nowhere, and may be sent again.
/// The numbers are those of troupe.v1.Reason in proto/troupe/v1/errors.proto.
enum class Reason : std::uint8_t {
    kNone = 0,  // accepted
    kMalformed = 1,
    kWrongChain = 2,
    kBadSignature = 3,
    kNonceTooLow = 4,
    kNonceTooHigh = 5,
    kInsufficientFunds = 6,
    kIntrinsicGas = 7,
    kFeeTooLow = 8,
    kGasLimitOverBlock = 9,
    kUnsupportedType = 10,
    kUnsupported = 11,  // the sender is a contract
    kAlreadyKnown = 12,
    kOverCapacity = 13,  // a queue is full or the L1 backlog is beyond its last mark
    kShuttingDown = 14,
    kStorageFailure = 15,  // the order log can't be written: the node is stopping
};
inline constexpr std::size_t kReasons = 16;

/// Stable lower-case name: "nonce_too_low". For metrics and logs.
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

}  // namespace troupe::actors
