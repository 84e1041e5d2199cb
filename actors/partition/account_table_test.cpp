#include "actors/partition/account_table.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace troupe::actors::test {
namespace {

chain::Address address_of(std::uint64_t number) {
    chain::Address address;
    chain::store_be(address.data() + 12, number);
    return address;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(account_table)

BOOST_AUTO_TEST_CASE(finds_what_was_inserted_through_every_growth) {
    AccountTable table{TableSeed{3, 4}};
    std::map<std::uint64_t, std::uint64_t> model;
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t number = random() % 5'000;
        const chain::Address address = address_of(number);
        table.reserve(1);
        AccountRecord& record = table.find_or_insert(table.hash(address), address);
        record.nonce += 1;
        model[number] += 1;
        BOOST_TEST_REQUIRE(table.size() * 10 <= table.capacity() * 6);  // at most 60 % full
    }
    BOOST_TEST(table.size() == model.size());
    for (const auto& [number, nonce] : model) {
        const AccountRecord* record =
            table.find(table.hash(address_of(number)), address_of(number));
        BOOST_TEST_REQUIRE(record != nullptr);
        BOOST_TEST(record->nonce == nonce);
    }
    BOOST_TEST(table.find(table.hash(address_of(9'999)), address_of(9'999)) == nullptr);
}

BOOST_AUTO_TEST_CASE(reserve_makes_room_for_a_whole_round_at_once) {
    AccountTable table{TableSeed{3, 4}};
    table.reserve(1'000);
    const std::size_t capacity = table.capacity();
    for (std::uint64_t i = 0; i < 1'000; ++i)
        static_cast<void>(table.find_or_insert(table.hash(address_of(i)), address_of(i)));
    BOOST_TEST(table.capacity() == capacity);
}

BOOST_AUTO_TEST_CASE(epochs_share_a_word_with_the_flags_and_do_not_touch_them) {
    AccountTable table{TableSeed{3, 4}};
    AccountRecord& record = table.find_or_insert(table.hash(address_of(1)), address_of(1));
    table.set_code(record, chain::Hash32{}, true);
    record.set_epoch(AccountRecord::kEpochMax);
    BOOST_TEST(record.epoch() == AccountRecord::kEpochMax);
    BOOST_TEST(record.used());
    BOOST_TEST(record.has_code());
    BOOST_TEST(record.may_send());
    table.clear_epochs();
    BOOST_TEST(record.epoch() == 0u);
    BOOST_TEST(record.has_code());
    BOOST_TEST((table.account(record).code_hash == chain::Hash32{}));
}

BOOST_AUTO_TEST_CASE(another_seed_is_another_order) {
    // 64 addresses in sequence: under one seed they fall into other slots than under another.
    int same = 0;
    for (std::uint64_t i = 0; i < 64; ++i)
        same += table_hash(address_of(i), {1, 2}) % 64 == table_hash(address_of(i), {3, 4}) % 64;
    BOOST_TEST(same < 16);  // one is expected
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
