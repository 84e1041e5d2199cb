#include "l1-client/tx_lane.hpp"

#include "chain/base/assert.hpp"

#include <algorithm>

namespace troupe::l1 {

using chain::Uint256;

namespace {

// One observation may fall between a block and its receipts; two in a row do not.
constexpr std::uint32_t kDisagreementsMax = 2;
constexpr std::size_t kAttemptsKept = 64;  // of one transaction; the oldest is the first to go
constexpr std::uint64_t kHeadroom = 2;     // base fees in the fee cap: six full blocks' growth

/// Nodes take a replacement that offers a tenth more; rounded up, as 10 % of 1 wei is more than 0.
Uint256 a_tenth_more(const Uint256& fee) {
    return fee + (fee + Uint256{9}) / Uint256{10};
}

Uint256 doubled(const Uint256& fee) {
    return fee + fee;
}

}  // namespace

TxLane::TxLane(TxLaneConfig config) : config_(std::move(config)) {
    TROUPE_ASSERT(config_.in_flight_max > 0 && config_.confirmations > 0);
}

std::optional<TxId> TxLane::submit(TxRequest request) {
    if (transactions_.size() >= config_.queue_max) return std::nullopt;
    Tracked tx;
    tx.id = next_id_++;
    tx.request = std::make_shared<const TxRequest>(std::move(request));
    transactions_.push_back(std::move(tx));
    count();
    return transactions_.back().id;
}

std::vector<TxSend> TxLane::observe(const TxObservation& seen) {
    take_receipts(seen);
    confirm(seen.head_number);
    const std::uint64_t next_nonce = std::max(seen.nonce_mined, nonce_seen_mined_);
    nonce_fees_.erase(nonce_fees_.begin(), nonce_fees_.lower_bound(next_nonce));

    std::vector<TxSend> sends;
    if (settled(seen)) {
        if (!nonces_agree(next_nonce) && disagreements_ >= kDisagreementsMax) {
            renumber(next_nonce, seen.now_ms);
        }
        if (disagreements_ == 0) {
            stats_.at_fee_cap = false;
            resend(seen, next_nonce, sends);
            send_queued(seen, next_nonce, sends);
        }
    }
    count();
    return sends;
}

void TxLane::take_receipts(const TxObservation& seen) {
    std::map<chain::Hash32, const L1Receipt*> by_hash;
    for (const L1Receipt& receipt : seen.receipts)
        by_hash[receipt.transaction_hash] = &receipt;
    nonce_seen_mined_ = 0;
    for (Tracked& tx : transactions_) {
        const auto mined = std::find_if(
            tx.attempts.begin(), tx.attempts.end(),
            [&by_hash](const Attempt& attempt) { return by_hash.contains(attempt.hash); });
        if (mined != tx.attempts.end()) {
            take_receipt(tx, *mined, *by_hash[mined->hash]);
        } else if (tx.stage == Stage::kMined) {
            tx.stage = Stage::kInFlight;
            tx.send_at_ms = seen.now_ms;  // nodes put it back into their pools; not all of them do
            ++stats_.reorganised;
            notices_.push_back({tx.id, TxEvent::kReorganised, tx.mined_hash, tx.block, {}});
        }
    }
    std::erase_if(transactions_, [](const Tracked& tx) { return tx.stage == Stage::kReverted; });
}

void TxLane::take_receipt(Tracked& tx, const Attempt& attempt, const L1Receipt& receipt) {
    nonce_seen_mined_ = std::max(nonce_seen_mined_, attempt.nonce + 1);
    const chain::L1Origin block{receipt.block_number, receipt.block_hash};
    if (tx.stage == Stage::kMined && tx.block == block) return;
    tx.stage = receipt.success ? Stage::kMined : Stage::kReverted;
    tx.block = block;
    tx.mined_hash = attempt.hash;
    stats_.gas_used += receipt.gas_used;
    stats_.fees_paid += Uint256{receipt.gas_used} * receipt.effective_gas_price;
    if (receipt.success) {
        ++stats_.mined;
        notices_.push_back({tx.id, TxEvent::kMined, tx.mined_hash, block, {}});
    } else {
        ++stats_.failed;
        notices_.push_back({tx.id, TxEvent::kFailed, tx.mined_hash, block, "reverted on the L1"});
    }
}

void TxLane::confirm(std::uint64_t head_number) {
    std::erase_if(transactions_, [&](const Tracked& tx) {
        if (tx.stage != Stage::kMined) return false;
        if (tx.block.number + config_.confirmations > head_number + 1) return false;
        ++stats_.confirmed;
        notices_.push_back({tx.id, TxEvent::kConfirmed, tx.mined_hash, tx.block, {}});
        return true;
    });
}

/// After a start the pool may still hold what an earlier process sent. Its data may be ours to post
/// again: better to see first what becomes of it.
bool TxLane::settled(const TxObservation& seen) {
    if (!stats_.settling) return true;
    if (!settle_until_ms_) settle_until_ms_ = seen.now_ms + config_.settle_after_ms;
    stats_.settling = seen.nonce_pending > seen.nonce_mined && seen.now_ms < *settle_until_ms_;
    return !stats_.settling;
}

/// Whether the transactions in flight have the nonces next_nonce, next_nonce + 1, ...
bool TxLane::nonces_agree(std::uint64_t next_nonce) {
    bool agree = true;
    for (const Tracked& tx : transactions_) {
        if (tx.stage == Stage::kInFlight) agree = agree && tx.nonce == next_nonce++;
    }
    disagreements_ = agree ? 0 : disagreements_ + 1;
    return agree;
}

/// Someone else used our nonces, a re-org took back what was forgotten already, or a transaction
/// before these was given up: they go out again in their order, on top of what the L1 has.
void TxLane::renumber(std::uint64_t next_nonce, std::uint64_t now_ms) {
    for (Tracked& tx : transactions_) {
        if (tx.stage != Stage::kInFlight) continue;
        if (tx.nonce != next_nonce) {
            tx.nonce = next_nonce;
            tx.fees = {};
            tx.accepted = false;
            tx.send_at_ms = now_ms;
            ++stats_.renumbered;
        }
        ++next_nonce;
    }
    disagreements_ = 0;
}

void TxLane::resend(
    const TxObservation& seen, std::uint64_t next_nonce, std::vector<TxSend>& sends) {
    for (Tracked& tx : transactions_) {
        if (tx.stage != Stage::kInFlight || seen.now_ms < tx.send_at_ms) continue;
        // Only what holds up the others, or cannot be mined as it is, is worth a higher price. The
        // rest is handed in again as it was: pools forget.
        const bool fresh = tx.fees == TxFees{};
        const bool stuck = tx.accepted && (tx.nonce == next_nonce || tx.fees.cap < seen.base_fee);
        const bool after_reorg = !tx.mined_hash.is_zero() && tx.refusals == 0 && !tx.raise;
        if (fresh || tx.raise || (stuck && !after_reorg)) raise_fees(tx, seen);
        tx.mined_hash = {};
        emit(tx, sends);
    }
}

void TxLane::send_queued(
    const TxObservation& seen, std::uint64_t next_nonce, std::vector<TxSend>& sends) {
    std::size_t in_flight = 0;
    for (Tracked& tx : transactions_) {
        if (tx.stage == Stage::kInFlight) ++in_flight;
        if (tx.stage != Stage::kQueued) continue;
        if (in_flight >= config_.in_flight_max) return;
        tx.stage = Stage::kInFlight;
        tx.nonce = next_nonce + in_flight++;
        raise_fees(tx, seen);
        emit(tx, sends);
    }
}

/// What the L1 asks for, and at least a tenth more than was offered for this nonce before (twice as
/// much when that was refused). Leaves the fees alone where the caps forbid it.
bool TxLane::raise_fees(Tracked& tx, const TxObservation& seen) {
    TxFees fees = suggested(seen);
    const bool raise = tx.raise;
    tx.raise = false;
    if (const auto known = nonce_fees_.find(tx.nonce); known != nonce_fees_.end()) {
        const TxFees& offered = known->second;
        fees.tip = std::max(fees.tip, raise ? doubled(offered.tip) : a_tenth_more(offered.tip));
        fees.cap = std::max(fees.cap, raise ? doubled(offered.cap) : a_tenth_more(offered.cap));
        if (raise) {  // up to the caps, if they leave room for what a replacement needs
            fees.tip = std::min(fees.tip, std::max(config_.tip_max, a_tenth_more(offered.tip)));
            fees.cap = std::min(fees.cap, std::max(config_.fee_cap_max, a_tenth_more(offered.cap)));
        }
        if (fees.tip > config_.tip_max || fees.cap > config_.fee_cap_max) {
            stats_.at_fee_cap = true;
            if (tx.fees == TxFees{}) tx.fees = offered;  // renumbered: as good as it gets
            return false;
        }
        ++stats_.replaced;
    }
    tx.fees = fees;
    nonce_fees_[tx.nonce] = fees;
    return true;
}

TxFees TxLane::suggested(const TxObservation& seen) {
    const Uint256 wanted = seen.base_fee * Uint256{kHeadroom} + seen.tip;
    TxFees fees{std::min(seen.tip, config_.tip_max), std::min(wanted, config_.fee_cap_max)};
    fees.tip = std::min(fees.tip, fees.cap);  // EIP-1559
    if (fees.cap < seen.base_fee) stats_.at_fee_cap = true;
    return fees;
}

void TxLane::emit(Tracked& tx, std::vector<TxSend>& sends) {
    ++stats_.sent;
    sends.push_back({tx.id, tx.nonce, tx.fees, tx.request, tx.accepted});
}

void TxLane::on_signed(TxId id, const chain::Hash32& hash) {
    Tracked* tx = find(id);
    if (tx == nullptr) return;
    auto& attempts = tx->attempts;
    const bool known = std::any_of(
        attempts.begin(), attempts.end(),
        [&hash](const Attempt& attempt) { return attempt.hash == hash; });
    if (known) return;
    if (attempts.size() >= kAttemptsKept) attempts.erase(attempts.begin());
    attempts.push_back({hash, tx->nonce});
}

void TxLane::on_sent(TxId id, SendOutcome outcome, const std::string& text, std::uint64_t now_ms) {
    Tracked* tx = find(id);
    if (tx == nullptr) return;
    if (outcome == SendOutcome::kAccepted) {
        tx->accepted = true;
        tx->refusals = 0;
        tx->rejections = 0;
        tx->send_at_ms = now_ms + config_.resubmit_after_ms;
        stats_.insufficient_funds = false;
        return;
    }
    stats_.last_refusal = text;
    tx->send_at_ms = now_ms + delay_after(tx->refusals++);
    stats_.insufficient_funds = outcome == SendOutcome::kInsufficientFunds;
    if (outcome == SendOutcome::kUnderpriced) tx->raise = true;
    if (outcome != SendOutcome::kRejected) return;
    // What was taken once is fine in itself: only its replacement was refused.
    if (++tx->rejections >= config_.rejections_max && !tx->accepted) give_up(id, text);
}

void TxLane::give_up(TxId id, const std::string& why) {
    ++stats_.failed;
    notices_.push_back({id, TxEvent::kFailed, {}, {}, why});
    std::erase_if(transactions_, [id](const Tracked& tx) { return tx.id == id; });
    count();
}

std::vector<chain::Hash32> TxLane::hashes_wanted() const {
    std::vector<chain::Hash32> hashes;
    for (const Tracked& tx : transactions_) {
        for (const Attempt& attempt : tx.attempts)
            hashes.push_back(attempt.hash);
    }
    return hashes;
}

std::vector<TxNotice> TxLane::take_notices() {
    return std::exchange(notices_, {});
}

std::uint64_t TxLane::delay_after(std::uint32_t refusals) const noexcept {
    const std::uint64_t delay = config_.retry_delay_min_ms << std::min(refusals, 16u);
    return std::min(delay, config_.retry_delay_max_ms);
}

TxLane::Tracked* TxLane::find(TxId id) noexcept {
    const auto found = std::find_if(
        transactions_.begin(), transactions_.end(),
        [id](const Tracked& tx) { return tx.id == id; });
    return found == transactions_.end() ? nullptr : &*found;
}

void TxLane::count() {
    stats_.queued = 0;
    stats_.in_flight = 0;
    for (const Tracked& tx : transactions_) {
        if (tx.stage == Stage::kQueued) ++stats_.queued;
        if (tx.stage == Stage::kInFlight) ++stats_.in_flight;
    }
}

}  // namespace troupe::l1
