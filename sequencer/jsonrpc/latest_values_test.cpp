#include "sequencer/jsonrpc/latest_values.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::jsonrpc {
namespace {

constexpr chain::Address kOne{{1}};
constexpr chain::Hash32 kSlot{{2}};

actors::AccountQuery account_of(const chain::Address& address) {
    actors::AccountQuery query;
    query.address = address;
    query.with_code = true;
    return query;
}
actors::AccountQuery slot_of(const chain::Address& address, const chain::Hash32& slot) {
    actors::AccountQuery query;
    query.address = address;
    query.slots = {slot};
    return query;
}
actors::AccountAnswer with_balance(std::uint64_t balance) {
    actors::AccountAnswer answer;
    answer.account.balance = balance;
    return answer;
}
actors::AccountAnswer with_slot(std::uint64_t value) {
    actors::AccountAnswer answer;
    answer.slots.push_back({kSlot, chain::Uint256{value}, {}});
    return answer;
}

// A block that gives kOne a balance of 7 and its slot a 9.
actors::SealedBlockPtr block_of_changes() {
    auto block = std::make_shared<actors::SealedBlock>();
    chain::execution::AccountChange change;
    change.address = kOne;
    change.after.balance = 7;
    change.slots.push_back({kSlot, 1, 9});
    block->changes.push_back(change);
    return block;
}

BOOST_AUTO_TEST_SUITE(latest_values)

BOOST_AUTO_TEST_CASE(what_was_read_is_known_until_a_block_changes_it) {
    LatestValues latest(100);
    const auto nothing = [](std::uint64_t) { return actors::SealedBlockPtr(); };
    latest.advance(5, nothing);
    BOOST_TEST(!latest.account(5, kOne).has_value());
    latest.keep(5, account_of(kOne), with_balance(3));
    latest.keep(5, slot_of(kOne, kSlot), with_slot(1));
    BOOST_TEST((latest.account(5, kOne)->account.balance == chain::Uint256{3}));
    BOOST_TEST((*latest.slot(5, kOne, kSlot) == chain::Uint256{1}));
    BOOST_TEST(!latest.slot(5, kOne, chain::Hash32{{3}}).has_value());
    BOOST_TEST(!latest.account(4, kOne).has_value());  // another state

    latest.advance(6, [](std::uint64_t) { return block_of_changes(); });
    BOOST_TEST(!latest.account(5, kOne).has_value());
    BOOST_TEST((latest.account(6, kOne)->account.balance == chain::Uint256{7}));
    BOOST_TEST((*latest.slot(6, kOne, kSlot) == chain::Uint256{9}));
    latest.keep(5, account_of(kOne), with_balance(3));  // comes too late
    BOOST_TEST((latest.account(6, kOne)->account.balance == chain::Uint256{7}));
}

BOOST_AUTO_TEST_CASE(everything_is_forgotten_where_a_block_is_missing_or_room_is_short) {
    LatestValues latest(3);
    const auto nothing = [](std::uint64_t) { return actors::SealedBlockPtr(); };
    latest.advance(1, nothing);
    latest.keep(1, account_of(kOne), with_balance(3));
    latest.advance(2, nothing);
    BOOST_TEST(!latest.account(2, kOne).has_value());
    for (std::uint8_t i = 0; i < 4; ++i)
        latest.keep(2, account_of(chain::Address{{i}}), with_balance(i));
    BOOST_TEST(!latest.account(2, chain::Address{{0}}).has_value());
    BOOST_TEST(latest.account(2, chain::Address{{3}}).has_value());
}

BOOST_AUTO_TEST_CASE(new_code_is_asked_for_again) {
    LatestValues latest(100);
    latest.advance(1, {});
    latest.keep(1, account_of(kOne), with_balance(3));
    auto block = std::make_shared<actors::SealedBlock>(*block_of_changes());
    block->changes[0].after.code_hash = chain::Hash32{{4}};
    latest.advance(2, [&](std::uint64_t) { return block; });
    BOOST_TEST(!latest.account(2, kOne).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
