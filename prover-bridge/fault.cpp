#include "prover-bridge/fault.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"
#include "chain/types/block.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::prover {

using chain::Account;
using chain::Address;
using chain::Block;
using chain::Header;
using chain::Receipt;
using chain::execution::SerialChain;
using chain::execution::SlotChange;

namespace {

enum class Agreement : std::uint8_t {
    kSame,
    kDifferent,
    kUnanswered
};

Agreement agreement(const Verifier& verifier, std::uint64_t number, ClaimedChain& claimed) {
    const auto header = claimed.header(number);
    if (!header) return Agreement::kUnanswered;
    return chain::hash_header(*header) == verifier.block_hash(number).value()
               ? Agreement::kSame
               : Agreement::kDifferent;
}

std::vector<std::string> differing_fields(const Header& a, const Header& b) {
    std::vector<std::string> names;
    const auto compare = [&](const char* name, bool same) {
        if (!same) names.emplace_back(name);
    };
    compare("parent_hash", a.parent_hash == b.parent_hash);
    compare("coinbase", a.coinbase == b.coinbase);
    compare("state_root", a.state_root == b.state_root);
    compare("transactions_root", a.transactions_root == b.transactions_root);
    compare("receipts_root", a.receipts_root == b.receipts_root);
    compare("logs_bloom", a.logs_bloom == b.logs_bloom);
    compare("number", a.number == b.number);
    compare("gas_limit", a.gas_limit == b.gas_limit);
    compare("gas_used", a.gas_used == b.gas_used);
    compare("timestamp", a.timestamp == b.timestamp);
    compare("extra_data", a.extra_data == b.extra_data);
    compare("prev_randao", a.prev_randao == b.prev_randao);
    compare("base_fee_per_gas", a.base_fee_per_gas == b.base_fee_per_gas);
    compare("parent_beacon_block_root", a.parent_beacon_block_root == b.parent_beacon_block_root);
    return names;
}

// The first index at which two lists differ; empty if they are equal.
template <class T>
std::optional<std::size_t> first_difference(const std::vector<T>& a, const std::vector<T>& b) {
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() && in_b == b.end()) return std::nullopt;
    return static_cast<std::size_t>(in_a - a.begin());
}

bool touches(const Block& block, std::size_t index, const Address& address) {
    if (block.senders[index] == address || block.header.coinbase == address) return true;
    const auto tx = chain::decode_transaction(block.transactions[index]);
    return tx && tx->to == address;
}

std::optional<std::size_t> first_that_touches(
    const Block& block, const std::vector<WrongAccount>& accounts) {
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        for (const WrongAccount& wrong : accounts)
            if (touches(block, i, wrong.address)) return i;
    }
    return std::nullopt;
}

WrongTransaction wrong_transaction(
    const SerialChain::Executed& derived, const std::optional<std::vector<Receipt>>& claimed,
    std::size_t index, WrongBy by) {
    WrongTransaction wrong;
    wrong.index = static_cast<std::uint32_t>(index);
    wrong.by = by;
    if (index < derived.receipts.size()) {
        wrong.hash = chain::transaction_hash(derived.block.transactions[index]);
        wrong.sender = derived.block.senders[index];
        wrong.derived = derived.receipts[index];
    }
    if (claimed && index < claimed->size()) wrong.claimed = (*claimed)[index];
    return wrong;
}

void compare_transactions(
    const SerialChain::Executed& derived, ClaimedChain& claimed, Fault& fault) {
    const auto receipts = claimed.receipts(fault.block);
    if (!receipts) fault.incomplete = true;
    std::optional<std::size_t> by_receipt;
    if (receipts) by_receipt = first_difference(derived.receipts, *receipts);
    std::optional<std::size_t> by_transaction;
    if (const auto transactions = claimed.transactions(fault.block))
        by_transaction = first_difference(derived.block.transactions, *transactions);

    if (by_transaction && (!by_receipt || *by_transaction <= *by_receipt)) {
        fault.transaction =
            wrong_transaction(derived, receipts, *by_transaction, WrongBy::kTransaction);
    } else if (by_receipt) {
        fault.transaction = wrong_transaction(derived, receipts, *by_receipt, WrongBy::kReceipt);
    } else if (const auto toucher = first_that_touches(derived.block, fault.accounts)) {
        fault.transaction = wrong_transaction(derived, receipts, *toucher, WrongBy::kAccount);
    }
}

// Slots after the block that differ. Before it the two agreed, so what one of them did not change
// has the value that the other one says it had before.
std::vector<WrongSlot> differing_slots(
    const std::vector<SlotChange>& derived, const std::vector<SlotChange>& claimed) {
    std::vector<WrongSlot> wrong;
    auto a = derived.begin();
    auto b = claimed.begin();
    while (a != derived.end() || b != claimed.end()) {
        const bool only_derived = b == claimed.end() || (a != derived.end() && a->slot < b->slot);
        const bool only_claimed = a == derived.end() || (b != claimed.end() && b->slot < a->slot);
        if (only_derived) {
            wrong.push_back({a->slot, a->after, a->before});
        } else if (only_claimed) {
            wrong.push_back({b->slot, b->before, b->after});
        } else if (a->after != b->after) {
            wrong.push_back({a->slot, a->after, b->after});
        }
        if (!only_claimed) ++a;
        if (!only_derived) ++b;
    }
    return wrong;
}

