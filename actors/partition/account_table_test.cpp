#include "actors/partition/account_table.hpp"

#include "tests/support/fake_accounts.hpp"

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

namespace {

/// Balances on disk; the tests' accounts are numbers.
void put_accounts(FakeAccounts& store, std::uint64_t accounts) {
    for (std::uint64_t i = 0; i < accounts; ++i) {
        chain::Account account;
        account.balance = 1'000 + i;
        if (i % 7 == 0) account.code_hash = chain::crypto::keccak256(address_of(i));
        store.put(address_of(i), account);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_bounded_table_has_every_value_whatever_it_lets_go) {
    FakeAccounts store;
    put_accounts(store, 300);
    AccountTable table{TableSeed{3, 4}};
    table.bound(store);
    std::map<std::uint64_t, chain::Account> model;
    for (std::uint64_t i = 0; i < 400; ++i)
        model[i] = store.read(chain::crypto::keccak256(address_of(i))).account;
    std::mt19937_64 random{5};
    std::map<std::uint64_t, std::uint32_t> changed;  // in which epoch
    std::uint32_t written = 0;
    for (std::uint32_t epoch = 1; epoch < 400; ++epoch) {
        for (int i = 0; i < 20; ++i) {
            const std::uint64_t number = random() % 400;
            const chain::Address address = address_of(number);
            BOOST_TEST_REQUIRE((table.account_at(table.hash(address), address) == model[number]));
            if (random() % 2 == 0) continue;
            table.reserve(1);
            AccountRecord& record = *table.fetch(table.hash(address), address);
            BOOST_TEST_REQUIRE((table.account(record) == model[number]));
            if (random() % 2 == 0) continue;
            record.set_epoch(epoch);
            record.nonce = model[number].nonce = epoch;
            changed[number] = epoch;
        }
        if (random() % 3 == 0) {  // the store takes some blocks
            written += static_cast<std::uint32_t>(random() % (epoch - written + 1));
            for (const auto& [number, when] : changed)
                if (when <= written) store.put(address_of(number), model[number]);
            std::erase_if(changed, [&](const auto& entry) { return entry.second <= written; });
        }
        // Twice: what was touched has one turn more.
        table.evict(10, written);
        table.evict(10, written);
        BOOST_TEST_REQUIRE(table.size() <= 10 + changed.size());
    }
    BOOST_TEST(table.counts().evicted > 1'000u);
    for (const auto& [number, account] : model)
        BOOST_TEST(
            (table.account_at(table.hash(address_of(number)), address_of(number)) == account));
}

BOOST_AUTO_TEST_CASE(what_was_read_ahead_is_not_taken_once_its_record_has_gone) {
    FakeAccounts store;
    put_accounts(store, 10);
    AccountTable table{TableSeed{3, 4}};
    table.bound(store);
    const chain::Address address = address_of(1);
    const std::uint64_t hash = table.hash(address);
    const std::uint32_t before = table.departures()->at(hash);
    const StoredAccount stored = store.read(chain::crypto::keccak256(address));
    // Meanwhile it comes, changes, is written, and goes.
    AccountRecord& record = *table.fetch(hash, address);
    record.nonce = 9;
    record.set_epoch(1);
    chain::Account changed = stored.account;
    changed.nonce = 9;
    store.put(address, changed);
    table.evict(0, 1);
    table.evict(0, 1);
    BOOST_TEST(table.size() == 0u);
    table.offer(hash, address, stored, before);
    BOOST_TEST(table.size() == 0u);
    table.offer(hash, address, {changed, false}, table.departures()->at(hash));
    BOOST_TEST(table.size() == 1u);
    BOOST_TEST(table.find(hash, address)->nonce == 9u);
    table.offer(hash, address, stored, table.departures()->at(hash));  // it is here: nothing
    BOOST_TEST(table.find(hash, address)->nonce == 9u);
    BOOST_TEST(table.counts().reads == 1u);
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
