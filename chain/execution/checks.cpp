#include "chain/execution/checks.hpp"

#include "chain/evm/delegation.hpp"

#include <algorithm>

namespace troupe::chain::execution {
namespace {

constexpr std::uint64_t kBlobsMaxCancun = 6;  // EIP-4844
constexpr std::uint64_t kBlobsMaxPrague = 9;  // EIP-7691
constexpr std::uint8_t kBlobHashVersion = 1;  // EIP-4844

Result<void, Refusal> check_blobs(const Transaction& tx, const Rules& rules) noexcept {
    const std::uint64_t count = tx.blob_versioned_hashes.size();
    const std::uint64_t most =
        rules.revision >= Revision::kPrague ? kBlobsMaxPrague : kBlobsMaxCancun;
    if (!tx.to || count == 0) return Refusal{Error::kTxBlobInvalid, count, {}};
    if (count > most) return Refusal{Error::kTxTooManyBlobs, count, most};
    for (const Hash32& hash : tx.blob_versioned_hashes) {
        if (hash[0] != kBlobHashVersion)
            return Refusal{Error::kTxBlobInvalid, hash[0], kBlobHashVersion};
    }
    return {};
}

Result<void, Refusal> check_type(const Transaction& tx, const Rules& rules) noexcept {
    if (tx.type == TxType::kBlob) return check_blobs(tx, rules);
    if (tx.type == TxType::kSetCode) {
        if (rules.revision < Revision::kPrague) return Refusal{Error::kTxTypeUnsupported, 4, {}};
        if (!tx.to || tx.authorizations.empty())
            return Refusal{Error::kTxAuthorizationInvalid, tx.authorizations.size(), {}};
    }
    return {};
}

}  // namespace

Result<void, Refusal> check_rules(
    const Transaction& tx, const Rules& rules, std::uint64_t chain_id,
    std::uint64_t block_gas_limit) noexcept {
    if (!tx.chain_id) return Refusal{Error::kTxChainIdMissing, {}, chain_id};
    if (*tx.chain_id != chain_id) return Refusal{Error::kTxChainIdWrong, *tx.chain_id, chain_id};
    if (tx.nonce == ~std::uint64_t{0}) return Refusal{Error::kTxNonceTooLarge, tx.nonce, {}};
    if (tx.type >= TxType::kBlob) {
        if (const auto type = check_type(tx, rules); !type) return type;
    }
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas)
        return Refusal{Error::kTxTipAboveFeeCap, tx.max_priority_fee_per_gas, tx.max_fee_per_gas};
    if (tx.gas_limit > block_gas_limit)
        return Refusal{Error::kGasLimitAboveBlock, tx.gas_limit, block_gas_limit};
    if (max_cost_checked(tx).overflow) return Refusal{Error::kTxGasOverflow, tx.gas_limit, {}};
    if (!tx.to && tx.data.size() > kInitCodeBytesMax)
        return Refusal{Error::kTxInitCodeTooLarge, tx.data.size(), kInitCodeBytesMax};
    if (const std::uint64_t gas = intrinsic_gas(tx); tx.gas_limit < gas)
        return Refusal{Error::kIntrinsicGasTooLow, tx.gas_limit, gas};
    if (rules.revision < Revision::kPrague) return {};
    if (const std::uint64_t gas = floor_gas(tx); tx.gas_limit < gas)
        return Refusal{Error::kFloorGasTooLow, tx.gas_limit, gas};
    return {};
}

Result<void, Refusal> check_form(
    const Transaction& tx, std::uint64_t chain_id, std::uint64_t block_gas_limit) noexcept {
    if (tx.type == TxType::kBlob) return Refusal{Error::kTxTypeUnsupported, 3, {}};
    return check_rules(tx, Rules{}, chain_id, block_gas_limit);
}

Result<void, Refusal> check_fee(const Transaction& tx, const Uint256& base_fee_per_gas) noexcept {
    if (tx.max_fee_per_gas < base_fee_per_gas)
        return Refusal{Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, base_fee_per_gas};
    return {};
}

Result<void, Refusal> check_stateless(const Transaction& tx, const BlockEnv& env) noexcept {
    if (const auto rules = check_rules(tx, env.rules, env.chain_id, env.gas_limit); !rules)
        return rules;
    if (tx.type == TxType::kBlob && tx.max_fee_per_blob_gas < env.blob_base_fee)
        return Refusal{Error::kBlobFeeCapTooLow, tx.max_fee_per_blob_gas, env.blob_base_fee};
    return check_fee(tx, env.base_fee_per_gas);
}

Result<void, Refusal> check_sender(const Transaction& tx, const Account& sender) noexcept {
    if (tx.nonce < sender.nonce) return Refusal{Error::kNonceTooLow, tx.nonce, sender.nonce};
    if (tx.nonce > sender.nonce) return Refusal{Error::kNonceTooHigh, tx.nonce, sender.nonce};
    if (sender.has_code()) return Refusal{Error::kSenderHasCode, {}, {}};
    if (const Uint256 cost = max_cost(tx); sender.balance < cost)
        return Refusal{Error::kInsufficientFunds, sender.balance, cost};
    return {};
}

Result<void, Refusal> check_sender(
    const Transaction& tx, const Account& sender, ByteView code) noexcept {
    Account judged = sender;
    if (evm::delegate_of(code)) judged.code_hash = kEmptyCodeHash;
    return check_sender(tx, judged);
}

}  // namespace troupe::chain::execution
