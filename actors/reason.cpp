#include "actors/reason.hpp"

namespace troupe::actors {

std::string_view to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::kNone:
            return "accepted";
        case Reason::kMalformed:
            return "malformed";
        case Reason::kWrongChain:
            return "wrong_chain";
        case Reason::kBadSignature:
            return "bad_signature";
        case Reason::kNonceTooLow:
            return "nonce_too_low";
        case Reason::kNonceTooHigh:
            return "nonce_too_high";
        case Reason::kInsufficientFunds:
            return "insufficient_funds";
        case Reason::kIntrinsicGas:
            return "intrinsic_gas";
        case Reason::kFeeTooLow:
            return "fee_too_low";
        case Reason::kGasLimitOverBlock:
            return "gas_limit_over_block";
        case Reason::kUnsupportedType:
            return "unsupported_type";
        case Reason::kUnsupported:
            return "unsupported";
        case Reason::kAlreadyKnown:
            return "already_known";
        case Reason::kOverCapacity:
            return "over_capacity";
        case Reason::kShuttingDown:
            return "shutting_down";
        case Reason::kStorageFailure:
            return "storage_failure";
    }
    return "unknown";
}

}  // namespace troupe::actors
