#include "sequencer/l1/l1_poster.hpp"

#include "chain/base/hex.hpp"
#include "chain/batch/channel.hpp"
#include "l1-client/inbox.hpp"
#include "l1-client/output_claims.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/thread_name.hpp"

#include <algorithm>

namespace troupe::node {
namespace {

constexpr std::size_t kFrameBytes =
    l1::kInboxDataBytesMax - chain::batch::kFrameOverhead - 1;  // one frame a transaction
constexpr std::uint64_t kBalancesEveryMs = 10'000;
constexpr std::uint64_t kSettleMaxMs = 72'000;  // as long as the TxManager waits
constexpr std::uint64_t kClaimRetryMs = 5'000;
constexpr std::uint64_t kGwei = 1'000'000'000;

l1::TxLaneConfig lane_config(const L1PosterConfig& config) {
    l1::TxLaneConfig lane;
    lane.fee_cap_max = chain::Uint256(config.max_fee_gwei) * chain::Uint256(kGwei);
    lane.tip_max = std::min(lane.tip_max, lane.fee_cap_max);
    return lane;
}

}  // namespace

L1Poster::L1Poster(
    std::unique_ptr<l1::EthClient> l1, chain::ChainConfig chain, L1PosterConfig config,
    const UnlockedKey& batcher, const UnlockedKey* proposer, L1StatsBoard& stats)
    : l1_(std::move(l1)), chain_(std::move(chain)), config_(config), stats_(stats) {
    batcher_ = std::make_unique<l1::TxManager>(
        *l1_, batcher.key(), chain_.l1_chain_id, lane_config(config_));
    if (proposer != nullptr && proposer->address() != batcher.address())
        proposer_ = std::make_unique<l1::TxManager>(
            *l1_, proposer->key(), chain_.l1_chain_id, lane_config(config_));
}

L1Poster::~L1Poster() {
    stop();
}

void L1Poster::start(actors::L1Events& events, std::function<chain::L1Origin()> derived_l1) {
    events_ = &events;
    derived_l1_ = std::move(derived_l1);
    thread_ = std::thread([this] { run(); });
}

void L1Poster::stop() {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
        if (thread_.joinable()) wake_.wait_for(lock, kHandOverMax, [&] { return ended_; });
    }
    l1_->cancel();
    if (thread_.joinable()) thread_.join();
}

void L1Poster::post(actors::ChannelToPost channel) {
    const std::lock_guard lock(mutex_);
    channels_in_.push_back(std::move(channel));
    wake_.notify_all();
}

void L1Poster::claim(std::uint64_t number, const chain::Hash32& output_root) {
    const std::lock_guard lock(mutex_);
    claims_in_[number] = output_root;
    wake_.notify_all();
}

void L1Poster::run() {
    name_this_thread("l1 poster");
    work();
    hand_over();
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake_.notify_all();
}

void L1Poster::work() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, std::chrono::milliseconds(config_.poll_ms), [&] {
                return stopping_ || !channels_in_.empty();
            });
            if (stopping_) return;
        }
        if (!settled_) {
            if (auto looked = settle(); !looked) trouble(looked.error());
        }
        take_mail();
        submit_claims();
        if (auto done = poll(); !done) {
            trouble(done.error());
            // An L1 that is away is not asked in a tight loop because channels keep coming.
            std::unique_lock lock(mutex_);
            wake_.wait_for(
                lock, std::chrono::milliseconds(config_.poll_ms), [&] { return stopping_; });
            continue;
        }
        last_trouble_.clear();
        look_at_balances();
    }
}

// What an earlier run has handed to the L1 may still be mined: it has to be derived before a
// channel is made that continues it. A transaction that does not get mined is left to the
// TxManager.
l1::Status L1Poster::settle() {
    if (!settled_at_) {
        const std::uint64_t now = l1::TxManager::steady_clock_ms();
        if (settle_until_ms_ == 0) settle_until_ms_ = now + kSettleMaxMs;
        TROUPE_TRY(pending, l1_->nonce(batcher_->address(), l1::BlockTag::kPending));
        TROUPE_TRY(mined, l1_->nonce(batcher_->address(), l1::BlockTag::kLatest));
        if (pending > mined && now < settle_until_ms_) return {};
        TROUPE_TRY(head, l1_->block_number());
        settled_at_ = head;
    }
    settled_ = derived_l1_().number >= *settled_at_;
    return {};
}

