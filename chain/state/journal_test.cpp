#include "chain/state/journal.hpp"

#include "chain/state/testing/map_view.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::state {
namespace {

using testing::MapView;

Address address_of(std::uint8_t last) {
    Address address;
    address.bytes[0] = 0xaa;
    address.bytes[19] = last;
    return address;
}

/// Everything that can be asked of a few accounts and slots, in words too simple to be wrong.
struct Snapshot {
    std::vector<Uint256> values;
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

constexpr std::uint8_t kAccounts = 4;
constexpr std::uint64_t kSlots = 3;

Snapshot snapshot(Journal& journal) {
    Snapshot result;
    for (std::uint8_t a = 0; a < kAccounts; ++a) {
        const auto id = journal.account(address_of(a));
        const auto& record = journal.record(id);
        result.values.push_back(record.balance);
        result.values.push_back(record.nonce);
        result.values.push_back(uint256_from_be(record.code_hash));
        result.values.push_back(
            Uint256{record.warm} + Uint256{record.created} * 2 + Uint256{record.destroyed} * 4);
        for (std::uint64_t slot = 0; slot < kSlots; ++slot) {
            const auto slot_id = journal.slot(id, slot);
            result.values.push_back(journal.load_slot(slot_id).now);
            result.values.push_back(journal.load_slot(slot_id).warm);
            result.values.push_back(journal.transient(id, slot));
        }
    }
    result.values.push_back(journal.logs().size());
    result.values.push_back(static_cast<std::uint64_t>(journal.refund));
    return result;
}

void change_something(Journal& journal, std::mt19937_64& random) {
    const auto id = journal.account(address_of(static_cast<std::uint8_t>(random() % kAccounts)));
    switch (random() % 10) {
        case 0:
            return journal.add_balance(id, random() % 100);
        case 1:
            return journal.set_nonce(id, random() % 100);
        case 2:
            return journal.set_code(id, Bytes(random() % 3, 0x5b));
        case 3:
            return static_cast<void>(journal.warm_account(id));
        case 4:
            return journal.mark_created(id);
        case 5:
            return journal.mark_destroyed(id);
        case 6:
            return journal.set_transient(id, random() % kSlots, random());
        case 7:
            return static_cast<void>(journal.warm_slot(journal.slot(id, random() % kSlots)));
        case 8:
            journal.refund += 7;
            return journal.add_log(Log{address_of(0), {}, {}});
        default: {
            const auto slot = journal.slot(id, random() % kSlots);
            static_cast<void>(journal.load_slot(slot));
            return journal.set_slot(slot, random() % 5);
        }
    }
}

Effects effects_of(const Journal& journal) {
    Effects effects;
    std::vector<DeployedCode> codes;
    journal.collect(effects, codes);
    return effects;
}

bool has(const Effects& effects, EffectKind kind, Field field, const Uint256& value) {
    return std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) {
        return effect.kind == kind && effect.field == field && effect.value == value;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal)

BOOST_DATA_TEST_CASE(
    revert_undoes_exactly, boost::unit_test::data::xrange(50u), seed) {
    std::mt19937_64 random{seed};
    MapView view;
    view.put(address_of(1), 1'000, 3, {0x00});
    view.slots[{address_of(1), Hash32{}}] = 9;
    Journal journal;
    journal.begin(view, seed);
    std::vector<std::pair<Journal::Checkpoint, Snapshot>> open;
    for (int step = 0; step < 300; ++step) {
        switch (random() % 8) {
            case 0:
                open.emplace_back(journal.checkpoint(), snapshot(journal));
                break;
            case 1:
                if (open.empty()) break;
                open.resize(random() % open.size() + 1);  // not always the innermost
                journal.revert(open.back().first);
                BOOST_TEST_REQUIRE((snapshot(journal) == open.back().second), "seed " << seed);
                open.pop_back();
                break;
            default:
                change_something(journal, random);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_reverted_leaves_reads_but_no_writes) {
    MapView view;
    view.put(address_of(1), 1'000, 3, {});
    view.slots[{address_of(1), Hash32{}}] = 9;
    Journal journal;
    journal.begin(view, 1);
    const auto checkpoint = journal.checkpoint();
    const auto id = journal.account(address_of(1));
    const auto slot = journal.slot(id, 0);
    static_cast<void>(journal.load_slot(slot));
    journal.set_slot(slot, 10);
    BOOST_TEST(journal.balance(id).low_u64() == 1'000u);
    journal.add_balance(id, 5);
    journal.set_code(id, Bytes{1});
    journal.revert(checkpoint);
    const Effects effects = effects_of(journal);
    BOOST_TEST(has(effects, EffectKind::kRead, Field::kStorage, 9));
    BOOST_TEST(has(effects, EffectKind::kRead, Field::kBalance, 1'000));
    BOOST_TEST(std::all_of(effects.begin(), effects.end(), [](const Effect& effect) {
        return effect.kind == EffectKind::kRead;
    }));
}

BOOST_AUTO_TEST_CASE(a_balance_that_sufficed_is_a_guard_and_a_difference) {
    MapView view;
    view.put(address_of(1), 1'000, 0, {});
    Journal journal;
    journal.begin(view, 1);
    const auto id = journal.account(address_of(1));
    journal.add_balance(id, 100);
    BOOST_TEST(journal.can_pay(id, 700));  // 1,000 + 100 - 700 leaves 400: 600 would have sufficed
    journal.take_balance(id, 700);
    const Effects effects = effects_of(journal);
    BOOST_TEST(has(effects, EffectKind::kGuard, Field::kBalance, 600));
    BOOST_TEST(has(effects, EffectKind::kDelta, Field::kBalance, 600));
    BOOST_TEST(!has(effects, EffectKind::kRead, Field::kBalance, 1'000));
}

BOOST_AUTO_TEST_CASE(a_balance_that_did_not_suffice_was_read) {
    MapView view;
    view.put(address_of(1), 10, 0, {});
    Journal journal;
    journal.begin(view, 1);
    BOOST_TEST(!journal.can_pay(journal.account(address_of(1)), 11));
    BOOST_TEST(has(effects_of(journal), EffectKind::kRead, Field::kBalance, 10));
}

BOOST_AUTO_TEST_CASE(a_destroyed_account_comes_out_empty_and_without_slots) {
    MapView view;
    view.put(address_of(1), 10, 0, {});
    Journal journal;
    journal.begin(view, 1);
    const auto id = journal.account(address_of(1));
    journal.mark_created(id);
    journal.set_nonce(id, 1);
    journal.set_code(id, Bytes{0x00});
    const auto slot = journal.slot(id, 1);
    static_cast<void>(journal.load_slot(slot));
    journal.set_slot(slot, 5);
    journal.mark_destroyed(id);
    Effects effects;
    std::vector<DeployedCode> codes;
    journal.collect(effects, codes);
    BOOST_TEST(codes.empty());
    BOOST_TEST((testing::written(effects, Field::kBalance, address_of(1)) == Uint256{}));
    BOOST_TEST(!testing::written(effects, Field::kNonce, address_of(1)).has_value());
    BOOST_TEST(std::none_of(effects.begin(), effects.end(), [](const Effect& effect) {
        return effect.field == Field::kStorage;
    }));
}

BOOST_AUTO_TEST_CASE(the_next_transaction_starts_from_the_view) {
    MapView view;
    Journal journal;
    for (int i = 0; i < 3; ++i) {
        journal.begin(view, 1);
        for (std::uint64_t key = 0; key < 1'000; ++key) {  // beyond what the table begins with
            const auto slot = journal.slot(journal.account(address_of(1)), key);
            BOOST_TEST_REQUIRE(journal.load_slot(slot).now.is_zero());
            journal.set_slot(slot, 1);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::state
