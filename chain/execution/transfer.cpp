#include "chain/execution/transfer.hpp"

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
constexpr std::uint64_t kInitCodeBytesMax = 49'152;  // EIP-3860
constexpr std::uint64_t kAuthorizationGas = 25'000;  // EIP-7702
constexpr std::uint64_t kFloorTokenGas = 10;         // EIP-7623
constexpr std::uint64_t kTokensPerNonZero = 4;       // EIP-7623
constexpr std::uint8_t kLastPrecompile = 0x11;       // Prague: EIP-2537 ends at 0x11

std::uint64_t zero_bytes(const Bytes& data) noexcept {
    return static_cast<std::uint64_t>(std::count(data.begin(), data.end(), 0));
}

bool is_precompile(const Address& address) noexcept {
    const std::uint8_t last = address[Address::kSize - 1];
    if (last == 0 || last > kLastPrecompile) return false;
    return std::all_of(address.begin(), address.end() - 1, [](auto byte) { return byte == 0; });
}

Uint256Checked max_cost_checked(const Transaction& tx) noexcept {
    const Uint256Checked gas = mul_checked(Uint256{tx.gas_limit}, tx.max_fee_per_gas);
    const Uint256Checked sum = add_checked(gas.value, tx.value);
    return {sum.value, gas.overflow || sum.overflow};
}

state::Effect effect(
    state::EffectKind kind, state::Field field, const Address& address, const Uint256& value,
    bool negative = false) noexcept {
    state::Effect result;
    result.kind = kind;
    result.field = field;
    result.negative = negative;
    result.address = address;
    result.value = value;
    return result;
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
    if (tx.data.empty() && tx.access_list.empty()) return kTxGas;
    return std::max(intrinsic_gas(tx), floor_gas(tx));
}

Uint256 max_cost(const Transaction& tx) noexcept {
    return max_cost_checked(tx).value;
}

Result<void, Refusal> check_form(
    const Transaction& tx, std::uint64_t chain_id, std::uint64_t block_gas_limit) noexcept {
    if (!tx.chain_id) return Refusal{Error::kTxChainIdMissing, {}, chain_id};
    if (*tx.chain_id != chain_id) return Refusal{Error::kTxChainIdWrong, *tx.chain_id, chain_id};
    if (tx.type == TxType::kBlob) return Refusal{Error::kTxTypeUnsupported, 3, {}};
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas)
        return Refusal{Error::kTxTipAboveFeeCap, tx.max_priority_fee_per_gas, tx.max_fee_per_gas};
    if (tx.gas_limit > block_gas_limit)
        return Refusal{Error::kGasLimitAboveBlock, tx.gas_limit, block_gas_limit};
    if (max_cost_checked(tx).overflow) return Refusal{Error::kTxGasOverflow, tx.gas_limit, {}};
    if (!tx.to && tx.data.size() > kInitCodeBytesMax)
        return Refusal{Error::kTxInitCodeTooLarge, tx.data.size(), kInitCodeBytesMax};
    if (const std::uint64_t gas = intrinsic_gas(tx); tx.gas_limit < gas)
        return Refusal{Error::kIntrinsicGasTooLow, tx.gas_limit, gas};
    if (const std::uint64_t gas = floor_gas(tx); tx.gas_limit < gas)
        return Refusal{Error::kFloorGasTooLow, tx.gas_limit, gas};
    if (tx.type == TxType::kSetCode || !tx.to || is_precompile(*tx.to))
        return Refusal{Error::kUnsupported, {}, {}};
    return {};
}

Result<void, Refusal> check_fee(const Transaction& tx, const Uint256& base_fee_per_gas) noexcept {
    if (tx.max_fee_per_gas < base_fee_per_gas)
        return Refusal{Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, base_fee_per_gas};
    return {};
}

Result<void, Refusal> check_stateless(const Transaction& tx, const BlockEnv& env) noexcept {
    if (const auto form = check_form(tx, env.chain_id, env.gas_limit); !form) return form;
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

Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender) {
    using state::EffectKind;
    using state::Field;
    if (const auto stateless = check_stateless(tx, env); !stateless) return stateless.error();
    const Account from = view.account(sender).value_or(Account{});
    if (const auto allowed = check_sender(tx, from); !allowed) return allowed.error();
    const Address& to = *tx.to;
    const Account recipient = view.account(to).value_or(Account{});
    if (recipient.has_code()) return Refusal{Error::kUnsupported, {}, {}};

    Outcome outcome;
    outcome.gas_used = transfer_gas(tx);
    const Uint256 price = effective_gas_price(tx, env.base_fee_per_gas);
    const Uint256 paid = Uint256{outcome.gas_used} * price + tx.value;
    const Uint256 tip = Uint256{outcome.gas_used} * (price - env.base_fee_per_gas);
    auto& out = outcome.effects;
    out.reserve(7);
    out.push_back(effect(EffectKind::kGuard, Field::kNonce, sender, tx.nonce));
    out.push_back(effect(EffectKind::kGuard, Field::kBalance, sender, max_cost(tx)));
    out.push_back(effect(EffectKind::kWrite, Field::kNonce, sender, Uint256{tx.nonce + 1}));
    if (!paid.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, sender, paid, true));
    out.push_back(
        effect(EffectKind::kRead, Field::kCode, to, uint256_from_be(recipient.code_hash)));
    if (!tx.value.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, to, tx.value));
    if (!tip.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, env.coinbase, tip));
    return outcome;
}

void apply_effect(Account& account, const state::Effect& effect) noexcept {
    using state::EffectKind;
    using state::Field;
    if (effect.kind == EffectKind::kDelta) {
        account.balance =
            effect.negative ? account.balance - effect.value : account.balance + effect.value;
    } else if (effect.kind == EffectKind::kWrite) {
        if (effect.field == Field::kNonce) account.nonce = effect.value.low_u64();
        if (effect.field == Field::kBalance) account.balance = effect.value;
        if (effect.field == Field::kCode) account.code_hash = to_be32(effect.value);
    }
}

}  // namespace troupe::chain::execution
