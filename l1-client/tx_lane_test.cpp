#include "l1-client/tx_lane.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace troupe;
using chain::Hash32;
using chain::Uint256;
using l1::SendOutcome;
using l1::TxEvent;
using l1::TxFees;
using l1::TxId;
using l1::TxLane;
using l1::TxLaneConfig;
using l1::TxSend;

constexpr std::uint64_t kGwei = 1'000'000'000;

/// A name for what was sent: the same nonce, fees and payload are the same transaction.
Hash32 hash_of(const TxSend& send) {
    Hash32 hash;
    const auto put = [&hash](std::size_t at, std::uint64_t value) {
        for (std::size_t i = 0; i < 8; ++i)
            hash[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put(0, send.nonce);
    put(8, send.fees.tip.low_u64());
    put(16, send.fees.cap.low_u64());
    put(24, send.id);
    return hash;
}

/// The lane with a hand on its outside: what is sent is kept, and answered as the test says.
struct Lane {
    explicit Lane(TxLaneConfig config = {}) : lane(std::move(config)) { look(); }

    TxId submit() {
        l1::TxRequest request;
        request.gas_limit = 21'000;
        return lane.submit(request).value();
    }
    /// One observation; what the lane sends is answered with `outcome`.
    std::vector<TxSend> look(SendOutcome outcome = SendOutcome::kAccepted) {
        auto sends = lane.observe(seen);
        for (const TxSend& send : sends) {
            lane.on_signed(send.id, hash_of(send));
            lane.on_sent(send.id, outcome, "answer", seen.now_ms);
        }
        for (auto& notice : lane.take_notices())
            notices.push_back(notice);
        return sends;
    }
    /// From now on the L1 has `send` in block `block`.
    void mine(const TxSend& send, std::uint64_t block, bool success = true) {
        l1::L1Receipt receipt;
        receipt.transaction_hash = hash_of(send);
        receipt.block_number = block;
        receipt.block_hash = Hash32{{static_cast<std::uint8_t>(block)}};
        receipt.success = success;
        receipt.gas_used = 21'000;
        receipt.effective_gas_price = Uint256{kGwei};
        seen.receipts.push_back(receipt);
        seen.head_number = std::max(seen.head_number, block);
        seen.nonce_mined = std::max(seen.nonce_mined, send.nonce + 1);
        seen.nonce_pending = std::max(seen.nonce_pending, seen.nonce_mined);
    }
    std::vector<TxEvent> events_of(TxId id) const {
        std::vector<TxEvent> events;
        for (const auto& notice : notices) {
            if (notice.id == id) events.push_back(notice.event);
        }
        return events;
    }

    TxLane lane;
    l1::TxObservation seen{
        .now_ms = 1'000,
        .head_number = 10,
        .base_fee = Uint256{10 * kGwei},
        .tip = Uint256{kGwei},
        .nonce_mined = 5,
        .nonce_pending = 5,
        .receipts = {}};
    std::vector<l1::TxNotice> notices;
};

BOOST_AUTO_TEST_SUITE(tx_lane)

BOOST_AUTO_TEST_CASE(a_transaction_is_sent_mined_and_confirmed) {
    Lane it({.confirmations = 3});
    const TxId id = it.submit();
    const auto sends = it.look();
    BOOST_REQUIRE(sends.size() == 1u);
    BOOST_TEST(sends[0].nonce == 5u);
    BOOST_TEST((sends[0].fees == TxFees{Uint256{kGwei}, Uint256{21 * kGwei}}));  // 2 * 10 + 1
    BOOST_TEST(it.look().empty());  // nothing new: nothing to do
    it.mine(sends[0], 11);
    it.look();
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined}));
    it.seen.head_number = 12;
    it.look();
    BOOST_TEST(!it.lane.idle());  // blocks 11 and 12: two confirmations
    it.seen.head_number = 13;
    it.look();
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kConfirmed}));
    BOOST_TEST(it.lane.idle());
    BOOST_TEST((it.lane.stats().fees_paid == Uint256{21'000 * kGwei}));
}

BOOST_AUTO_TEST_CASE(transactions_leave_in_order_and_only_so_many_at_once) {
    Lane it({.in_flight_max = 2});
    const TxId first = it.submit();
    const TxId second = it.submit();
    const TxId third = it.submit();
    auto sends = it.look();
    BOOST_REQUIRE(sends.size() == 2u);
    BOOST_TEST(sends[0].id == first);
    BOOST_TEST(sends[1].id == second);
    BOOST_TEST(sends[1].nonce == sends[0].nonce + 1);
    it.mine(sends[0], 11);
    sends = it.look();
    BOOST_REQUIRE(sends.size() == 1u);
    BOOST_TEST(sends[0].id == third);
    BOOST_TEST(sends[0].nonce == 7u);
}

BOOST_AUTO_TEST_CASE(a_released_queue_leaves_at_once_and_in_order) {
    Lane it({.in_flight_max = 2});
    for (int i = 0; i < 5; ++i)
        it.submit();
    BOOST_TEST(it.look().size() == 2u);
    it.lane.release_queue();
    const auto sends = it.look();
    BOOST_REQUIRE(sends.size() == 3u);
    for (std::size_t i = 0; i < sends.size(); ++i)
        BOOST_TEST(sends[i].nonce == 7u + i);
    BOOST_TEST(it.lane.stats().queued == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses) {
    TxLane lane({.queue_max = 1});
    BOOST_TEST(lane.submit({}).has_value());
    BOOST_TEST(!lane.submit({}).has_value());
}

BOOST_AUTO_TEST_CASE(a_stuck_transaction_is_replaced_with_a_tenth_more_on_both_fees) {
    Lane it({.resubmit_after_ms = 100});
    it.submit();
    const auto first = it.look();
    it.seen.now_ms += 99;
    BOOST_TEST(it.look().empty());
    it.seen.now_ms += 1;
    const auto second = it.look();
    BOOST_REQUIRE(second.size() == 1u);
    BOOST_TEST(second[0].nonce == first[0].nonce);
    BOOST_TEST((second[0].fees.tip == Uint256{11 * kGwei / 10}));
    BOOST_TEST((second[0].fees.cap == Uint256{231 * kGwei / 10}));
    it.seen.base_fee = Uint256{100 * kGwei};  // a spike: what the L1 asks for is more than a tenth
    it.seen.now_ms += 100;
    BOOST_TEST((it.look().at(0).fees.cap == Uint256{201 * kGwei}));
    BOOST_TEST(it.lane.stats().replaced == 2u);
}

BOOST_AUTO_TEST_CASE(any_attempt_may_be_the_one_that_is_mined) {
    Lane it({.resubmit_after_ms = 100});
    const TxId id = it.submit();
    const auto first = it.look();
    it.seen.now_ms += 100;
    BOOST_REQUIRE(it.look().size() == 1u);
    it.mine(first[0], 11);
    it.look();
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kConfirmed}));
}

