#include "l1-client/tx_manager.hpp"

#include "chain/base/assert.hpp"
#include "chain/types/transaction.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace troupe::l1 {

using chain::Uint256;

namespace {

constexpr std::uint64_t kDefaultTip = 1'000'000'000;  // 1 gwei, where the L1 suggests none
constexpr std::uint64_t kEstimateMargin = 5;          // a fifth more than estimated
constexpr std::int64_t kMethodNotFound = -32601;      // JSON-RPC 2.0

struct Wording {
    std::string_view text;  // lower case
    SendOutcome outcome;
};
// geth, reth, erigon, nethermind, besu, anvil. The first that fits counts.
constexpr std::array kWordings{
    Wording{"already known", SendOutcome::kAccepted},
    Wording{"alreadyknown", SendOutcome::kAccepted},
    Wording{"already imported", SendOutcome::kAccepted},
    Wording{"known transaction", SendOutcome::kAccepted},
    Wording{"nonce too low", SendOutcome::kNonceTooLow},
    Wording{"nonce is too low", SendOutcome::kNonceTooLow},
    Wording{"oldnonce", SendOutcome::kNonceTooLow},
    Wording{"underpriced", SendOutcome::kUnderpriced},
    Wording{"replacementnotallowed", SendOutcome::kUnderpriced},
    Wording{"fee too low", SendOutcome::kUnderpriced},
    Wording{"feetoolow", SendOutcome::kUnderpriced},
    Wording{"less than block base fee", SendOutcome::kUnderpriced},
    Wording{"insufficient funds", SendOutcome::kInsufficientFunds},
    Wording{"insufficientfunds", SendOutcome::kInsufficientFunds},
    Wording{"pool is full", SendOutcome::kUnknown},
    Wording{"limit exceeded", SendOutcome::kUnknown},
    Wording{"nonce too high", SendOutcome::kUnknown},
    Wording{"gapped", SendOutcome::kUnknown},
    Wording{"noncegap", SendOutcome::kUnknown},
};

}  // namespace

SendOutcome classify_send(const Error& error) noexcept {
    if (error.kind != ErrorKind::kRpc && error.kind != ErrorKind::kReverted) {
        return SendOutcome::kUnknown;
    }
    std::string text = error.text;
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    for (const Wording& wording : kWordings) {
        if (text.find(wording.text) != std::string::npos) return wording.outcome;
    }
    return error.is_transient() ? SendOutcome::kUnknown : SendOutcome::kRejected;
}

std::uint64_t TxManager::steady_clock_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

TxManager::TxManager(
    EthClient& l1, const chain::crypto::PrivateKey& key, std::uint64_t l1_chain_id,
    TxLaneConfig config, Clock clock)
    : l1_(l1),
      key_(key),
      l1_chain_id_(l1_chain_id),
      lane_(std::move(config)),
      clock_(std::move(clock)) {
    const auto public_key = chain::crypto::public_key_of(key);
    TROUPE_ASSERT(public_key.ok());
    address_ = chain::crypto::address_of(*public_key);
}

Result<TxId> TxManager::submit(TxRequest request) {
    if (request.gas_limit == 0) {
        TROUPE_TRY(estimate, l1_.estimate_gas({address_, request.to, request.data}));
        request.gas_limit = estimate + estimate / kEstimateMargin;
    }
    const auto id = lane_.submit(std::move(request));
    if (!id) return Error{ErrorKind::kRpc, 0, "too many transactions wait for the L1", {}};
    return *id;
}

Status TxManager::poll() {
    TROUPE_TRY(seen, look());
    for (const TxSend& command : lane_.observe(seen))
        send(command);
    return {};
}

Result<TxObservation> TxManager::look() {
    TxObservation seen;
    TROUPE_TRY(head, l1_.header(BlockTag::kLatest));
    if (!head) return Error{ErrorKind::kMalformed, 0, l1_.origin() + " has no latest block", {}};
    seen.head_number = head->number;
    seen.base_fee = head->base_fee_per_gas;
    TROUPE_TRY(mined, l1_.nonce(address_, BlockTag::kLatest));
    seen.nonce_mined = mined;
    seen.nonce_pending = mined;
    if (lane_.stats().settling) {
        TROUPE_TRY(pending, l1_.nonce(address_, BlockTag::kPending));
        seen.nonce_pending = pending;
    }
    const auto tip = l1_.max_priority_fee();
    if (!tip && !(tip.error().kind == ErrorKind::kRpc && tip.error().code == kMethodNotFound)) {
        return tip.error();
    }
    seen.tip = tip ? *tip : Uint256{kDefaultTip};
    const auto wanted = lane_.hashes_wanted();
    if (!wanted.empty()) {
        TROUPE_TRY(receipts, l1_.receipts(wanted));
        for (auto& receipt : receipts) {
            if (receipt) seen.receipts.push_back(*receipt);
        }
    }
    seen.now_ms = clock_();
    return seen;
}

Status TxManager::check(const TxSend& command) {
    if (command.accepted || !command.request->check_first) return {};
    const auto answer = l1_.call({address_, command.request->to, command.request->data});
    if (!answer) return answer.error();
    return {};
}

void TxManager::send(const TxSend& command) {
    if (const auto checked = check(command); !checked) {
        const bool reverts = checked.error().kind == ErrorKind::kReverted;
        const auto outcome = reverts ? SendOutcome::kRejected : SendOutcome::kUnknown;
        lane_.on_sent(command.id, outcome, checked.error().text, clock_());
        return;
    }
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = l1_chain_id_;
    tx.nonce = command.nonce;
    tx.max_priority_fee_per_gas = command.fees.tip;
    tx.max_fee_per_gas = command.fees.cap;
    tx.gas_limit = command.request->gas_limit;
    tx.to = command.request->to;
    tx.data = command.request->data;
    const auto is_signed = chain::sign_transaction(tx, key_);
    TROUPE_ASSERT(is_signed.ok());  // the key is valid
    const chain::Bytes raw = chain::encode_transaction(tx);
    lane_.on_signed(command.id, chain::transaction_hash(raw));
    const auto sent = l1_.send_raw(raw);
    const SendOutcome outcome = sent ? SendOutcome::kAccepted : classify_send(sent.error());
    lane_.on_sent(command.id, outcome, sent ? std::string() : sent.error().text, clock_());
}

}  // namespace troupe::l1
