#include "chain/execution/message.hpp"

#include "chain/evm/delegation.hpp"
#include "chain/evm/gas.hpp"
#include "chain/execution/authorization.hpp"
#include "chain/execution/intrinsic_gas.hpp"

#include <algorithm>

namespace troupe::chain::execution {
namespace {

using state::Journal;

/// What is warm when the first instruction runs. Precompiles are too: the machine knows them.
void warm_up(Journal& journal, const BlockEnv& env, const Transaction& tx, const Address& sender) {
    journal.warm_account(journal.account(sender));
    journal.warm_account(journal.account(env.coinbase));  // EIP-3651
    if (tx.to) journal.warm_account(journal.account(*tx.to));
    for (const AccessListEntry& entry : tx.access_list) {
        const Journal::AccountId id = journal.account(entry.address);
        journal.warm_account(id);
        for (const Hash32& key : entry.storage_keys)
            journal.warm_slot(journal.slot(id, uint256_from_be(key)));
    }
}

}  // namespace

MessageResult run_message(
    evm::Machine& machine, const BlockEnv& env, const Transaction& tx, const Address& sender) {
    Journal& journal = machine.journal();
    const bool prague = env.rules.revision >= Revision::kPrague;
    warm_up(journal, env, tx, sender);
    // This refund is not the call's: it stays when the call fails.
    std::int64_t refund = 0;
    if (tx.type == TxType::kSetCode) refund = apply_authorizations(journal, env, tx);
    if (prague && tx.to) {
        if (const auto delegate = evm::delegate_of(journal.code(journal.account(*tx.to))))
            journal.warm_account(journal.account(*delegate));
    }
    const auto gas = static_cast<std::int64_t>(tx.gas_limit - intrinsic_gas(tx));
    const evm::Machine::Result ran = tx.to
                                         ? machine.call(sender, *tx.to, tx.value, tx.data, gas)
                                         : machine.create(sender, tx.nonce, tx.value, tx.data, gas);
    MessageResult result;
    result.reason = ran.reason;
    result.output = ran.output;
    result.created = ran.created;
    const std::uint64_t spent = tx.gas_limit - static_cast<std::uint64_t>(ran.gas_left);
    result.refunded = std::min(  // EIP-3529: at most a fifth
        spent / evm::gas::kRefundQuotient, static_cast<std::uint64_t>(refund + journal.refund));
    result.gas_used = spent - result.refunded;
    if (prague) result.gas_used = std::max(result.gas_used, floor_gas(tx));  // EIP-7623
    return result;
}

}  // namespace troupe::chain::execution