BOOST_AUTO_TEST_CASE(only_what_holds_up_the_others_is_replaced_the_rest_is_sent_again) {
    Lane it({.resubmit_after_ms = 100});
    it.submit();
    it.submit();
    const auto first = it.look();
    it.seen.now_ms += 100;
    const auto again = it.look();
    BOOST_REQUIRE(again.size() == 2u);
    BOOST_TEST((again[0].fees.cap > first[0].fees.cap));
    BOOST_TEST((again[1].fees == first[1].fees));
}

BOOST_AUTO_TEST_CASE(fees_stay_under_their_caps) {
    Lane it({.resubmit_after_ms = 100, .fee_cap_max = Uint256{22 * kGwei}});
    it.submit();
    const auto first = it.look();
    it.seen.now_ms += 100;
    const auto second = it.look();  // a tenth more would be 23.1 gwei: the same bytes again
    BOOST_REQUIRE(second.size() == 1u);
    BOOST_TEST((second[0].fees == first[0].fees));
    BOOST_TEST(it.lane.stats().at_fee_cap);
}

BOOST_AUTO_TEST_CASE(a_refused_replacement_doubles_its_offer) {
    Lane it({.resubmit_after_ms = 100, .retry_delay_min_ms = 10});
    it.submit();
    const auto first = it.look(SendOutcome::kUnderpriced);
    BOOST_TEST(it.look().empty());  // not before the delay
    it.seen.now_ms += 10;
    const auto second = it.look();
    BOOST_REQUIRE(second.size() == 1u);
    BOOST_TEST((second[0].fees.tip == first[0].fees.tip + first[0].fees.tip));
    BOOST_TEST((second[0].fees.cap == first[0].fees.cap + first[0].fees.cap));
}

