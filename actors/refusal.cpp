#include "actors/refusal.hpp"

namespace troupe::actors {

using chain::Error;

WordedRefusal in_words(const chain::execution::Refusal& refusal) {
    const std::string have = chain::to_decimal(refusal.have);
    const std::string want = chain::to_decimal(refusal.want);
    switch (refusal.error) {
        case Error::kTxChainIdMissing:
            return {Reason::kWrongChain, "no chain id (EIP-155), sign for chain " + want};
        case Error::kTxChainIdWrong:
            return {Reason::kWrongChain, "signed for chain " + have + ", this is " + want};
        case Error::kTxSignatureInvalid:
        case Error::kTxYParityInvalid:
            return {Reason::kBadSignature, "signature does not recover (low s, EIP-2)"};
        case Error::kNonceTooLow:
            return {Reason::kNonceTooLow, "nonce " + have + ", next is " + want};
        case Error::kNonceTooHigh:
            return {Reason::kNonceTooHigh, "nonce " + have + ", next is " + want};
        case Error::kInsufficientFunds:
            return {Reason::kInsufficientFunds, "balance " + have + " wei, cost " + want + " wei"};
        case Error::kTxGasOverflow:
            return {Reason::kInsufficientFunds, "cost exceeds 256 bits"};
        case Error::kIntrinsicGasTooLow:
            return {Reason::kIntrinsicGas, "gas limit " + have + ", intrinsic gas is " + want};
        case Error::kFloorGasTooLow:
            return {
                Reason::kIntrinsicGas,
                "gas limit " + have + ", floor for this data is " + want + " (EIP-7623)"};
        case Error::kFeeCapBelowBaseFee:
            return {Reason::kFeeTooLow, "max fee " + have + " wei, base fee is " + want + " wei"};
        case Error::kGasLimitAboveBlock:
            return {Reason::kGasLimitOverBlock, "gas limit " + have + ", a block has " + want};
        case Error::kTxTypeUnsupported:
            return {Reason::kUnsupportedType, "transaction type " + have + " is not taken here"};
        case Error::kSenderHasCode:
            return {Reason::kUnsupported, "the sender has code (EIP-3607)"};
        case Error::kBlockGasExceeded:
            return {
                Reason::kOverCapacity, "gas limit " + have + ", the block has " + want + " left"};
        default:
            // Whatever else chain/ refuses is a rule about the form of a transaction.
            return {Reason::kMalformed, std::string{chain::to_string(refusal.error)}};
    }
}

}  // namespace troupe::actors