void L1Poster::take_mail() {
    std::deque<actors::ChannelToPost> channels;
    {
        const std::lock_guard lock(mutex_);
        channels.swap(channels_in_);
        for (const auto& [number, output_root] : claims_in_)
            claims_.try_emplace(number, WantedClaim{output_root, derived_l1_()});
        claims_in_.clear();
    }
    for (const auto& channel : channels)
        submit_channel(channel);
}

// A frame each, all with the gas limit of the largest: what is not used is not paid. A block's
// miner that looks for what still fits would else take the last and shortest one before its turn,
// and some (anvil) forget a transaction that they tried too early.
std::vector<l1::TxRequest> L1Poster::requests_for(chain::ByteView channel) const {
    std::vector<l1::TxRequest> requests;
    std::uint64_t gas_limit = 0;
    for (auto& frame : chain::batch::split(channel, kFrameBytes)) {
        l1::TxRequest& request = requests.emplace_back();
        request.to = chain_.batch_inbox;
        request.data = chain::batch::encode_frames({std::move(frame)});
        gas_limit = std::max(gas_limit, l1::inbox_gas_limit(request.data));
    }
    for (l1::TxRequest& request : requests)
        request.gas_limit = gas_limit;
    return requests;
}

void L1Poster::submit_channel(const actors::ChannelToPost& channel) {
    if (!settled_) {
        events_->on_post_failed(
            channel.first_block, channel.last_block, "what was posted before is not derived yet");
        return;
    }
    Posting posting;
    posting.first = channel.first_block;
    posting.last = channel.last_block;
    for (l1::TxRequest& request : requests_for(channel.channel)) {
        const auto id = batcher_->submit(std::move(request));
        if (!id) {  // the queue is full: the batcher makes the channel anew later
            events_->on_post_failed(posting.first, posting.last, id.error().text);
            return;
        }
        posting.waiting.push_back(*id);
    }
    log_info(
        Component::kL1, "posting blocks {} to {}: {} bytes in {} transactions", posting.first,
        posting.last, channel.channel.size(), posting.waiting.size());
    postings_.push_back(std::move(posting));
}

void L1Poster::submit_claims() {
    if (claims_.empty() || l1::TxManager::steady_clock_ms() < claim_not_before_ms_) return;
    if (!claimed_) {
        const auto latest = l1::latest_claimed_block(*l1_, chain_);
        if (!latest) return trouble(latest.error());
        claimed_ = *latest;
    }
    claims_.erase(claims_.begin(), claims_.upper_bound(*claimed_));
    for (const auto& [id, sent] : sent_claims_)
        claims_.erase(sent.number);
    // One at a time and the newest only: a claim about a block settles all blocks before it.
    if (claims_.empty() || !sent_claims_.empty()) return;
    const std::uint64_t number = claims_.rbegin()->first;
    const WantedClaim wanted = claims_.rbegin()->second;
    // The contract knows the hash of a block once another one is on it.
    if (derived_l1_().number <= wanted.origin.number) return;
    l1::TxRequest request;
    request.to = chain_.output_registry;
    request.data = l1::encode_claim(number, wanted.output_root, wanted.origin);
    const auto id = claimer().submit(std::move(request));
    if (!id) {
        log_warn(Component::kL1, "claim for block {}: {}", number, id.error().text);
        claim_not_before_ms_ = l1::TxManager::steady_clock_ms() + kClaimRetryMs;
        claimed_.reset();  // somebody else may have claimed
        return;
    }
    sent_claims_[*id] = {.number = number, .output_root = wanted.output_root};
    claims_.erase(claims_.begin(), claims_.upper_bound(number));
}

l1::Status L1Poster::poll() {
    const auto poll_one = [&](l1::TxManager& manager, bool is_proposer) -> l1::Status {
        if (manager.idle()) return {};
        auto status = manager.poll();
        for (const l1::TxNotice& notice : manager.take_notices())
            handle(notice, is_proposer);
        return status;
    };
    TROUPE_CHECK(poll_one(*batcher_, false));
    if (proposer_) TROUPE_CHECK(poll_one(*proposer_, true));
    const auto& batcher = batcher_->stats();
    const l1::TxLaneStats none;
    const auto& proposer = proposer_ ? proposer_->stats() : none;
    stats_.update([&](L1Stats& stats) {
        stats.sent = batcher.sent + proposer.sent;
        stats.replaced = batcher.replaced + proposer.replaced;
        stats.failed = batcher.failed + proposer.failed;
        stats.in_flight = batcher.in_flight + proposer.in_flight;
        stats.gas_used = batcher.gas_used + proposer.gas_used;
        stats.fees_paid = batcher.fees_paid + proposer.fees_paid;
        stats.at_fee_cap = batcher.at_fee_cap || proposer.at_fee_cap;
        stats.insufficient_funds = batcher.insufficient_funds || proposer.insufficient_funds;
        stats.claims_waiting = claims_.size() + sent_claims_.size();
    });
    return {};
}