BOOST_AUTO_TEST_CASE(without_an_answer_the_same_bytes_are_sent_again) {
    Lane it({.retry_delay_min_ms = 10, .retry_delay_max_ms = 40});
    it.submit();
    const auto first = it.look(SendOutcome::kUnknown);
    std::vector<std::uint64_t> sent_at;
    for (std::uint64_t waited = 1; waited <= 150; ++waited) {
        it.seen.now_ms += 1;
        for (const TxSend& again : it.look(SendOutcome::kUnknown)) {
            BOOST_TEST((hash_of(again) == hash_of(first[0])));
            sent_at.push_back(waited);
        }
    }
    BOOST_TEST(
        (sent_at == std::vector<std::uint64_t>{10, 30, 70, 110, 150}));  // 10, 20, 40, 40, ...
}

BOOST_AUTO_TEST_CASE(nonce_too_low_waits_for_what_the_chain_says) {
    Lane it({.retry_delay_min_ms = 10});
    const TxId id = it.submit();
    const auto sends = it.look(SendOutcome::kNonceTooLow);  // it was mined in between
    it.mine(sends[0], 11);
    it.look();
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kConfirmed}));
}

BOOST_AUTO_TEST_CASE(a_nonce_used_by_someone_else_is_given_up_after_two_looks) {
    Lane it;
    const TxId first = it.submit();
    const TxId second = it.submit();
    BOOST_REQUIRE(it.look().size() == 2u);
    it.seen.nonce_mined = 6;        // and no receipt of ours
    BOOST_TEST(it.look().empty());  // it may be on its way
    const auto sends = it.look();
    BOOST_REQUIRE(sends.size() == 2u);
    BOOST_TEST(sends[0].id == first);
    BOOST_TEST(sends[0].nonce == 6u);
    BOOST_TEST(sends[1].id == second);
    BOOST_TEST(sends[1].nonce == 7u);
    BOOST_TEST(it.lane.stats().renumbered == 2u);
    // Nonce 6 had the second one's payload: taking its place costs a tenth more.
    BOOST_TEST((sends[0].fees.cap == Uint256{231 * kGwei / 10}));
}

BOOST_AUTO_TEST_CASE(a_receipt_that_comes_one_look_late_changes_nothing) {
    Lane it;
    const TxId id = it.submit();
    const auto sends = it.look();
    it.seen.nonce_mined = 6;
    BOOST_TEST(it.look().empty());
    it.mine(sends[0], 11);
    BOOST_TEST(it.look().empty());
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kConfirmed}));
    BOOST_TEST(it.lane.stats().renumbered == 0u);
}

BOOST_AUTO_TEST_CASE(a_receipt_newer_than_the_nonce_counts) {
    Lane it({.in_flight_max = 1});
    it.submit();
    it.submit();
    const auto sends = it.look();
    it.mine(sends[0], 11);
    it.seen.nonce_mined = 5;  // asked for before the block came
    const auto next = it.look();
    BOOST_REQUIRE(next.size() == 1u);
    BOOST_TEST(next[0].nonce == 6u);
}

