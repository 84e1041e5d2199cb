#include "chain/execution/call.hpp"

#include "chain/evm/gas.hpp"
#include "chain/execution/message.hpp"

#include <algorithm>

namespace troupe::chain::execution {
Transaction transaction_of(const CallRequest& request) {
    Transaction tx;
    tx.type = request.authorizations.empty() ? TxType::kDynamicFee : TxType::kSetCode;
    tx.gas_limit = request.gas;
    tx.to = request.to;
    tx.value = request.value;
    tx.data = request.data;
    tx.access_list = request.access_list;
    tx.authorizations = request.authorizations;
    tx.max_fee_per_gas = request.gas_price;
    return tx;
}

std::optional<evm::HaltReason> call_refusal(
    const Transaction& tx, const Rules& rules, const Account& from) {
    const Uint256Checked cost = max_cost_checked(tx);
    if (cost.overflow || cost.value > from.balance) return evm::HaltReason::kBalanceTooLow;
    const std::uint64_t least =
        rules.revision >= Revision::kPrague ? transfer_gas(tx) : intrinsic_gas(tx);
    if (tx.gas_limit < least) return evm::HaltReason::kOutOfGas;
    if (!tx.to && tx.data.size() > kInitCodeBytesMax) return evm::HaltReason::kInitCodeTooLarge;
    return std::nullopt;
}

namespace {

CallResult refused(evm::HaltReason reason) {
    CallResult result;
    result.reason = reason;
    return result;
}

}  // namespace

CallResult call(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env,
    const CallRequest& request, evm::Tracer* tracer) {
    Transaction tx = transaction_of(request);
    const Account sender = view.account(request.from).value_or(Account{});
    if (const auto reason = call_refusal(tx, env.rules, sender)) return refused(*reason);
    state::Journal& journal = machine.begin(view, env, request.from, request.gas_price, {}, tracer);
    const state::Journal::AccountId from = journal.account(request.from);
    // It can: a guard, for those who call it inside of a transaction's order.
    static_cast<void>(journal.can_pay(from, max_cost(tx)));
    journal.take_balance(from, max_cost(tx) - request.value);
    tx.nonce = journal.nonce(from);
    journal.set_nonce(from, tx.nonce + 1);
    const MessageResult ran = run_message(machine, env, tx, request.from);
    CallResult result;
    result.gas_used = ran.gas_used;
    result.gas_refunded = ran.refunded;
    result.reason = ran.reason;
    result.success = ran.reason == evm::HaltReason::kSuccess;
    result.output.assign(ran.output.begin(), ran.output.end());
    result.logs = std::move(journal.logs());
    return result;
}

CallResult call(const state::StateView& view, const BlockEnv& env, const CallRequest& request) {
    evm::Machine machine;
    return call(machine, view, env, request);
}

Result<std::uint64_t, CallResult> estimate_gas(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env,
    const CallRequest& request, std::uint64_t cap, const std::function<bool()>& expired) {
    const auto ends = [&] { return expired && expired(); };
    CallRequest attempt = request;
    attempt.gas = request.gas == 0 ? cap : std::min(cap, request.gas);
    if (!request.gas_price.is_zero()) {
        const Account from = view.account(request.from).value_or(Account{});
        if (from.balance < request.value) return refused(evm::HaltReason::kBalanceTooLow);
        const Uint256 most = (from.balance - request.value) / request.gas_price;
        if (most < Uint256{attempt.gas}) attempt.gas = most.low_u64();
    }
    const CallResult best = call(machine, view, env, attempt);
    if (!best.success) return best;
    std::uint64_t enough = attempt.gas;
    std::uint64_t too_little = best.gas_used - 1;
    const auto works = [&](std::uint64_t gas) {
        attempt.gas = gas;
        return call(machine, view, env, attempt).success;
    };
    // Most calls need what they use before the refund, a stipend, and the 64th that EIP-150 keeps
    // from each call: try that first.
    const std::uint64_t used = best.gas_used + best.gas_refunded;
    const std::uint64_t guess = (used + evm::gas::kCallStipend) * 64 / 63;
    if (ends()) return enough;
    if (works(used)) {
        enough = used;
    } else if (too_little = std::max(too_little, used); guess < enough && works(guess)) {
        enough = guess;
    }
    while (too_little + 1 < enough && !ends()) {
        const std::uint64_t middle = too_little + (enough - too_little) / 2;
        (works(middle) ? enough : too_little) = middle;
    }
    return enough;
}

Result<std::uint64_t, CallResult> estimate_gas(
    const state::StateView& view, const BlockEnv& env, const CallRequest& request,
    std::uint64_t cap) {
    evm::Machine machine;
    return estimate_gas(machine, view, env, request, cap);
}

}  // namespace troupe::chain::execution