void L1Poster::handle(const l1::TxNotice& notice, bool from_proposer) {
    if (notice.event == l1::TxEvent::kFailed)
        log_error(Component::kL1, "an L1 transaction failed: {}", notice.text);
    if (from_proposer || sent_claims_.contains(notice.id))
        handle_claim(notice);
    else
        handle_batch(notice);
}

void L1Poster::handle_batch(const l1::TxNotice& notice) {
    const auto posting = std::find_if(postings_.begin(), postings_.end(), [&](const Posting& p) {
        return std::find(p.waiting.begin(), p.waiting.end(), notice.id) != p.waiting.end();
    });
    if (posting == postings_.end()) return;  // mined before; re-orgs after that show in derivation
    if (notice.event == l1::TxEvent::kFailed) {
        events_->on_post_failed(posting->first, posting->last, notice.text);
        postings_.erase(posting);
        return;
    }
    if (notice.event != l1::TxEvent::kMined) return;
    std::erase(posting->waiting, notice.id);
    posting->l1_block = std::max(posting->l1_block, notice.block.number);
    if (!posting->waiting.empty()) return;
    events_->on_posted(posting->first, posting->last, posting->l1_block);
    postings_.erase(posting);
}

void L1Poster::handle_claim(const l1::TxNotice& notice) {
    const auto sent = sent_claims_.find(notice.id);
    if (sent == sent_claims_.end()) return;
    if (notice.event == l1::TxEvent::kFailed) {
        claims_.try_emplace(
            sent->second.number, WantedClaim{sent->second.output_root, derived_l1_()});
        claim_not_before_ms_ = l1::TxManager::steady_clock_ms() + kClaimRetryMs;
        claimed_.reset();
        sent_claims_.erase(sent);
    } else if (notice.event == l1::TxEvent::kMined) {
        claimed_ = std::max(claimed_.value_or(0), sent->second.number);
        log_info(Component::kL1, "claimed the output root of block {}", sent->second.number);
        sent_claims_.erase(sent);
    }
}

void L1Poster::hand_over() {
    const l1::TxLaneStats& lane = batcher_->stats();
    if (lane.queued == 0 || lane.in_flight == 0) return;
    const std::uint64_t queued = lane.queued;
    batcher_->release_queue();
    const auto done = batcher_->poll();
    if (!done || lane.queued > 0) {
        log_warn(Component::kL1, "stopped in the middle of a channel: it will be posted again");
        return;
    }
    log_info(Component::kL1, "handed the last {} transactions of a channel to the L1", queued);
}

void L1Poster::look_at_balances() {
    const std::uint64_t now = l1::TxManager::steady_clock_ms();
    if (now < balances_at_ms_) return;
    balances_at_ms_ = now + kBalancesEveryMs;
    const auto batcher = l1_->balance(batcher_->address());
    if (!batcher) return trouble(batcher.error());
    const auto proposer = l1_->balance(claimer().address());
    if (!proposer) return trouble(proposer.error());
    stats_.update([&](L1Stats& stats) {
        stats.batcher_balance = *batcher;
        stats.proposer_balance = *proposer;
    });
}

void L1Poster::trouble(const l1::Error& error) {
    if (error.kind == l1::ErrorKind::kCancelled) return;
    if (error.text != last_trouble_)
        log_warn(Component::kL1, "posting: {} (will be tried again)", error.text);
    last_trouble_ = error.text;
}

void DryPort::start(actors::L1Events& events) {
    const std::lock_guard lock(mutex_);
    events_ = &events;
}

void DryPort::stop() {
    const std::lock_guard lock(mutex_);
    events_ = nullptr;
}

void DryPort::post(actors::ChannelToPost channel) {
    const std::lock_guard lock(mutex_);
    if (events_ == nullptr) return;
    events_->on_derived(channel.last_block, 0, 0);
    events_->on_posted(channel.first_block, channel.last_block, 0);
}

}  // namespace troupe::node