BOOST_AUTO_TEST_CASE(after_a_reorg_the_same_bytes_are_sent_again_at_once) {
    Lane it({.confirmations = 10});
    const TxId id = it.submit();
    const auto first = it.look();
    it.mine(first[0], 11);
    it.look();
    it.seen.receipts.clear();
    it.seen.nonce_mined = 5;
    const auto again = it.look();
    BOOST_REQUIRE(again.size() == 1u);
    BOOST_TEST((hash_of(again[0]) == hash_of(first[0])));
    it.mine(again[0], 12);
    it.look();
    BOOST_TEST(
        (it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kReorganised, TxEvent::kMined}));
}

BOOST_AUTO_TEST_CASE(a_transaction_that_a_reorg_moved_is_told_again) {
    Lane it({.confirmations = 10});
    const TxId id = it.submit();
    const auto sends = it.look();
    it.mine(sends[0], 11);
    it.look();
    it.seen.receipts.clear();
    it.mine(sends[0], 12);
    it.look();
    BOOST_TEST((it.events_of(id) == std::vector{TxEvent::kMined, TxEvent::kMined}));
    BOOST_TEST(it.notices.back().block.number == 12u);
}

BOOST_AUTO_TEST_CASE(an_l1_that_lost_its_chain_gets_everything_from_its_first_nonce) {
    Lane it({.confirmations = 10});
    it.submit();
    it.submit();
    const auto sends = it.look();
    it.mine(sends[0], 11);
    it.look();
    it.seen.receipts.clear();
    it.seen.nonce_mined = 0;
    it.seen.head_number = 0;
    it.look();
    const auto again = it.look();
    BOOST_REQUIRE(again.size() == 2u);
    BOOST_TEST(again[0].nonce == 0u);
    BOOST_TEST(again[1].nonce == 1u);
    BOOST_TEST(again[0].id == sends[0].id);
}

BOOST_AUTO_TEST_CASE(a_reverted_transaction_fails_and_the_next_goes_on) {
    Lane it({.in_flight_max = 1});
    const TxId bad = it.submit();
    const TxId good = it.submit();
    const auto sends = it.look();
    it.mine(sends[0], 11, false);
    const auto next = it.look();
    BOOST_TEST((it.events_of(bad) == std::vector{TxEvent::kFailed}));
    BOOST_REQUIRE(next.size() == 1u);
    BOOST_TEST(next[0].id == good);
    BOOST_TEST(next[0].nonce == 6u);
}

BOOST_AUTO_TEST_CASE(a_transaction_rejected_three_times_is_given_up_and_leaves_no_gap) {
    Lane it({.retry_delay_min_ms = 10, .rejections_max = 3});
    const TxId bad = it.submit();
    const TxId good = it.submit();
    for (int i = 0; i < 3; ++i) {
        for (const TxSend& send : it.lane.observe(it.seen)) {
            it.lane.on_signed(send.id, hash_of(send));
            const bool refused = send.id == bad;
            it.lane.on_sent(
                send.id, refused ? SendOutcome::kRejected : SendOutcome::kAccepted, "too large",
                it.seen.now_ms);
        }
        it.seen.now_ms += 1'000;
    }
    it.look();
    const auto sends = it.look();
    BOOST_TEST((it.events_of(bad) == std::vector{TxEvent::kFailed}));
    BOOST_TEST(it.notices.back().text == "too large");
    BOOST_REQUIRE(sends.size() == 1u);
    BOOST_TEST(sends[0].id == good);
    BOOST_TEST(sends[0].nonce == 5u);
}

