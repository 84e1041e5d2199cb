#include "actors/partition/open_state.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;
using chain::Uint256;
using chain::state::Effect;
using chain::state::EffectKind;
using chain::state::Field;

constexpr TableSeed kSeed{11, 22};

chain::Address address_of(std::uint8_t last) {
    chain::Address address;
    address.bytes[0] = 0xaa;
    address.bytes[19] = last;
    return address;
}

Effect effect(
    EffectKind kind, Field field, std::uint8_t who, const Uint256& value, std::uint8_t slot = 0) {
    Effect result;
    result.kind = kind;
    result.field = field;
    result.address = address_of(who);
    result.slot.bytes[31] = slot;
    result.value = value;
    return result;
}

struct Fixture {
    OpenState state{kSeed};

    Fixture() { state.begin_round(0); }
    void apply(const Effect& effect, bool delegated = false) {
        state.reserve(1);
        state.apply(hash_of(effect), effect, delegated);
    }
    bool holds(const Effect& effect) { return state.holds(hash_of(effect), effect); }
    static std::uint64_t hash_of(const Effect& effect) {
        return effect.field == Field::kStorage ? slot_hash(effect.address, effect.slot, kSeed)
                                               : table_hash(effect.address, kSeed);
    }
    const AccountRecord& record(std::uint8_t who) {
        return *state.find(table_hash(address_of(who), kSeed), address_of(who));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(open_state)

BOOST_FIXTURE_TEST_CASE(reads_hold_while_the_value_is_the_same, Fixture) {
    const Uint256 code{77};
    apply(effect(EffectKind::kWrite, Field::kNonce, 1, 5));
    apply(effect(EffectKind::kWrite, Field::kBalance, 1, 100));
    apply(effect(EffectKind::kWrite, Field::kCode, 1, code));
    apply(effect(EffectKind::kWrite, Field::kStorage, 1, 9, 3));
    for (const auto& [field, value] : std::vector<std::pair<Field, Uint256>>{
             {Field::kNonce, 5}, {Field::kBalance, 100}, {Field::kCode, code}}) {
        BOOST_TEST(holds(effect(EffectKind::kRead, field, 1, value)));
        BOOST_TEST(!holds(effect(EffectKind::kRead, field, 1, value + 1)));
    }
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 9, 3)));
    BOOST_TEST(!holds(effect(EffectKind::kRead, Field::kStorage, 1, 8, 3)));
    // What is not there is zero, and its code the empty one.
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 0, 4)));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 2, 0, 3)));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kBalance, 2, 0)));
    BOOST_TEST(!holds(effect(EffectKind::kRead, Field::kBalance, 2, 1)));
    BOOST_TEST(holds(
        effect(EffectKind::kRead, Field::kCode, 2, chain::uint256_from_be(chain::kEmptyCodeHash))));
}

BOOST_FIXTURE_TEST_CASE(guards_hold_over_a_range, Fixture) {
    apply(effect(EffectKind::kWrite, Field::kNonce, 1, 5));
    apply(effect(EffectKind::kWrite, Field::kBalance, 1, 100));
    BOOST_TEST(holds(effect(EffectKind::kGuard, Field::kBalance, 1, 100)));
    BOOST_TEST(holds(effect(EffectKind::kGuard, Field::kBalance, 1, 1)));
    BOOST_TEST(!holds(effect(EffectKind::kGuard, Field::kBalance, 1, 101)));
    BOOST_TEST(holds(effect(EffectKind::kGuard, Field::kNonce, 1, 5)));
    BOOST_TEST(!holds(effect(EffectKind::kGuard, Field::kNonce, 1, 4)));
    BOOST_TEST(!holds(effect(EffectKind::kGuard, Field::kBalance, 2, 1)));
}

BOOST_FIXTURE_TEST_CASE(deltas_add_and_subtract, Fixture) {
    apply(effect(EffectKind::kDelta, Field::kBalance, 1, 100));
    Effect minus = effect(EffectKind::kDelta, Field::kBalance, 1, 30);
    minus.negative = true;
    apply(minus);
    BOOST_TEST(record(1).balance.low_u64() == 70u);
}

