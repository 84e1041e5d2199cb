#include "actors/partition/slot_table.hpp"

#include "tests/support/fake_accounts.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace troupe::actors::test {
namespace {

chain::Address contract() {
    chain::Address address;
    address[19] = 7;
    return address;
}

const SlotRecord* find(const SlotTable& table, std::uint64_t number) {
    const chain::Hash32 slot = chain::to_be32(number);
    return table.find(table.hash(contract(), slot), contract(), slot);
}

SlotRecord& take(SlotTable& table, std::uint64_t number) {
    const chain::Hash32 slot = chain::to_be32(number);
    table.reserve(1, 0);
    return table.find_or_insert(table.hash(contract(), slot), contract(), slot);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_table)

BOOST_AUTO_TEST_CASE(a_bounded_table_has_every_value_whatever_it_lets_go) {
    FakeAccounts store;
    SlotTable table{TableSeed{3, 4}};
    table.bound(store);
    std::map<std::uint64_t, std::uint64_t> model;
    std::map<std::uint64_t, std::map<std::uint64_t, std::uint64_t>> changes;  // by epoch
    for (std::uint64_t i = 0; i < 300; i += 2) {
        store.put_slot(contract(), chain::to_be32(i), 1 + i);
        model[i] = 1 + i;
    }
    std::mt19937_64 random{1};
    std::uint32_t written = 0;
    for (std::uint32_t epoch = 1; epoch < 400; ++epoch) {
        for (std::uint64_t i = random() % 30; i > 0; --i) {
            const std::uint64_t number = random() % 400;
            SlotRecord& record = take(table, number);
            BOOST_TEST_REQUIRE((record.value == chain::Uint256{model[number]}));
            if (random() % 2 == 0) continue;  // only read
            model[number] = random() % 3 == 0 ? 0 : random() % 1'000;
            record.value = model[number];
            record.set_epoch(epoch);
            changes[epoch][number] = model[number];
        }
        while (written < epoch && random() % 4 != 0)
            for (const auto& [number, value] : changes[++written])
                store.put_slot(contract(), chain::to_be32(number), value);
        table.evict(20, written);
        for (int i = 0; i < 5; ++i) {
            const std::uint64_t number = random() % 400;
            const chain::Hash32 slot = chain::to_be32(number);
            const chain::Uint256 seen = table.look(table.hash(contract(), slot), contract(), slot);
            BOOST_TEST_REQUIRE((seen == chain::Uint256{model[number]}));
        }
    }
    table.evict(20, 400);
    table.evict(20, 400);
    BOOST_TEST(table.size() == 20u);
    BOOST_TEST(table.counts().reads > 1'000u);
    BOOST_TEST(table.counts().evicted > 1'000u);
}

BOOST_AUTO_TEST_CASE(what_was_erased_stays_until_the_store_knows) {
    FakeAccounts store;
    store.put_slot(contract(), chain::to_be32(1), 5);
    SlotTable table{TableSeed{3, 4}};
    table.bound(store);
    SlotRecord& record = take(table, 1);
    record.value = 0;
    record.set_epoch(3);
    table.reserve(10'000, 9);  // grows: a table that is not bounded forgets zeros then
    BOOST_TEST_REQUIRE(find(table, 1) != nullptr);
    BOOST_TEST(find(table, 1)->value.is_zero());
    for (int round = 0; round < 3; ++round)
        table.evict(0, 2);
    BOOST_TEST(find(table, 1) != nullptr);
    for (int round = 0; round < 2; ++round)  // the first takes the mark of its use
        table.evict(0, 3);
    BOOST_TEST(find(table, 1) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_read_again_outlives_one_that_is_not) {
    FakeAccounts store;
    SlotTable table{TableSeed{3, 4}};
    table.bound(store);
    for (std::uint64_t i = 0; i < 10; ++i)
        static_cast<void>(take(table, i));
    table.evict(1, 0);  // the hand takes all marks
    BOOST_TEST(table.size() == 10u);
    const std::uint64_t kept = 3;
    const chain::Hash32 slot = chain::to_be32(kept);
    static_cast<void>(table.fetch(table.hash(contract(), slot), contract(), slot));
    table.evict(5, 0);
    BOOST_TEST(table.size() < 10u);
    BOOST_TEST(find(table, kept) != nullptr);
}

BOOST_AUTO_TEST_CASE(what_was_read_ahead_is_not_taken_once_its_record_has_gone) {
    FakeAccounts store;
    SlotTable table{TableSeed{3, 4}};
    table.bound(store);
    const auto ahead = [&](std::uint64_t number) {
        SlotAhead read;
        read.key = {contract(), chain::to_be32(number)};
        read.hash = table.hash(read.key.address, read.key.slot);
        read.departed = table.departures()->at(read.hash);
        read.value = store.read_slot(read.key.address, read.key.slot);
        return read;
    };
    const auto offer = [&](const SlotAhead& read) {
        table.offer(read.hash, read.key, read.value, read.departed);
    };
    for (std::uint64_t i = 0; i < 3; ++i)
        store.put_slot(contract(), chain::to_be32(i), 10 + i);
    const SlotAhead old = ahead(1);
    const SlotAhead other = ahead(2);
    // Meanwhile it comes, changes, is written, and goes.
    SlotRecord& record = take(table, 1);
    record.value = 20;
    record.set_epoch(1);
    store.put_slot(contract(), chain::to_be32(1), 20);
    table.evict(0, 1);
    table.evict(0, 1);
    BOOST_TEST_REQUIRE(find(table, 1) == nullptr);
    offer(old);
    BOOST_TEST(find(table, 1) == nullptr);
    offer(other);  // of another place
    BOOST_TEST_REQUIRE(find(table, 2) != nullptr);
    BOOST_TEST((find(table, 2)->value == chain::Uint256{12}));
    offer(ahead(1));
    BOOST_TEST_REQUIRE(find(table, 1) != nullptr);
    BOOST_TEST((find(table, 1)->value == chain::Uint256{20}));
    take(table, 0).value = 30;
    offer(ahead(0));  // it is here: nothing
    BOOST_TEST((find(table, 0)->value == chain::Uint256{30}));
    BOOST_TEST(table.counts().offered == 2u);
    BOOST_TEST(table.counts().reads == 2u);
    for (std::uint64_t i = 100; i < 200; ++i)
        offer(ahead(i));  // room is made
    BOOST_TEST(table.size() == 103u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