BOOST_AUTO_TEST_CASE(without_funds_it_waits_and_goes_on_by_itself) {
    Lane it({.retry_delay_min_ms = 10});
    it.submit();
    it.look(SendOutcome::kInsufficientFunds);
    BOOST_TEST(it.lane.stats().insufficient_funds);
    it.seen.now_ms += 10;
    BOOST_TEST(it.look().size() == 1u);
    BOOST_TEST(!it.lane.stats().insufficient_funds);
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_lets_what_is_pending_be_mined_first) {
    TxLane lane({.settle_after_ms = 500});
    BOOST_REQUIRE(lane.submit({}).has_value());
    l1::TxObservation seen{
        .now_ms = 0,
        .head_number = 1,
        .base_fee = Uint256{1},
        .tip = Uint256{1},
        .nonce_mined = 3,
        .nonce_pending = 5,
        .receipts = {}};
    BOOST_TEST(lane.observe(seen).empty());
    BOOST_TEST(lane.stats().settling);
    seen.nonce_mined = 5;
    const auto sends = lane.observe(seen);
    BOOST_REQUIRE(sends.size() == 1u);
    BOOST_TEST(sends[0].nonce == 5u);
    BOOST_TEST(!lane.stats().settling);
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_replaces_what_is_pending_for_too_long) {
    TxLane lane({.settle_after_ms = 500});
    BOOST_REQUIRE(lane.submit({}).has_value());
    l1::TxObservation seen{
        .now_ms = 0,
        .head_number = 1,
        .base_fee = Uint256{1},
        .tip = Uint256{1},
        .nonce_mined = 3,
        .nonce_pending = 5,
        .receipts = {}};
    BOOST_TEST(lane.observe(seen).empty());
    seen.now_ms = 500;
    BOOST_TEST(lane.observe(seen).at(0).nonce == 3u);
}

/// A small L1 with a pool, and a network that loses, delays and lies about as much as a real one.
struct SimulatedL1 {
    struct Pooled {
        TxSend send;
        bool seen_by_miner = true;
    };
    struct Mined {
        TxSend send;
        std::uint64_t block;
    };

    explicit SimulatedL1(std::uint32_t seed) : random(seed) {}
    bool chance(unsigned percent) { return random() % 100 < percent; }

    SendOutcome take(const TxSend& send) {
        if (send.nonce < mined.size()) return SendOutcome::kNonceTooLow;
        const auto found = pool.find(send.nonce);
        if (found != pool.end()) {
            if (hash_of(found->second.send) == hash_of(send)) return SendOutcome::kAccepted;
            const TxFees& old = found->second.send.fees;
            const auto enough = [](const Uint256& now, const Uint256& before) {
                return now * Uint256{10} >= before * Uint256{11};
            };
            if (!enough(send.fees.tip, old.tip) || !enough(send.fees.cap, old.cap)) {
                return SendOutcome::kUnderpriced;
            }
        }
        pool[send.nonce] = {send};
        return SendOutcome::kAccepted;
    }
    void mine_block() {
        ++head;
        for (int room = 3; room > 0; --room) {
            const auto next = pool.find(mined.size());
            if (next == pool.end() || next->second.send.fees.cap < base_fee) break;
            mined.push_back({next->second.send, head});
            pool.erase(next);
        }
    }
    void reorganise(std::uint64_t depth, bool forget) {
        while (!mined.empty() && mined.back().block + depth > head) {
            if (!forget) pool[mined.back().send.nonce] = {mined.back().send};
            mined.pop_back();
        }
        ++fork;
    }
    l1::TxObservation observation(std::uint64_t now, const std::vector<Hash32>& wanted) {
        l1::TxObservation seen{
            .now_ms = now,
            .head_number = head,
            .base_fee = base_fee,
            .tip = Uint256{kGwei},
            .nonce_mined = mined.size(),
            .nonce_pending = mined.size(),
            .receipts = {}};
        if (chance(10)) mine_block();  // between the question for the nonce and that for receipts
        const bool late = chance(10);
        for (const Mined& each : mined) {
            const Hash32 hash = hash_of(each.send);
            if (std::find(wanted.begin(), wanted.end(), hash) == wanted.end()) continue;
            if (late && each.block == head) continue;  // the node has not indexed its head yet
            l1::L1Receipt receipt;
            receipt.transaction_hash = hash;
            receipt.block_number = each.block;
            receipt.block_hash = Hash32{{static_cast<std::uint8_t>(each.block), fork}};
            receipt.success = true;
            seen.receipts.push_back(receipt);
        }
        return seen;
    }