BOOST_FIXTURE_TEST_CASE(slots_have_bounds_on_both_sides_and_deltas_that_wrap, Fixture) {
    apply(effect(EffectKind::kWrite, Field::kStorage, 1, 50, 3));
    const auto bound = [](const Uint256& value, bool at_most) {
        Effect guard = effect(EffectKind::kGuard, Field::kStorage, 1, value, 3);
        guard.at_most = at_most;
        return guard;
    };
    BOOST_TEST(holds(bound(50, false)));
    BOOST_TEST(holds(bound(50, true)));
    BOOST_TEST(!holds(bound(51, false)));
    BOOST_TEST(!holds(bound(49, true)));
    state.begin_round(0);
    Effect minus = effect(EffectKind::kDelta, Field::kStorage, 1, 60, 3);
    minus.negative = true;
    apply(minus);
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, Uint256{} - 10, 3)));
    apply(effect(EffectKind::kDelta, Field::kStorage, 1, 25, 3));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 15, 3)));
    // A slot that nobody has had yet begins with zero.
    apply(effect(EffectKind::kDelta, Field::kStorage, 2, 7, 3));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 2, 7, 3)));
    state.roll_back();
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 50, 3)));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 2, 0, 3)));
}

namespace {

/// What a sender's account has of a transaction.
PlacedEffect payment(
    std::uint8_t who, std::uint64_t nonce, std::uint64_t least, std::uint64_t paid) {
    std::vector<Effect> effects{
        effect(EffectKind::kGuard, Field::kNonce, who, nonce),
        effect(EffectKind::kWrite, Field::kNonce, who, nonce + 1),
        effect(EffectKind::kGuard, Field::kBalance, who, least),
        effect(EffectKind::kDelta, Field::kBalance, who, paid),
        effect(EffectKind::kRead, Field::kCode, who, 5)};
    effects[3].negative = true;
    PlacedEffect placed;
    BOOST_TEST(join_effects(effects, placed) == 4u);
    placed.hash = table_hash(address_of(who), kSeed);
    return placed;
}

PlacedEffect read_and_write(
    Field field, std::uint8_t who, std::uint64_t before, std::uint64_t after, std::uint8_t slot) {
    const std::vector<Effect> effects{
        effect(EffectKind::kRead, field, who, before, slot),
        effect(EffectKind::kWrite, field, who, after, slot)};
    PlacedEffect placed;
    BOOST_TEST(join_effects(effects, placed) == 2u);
    placed.hash = Fixture::hash_of(effects[0]);
    return placed;
}

constexpr std::uint64_t kCode = 77;

/// What the recipient of a transfer has of it.
PlacedEffect credit(std::uint8_t who, const Uint256& code, std::uint64_t amount) {
    const std::vector<Effect> effects{
        effect(EffectKind::kRead, Field::kCode, who, code),
        effect(EffectKind::kDelta, Field::kBalance, who, amount)};
    PlacedEffect placed;
    BOOST_TEST(join_effects(effects, placed) == 2u);
    placed.hash = Fixture::hash_of(effects[1]);
    return placed;
}

/// What is left of a slot that was followed. @param least, most  zero: no such Guard
PlacedEffect range(std::uint8_t who, std::uint64_t least, std::uint64_t most, std::uint64_t added) {
    std::vector<Effect> effects;
    if (least != 0) effects.push_back(effect(EffectKind::kGuard, Field::kStorage, who, least, 3));
    if (most != 0) effects.push_back(effect(EffectKind::kGuard, Field::kStorage, who, most, 3));
    if (most != 0) effects.back().at_most = true;
    effects.push_back(effect(EffectKind::kDelta, Field::kStorage, who, added, 3));
    PlacedEffect placed;
    BOOST_TEST(join_effects(effects, placed) == effects.size());
    placed.hash = Fixture::hash_of(effects[0]);
    return placed;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_payment_is_checked_done_and_taken_back_as_one, Fixture) {
    apply(effect(EffectKind::kWrite, Field::kNonce, 1, 5));
    apply(effect(EffectKind::kWrite, Field::kBalance, 1, 100));
    state.begin_round(0);
    state.reserve(1);
    BOOST_TEST((state.differs(payment(1, 4, 50, 40)) == Field::kNonce));
    BOOST_TEST((state.differs(payment(1, 5, 101, 40)) == Field::kBalance));
    BOOST_TEST(
        (state.differs(payment(2, 0, 1, 1)) == Field::kBalance));  // there is no such account
    BOOST_TEST(!state.merge(payment(1, 4, 50, 40)));
    BOOST_TEST(!state.merge(payment(1, 5, 101, 40)));
    BOOST_TEST(record(1).balance.low_u64() == 100u);
    BOOST_TEST(!state.differs(payment(1, 5, 100, 40)).has_value());
    BOOST_TEST(state.merge(payment(1, 5, 100, 40)));
    state.apply(payment(1, 6, 60, 10));
    BOOST_TEST(record(1).nonce == 7u);
    BOOST_TEST(record(1).balance.low_u64() == 50u);
    state.roll_back();
    BOOST_TEST(record(1).nonce == 5u);
    BOOST_TEST(record(1).balance.low_u64() == 100u);
}

BOOST_FIXTURE_TEST_CASE(what_was_read_and_written_is_compared_and_changed_as_one, Fixture) {
    for (const Field field : {Field::kStorage, Field::kBalance}) {
        const std::uint8_t slot = field == Field::kStorage ? 3 : 0;
        apply(effect(EffectKind::kWrite, field, 1, 9, slot));
        state.begin_round(0);
        state.reserve(1);
        BOOST_TEST((state.differs(read_and_write(field, 1, 8, 10, slot)) == field));
        BOOST_TEST(!state.merge(read_and_write(field, 1, 8, 10, slot)));
        BOOST_TEST(state.merge(read_and_write(field, 1, 9, 10, slot)));
        BOOST_TEST(holds(effect(EffectKind::kRead, field, 1, 10, slot)));
        BOOST_TEST(!state.differs(read_and_write(field, 2, 0, 1, slot)).has_value());
        BOOST_TEST(state.merge(read_and_write(field, 2, 0, 1, slot)));
        state.roll_back();
        BOOST_TEST(holds(effect(EffectKind::kRead, field, 1, 9, slot)));
        BOOST_TEST(holds(effect(EffectKind::kRead, field, 2, 0, slot)));
    }
}

BOOST_FIXTURE_TEST_CASE(a_credit_depends_on_the_code_that_did_not_run, Fixture) {
    const Uint256 none = chain::uint256_from_be(chain::kEmptyCodeHash);
    apply(effect(EffectKind::kWrite, Field::kBalance, 1, 9));
    apply(effect(EffectKind::kWrite, Field::kCode, 2, kCode));
    state.begin_round(0);
    state.reserve(2);
    BOOST_TEST((state.differs(credit(1, kCode, 5)) == Field::kCode));
    BOOST_TEST((state.differs(credit(2, none, 5)) == Field::kCode));
    BOOST_TEST((state.differs(credit(3, kCode, 5)) == Field::kCode));  // there is no such account
    BOOST_TEST(!state.merge(credit(1, kCode, 5)));
    BOOST_TEST(!state.merge(credit(2, none, 5)));
    BOOST_TEST(!state.merge(credit(3, kCode, 5)));
    BOOST_TEST(record(1).balance.low_u64() == 9u);
    BOOST_TEST(record(2).balance.low_u64() == 0u);
    for (const auto& [who, code] :
         std::vector<std::pair<std::uint8_t, Uint256>>{{1, none}, {2, kCode}, {3, none}}) {
        const std::uint64_t before = who == 1 ? 9 : 0;
        BOOST_TEST(!state.differs(credit(who, code, 5)).has_value());
        BOOST_TEST(state.merge(credit(who, code, 5)));
        BOOST_TEST(record(who).balance.low_u64() == before + 5);
        state.apply(credit(who, code, 1));
        BOOST_TEST(record(who).balance.low_u64() == before + 6);
    }
    state.roll_back();
    BOOST_TEST(record(1).balance.low_u64() == 9u);
    BOOST_TEST(record(2).balance.low_u64() == 0u);
    BOOST_TEST(record(3).balance.low_u64() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_slot_that_was_followed_is_checked_at_both_bounds_and_changed, Fixture) {
    apply(effect(EffectKind::kWrite, Field::kStorage, 1, 50, 3));
    state.begin_round(0);
    state.reserve(1);
    for (const PlacedEffect& wrong :
         {range(1, 51, 90, 1), range(1, 10, 49, 1), range(1, 51, 0, 1), range(1, 0, 49, 1),
          range(2, 1, 90, 1)}) {  // of 2 there is none: it is zero
        BOOST_TEST((state.differs(wrong) == Field::kStorage));
        BOOST_TEST(!state.merge(wrong));
    }
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 50, 3)));
    std::uint64_t now = 50;
    for (const PlacedEffect& right :
         {range(1, 50, 50, 1), range(1, 51, 0, 1), range(1, 0, 52, 1), range(1, 1, 60, 1)}) {
        BOOST_TEST(!state.differs(right).has_value());
        BOOST_TEST(state.merge(right));
        ++now;
        BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, now, 3)));
    }
    state.apply(range(1, 0, 60, 6));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 60, 3)));
    BOOST_TEST(state.merge(range(2, 0, 90, 7)));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 2, 7, 3)));
    state.roll_back();
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 1, 50, 3)));
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kStorage, 2, 0, 3)));
}

