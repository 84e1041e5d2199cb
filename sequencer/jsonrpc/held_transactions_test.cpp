#include "sequencer/jsonrpc/held_transactions.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

HeldTransaction held(
    std::uint64_t nonce, std::uint64_t fee = 100, std::uint8_t sender = 1,
    SteadyTime until = SteadyTime::max()) {
    HeldTransaction made;
    made.tx.nonce = nonce;
    made.tx.max_fee_per_gas = fee;
    made.tx.max_priority_fee_per_gas = fee / 10;
    made.sender.bytes[19] = sender;
    made.hash.bytes[0] = sender;
    made.hash.bytes[1] = static_cast<std::uint8_t>(nonce);
    made.hash.bytes[2] = static_cast<std::uint8_t>(fee);
    made.until = until;
    return made;
}

BOOST_AUTO_TEST_SUITE(held_transactions)

BOOST_AUTO_TEST_CASE(they_are_taken_out_by_nonce_and_counted_without_gaps) {
    HeldTransactions pool({.sender_max = 8, .all_max = 8});
    const auto sender = held(0).sender;
    for (const std::uint64_t nonce : {5, 3, 4, 7})
        BOOST_TEST(pool.add(held(nonce)).ok());
    BOOST_TEST(pool.next_after(sender, 3) == 6u);
    BOOST_TEST(pool.next_after(sender, 2) == 2u);
    BOOST_TEST(pool.of(sender).size() == 4u);
    BOOST_TEST(pool.find(held(4).hash).has_value());
    BOOST_TEST(!pool.any_near(1));
    BOOST_TEST(pool.any_near(2));
    BOOST_TEST(pool.any_near(7));
    BOOST_TEST(pool.take(sender, 4)->tx.nonce == 4u);
    BOOST_TEST(!pool.any_near(8));
    BOOST_TEST(!pool.take(sender, 4).has_value());
    pool.drop_below(sender, 6);
    BOOST_TEST(pool.size() == 1u);
    pool.drop_below(sender, 100);
    BOOST_TEST(!pool.any_near(6));
    BOOST_TEST(!pool.holds(sender));
}

BOOST_AUTO_TEST_CASE(a_replacement_offers_a_tenth_more_of_both_fees) {
    HeldTransactions pool({.sender_max = 1, .all_max = 8});
    BOOST_TEST(pool.add(held(5, 100)).ok());
    BOOST_TEST(pool.add(held(5, 100)).ok());  // the same one again
    const auto cheap = pool.add(held(5, 109));
    BOOST_REQUIRE(!cheap.ok());
    BOOST_TEST(cheap.error().message == "replacement transaction underpriced");
    auto tip_only = held(5, 100);
    tip_only.tx.max_priority_fee_per_gas = 100;
    tip_only.hash.bytes[3] = 1;
    BOOST_TEST(!pool.add(tip_only).ok());
    BOOST_TEST(pool.add(held(5, 110)).ok());
    BOOST_TEST(pool.size() == 1u);
    BOOST_TEST(!pool.find(held(5, 100).hash).has_value());
    BOOST_TEST(pool.find(held(5, 110).hash).has_value());
}

BOOST_AUTO_TEST_CASE(who_sent_one_that_was_dropped_can_ask_why) {
    HeldTransactions pool({.sender_max = 8, .all_max = 8});
    BOOST_TEST(pool.add(held(5, 100)).ok());
    BOOST_TEST(pool.add(held(5, 110)).ok());
    BOOST_TEST(
        pool.why_dropped(held(5, 100).hash).value() ==
        "replaced by " + chain::to_hex(held(5, 110).hash));
    BOOST_TEST(!pool.why_dropped(held(5, 110).hash).has_value());
    pool.drop_below(held(5, 110).sender, 7);
    BOOST_TEST(
        pool.why_dropped(held(5, 110).hash).value() == "nonce too low: next nonce 7, tx nonce 5");
    pool.note_dropped(held(6).hash, "insufficient funds");
    BOOST_TEST(pool.why_dropped(held(6).hash).value() == "insufficient funds");
}

BOOST_AUTO_TEST_CASE(one_sender_and_all_together_are_bounded) {
    HeldTransactions pool({.sender_max = 2, .all_max = 3});
    BOOST_TEST(pool.add(held(1)).ok());
    BOOST_TEST(pool.add(held(2)).ok());
    BOOST_TEST(pool.add(held(3)).error().message == "account limit exceeded: pooled 2 txs");
    BOOST_TEST(pool.add(held(1, 100, 2)).ok());
    BOOST_TEST(pool.add(held(1, 100, 3)).error().message == "txpool is full");
}

BOOST_AUTO_TEST_CASE(those_that_waited_too_long_are_dropped) {
    HeldTransactions pool({.sender_max = 8, .all_max = 8});
    const SteadyTime now{std::chrono::seconds(100)};
    BOOST_TEST(pool.add(held(1, 100, 1, now)).ok());
    BOOST_TEST(pool.add(held(2, 100, 1, now + std::chrono::seconds(1))).ok());
    BOOST_TEST(pool.expire(now - std::chrono::seconds(1)).empty());
    const auto dropped = pool.expire(now);
    BOOST_REQUIRE(dropped.size() == 1u);
    BOOST_TEST((dropped[0] == held(1).hash));
    BOOST_TEST(
        pool.why_dropped(held(1).hash).value() ==
        "no transaction filled the nonce gap before it in time");
    BOOST_TEST(!pool.why_dropped(held(2).hash).has_value());
    BOOST_TEST(pool.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