    std::mt19937 random;
    std::map<std::uint64_t, Pooled> pool;
    std::vector<Mined> mined;  // index = nonce
    std::uint64_t head = 1;
    std::uint8_t fork = 0;
    Uint256 base_fee{10 * kGwei};
};

BOOST_DATA_TEST_CASE(
    whatever_happens_all_is_mined_in_order_in_the_end, boost::unit_test::data::xrange(300u), seed) {
    SimulatedL1 l1(seed);
    const TxLaneConfig config{
        .in_flight_max = 1 + seed % 4,
        .confirmations = 4,
        .resubmit_after_ms = 3,
        .settle_after_ms = 5,
        .retry_delay_min_ms = 1,
        .retry_delay_max_ms = 4};
    TxLane lane(config);
    constexpr std::size_t kCount = 30;
    std::size_t submitted = 0;
    std::map<TxId, TxEvent> last_event;
    std::map<std::uint64_t, std::vector<TxSend>> offered;  // by nonce
    const bool stranger = seed % 5 == 0;  // another user of the key: order is not promised then

    for (std::uint64_t now = 1; now < 3'000 && !(submitted == kCount && lane.idle()); ++now) {
        const bool calm = now > 2'000;  // in the end the network behaves
        if (submitted < kCount && l1.chance(30) && lane.submit({}).has_value()) ++submitted;
        if (calm || l1.chance(40)) l1.mine_block();
        if (!calm && l1.chance(3)) l1.reorganise(1 + l1.random() % 3, l1.chance(50));
        if (!calm && l1.chance(5)) l1.pool.clear();
        if (!calm && l1.chance(5)) l1.base_fee = Uint256{(1 + l1.random() % 100) * kGwei};
        if (stranger && !calm && l1.chance(2)) {
            TxSend foreign;
            foreign.nonce = l1.mined.size();
            foreign.id = 1'000'000 + now;
            l1.pool.erase(foreign.nonce);
            l1.mined.push_back({foreign, ++l1.head});
        }
        if (!calm && l1.chance(20)) continue;  // the L1 is away
        for (const TxSend& send : lane.observe(l1.observation(now, lane.hashes_wanted()))) {
            BOOST_REQUIRE((send.fees.cap <= config.fee_cap_max));
            BOOST_REQUIRE((send.fees.tip <= config.tip_max));
            BOOST_REQUIRE((send.fees.tip <= send.fees.cap));
            lane.on_signed(send.id, hash_of(send));
            const bool lost = !calm && l1.chance(10);
            const SendOutcome outcome = lost ? SendOutcome::kUnknown : l1.take(send);
            lane.on_sent(send.id, !calm && l1.chance(5) ? SendOutcome::kUnknown : outcome, "", now);
        }
        for (const auto& notice : lane.take_notices())
            last_event[notice.id] = notice.event;
    }

    BOOST_REQUIRE(submitted == kCount);
    BOOST_REQUIRE(lane.idle());
    BOOST_REQUIRE(last_event.size() == kCount);
    for (const auto& [id, event] : last_event)
        BOOST_TEST((event == TxEvent::kConfirmed));
    std::vector<TxId> order;
    for (const auto& each : l1.mined) {
        const TxId id = each.send.id;
        if (id < 1'000'000 && std::find(order.begin(), order.end(), id) == order.end())
            order.push_back(id);
    }
    BOOST_TEST(order.size() == kCount);
    if (!stranger) BOOST_TEST(std::is_sorted(order.begin(), order.end()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