BOOST_AUTO_TEST_CASE(effects_of_different_keys_are_not_joined) {
    using E = EffectKind;
    const auto joined = [](const std::vector<Effect>& effects) {
        PlacedEffect placed;
        return join_effects(effects, placed);
    };
    const Effect guard = effect(E::kGuard, Field::kNonce, 1, 5);
    const Effect count = effect(E::kWrite, Field::kNonce, 1, 6);
    const Effect enough = effect(E::kGuard, Field::kBalance, 1, 9);
    const Effect pay = effect(E::kDelta, Field::kBalance, 1, 9);
    BOOST_TEST(joined({guard, count, enough, pay}) == 4u);
    BOOST_TEST(joined({guard, count, enough}) == 1u);
    BOOST_TEST(joined({guard, count, pay, enough}) == 1u);
    BOOST_TEST(joined({guard, effect(E::kWrite, Field::kNonce, 1, 7), enough, pay}) == 1u);
    BOOST_TEST(joined({guard, count, enough, effect(E::kDelta, Field::kBalance, 2, 9)}) == 1u);
    const Effect read = effect(E::kRead, Field::kStorage, 1, 5, 3);
    BOOST_TEST(joined({read, effect(E::kWrite, Field::kStorage, 1, 6, 3)}) == 2u);
    BOOST_TEST(joined({read, effect(E::kWrite, Field::kStorage, 1, 6, 4)}) == 1u);
    BOOST_TEST(joined({read, effect(E::kWrite, Field::kStorage, 2, 6, 3)}) == 1u);
    BOOST_TEST(joined({read, effect(E::kDelta, Field::kStorage, 1, 6, 3)}) == 1u);
    // A code that is written is compared apart: few are, and many are read.
    BOOST_TEST(
        joined({effect(E::kRead, Field::kCode, 1, 5), effect(E::kWrite, Field::kCode, 1, 6)}) ==
        1u);
    const Effect code = effect(E::kRead, Field::kCode, 1, 5);
    BOOST_TEST(joined({code, effect(E::kDelta, Field::kBalance, 1, 9)}) == 2u);
    BOOST_TEST(joined({code, effect(E::kDelta, Field::kBalance, 2, 9)}) == 1u);
    BOOST_TEST(joined({code, effect(E::kWrite, Field::kBalance, 1, 9)}) == 1u);
    BOOST_TEST(joined({code, effect(E::kGuard, Field::kBalance, 1, 9), pay}) == 1u);
    const Effect least = effect(E::kGuard, Field::kStorage, 1, 5, 3);
    Effect most = effect(E::kGuard, Field::kStorage, 1, 9, 3);
    most.at_most = true;
    const Effect add = effect(E::kDelta, Field::kStorage, 1, 1, 3);
    BOOST_TEST(joined({least, most, add}) == 3u);
    BOOST_TEST(joined({least, add}) == 2u);
    BOOST_TEST(joined({most, add}) == 2u);
    BOOST_TEST(joined({add}) == 1u);
    BOOST_TEST(joined({least, most}) == 1u);
    BOOST_TEST(joined({most, least, add}) == 1u);
    BOOST_TEST(joined({least, least, add}) == 1u);
    for (const auto& [who, slot] :
         std::vector<std::pair<std::uint8_t, std::uint8_t>>{{1, 4}, {2, 3}}) {
        BOOST_TEST(joined({least, effect(E::kDelta, Field::kStorage, who, 1, slot)}) == 1u);
        BOOST_TEST(joined({least, most, effect(E::kDelta, Field::kStorage, who, 1, slot)}) == 1u);
    }
    BOOST_TEST(joined({least, most, effect(E::kWrite, Field::kStorage, 1, 1, 3)}) == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_delegation_that_is_taken_back_is_one_again, Fixture) {
    apply(effect(EffectKind::kWrite, Field::kCode, 1, 7), true);
    state.begin_round(0);
    apply(effect(EffectKind::kWrite, Field::kCode, 1, 8), false);
    BOOST_TEST(!record(1).may_send());
    state.roll_back();
    BOOST_TEST(record(1).may_send());
    BOOST_TEST(record(1).has_code());
    BOOST_TEST(holds(effect(EffectKind::kRead, Field::kCode, 1, 7)));
}

// Rounds of random writes and deltas, some taken back, against a plain map.
BOOST_DATA_TEST_CASE(taking_a_round_back_restores_every_value, data::xrange(50u), seed) {
    Fixture fixture;
    std::mt19937_64 random{seed};
    using Key = std::tuple<std::uint8_t, Field, std::uint8_t>;
    std::map<Key, Uint256> committed;
    for (int block = 0; block < 4; ++block) {
        const std::map<Key, Uint256> before_block = committed;
        for (int round = 0; round < 4; ++round) {
            fixture.state.begin_round(0);
            std::map<Key, Uint256> model = committed;
            for (int i = 0; i < 30; ++i) {
                const auto who = static_cast<std::uint8_t>(random() % 5);
                const auto field = static_cast<Field>(random() % 4);
                const auto slot =
                    static_cast<std::uint8_t>(field == Field::kStorage ? random() % 3 : 0);
                const bool delta = field == Field::kBalance && random() % 2 == 0;
                const Uint256 value{random() % 4};
                fixture.apply(effect(
                    delta ? EffectKind::kDelta : EffectKind::kWrite, field, who, value, slot));
                Uint256& now = model[{who, field, slot}];
                now = delta ? now + value : value;
            }
            if (random() % 2 == 0)
                fixture.state.roll_back();
            else
                committed = model;
            for (const auto& [key, value] : model) {
                const auto& [who, field, slot] = key;
                const auto found = committed.find(key);
                Uint256 expected = found != committed.end() ? found->second : Uint256{};
                if (field == Field::kCode && found == committed.end())
                    expected = chain::uint256_from_be(chain::kEmptyCodeHash);
                BOOST_TEST_REQUIRE(
                    fixture.holds(effect(EffectKind::kRead, field, who, expected, slot)));
            }
        }
        // The block's changes: exactly what differs from before it.
        std::map<std::pair<std::uint8_t, std::uint8_t>, Uint256> changed;
        const OpenState::Changes changes = fixture.state.take_changes();
        for (const auto& change : changes.accounts)
            BOOST_TEST((change.before != change.after));
        for (const auto& [address, change, key] : changes.slots) {
            BOOST_TEST((change.before != change.after));
            changed[{address.bytes[19], change.slot.bytes[31]}] = change.after;
        }
        for (const auto& [key, value] : committed) {
            const auto& [who, field, slot] = key;
            if (field != Field::kStorage) continue;
            const auto found = before_block.find(key);
            const Uint256 before = found != before_block.end() ? found->second : Uint256{};
            BOOST_TEST((changed.contains({who, slot})) == (before != value));
            if (before != value) BOOST_TEST((changed[{who, slot}] == value));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