void compare_slots(const KeptBlock& derived, ClaimedChain& claimed, Fault& fault) {
    std::size_t kept = 0;
    for (WrongAccount& wrong : fault.accounts) {
        if (wrong.derived.storage_root == wrong.claimed.storage_root) continue;
        const auto told = claimed.slot_changes(wrong.address, fault.block);
        if (!told) {
            fault.incomplete = true;
            continue;
        }
        const auto& changes = derived.executed.changes;
        const auto change = std::lower_bound(
            changes.begin(), changes.end(), wrong.address,
            [](const auto& entry, const Address& address) { return entry.address < address; });
        const bool changed = change != changes.end() && change->address == wrong.address;
        wrong.slots = differing_slots(changed ? change->slots : std::vector<SlotChange>{}, *told);
        if (kept + wrong.slots.size() > Fault::kWrongSlotsKept) {
            wrong.slots.resize(Fault::kWrongSlotsKept - kept);
            fault.incomplete = true;
        }
        kept += wrong.slots.size();
    }
}

void compare_accounts(
    const std::map<Address, Account>& derived, ClaimedChain& claimed, Fault& fault) {
    std::size_t asked = 0;
    for (const auto& [address, account] : derived) {
        if (asked++ == Fault::kAccountsAskedMax ||
            fault.accounts.size() == Fault::kWrongAccountsKept) {
            fault.incomplete = true;
            return;
        }
        const auto told = claimed.account(address, fault.block);
        if (!told)
            fault.incomplete = true;
        else if (*told != account)
            fault.accounts.push_back({address, account, *told, {}});
    }
}

std::string describe(const Account& account) {
    std::string text =
        fmt::format("nonce {}, balance {}", account.nonce, chain::to_decimal(account.balance));
    if (account.has_code()) text += ", code " + chain::to_hex(account.code_hash);
    if (account.storage_root != chain::kEmptyTrieRoot)
        text += ", storage root " + chain::to_hex(account.storage_root);
    return text;
}

const char* describe(WrongBy by) {
    switch (by) {
        case WrongBy::kTransaction:
            return "is another one";
        case WrongBy::kReceipt:
            return "has another receipt";
        case WrongBy::kAccount:
            return "is the first to touch a wrong account";
    }
    return "";
}

std::string describe(const std::optional<Receipt>& receipt) {
    if (!receipt) return "none";
    return fmt::format(
        "status {}, cumulative gas {}, {} logs", receipt->success ? 1 : 0,
        receipt->cumulative_gas_used, receipt->logs.size());
}

}  // namespace

Fault find_wrong_block(const Verifier& verifier, std::uint64_t last, ClaimedChain& claimed) {
    TROUPE_ASSERT(last <= verifier.safe_head().number);
    Fault fault{.kind = FaultKind::kUnanswered, .block = last};
    const Agreement at_last = agreement(verifier, last, claimed);
    if (at_last == Agreement::kUnanswered) return fault;
    if (at_last == Agreement::kSame) {
        fault.kind = FaultKind::kClaimOnly;
        return fault;
    }
    // Everything before `low` is right, `high` is wrong.
    std::uint64_t low = 0;
    std::uint64_t high = last;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const Agreement at_middle = agreement(verifier, middle, claimed);
        if (at_middle == Agreement::kUnanswered) return fault;
        if (at_middle == Agreement::kSame)
            low = middle + 1;
        else
            high = middle;
    }
    fault.kind = FaultKind::kBlock;
    fault.block = high;
    return fault;
}

void compare_block(const KeptBlock& derived, ClaimedChain& claimed, Fault& fault) {
    TROUPE_ASSERT(fault.kind == FaultKind::kBlock);
    const Header& header = derived.executed.block.header;
    TROUPE_ASSERT(header.number == fault.block);
    if (const auto told = claimed.header(fault.block))
        fault.header_fields = differing_fields(header, *told);
    else
        fault.incomplete = true;
    compare_accounts(derived.accounts, claimed, fault);
    compare_slots(derived, claimed, fault);
    compare_transactions(derived.executed, claimed, fault);
}

std::string to_text(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::kClaimOnly:
            return fmt::format(
                "the node's own block {} is what the L1 derives to: only the claim is wrong\n",
                fault.block);
        case FaultKind::kUnanswered:
            return fmt::format(
                "the node does not tell the headers up to block {}: nothing nearer is known\n",
                fault.block);
        case FaultKind::kBlock:
            break;
    }
    std::string text = fmt::format(
        "block {} is the first that differs, in: {}\n", fault.block,
        fmt::join(fault.header_fields, ", "));
    if (fault.transaction) {
        const WrongTransaction& wrong = *fault.transaction;
        text += fmt::format("transaction {} of it {}", wrong.index, describe(wrong.by));
        if (wrong.derived)
            text += fmt::format(
                " ({} from {})", chain::to_hex(wrong.hash), chain::to_hex(wrong.sender));
        text += fmt::format(
            ":\n  derived  {}\n  claimed  {}\n", describe(wrong.derived), describe(wrong.claimed));
    }
    for (const WrongAccount& wrong : fault.accounts) {
        text += fmt::format(
            "account {} after it:\n  derived  {}\n  claimed  {}\n", chain::to_hex(wrong.address),
            describe(wrong.derived), describe(wrong.claimed));
        for (const WrongSlot& slot : wrong.slots)
            text += fmt::format(
                "  slot {}\n    derived  {}\n    claimed  {}\n", chain::to_hex(slot.slot),
                chain::to_hex(chain::to_be32(slot.derived)),
                chain::to_hex(chain::to_be32(slot.claimed)));
    }
    if (fault.incomplete) text += "the node did not tell everything that was asked\n";
    return text;
}

}  // namespace troupe::prover
